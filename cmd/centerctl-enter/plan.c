/* SPDX-License-Identifier: ISC */
#include "plan.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/priv/filter_cache.h"
#include "lib/priv/hook.h"
#include "lib/proto/wire.h"

static const char *run_directory(void)
{
	const char *other = hook_value("CENTERCTL_TEST_RUNDIR");
	return other ? other : CENTERCTL_RUNDIR;
}

static int copy_string(char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
	return *to ? 0 : -ENOMEM;
}

/* A kept filter spares the compilation; the answer then comes without one. */
static int ask_bundle(struct visit *v, bool *ret_kept, struct sock_filter **kept, uint32_t *kept_len, struct error *err)
{
	*ret_kept = filter_cache_get(run_directory(), v->container.id, v->target.start_time, v->bundle_file.fd, kept,
				     kept_len);
	cleanup_buf struct buf ask = {0};
	wire_put_bool(&ask, !*ret_kept);
	return resolver_ask(&v->resolver, ASK_BUNDLE, &ask, &v->bundle_file.fd, 1, err);
}

static int receive_bundle(struct visit *v, enum ask_type type, struct error *err)
{
	cleanup_message struct message m = MESSAGE_INIT;
	struct answer_error_info info;
	int64_t deadline = now_ms() + RESOLVER_TIMEOUT_MS;
	int r = resolver_answer(&v->resolver, type, v->channel, deadline, &m, &info, err);
	if (r < 0)
		return r;
	if (bundle_decode(m.data, m.len, &v->bundle) < 0)
		return error_set(err, -EBADMSG, "centerctl-resolve sent no proper answer about the bundle");
	return 0;
}

static void settle_filter(struct visit *v, bool kept, struct sock_filter **filter, uint32_t len)
{
	struct bundle *b = &v->bundle;
	if (!b->has_seccomp)
		return;
	if (kept) {
		b->filter = steal_ptr(*filter);
		b->filter_len = len;
		v->filter_source = FILTER_CACHED;
		return;
	}
	v->filter_source = FILTER_BUNDLE;
	if (b->filter_len > 0)
		filter_cache_put(run_directory(), v->container.id, v->target.start_time, v->bundle_file.fd, b->filter,
				 b->filter_len);
}

static int open_inside(struct visit *v, struct error *err)
{
	const struct request *r = &v->request;
	struct peek_wants wants = {.null = !r->stdin_open || r->detach, .ptmx = r->tty, .environ = v->by_pid};
	return peek_open(&v->target, &wants, v->channel, &v->peek, err);
}

/* While centerctl-resolve parses and compiles, the cgroups and the container's files are opened. */
static int gather_container(struct visit *v, struct error *err)
{
	int r = bundle_open(&v->target, v->container.id, &v->bundle_file, err);
	if (r < 0)
		return r;
	bool kept;
	cleanup_free struct sock_filter *filter = NULL;
	uint32_t filter_len = 0;
	r = ask_bundle(v, &kept, &filter, &filter_len, err);
	if (r == 0)
		r = cgroups_open(&v->cgroups, &v->target, v->container.id, false, err);
	if (r == 0)
		r = open_inside(v, err);
	if (r == 0)
		r = receive_bundle(v, ASK_BUNDLE, err);
	if (r == 0)
		settle_filter(v, kept, &filter, filter_len);
	return r;
}

/* The environment of the process itself, as NUL-terminated strings; what is no assignment is left out. */
static int adopt_environ(struct visit *v)
{
	if (v->peek.environ < 0)
		return 0;
	cleanup_free char *text = NULL;
	size_t len;
	int r = read_all(v->peek.environ, 1 << 20, &text, &len);
	if (r < 0)
		return r;
	for (const char *at = text; at < text + len; at += strlen(at) + 1) {
		if (*at == '=' || !strchr(at, '=') || strv_len(v->bundle.env) >= 4096)
			continue;
		r = strv_add(&v->bundle.env, at);
		if (r < 0)
			return r;
	}
	return 0;
}

