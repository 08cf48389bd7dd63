/* SPDX-License-Identifier: ISC */
#include "gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/priv/filter_cache.h"
#include "service.h"
#include "tool.h"

/* A signal is sent from here, as a user: no filter is loaded for it, and no file of the container is needed. */
static bool is_for_command(const struct visit *v)
{
	return v->request.verb != VERB_SIGNAL;
}

/*
 * A kept filter spares the compilation; the answer then comes without one. Otherwise it is compiled by a
 * centerctl-resolve that never spoke to an engine: the kernel cannot tell what a filter lets through, and what is kept
 * serves every later entry.
 */
static int ask_bundle(struct visit *v, const struct resolver **ret_reader, bool *ret_kept, struct sock_filter **kept,
		      uint32_t *kept_len, struct error *err)
{
	*ret_kept = is_for_command(v) && filter_cache_get(visit_rundir(), v->container.id, v->target.start_time,
							  tool_filter_extra(v), v->bundle_file.fd, kept, kept_len);
	bool compile = is_for_command(v) && !*ret_kept;
	cleanup_buf struct buf ask = {0};
	ask_bundle_encode(&(struct ask_bundle){.want_seccomp = compile, .extra = tool_filter_extra(v)}, &ask);
	*ret_reader = compile ? &v->compiler : &v->resolver;
	int r = compile ? resolver_start(&v->compiler, v->libexecdir, err) : 0;
	return r < 0 ? r : resolver_ask(*ret_reader, ASK_BUNDLE, &ask, &v->bundle_file.fd, 1, err);
}

static int receive_bundle(struct visit *v, const struct resolver *from, enum ask_type type, struct error *err)
{
	cleanup_message struct message m = MESSAGE_INIT;
	struct answer_error_info info;
	int64_t deadline = now_ms() + RESOLVER_TIMEOUT_MS;
	int r = resolver_answer(from, type, v->channel, deadline, &m, &info, err);
	if (r < 0)
		return r;
	if (bundle_decode(m.data, m.len, &v->bundle) < 0)
		return error_set(err, -EBADMSG, "centerctl-resolve sent no proper answer about the bundle");
	return 0;
}

static void settle_filter(struct visit *v, bool kept, struct sock_filter **filter, uint32_t len)
{
	struct bundle *b = &v->bundle;
	if (!b->has_seccomp || !is_for_command(v))
		return;
	if (kept) {
		b->filter = steal_ptr(*filter);
		b->filter_len = len;
		v->filter_source = FILTER_CACHED;
		return;
	}
	v->filter_source = FILTER_BUNDLE;
	if (b->filter_len > 0)
		filter_cache_put(visit_rundir(), v->container.id, v->target.start_time, tool_filter_extra(v),
				 v->bundle_file.fd, b->filter, b->filter_len);
}

static int open_inside(struct visit *v, struct error *err)
{
	const struct request *r = &v->request;
	bool null = is_for_command(v) && (!r->stdin_open || r->detach);
	struct peek_wants wants = {.null = null, .ptmx = r->tty, .environ = v->by_pid};
	return peek_open(&v->target, &wants, v->channel, &v->peek, err);
}

/* While centerctl-resolve parses and compiles, the cgroups and the container's files are opened. */
static int gather_container(struct visit *v, struct error *err)
{
	int r = bundle_open(&v->target, v->container.id, &v->bundle_file, err);
	if (r < 0)
		return r;
	bool kept;
	const struct resolver *reader;
	cleanup_free struct sock_filter *filter = NULL;
	uint32_t filter_len = 0;
	r = ask_bundle(v, &reader, &kept, &filter, &filter_len, err);
	if (r == 0)
		r = cgroups_open(&v->cgroups, &v->target, v->container.id, false, err);
	if (r == 0)
		r = open_inside(v, err);
	if (r == 0)
		r = v->request.service ? service_open(v, err) : tool_open(v, err);
	if (r == 0)
		r = receive_bundle(v, reader, ASK_BUNDLE, err);
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
	ask_profile_encode(v->target.status.cap_bnd, tool_filter_extra(v), &ask);
	int r = resolver_ask(&v->resolver, ASK_PROFILE, &ask, NULL, 0, err);
	if (r == 0)
		r = receive_bundle(v, &v->resolver, ASK_PROFILE, err);
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
	if (r == 0)
		r = v->request.service ? service_open(v, err) : tool_open(v, err);
	if (r == 0 && s->seccomp == 2 && is_for_command(v))
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
	b->permitted = b->effective = s->cap_prm;
	b->inheritable = s->cap_inh;
	b->ambient = s->cap_amb;
	return str_set(&b->cwd, v->peek.cwd[0] == '/' ? v->peek.cwd : "/");
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
	if (!groups || (v->request.user[0] && strv_add_all(&groups, v->container.group_add) < 0))
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

int gather(struct visit *v, struct error *err)
{
	int r = v->by_pid ? gather_process(v, err) : gather_container(v, err);
	if (r < 0)
		return r;
	if (v->request.verb != VERB_SIGNAL && cgroups_frozen(&v->cgroups))
		return error_set(err, -EBUSY, "container %s is paused: unpause it first", visit_name(v));
	r = gather_user(v, err);
	/* Everything has been parsed. Unloading thirty libraries takes a millisecond: let it happen meanwhile. */
	resolver_dismiss(&v->resolver);
	resolver_dismiss(&v->compiler);
	return r;
}
