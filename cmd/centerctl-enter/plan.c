/* SPDX-License-Identifier: ISC */
#include "plan.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "service.h"
#include "tool.h"

enum { OOM_FIRST = 1000 };

/* Digits mean themselves: no passwd, and nobody who parsed one, may make another user or group of them. */
static bool means(const char *word, size_t len, uint32_t id)
{
	char text[16];
	uint64_t number;
	if (len == 0 || strspn(word, "0123456789") < len)
		return true;
	snprintf(text, sizeof(text), "%.*s", (int)len, word);
	return len < sizeof(text) && parse_u64(text, UINT32_MAX, &number) == 0 && number == id;
}

static int check_digits(const struct visit *v, struct error *err)
{
	const char *user = v->request.user;
	size_t len = strcspn(user, ":");
	const char *group = user[len] ? user + len + 1 : "";
	if (!means(user, len, v->user.uid) || !means(group, strlen(group), v->user.gid))
		return error_set(err, -EPROTO, "asked for user %s, centerctl-resolve answered with %u:%u: refusing",
				 user, v->user.uid, v->user.gid);
	return 0;
}

static int plan_user(struct visit *v, struct error *err)
{
	const struct user *u = &v->user;
	struct entry *e = &v->entry;
	int r = check_digits(v, err);
	if (r < 0)
		return r;
	e->uid = u->uid;
	e->gid = u->gid;
	e->groups = u->groups;
	e->group_count = u->group_count;
	if (!(v->ns & NS_USER)) {
		v->host_uid = u->uid;
		v->host_gid = u->gid;
		return 0;
	}
	if (proc_map_out(&v->target.uid_map, u->uid, &v->host_uid) < 0)
		return error_set(err, -EINVAL, "user %u is not mapped in the container's user namespace", u->uid);
	if (proc_map_out(&v->target.gid_map, u->gid, &v->host_gid) < 0)
		return error_set(err, -EINVAL, "group %u is not mapped in the container's user namespace", u->gid);
	for (uint32_t i = 0; i < u->group_count; i++) {
		uint32_t outside;
		if (proc_map_out(&v->target.gid_map, u->groups[i], &outside) < 0)
			return error_set(err, -EINVAL, "group %u is not mapped in the container's user namespace",
					 u->groups[i]);
	}
	return 0;
}

/*
 * Without --privileged and --cap-add, nothing that the container's first process could not have: its bounding set is
 * the ceiling, whatever the bundle says.
 */
static int plan_caps(struct visit *v, struct error *err)
{
	struct caps own;
	int r = caps_read(&own);
	if (r < 0)
		return error_errno(err, r, "cannot read our own capabilities");
	const struct bundle *b = &v->bundle;
	uint64_t ceiling = v->target.status.cap_bnd;
	struct caps c = {.bounding = b->bounding & ceiling,
			 .permitted = b->permitted & ceiling,
			 .effective = b->effective & ceiling,
			 .inheritable = b->inheritable & ceiling,
			 .ambient = b->ambient & ceiling};
	/* Sets that execve(2) hands on are the container's own user's: Podman gives them to one who is not root. */
	if (v->entry.uid != b->uid)
		c.inheritable = c.ambient = 0;
	uint64_t added = v->request.privileged ? own.bounding : v->request.cap_add;
	if (added & ~own.bounding)
		return error_set(err, -EPERM,
				 "--cap-add asks for a capability that this host does not have to give "
				 "(it is not in our own bounding set)");
	c.bounding |= added;
	c.permitted |= added;
	c.effective |= added;
	tool_plan_caps(v, own.bounding, &c);
	if (c.bounding & ~(ceiling | own.bounding))
		return error_set(err, -EPERM,
				 "to debug takes CAP_SYS_PTRACE, which this host does not have to give (it is "
				 "not in our own bounding set)");
	v->entry.caps = c;
	return 0;
}