/* As the process itself is: its IDs translated to those of its own user namespace. */
static int adopt_ids(struct visit *v, struct error *err)
{
	const struct proc_status *s = &v->target.status;
	struct bundle *b = &v->bundle;
	if (proc_map_in(&v->target.uid_map, s->uid[1], &b->uid) < 0 ||
	    proc_map_in(&v->target.gid_map, s->gid[1], &b->gid) < 0)
		return error_set(err, -EINVAL,
				 "the user of process %d is not mapped in its user namespace: give one with "
				 "--user",
				 (int)v->target.pid);
	b->groups = calloc(s->group_count + 1, sizeof(gid_t));
	if (!b->groups)
		return -ENOMEM;
	for (size_t i = 0; i < s->group_count; i++)
		if (proc_map_in(&v->target.gid_map, s->groups[i], &b->groups[b->group_count]) == 0)
			b->group_count++;
	return 0;
}

static int ask_default_filter(struct visit *v, struct error *err)
{
	cleanup_buf struct buf ask = {0};
	wire_put_u64(&ask, v->target.status.cap_bnd);
	int r = resolver_ask(&v->resolver, ASK_PROFILE, &ask, NULL, 0, err);
	if (r == 0)
		r = receive_bundle(v, ASK_PROFILE, err);
	if (r == 0)
		v->filter_source = FILTER_DEFAULT;
	return r;
}

/* Without a bundle: everything from the process's own facts, and Docker's default filter if it is filtered at all. */
static int gather_process(struct visit *v, struct error *err)
{
	const struct proc_status *s = &v->target.status;
	int r = cgroups_open(&v->cgroups, &v->target, NULL, true, err);
	if (r == 0)
		r = open_inside(v, err);
	if (r == 0 && s->seccomp == 2)
		r = ask_default_filter(v, err);
	if (r == 0)
		r = adopt_ids(v, err);
	if (r == 0)
		r = adopt_environ(v);
	if (r < 0)
		return r;
	struct bundle *b = &v->bundle;
	b->has_umask = true;
	b->umask = s->umask;
	b->has_capabilities = true;
	b->bounding = s->cap_bnd;
	b->permitted = b->effective = b->uid == 0 ? s->cap_bnd : s->cap_prm;
	b->inheritable = s->cap_inh;
	b->ambient = s->cap_amb;
	return copy_string(&b->cwd, v->peek.cwd[0] == '/' ? v->peek.cwd : "/");
}

/* Names of users and groups are the container's own: its passwd and group, parsed by centerctl-resolve. */
static int gather_user(struct visit *v, struct error *err)
{
	const struct bundle *b = &v->bundle;
	struct ask_user ask = {.user = v->request.user,
			       .group_add = v->request.group_add,
			       .own_uid = b->uid,
			       .own_gid = b->gid,
			       .own_groups = b->groups,
			       .own_group_count = b->group_count,
			       .has_passwd = v->peek.passwd >= 0,
			       .has_group = v->peek.group >= 0};
	/* docker exec --user gives that user the groups with which the container was started, too (run --group-add). */
	cleanup_strv char **groups = strv_copy(v->request.group_add);
	for (char **g = v->container.group_add; v->request.user[0] && g && *g; g++)
		if (strv_add(&groups, *g) < 0)
			return -ENOMEM;
	if (!groups)
		return -ENOMEM;
	ask.group_add = groups;
	int fds[2];
	size_t count = 0;
	if (ask.has_passwd)
		fds[count++] = v->peek.passwd;
	if (ask.has_group)
		fds[count++] = v->peek.group;
	cleanup_buf struct buf text = {0};
	ask_user_encode(&ask, &text);
	int r = resolver_ask(&v->resolver, ASK_USER, &text, fds, count, err);
	cleanup_message struct message m = MESSAGE_INIT;
	struct answer_error_info info;
	if (r == 0)
		r = resolver_answer(&v->resolver, ASK_USER, v->channel, now_ms() + RESOLVER_TIMEOUT_MS, &m, &info, err);
	if (r == -ETIMEDOUT)
		return error_set(err, r,
				 "the container's file system does not answer: /etc/passwd could not be read within "
				 "%d seconds",
				 RESOLVER_TIMEOUT_MS / 1000);
	if (r == 0 && user_decode(m.data, m.len, &v->user) < 0)
		r = error_set(err, -EBADMSG, "centerctl-resolve sent no proper answer about the user");
	return r;
}

