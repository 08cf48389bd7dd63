/* SPDX-License-Identifier: ISC */
#include "describe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "host_power.h"
#include "judge.h"
#include "ledger.h"
#include "lib/audit/running.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/priv/census.h"
#include "lib/priv/usage.h"
#include "rows.h"

enum { VALUE_MAX = 1024 };

/* What is empty says nothing. */
static void add_word(struct rows *rows, const char *group, const char *name, const char *value)
{
	if (value && *value)
		rows_add(rows, group, name, value, "");
}

static void add_list(struct rows *rows, const char *group, const char *name, char *const *values)
{
	size_t count = strv_len(values);
	for (size_t i = 0; i < count && i < ROWS_LIST_MAX; i++)
		rows_add(rows, group, name, values[i], "");
	char rest[64];
	snprintf(rest, sizeof(rest), "%ss left out", name);
	if (count > ROWS_LIST_MAX)
		rows_addf(rows, group, rest, "%zu", count - ROWS_LIST_MAX);
}

/* The engine tells a network as "NAME ADDRESS...", of which there may be none: while nothing runs, or without IP. */
static void add_networks(struct rows *rows, char *const *networks)
{
	for (char *const *network = networks; network && *network; network++)
		rows_add(rows, "network", strchr(*network, ' ') ? "address" : "name", *network, "");
}

static void add_identity(struct rows *rows, const struct visit *v)
{
	const struct container *c = &v->container;
	if (v->by_pid)
		return;
	add_word(rows, "container", "name", c->name);
	add_word(rows, "container", "id", c->id);
	add_word(rows, "container", "image", c->image);
	add_word(rows, "container", "image id", c->image_id);
	add_word(rows, "container", "state", container_state_name(c->state));
	add_word(rows, "container", "health", c->health);
	if (c->state == STATE_EXITED || c->state == STATE_DEAD)
		rows_addf(rows, "container", "exit code", "%" PRId64, c->exit_code);
	add_word(rows, "container", "created", c->created_at);
	/* Go's zero time: it never was. */
	if (c->started_at && !str_starts(c->started_at, "0001-01-01"))
		add_word(rows, "container", "started", c->started_at);
	add_word(rows, "container", "restart policy", c->restart_policy);
	add_word(rows, "container", "hostname", c->hostname);
	add_word(rows, "container", "user", c->user);
	add_word(rows, "container", "runtime", c->runtime);
	add_networks(rows, c->networks);
	add_list(rows, "network", "port", c->ports);
	/* Passwords stand in labels, and what is where on the host is not the container's business. */
	if (!visit_is_judged(v))
		add_list(rows, "container", "label", c->labels);
}

static void add_mounts(struct rows *rows, const struct visit *v)
{
	const struct container *c = &v->container;
	for (uint32_t i = 0; i < c->mount_count; i++) {
		const struct container_mount *m = &c->mounts[i];
		const char *from = m->name[0] ? m->name : visit_is_judged(v) ? "of the host" : m->source;
		rows_addf(rows, "mounts", m->destination, "%s %s (%s)", m->type, from, m->writable ? "rw" : "ro");
	}
}

static void add_bytes(struct rows *rows, const char *name, uint64_t bytes)
{
	if (bytes != UINT64_MAX)
		rows_addf(rows, "limits", name, "%" PRIu64 " bytes", bytes);
	else
		rows_add(rows, "limits", name, "none", "");
}

static void add_limits(struct rows *rows, const struct visit *v)
{
	struct stats s;
	usage_read(&v->cgroups, &v->target, &s);
	if (s.known & STATS_MEMORY)
		add_bytes(rows, "memory", s.memory_limit);
	if (s.cpu_limit)
		rows_addf(rows, "limits", "processors", "%" PRIu64 ".%03u", s.cpu_limit / 1000,
			  (unsigned)(s.cpu_limit % 1000));
	else if (s.known & STATS_CPU)
		rows_add(rows, "limits", "processors", "none", "");
	if ((s.known & STATS_PIDS) && s.pids_limit != UINT64_MAX)
		rows_addf(rows, "limits", "processes", "%" PRIu64, s.pids_limit);
	else if (s.known & STATS_PIDS)
		rows_add(rows, "limits", "processes", "none", "");
}

/* A row of one process, or of two beside each other. */
static void add_pair(struct rows *rows, const char *group, const char *name, char text[2][VALUE_MAX], int count)
{
	rows_add(rows, group, name, text[0], count > 1 ? text[1] : "");
}