static int plan_filter(struct visit *v, struct error *err)
{
	const struct bundle *b = &v->bundle;
	v->entry.no_new_privs = b->no_new_privileges || v->target.status.no_new_privs;
	v->entry.filter_flags = b->seccomp_flags;
	if (b->has_seccomp && b->filter_len == 0)
		return error_set(err, -EPROTO,
				 "the container's seccomp profile was not compiled: refusing to enter without it");
	if (b->filter_len > 0) {
		v->entry.filter = (struct sock_fprog){.len = (unsigned short)b->filter_len, .filter = b->filter};
		return 0;
	}
	if (v->target.status.seccomp != 0 && !v->request.privileged)
		return error_set(err, -EACCES,
				 "the first process of %s is confined by seccomp, but its bundle has no profile: "
				 "refusing to enter with less confinement than it has (--privileged does without)",
				 visit_name(v));
	return 0;
}

/* The bundle's limits where it names them, init's elsewhere; never above init's hard ones. */
static void plan_limits(struct visit *v)
{
	struct rlimit *limits = v->entry.limits;
	memcpy(limits, v->target.limits, sizeof(v->entry.limits));
	for (uint32_t i = 0; i < v->bundle.limit_count; i++) {
		const struct bundle_limit *wanted = &v->bundle.limits[i];
		struct rlimit *l = &limits[wanted->resource];
		if (wanted->hard < l->rlim_max)
			l->rlim_max = wanted->hard;
		l->rlim_cur = wanted->soft < l->rlim_max ? wanted->soft : l->rlim_max;
	}
}

static int plan_ns(struct visit *v, struct error *err)
{
	unsigned foreign = target_foreign_ns(&v->target);
	v->ns = foreign & v->request.ns;
	unsigned missing = v->request.ns & ~foreign;
	for (unsigned bit = 1; v->request.ns_explicit && bit <= NS_ALL; bit <<= 1)
		if (missing & bit)
			return error_set(err, -EINVAL, "%s has no %s namespace of its own: leave it out of --ns",
					 visit_name(v), ns_bit_name(bit));
	/* Without it, uid 0 inside would be uid 0 of this host. */
	if ((foreign & NS_USER) && !(v->ns & NS_USER))
		return error_set(err, -EPERM,
				 "%s has a user namespace of its own: it cannot be left out of --ns, its root would be "
				 "this host's",
				 visit_name(v));
	v->entry.ns = v->ns;
	v->entry.enter_root = v->request.ns & NS_MNT;
	return 0;
}

static int plan_command(struct visit *v, struct error *err)
{
	if (v->request.service)
		return service_plan_argv(v, err);
	if (v->request.debug)
		return tool_plan_argv(v);
	if (strv_len(v->request.command) > 0) {
		v->argv = strv_copy(v->request.command);
		return v->argv ? 0 : -ENOMEM;
	}
	return strv_add(&v->argv, v->user.shell[0] == '/' ? v->user.shell : "/bin/sh");
}

/*
 * TERM: what the container's own configuration sets wins. The engines themselves put TERM=xterm into the environment of
 * a container that was started with a terminal; that is a default, not a choice.
 */
static int plan_term(struct visit *v)
{
	const char *configured = env_get(v->container.env, "TERM");
	bool chosen = v->bundle_file.kind == BUNDLE_PODMAN ? configured && strcmp(configured, "xterm") != 0
							   : configured != NULL;
	if (v->by_pid)
		chosen = false;
	if (!v->request.tty) {
		if (v->bundle_file.kind == BUNDLE_DOCKER && !chosen)
			env_drop(v->env, "TERM");
		return 0;
	}
	if (chosen)
		return 0;
	char entry[64] = "TERM=";
	strcat(entry, is_term_name(v->request.term) ? v->request.term : "xterm");
	return env_put(&v->env, entry);
}

static int put_variable(struct visit *v, const char *name, const char *value)
{
	cleanup_buf struct buf b = {0};
	buf_printf(&b, "%s=%s", name, value);
	const char *entry = buf_text(&b);
	return entry ? env_put(&v->env, entry) : -ENOMEM;
}