int plan_gather(struct visit *v, struct error *err)
{
	int r = v->by_pid ? gather_process(v, err) : gather_container(v, err);
	if (r < 0)
		return r;
	if (cgroups_frozen(&v->cgroups))
		return error_set(err, -EBUSY, "container %s is paused: unpause it first", visit_name(v));
	return gather_user(v, err);
}

static int plan_user(struct visit *v, struct error *err)
{
	const struct user *u = &v->user;
	struct entry *e = &v->entry;
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
	uint64_t added = v->request.privileged ? own.bounding : v->request.cap_add;
	if (added & ~own.bounding)
		return error_set(err, -EPERM,
				 "--cap-add asks for a capability that this host does not have to give "
				 "(it is not in our own bounding set)");
	c.bounding |= added;
	c.permitted |= added;
	c.effective |= added;
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
	v->entry.ns = v->ns;
	return 0;
}

static int plan_command(struct visit *v)
{
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

int plan_environment(struct visit *v, struct error *err)
{
	v->env = strv_copy(v->bundle.env);
	if (!v->env)
		return -ENOMEM;
	int r = plan_term(v);
	for (char **e = v->request.env; r == 0 && *e; e++) {
		if (**e == '=' || !strchr(*e, '='))
			return error_set(err, -EINVAL,
					 "an environment variable without a name or a value was asked for");
		r = env_put(&v->env, *e);
	}
	const char *home = env_get(v->env, "HOME");
	if (r == 0 && (!home || !home[0]))
		r = put_variable(v, "HOME", v->user.home);
	if (r == 0 && !env_get(v->env, "PATH"))
		r = put_variable(v, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	return r < 0 ? error_errno(err, r, "cannot make the environment") : 0;
}

static int plan_cwd(struct visit *v, struct error *err)
{
	const char *wanted = v->request.workdir[0] ? v->request.workdir : v->bundle.cwd;
	if (wanted[0] && wanted[0] != '/')
		return error_set(err, -EINVAL, "working directory %s is not an absolute path", wanted);
	return copy_string(&v->cwd, wanted[0] ? wanted : "/");
}

static int plan_label(struct visit *v, struct error *err)
{
	char *own = NULL;
	if (proc_read(v->proc, "self/attr/current", &own, NULL) < 0)
		own = NULL;
	cleanup_free char *text = own;
	if (text)
		text[strcspn(text, "\n")] = '\0';
	int r = lsm_plan(v->target.label, text ? text : "", v->bundle.apparmor, v->bundle.selinux,
			 v->request.privileged, &v->label, err);
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
	if (r == 0)
		r = plan_filter(v, err);
	if (r == 0)
		r = plan_label(v, err);
	if (r == 0)
		r = plan_environment(v, err);
	if (r == 0)
		r = plan_cwd(v, err);
	if (r == 0 && plan_command(v) < 0)
		r = error_set(err, -ENOMEM, "out of memory");
	if (r < 0)
		return r;
	plan_limits(v);
	e->oom_score_adj = v->bundle.has_oom_score_adj ? v->bundle.oom_score_adj : v->target.oom_score_adj;
	e->umask = v->bundle.has_umask ? v->bundle.umask : 022;
	e->personality = v->bundle.has_personality ? v->bundle.personality : 0;
	e->nice = v->target.nice;
	e->affinity = v->target.affinity;
	e->argv = v->argv;
	e->env = v->env;
	e->cwd = v->cwd;
	e->preserve_fds = v->request.preserve_fds;
	e->die_with_us = !v->request.detach;
	return 0;
}