static void add_namespaces(struct rows *rows, const struct target *const t[2], int count)
{
	for (int i = 0; i < TARGET_NS_COUNT; i++) {
		char text[2][VALUE_MAX];
		for (int n = 0; n < count; n++) {
			const struct target_ns *ns = &t[n]->ns[i];
			rows_namespace(text[n], VALUE_MAX, (unsigned long)ns->target, (unsigned long)ns->own);
		}
		if (t[0]->ns[i].target)
			add_pair(rows, "namespaces", ns_bit_name(1u << i), text, count);
	}
}

static void add_cgroups(struct rows *rows, const struct target *const t[2], int count)
{
	for (size_t i = 0; i < t[0]->cgroups.count; i++) {
		const struct proc_cgroup *line = &t[0]->cgroups.line[i];
		const char *other = "";
		for (size_t j = 0; count > 1 && j < t[1]->cgroups.count; j++)
			if (t[1]->cgroups.line[j].hierarchy == line->hierarchy)
				other = t[1]->cgroups.line[j].path;
		rows_add(rows, "cgroups", line->hierarchy == 0 ? "unified" : line->controllers, line->path, other);
	}
}

/* What a user or group is called inside, and, where that differs, how the host counts it. */
static void add_id(struct rows *rows, const char *name, const struct proc_map *const map[2], const uint32_t outside[2],
		   int count)
{
	char in[2][VALUE_MAX], out[2][VALUE_MAX], on_host[32];
	bool same = true;
	for (int n = 0; n < count; n++) {
		uint32_t inside = rows_inside(map[n], outside[n]);
		snprintf(in[n], VALUE_MAX, "%u", inside);
		snprintf(out[n], VALUE_MAX, "%u", outside[n]);
		same &= inside == outside[n];
	}
	snprintf(on_host, sizeof(on_host), "%s on the host", name);
	add_pair(rows, "user", name, in, count);
	if (!same)
		add_pair(rows, "user", on_host, out, count);
}

static void add_user(struct rows *rows, const struct target *const t[2], int count)
{
	const struct target *const beside = count > 1 ? t[1] : t[0];
	const struct proc_status *s[2] = {&t[0]->status, &beside->status};
	char groups[2][VALUE_MAX];
	for (int n = 0; n < count; n++)
		rows_join_inside(&t[n]->gid_map, s[n]->groups, s[n]->group_count, groups[n], VALUE_MAX);
	add_id(rows, "uid", (const struct proc_map *[]){&t[0]->uid_map, &beside->uid_map},
	       (const uint32_t[]){s[0]->uid[1], s[1]->uid[1]}, count);
	add_id(rows, "gid", (const struct proc_map *[]){&t[0]->gid_map, &beside->gid_map},
	       (const uint32_t[]){s[0]->gid[1], s[1]->gid[1]}, count);
	add_pair(rows, "user", "groups", groups, count);
}

static void add_caps(struct rows *rows, const struct target *const t[2], int count)
{
	static const char *const names[] = {"bounding", "permitted", "effective", "inheritable", "ambient"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char text[2][VALUE_MAX];
		for (int n = 0; n < count; n++) {
			const struct proc_status *s = &t[n]->status;
			const uint64_t sets[] = {s->cap_bnd, s->cap_prm, s->cap_eff, s->cap_inh, s->cap_amb};
			rows_name_caps(sets[i], text[n], VALUE_MAX);
			if (!text[n][0])
				snprintf(text[n], VALUE_MAX, "none");
		}
		add_pair(rows, "capabilities", names[i], text, count);
	}
}

static void add_confinement(struct rows *rows, const struct target *const t[2], int count)
{
	static const char *const modes[] = {"none", "strict", "filter"};
	char seccomp[2][VALUE_MAX], privs[2][VALUE_MAX], label[2][VALUE_MAX], oom[2][VALUE_MAX], mask[2][VALUE_MAX];
	for (int n = 0; n < count; n++) {
		const struct proc_status *s = &t[n]->status;
		snprintf(seccomp[n], VALUE_MAX, "%s", s->seccomp < ARRAY_SIZE(modes) ? modes[s->seccomp] : "?");
		snprintf(privs[n], VALUE_MAX, "%d", s->no_new_privs);
		snprintf(label[n], VALUE_MAX, "%.1000s", t[n]->label[0] ? t[n]->label : "none");
		snprintf(oom[n], VALUE_MAX, "%" PRId64, t[n]->oom_score_adj);
		snprintf(mask[n], VALUE_MAX, "%04o", s->umask);
	}
	add_pair(rows, "confinement", "seccomp", seccomp, count);
	add_pair(rows, "confinement", "no_new_privs", privs, count);
	add_pair(rows, "confinement", "security label", label, count);
	add_pair(rows, "confinement", "oom_score_adj", oom, count);
	add_pair(rows, "confinement", "umask", mask, count);
}

