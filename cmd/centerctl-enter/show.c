/* SPDX-License-Identifier: ISC */
#include "show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host_power.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "rows.h"
#include "tool.h"

static void show_container(struct rows *rows, const struct visit *v)
{
	const struct container *c = &v->container;
	if (!v->by_pid) {
		rows_add(rows, "container", "name", c->name, "");
		rows_add(rows, "container", "id", c->id, "");
		rows_add(rows, "container", "image", c->image, "");
		rows_add(rows, "container", "image id", c->image_id, "");
		rows_add(rows, "container", "started", c->started_at, "");
		rows_add(rows, "container", "bundle", v->bundle_file.dir, "");
	}
	rows_addf(rows, "container", "pid", "%d", (int)v->target.pid);
	rows_addf(rows, "container", "start time in ticks after boot", "%" PRIu64, v->target.start_time);
	cleanup_buf struct buf power = {0};
	host_power_tell(v, &power);
	if (power.len)
		rows_add(rows, "container", "as good as the host", buf_text(&power), "");
}

static void show_namespaces(struct rows *rows, const struct visit *v)
{
	for (int i = 0; i < TARGET_NS_COUNT; i++) {
		const struct target_ns *ns = &v->target.ns[i];
		char entry[40], init[40];
		unsigned long target = (unsigned long)ns->target, own = (unsigned long)ns->own;
		rows_namespace(entry, sizeof(entry), v->ns & (1u << i) ? target : own, own);
		rows_namespace(init, sizeof(init), target, own);
		if (ns->target || ns->own)
			rows_add(rows, "namespaces", ns_bit_name(1u << i), entry, init);
	}
	for (int i = 0; i < TARGET_NS_COUNT; i++) {
		const struct target_ns *ns = &v->target.ns[i];
		bool shared = ns->target == ns->own;
		if (ns->target || ns->own)
			rows_add(rows, "entered", ns_bit_name(1u << i),
				 v->ns & (1u << i) ? "yes"
				 : shared	   ? "no, shared with the host"
						   : "no, left out",
				 "");
	}
}

static void show_cgroups(struct rows *rows, const struct visit *v)
{
	for (size_t i = 0; i < v->target.cgroups.count; i++) {
		const struct proc_cgroup *line = &v->target.cgroups.line[i];
		char owner[65], entry[1024];
		size_t len = strlen(line->path);
		if (!v->by_pid)
			proc_cgroup_owner(line->path, owner, &len);
		snprintf(entry, sizeof(entry), "%.*s", (int)len, line->path);
		rows_add(rows, "cgroups", line->hierarchy == 0 ? "unified" : line->controllers, entry, line->path);
	}
}

static void add_number(struct rows *rows, const char *name, uint32_t entry, uint32_t init)
{
	char first[16], second[16];
	snprintf(first, sizeof(first), "%u", entry);
	snprintf(second, sizeof(second), "%u", init);
	rows_add(rows, "user", name, first, second);
}

static void show_user(struct rows *rows, const struct visit *v)
{
	const struct target *t = &v->target;
	const struct proc_status *s = &t->status;
	char entry[1024], init[1024];
	if (v->user.name[0])
		rows_add(rows, "user", "name", v->user.name, "");
	add_number(rows, "uid", v->entry.uid, rows_inside(&t->uid_map, s->uid[1]));
	add_number(rows, "gid", v->entry.gid, rows_inside(&t->gid_map, s->gid[1]));
	if (v->ns & NS_USER) {
		add_number(rows, "uid on the host", v->host_uid, s->uid[1]);
		add_number(rows, "gid on the host", v->host_gid, s->gid[1]);
	}
	rows_join_ids(v->entry.groups, v->entry.group_count, entry, sizeof(entry));
	rows_join_inside(&t->gid_map, s->groups, s->group_count, init, sizeof(init));
	rows_add(rows, "user", "groups", entry, init);
	const char *home = env_get(v->env, "HOME");
	rows_add(rows, "user", "home", home ? home : "", "");
}

