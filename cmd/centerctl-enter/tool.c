/* SPDX-License-Identifier: ISC */
#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static const char launcher[] = "/.centerctl/centerctl-tool";
static const char source_mount[] = "/source";

static bool is_below_target(const char *path)
{
	const char *rest = str_after(path, "/target");
	return rest && (*rest == '/' || *rest == '\0');
}

int tool_check(const struct visit *v, struct error *err)
{
	const struct request *r = &v->request;
	const unsigned needed = NS_MNT | NS_PID;
	bool names_pid = r->pid[0] && r->verb != VERB_SIGNAL;
	if (!r->debug && (r->toolbox[0] || r->static_tool[0] || r->writable || names_pid || r->source[0]))
		return error_set(err, -EBADMSG, "the request has what only debug takes");
	if (!r->debug)
		return 0;
	if (r->fallback)
		return error_set(err, -EBADMSG, "the request has what only a shell takes");
	if ((r->ns & needed) != needed)
		return error_set(err, -EINVAL, "--ns: to debug takes the container's mnt and pid namespaces");
	if (r->detach)
		return error_set(err, -EINVAL, "--detach: a tracer that nobody watches over is not started");
	if (r->static_tool[0] && (r->toolbox[0] || r->pid[0] || r->source[0] || r->writable))
		return error_set(err, -EINVAL, "--static takes no toolbox, and none of its options");
	return 0;
}

uint32_t tool_filter_extra(const struct visit *v)
{
	const uint64_t perf = cap_bit(CAP_PERFMON) | cap_bit(CAP_SYS_ADMIN);
	if (!v->request.debug)
		return 0;
	return SECCOMP_TRACE | (v->request.privileged || (v->request.cap_add & perf) ? SECCOMP_PERF : 0);
}

const char *tool_name(const struct visit *v)
{
	const struct request *r = &v->request;
	if (!r->debug)
		return NULL;
	if (r->static_tool[0])
		return r->static_tool;
	return r->toolbox[0] ? r->toolbox : "default";
}

/* Root's alone to choose: whatever stands below it can be read by the container's root. */
static int open_source(struct visit *v, struct error *err)
{
	const char *source = v->request.source;
	if (!source[0] || is_below_target(source))
		return 0;
	if (visit_is_judged(v))
		return error_set(err, -EPERM, "--source %s: only root may show a directory of this host to a tool",
				 source);
	return toolbox_open_source(&v->toolbox, source, err);
}

/* A container that has its own shell will not need it, so that its absence is not worth a word. */
static int open_fallback(struct visit *v)
{
	struct error ignored;
	if (v->request.fallback && strv_len(v->request.command) == 0 && !v->request.line[0])
		v->program = toolbox_open_static("busybox", &ignored);
	return 0;
}

int tool_open(struct visit *v, struct error *err)
{
	char skeleton[4096];
	if (!v->request.debug)
		return open_fallback(v);
	if (v->request.static_tool[0]) {
		v->program = toolbox_open_static(v->request.static_tool, err);
		return v->program < 0 ? v->program : 0;
	}
	if (v->request.verb != VERB_EXEC)
		return 0;
	snprintf(skeleton, sizeof(skeleton), "%s/toolbox", v->libexecdir);
	int r = toolbox_open(&v->toolbox, tool_name(v), skeleton, err);
	if (r == -ENOENT && visit_is_judged(v))
		error_set(err, r, "there is no toolbox \"%s\" on this host: ask its owner to make one", tool_name(v));
	if (r == 0)
		r = open_source(v, err);
	v->room = (struct toolroom){.toolbox = &v->toolbox, .writable = v->request.writable};
	v->entry.room = r == 0 ? &v->room : NULL;
	return r;
}

bool tool_lends_trace(const struct visit *v)
{
	return !visit_is_judged(v) || (target_foreign_ns(&v->target) & NS_USER) ||
	       (v->decision.with.flags & POLICY_PRIVILEGED);
}

