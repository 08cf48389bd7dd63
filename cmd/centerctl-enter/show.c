/* SPDX-License-Identifier: ISC */
#include "show.h"

#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/capability.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/priv/devices.h"
#include "lib/priv/mountinfo.h"
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
	show_host_power(v, &power);
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

/* Capabilities that give the host away, unless a user namespace stands between. */
static const uint64_t HOST_CAPS = (1ull << CAP_SYS_ADMIN) | (1ull << CAP_SYS_MODULE) | (1ull << CAP_SYS_RAWIO) |
				  (1ull << CAP_SYS_PTRACE) | (1ull << CAP_DAC_READ_SEARCH) | (1ull << CAP_SYS_BOOT) |
				  (1ull << CAP_MAC_ADMIN) | (1ull << CAP_BPF);

static void add_reason(struct buf *to, const char *reason)
{
	buf_printf(to, "%s%s", to->len ? "; " : "", reason);
}

static const char *const engine_sockets[] = {"docker.sock", "podman.sock", "containerd.sock", "crio.sock"};

/* Whether path is dir, or below it. */
static bool is_within(const char *path, const char *dir)
{
	const char *rest = str_after(path, dir);
	return rest && (*rest == '\0' || *rest == '/');
}

static bool is_within_any(const char *path, const char *const *trees, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_within(path, trees[i]))
			return true;
	return false;
}

static bool starts_with_any(const char *path, const char *const *starts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_starts(path, starts[i]))
			return true;
	return false;
}

/*
 * What the host's root executes, loads or is configured by: to read it gives nothing, to write it everything. Below
 * /opt that is known of what engines and their plugins have there alone.
 */
static bool is_executed(const char *path)
{
	static const char *const trees[] = {
		"/usr/bin",	  "/usr/sbin",	     "/usr/libexec",  "/usr/src",
		"/usr/local/bin", "/usr/local/sbin", "/bin",	      "/sbin",
		"/lib",		  "/lib32",	     "/lib64",	      "/libx32",
		"/opt/cni",	  "/opt/containerd", "/var/lib/dpkg", "/usr/share/initramfs-tools",
		"/etc/cni",	  "/etc/rc.local"};
	static const char *const starts[] = {
		"/usr/lib",	     "/usr/local/lib",	    "/usr/share/perl",	 "/usr/share/python",
		"/usr/share/dbus-1", "/usr/share/polkit-1", "/etc/bash",	 "/etc/environment",
		"/etc/udev",	     "/etc/modprobe",	    "/etc/modules",	 "/etc/apt",
		"/etc/dpkg",	     "/etc/logrotate",	    "/etc/network",	 "/etc/kernel",
		"/etc/default",	     "/etc/security",	    "/etc/nsswitch",	 "/etc/tmpfiles",
		"/etc/polkit",	     "/etc/dbus",	    "/etc/alternatives", "/etc/update-motd"};
	static const char *const whole[] = {"/usr/local", "/usr/share", "/opt"};
	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (strcmp(path, whole[i]) == 0)
			return true;
	return is_within_any(path, trees, ARRAY_SIZE(trees)) || starts_with_any(path, starts, ARRAY_SIZE(starts));
}

/*
 * Directories with which a root of the container could become one of the host: these themselves; these with all below
 * them; and what begins like these. (Much of /etc is mounted into containers that have no power by it.)
 */
static bool is_host_directory(const char *path, const char *engine)
{
	static const char *const whole[] = {"/",    "/run", "/var/run", "/var",	 "/var/lib", "/etc",	 "/usr",
					    "/dev", "/lib", "/bin",	"/sbin", "/dev/mem", "/dev/port"};
	static const char *const trees[] = {"/root", "/boot"};
	static const char *const starts[] = {"/etc/cron",    "/etc/ssh",	"/etc/sudoers",	  "/etc/pam",
					     "/etc/passwd",  "/etc/shadow",	"/etc/gshadow",	  "/etc/group",
					     "/etc/systemd", "/etc/ld.so",	"/etc/profile",	  "/etc/init",
					     "/etc/docker",  "/etc/containers", "/etc/centerctl", "/var/spool/cron"};
	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (strcmp(path, whole[i]) == 0)
			return true;
	if (is_within_any(path, trees, ARRAY_SIZE(trees)) || starts_with_any(path, starts, ARRAY_SIZE(starts)))
		return true;
	/* A directory that holds the engine's socket holds the engine. */
	return engine && is_within(engine, path);
}