static int begin_environment(struct visit *v)
{
	if (visit_has_toolbox(v))
		return tool_plan_environment(v);
	if (v->request.service)
		return service_plan_environment(v);
	v->env = strv_copy(v->bundle.env);
	if (!v->env)
		return -ENOMEM;
	/* Podman puts the HOME of the container's own user into the bundle, and into what it says of the environment.
	 */
	if (v->bundle_file.kind == BUNDLE_PODMAN && v->request.user[0])
		env_drop(v->env, "HOME");
	return plan_term(v);
}

int plan_environment(struct visit *v, struct error *err)
{
	int r = begin_environment(v);
	for (char **e = v->request.env; r == 0 && *e; e++)
		if (**e == '=' || !strchr(*e, '='))
			return error_set(err, -EINVAL,
					 "an environment variable without a name or a value was asked for");
	if (r == 0)
		r = env_put_all(&v->env, v->request.env);
	const char *home = env_get(v->env, "HOME");
	if (r == 0 && (!home || !home[0]))
		r = put_variable(v, "HOME", v->user.home);
	if (r == 0 && !env_get(v->env, "PATH"))
		r = put_variable(v, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	return r < 0 ? error_errno(err, r, "cannot make the environment") : 0;
}

static int plan_cwd(struct visit *v, struct error *err)
{
	const char *own = visit_has_toolbox(v) || v->request.service ? "/" : v->bundle.cwd;
	const char *wanted = v->request.workdir[0] ? v->request.workdir : own;
	if (wanted[0] && wanted[0] != '/')
		return error_set(err, -EINVAL, "working directory %s is not an absolute path", wanted);
	return str_set(&v->cwd, wanted[0] ? wanted : "/");
}

static int plan_label(struct visit *v, struct error *err)
{
	char *own = NULL;
	if (proc_read(v->proc, "self/attr/current", &own, NULL) < 0)
		own = NULL;
	cleanup_free char *text = own;
	if (text)
		text[strcspn(text, "\n")] = '\0';
	int r = lsm_plan(v->target.label, text ? text : "", v->bundle.apparmor ? v->bundle.apparmor : "",
			 v->bundle.selinux ? v->bundle.selinux : "", &v->label, err);
	v->entry.label_file = v->label.file;
	v->entry.exec_label = v->label.file ? v->label.text : NULL;
	return r;
}

int plan_make(struct visit *v, struct error *err)
{
	struct entry *e = &v->entry;
	e->target = &v->target;
	e->cgroups = &v->cgroups;
	int r = plan_ns(v, err);
	if (r == 0)
		r = plan_user(v, err);
	if (r == 0)
		r = plan_caps(v, err);
	/* Nothing runs under one for a signal, and none was asked for. */
	if (r == 0 && v->request.verb != VERB_SIGNAL)
		r = plan_filter(v, err);
	if (r == 0)
		r = plan_label(v, err);
	if (r == 0)
		r = plan_environment(v, err);
	if (r == 0)
		r = plan_cwd(v, err);
	if (r == 0)
		r = plan_command(v, err);
	if (r < 0)
		return err->code ? r : error_errno(err, r, "cannot make the command");
	plan_limits(v);
	e->oom_score_adj = v->bundle.has_oom_score_adj ? v->bundle.oom_score_adj : v->target.oom_score_adj;
	/* Where memory runs out, the tool goes, not what it looks at. */
	if (v->request.debug)
		e->oom_score_adj = OOM_FIRST;
	e->umask = v->bundle.has_umask ? v->bundle.umask : 022;
	e->personality = v->bundle.has_personality ? v->bundle.personality : 0;
	e->nice = v->target.nice;
	e->affinity = v->target.affinity;
	e->argv = v->argv;
	e->env = v->env;
	e->cwd = v->cwd;
	e->preserve_fds = v->request.preserve_fds;
	/* A tracer that is killed leaves its breakpoints behind; the watcher sees to it that it ends. */
	int death = v->request.debug ? SIGINT : SIGKILL;
	e->death_signal = v->request.detach ? 0 : death;
	e->program = v->program;
	e->fallback = v->request.fallback;
	return 0;
}