/*
 * A process can be traced by whoever has its user ID and all of its capabilities, ptrace(2): the tool may trace the
 * container's so, and these may trace the tool. One that they do not have makes the difference. CAP_WAKE_ALARM sets
 * timers that wake a sleeping machine, the others are worth as little.
 */
static uint64_t difference(const struct visit *v, uint64_t own)
{
	static const int harmless[] = {CAP_WAKE_ALARM, CAP_BLOCK_SUSPEND, CAP_LEASE};
	uint64_t theirs = v->target.status.cap_bnd;
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (own & ~theirs & cap_bit(harmless[i]))
			return cap_bit(harmless[i]);
	return 0;
}

/* Who is not root keeps a capability over execve(2) only as an ambient one, capabilities(7). */
void tool_plan_caps(const struct visit *v, uint64_t own, struct caps *caps)
{
	if (!v->request.debug && !v->request.service)
		return;
	/* What a service sends and takes is nobody's to change on the way, not even for who has its user ID. */
	bool traces = v->request.debug && tool_lends_trace(v);
	uint64_t lent = traces ? cap_bit(CAP_SYS_PTRACE) : difference(v, own);
	caps->bounding |= lent;
	caps->permitted |= lent;
	caps->effective |= lent;
	if (v->entry.uid == 0)
		return;
	caps->inheritable |= lent;
	caps->ambient |= lent;
}

static int add_option(char ***argv, const char *name, const char *value)
{
	cleanup_buf struct buf b = {0};
	if (!value[0])
		return 0;
	buf_printf(&b, "--%s=%s", name, value);
	return buf_text(&b) ? strv_add(argv, b.data) : -ENOMEM;
}

static int plan_launcher(struct visit *v)
{
	const struct request *q = &v->request;
	const char *source = !q->source[0] || is_below_target(q->source) ? q->source : source_mount;
	int r = strv_add(&v->argv, launcher);
	if (r == 0)
		r = add_option(&v->argv, "target", visit_name(v));
	if (r == 0)
		r = add_option(&v->argv, "toolbox", tool_name(v));
	if (r == 0)
		r = add_option(&v->argv, "pid", q->pid);
	if (r == 0)
		r = add_option(&v->argv, "source", source);
	if (r == 0 && q->tty)
		r = strv_add(&v->argv, "--tty");
	if (r == 0 && q->collecting)
		r = strv_add(&v->argv, "--collecting");
	if (r == 0)
		r = strv_add(&v->argv, "--");
	return r == 0 ? strv_add_all(&v->argv, q->command) : r;
}

int tool_plan_argv(struct visit *v)
{
	const char *tool = v->request.static_tool;
	const char *base = strrchr(tool, '/');
	if (visit_has_toolbox(v))
		return plan_launcher(v);
	if (strv_len(v->request.command) > 0)
		return strv_add_all(&v->argv, v->request.command);
	base = base ? base + 1 : tool;
	return strv_add(&v->argv, strcmp(base, "busybox") == 0 ? "sh" : base);
}

/* Nothing of the container's own: its paths are not those of the toolbox, and its LD_PRELOAD is not for a tool. */
int tool_plan_environment(struct visit *v)
{
	static const char *const fixed[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
					    "HOME=/tmp", "LANG=C.UTF-8"};
	cleanup_buf struct buf b = {0};
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(fixed); i++)
		r = strv_add(&v->env, fixed[i]);
	buf_printf(&b, "CENTERCTL_TARGET=%s", visit_name(v));
	if (r == 0)
		r = buf_text(&b) ? strv_add(&v->env, b.data) : -ENOMEM;
	if (r < 0 || !v->request.tty)
		return r;
	char entry[64] = "TERM=";
	strcat(entry, is_term_name(v->request.term) ? v->request.term : "xterm");
	return strv_add(&v->env, entry);
}