static bool is_power_mounted(const char *path, bool writable, const void *engine)
{
	return is_host_directory(path, engine) || (writable && is_executed(path));
}

/* What the engine says that it was given: devices, too, and what each container has a part of. */
static bool is_host_path(const char *path, const char *engine)
{
	static const char *const trees[] = {"/proc", "/sys", "/var/lib/docker", "/var/lib/containers"};
	struct stat st;
	if (is_within_any(path, trees, ARRAY_SIZE(trees)))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(engine_sockets); i++)
		if (strstr(path, engine_sockets[i]))
			return true;
	return is_host_directory(path, engine) || (stat(path, &st) == 0 && S_ISBLK(st.st_mode));
}

/*
 * The kernel's word: a volume's driver may mount what the engine does not call a bind mount, and what the engine was
 * given may have been a symbolic link.
 */
static void add_mounts(const struct visit *v, struct buf *to)
{
	cleanup_free char *theirs = NULL, *ours = NULL;
	char path[400], text[512];
	if (proc_read(v->target.dir, "mountinfo", &theirs, NULL) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(engine_sockets); i++) {
		if (proc_mounts_have(theirs, engine_sockets[i])) {
			add_reason(to, "an engine's socket is mounted in it");
			break;
		}
	}
	if (to->len > 0 || proc_read(v->proc, "self/mountinfo", &ours, NULL) < 0 ||
	    !mountinfo_find(theirs, ours, is_power_mounted, v->request.engine.path, path, sizeof(path)))
		return;
	snprintf(text, sizeof(text), "%s of the host is in it", path);
	add_reason(to, text);
}

/* What the container itself has, and what was asked for beside; who debugs traces in one PID namespace alone. */
static uint64_t caps_that_count(const struct visit *v)
{
	uint64_t own = (v->bundle.bounding & v->target.status.cap_bnd) | v->request.cap_add;
	uint64_t lent = v->request.debug && !v->request.privileged ? cap_bit(CAP_SYS_PTRACE) & ~own : 0;
	return v->entry.caps.bounding & HOST_CAPS & ~lent;
}

/* The devices controller's own word, where it has one (cgroup v1); the engine's otherwise. */
static bool may_open_disks(const struct visit *v)
{
	cleanup_free char *list = NULL;
	if (cgroups_read_devices(&v->target, v->by_pid ? NULL : v->container.id, &list) == 0)
		return devices_give_disks(list);
	for (char **rule = v->container.device_rules; rule && *rule; rule++)
		if (devices_give_disks(*rule))
			return true;
	return false;
}

void show_host_power(const struct visit *v, struct buf *to)
{
	const struct container *c = &v->container;
	unsigned foreign = target_foreign_ns(&v->target);
	if (c->privileged)
		add_reason(to, "the container is privileged");
	if (!(foreign & NS_PID) && !(foreign & NS_USER))
		add_reason(to, "it shares the host's PID namespace");
	if (!(foreign & NS_USER) && caps_that_count(v)) {
		char text[256] = "it has";
		for (int cap = 0; cap < 64; cap++) {
			if (!(caps_that_count(v) & cap_bit(cap)))
				continue;
			char *name = cap_to_name(cap);
			size_t used = strlen(text);
			snprintf(text + used, sizeof(text) - used, " %s", name ? name : "?");
			cap_free(name);
		}
		add_reason(to, text);
	}
	/* In a user namespace no nodes can be made. */
	if (!(foreign & NS_USER) && (v->entry.caps.bounding & cap_bit(CAP_MKNOD)) && may_open_disks(v))
		add_reason(to, "it may make and open nodes of the host's disks");
	for (char **b = c->binds; b && *b; b++) {
		if (!is_host_path(*b, v->request.engine.path))
			continue;
		char text[512];
		snprintf(text, sizeof(text), "%.400s of the host is in it", *b);
		add_reason(to, text);
	}
	add_mounts(v, to);
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