static void show_caps(struct rows *rows, const struct visit *v)
{
	const struct proc_status *s = &v->target.status;
	const struct caps *c = &v->entry.caps;
	const struct {
		const char *name;
		uint64_t entry, init;
	} sets[] = {{"bounding", c->bounding, s->cap_bnd},
		    {"permitted", c->permitted, s->cap_prm},
		    {"effective", c->effective, s->cap_eff},
		    {"inheritable", c->inheritable, s->cap_inh},
		    {"ambient", c->ambient, s->cap_amb}};
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		char entry[32], init[32];
		snprintf(entry, sizeof(entry), "%016" PRIx64, sets[i].entry);
		snprintf(init, sizeof(init), "%016" PRIx64, sets[i].init);
		rows_add(rows, "capabilities", sets[i].name, entry, init);
	}
	char names[1024];
	rows_name_caps(c->bounding, names, sizeof(names));
	rows_add(rows, "capabilities", "bounding by name", names, "");
}

static void show_confinement(struct rows *rows, const struct visit *v)
{
	static const char *const sources[] = {"none", "the container's bundle",
					      "the container's bundle, compiled before", "Docker's default profile"};
	static const char *const modes[] = {"none", "strict", "filter"};
	const struct proc_status *s = &v->target.status;
	char entry[256];
	if (v->entry.filter.len > 0)
		snprintf(entry, sizeof(entry), "filter from %s (%u instructions)", sources[v->filter_source],
			 v->entry.filter.len);
	else
		snprintf(entry, sizeof(entry), "none");
	rows_add(rows, "confinement", "seccomp", entry, modes[s->seccomp]);
	rows_add(rows, "confinement", "no_new_privs", v->entry.no_new_privs ? "1" : "0", s->no_new_privs ? "1" : "0");
	rows_add(rows, "confinement", "security label", v->label.file ? v->label.text : "unchanged", v->target.label);
	snprintf(entry, sizeof(entry), "%lld", (long long)v->entry.oom_score_adj);
	char init[256];
	snprintf(init, sizeof(init), "%lld", (long long)v->target.oom_score_adj);
	rows_add(rows, "confinement", "oom_score_adj", entry, init);
	snprintf(entry, sizeof(entry), "%04o", v->entry.umask);
	snprintf(init, sizeof(init), "%04o", s->umask);
	rows_add(rows, "confinement", "umask", entry, init);
	snprintf(entry, sizeof(entry), "%d", v->entry.nice);
	rows_add(rows, "confinement", "nice", entry, entry);
}

static void show_limits(struct rows *rows, const struct visit *v)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		char entry[64], init[64];
		rows_limit(entry, sizeof(entry), &v->entry.limits[i]);
		rows_limit(init, sizeof(init), &v->target.limits[i]);
		rows_add(rows, "resource limits", rows_limit_name(i), entry, init);
	}
}

static void show_command(struct rows *rows, const struct visit *v)
{
	cleanup_buf struct buf argv = {0};
	for (char **a = v->argv; *a; a++)
		buf_printf(&argv, "%s%s", a == v->argv ? "" : " ", *a);
	rows_add(rows, "command", "argv", buf_text(&argv) ? buf_text(&argv) : "", "");
	rows_add(rows, "command", "cwd", v->cwd, "");
	if (tool_name(v))
		rows_add(rows, "command", v->request.static_tool[0] ? "static program" : "toolbox", tool_name(v), "");
	size_t variables = strv_len(v->env);
	for (size_t i = 0; i < variables && i < ROWS_LIST_MAX; i++) {
		/* Values may be secrets; names say enough. */
		char name[256];
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(v->env[i], "="), v->env[i]);
		rows_add(rows, "environment", name, "set", "");
	}
	if (variables > ROWS_LIST_MAX)
		rows_addf(rows, "command", "variables left out", "%zu", variables - ROWS_LIST_MAX);
}

int show_send(const struct visit *v)
{
	struct rows rows = {0};
	show_container(&rows, v);
	show_user(&rows, v);
	show_namespaces(&rows, v);
	show_cgroups(&rows, v);
	show_caps(&rows, v);
	show_confinement(&rows, v);
	show_limits(&rows, v);
	show_command(&rows, v);
	return rows_send(&rows, v->channel);
}