static void add_rlimits(struct rows *rows, const struct target *const t[2], int count)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		char text[2][VALUE_MAX];
		for (int n = 0; n < count; n++)
			rows_limit(text[n], VALUE_MAX, &t[n]->limits[i]);
		add_pair(rows, "resource limits", rows_limit_name(i), text, count);
	}
}

static void add_process(struct rows *rows, const struct target *const t[2], int count)
{
	add_user(rows, t, count);
	add_namespaces(rows, t, count);
	add_cgroups(rows, t, count);
	add_caps(rows, t, count);
	add_confinement(rows, t, count);
	add_rlimits(rows, t, count);
}

/* How near it is to the host: what a rule would have to say `privileged` for. */
static void add_power(struct rows *rows, struct visit *v)
{
	cleanup_buf struct buf power = {0};
	v->entry.caps.bounding = v->target.status.cap_bnd;
	v->bundle.bounding = v->target.status.cap_bnd;
	host_power_tell(v, &power);
	rows_add(rows, "container", "as good as the host", power.len && buf_text(&power) ? buf_text(&power) : "no", "");
	if (!(target_foreign_ns(&v->target) & NS_NET))
		rows_add(rows, "network", "of the host", "yes", "");
}

int describe_container(struct visit *v, struct error *err)
{
	struct rows rows = {0};
	const struct target *const t[2] = {&v->target, NULL};
	bool running = v->target.pid > 0;
	int r = 0;
	if (running)
		r = cgroups_open(&v->cgroups, &v->target, v->by_pid ? NULL : v->container.id, v->by_pid, err);
	if (r < 0)
		return r;
	add_identity(&rows, v);
	if (running) {
		rows_addf(&rows, "container", "pid", "%d", (int)v->target.pid);
		add_power(&rows, v);
	}
	add_mounts(&rows, v);
	if (running) {
		add_limits(&rows, v);
		add_process(&rows, t, 1);
	}
	ledger_told(v);
	r = rows_send(&rows, v->channel);
	return r < 0 ? error_errno(err, r, "cannot answer") : 0;
}

/* The part of that session that is outside; whose it is decides whether there is one for the caller. */
static pid_t find_session(struct visit *v, struct error *err)
{
	struct running *list;
	pid_t pid = 0;
	int count = running_list(visit_rundir(), &list, err);
	if (count < 0)
		return count;
	for (int i = 0; i < count; i++) {
		const struct running *r = &list[i];
		bool mine = !visit_is_judged(v) || strcmp(r->who, judge_who(v)) == 0;
		if (mine && strcmp(r->session, v->request.session) == 0 &&
		    strcmp(r->container_id, v->container.id) == 0)
			pid = r->pid;
	}
	running_list_free(list, count);
	char shown[64];
	text_escape(shown, sizeof(shown), v->request.session, strlen(v->request.session));
	return pid ? pid
		   : error_set(err, -ENOENT, "no session %s of yours runs in %s (centerctl sessions lists them)", shown,
			       visit_name(v));
}

int describe_session(struct visit *v, struct error *err)
{
	cleanup_target struct target command = TARGET_INIT;
	struct rows rows = {0};
	pid_t outside = find_session(v, err);
	pid_t pid = outside < 0 ? outside : census_find_child(&v->target, v->container.id, outside);
	if (pid < 0)
		return outside < 0 ? outside : error_set(err, -ESRCH, "that session's command has ended");
	int r = target_open(&command, v->proc, pid, err);
	if (r < 0)
		return r;
	const struct target *const t[2] = {&command, &v->target};
	add_process(&rows, t, 2);
	ledger_told(v);
	r = rows_send(&rows, v->channel);
	return r < 0 ? error_errno(err, r, "cannot answer") : 0;
}
