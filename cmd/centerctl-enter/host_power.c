/* SPDX-License-Identifier: ISC */
#include "host_power.h"

#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/priv/devices.h"
#include "lib/priv/mountinfo.h"

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

void host_power_tell(const struct visit *v, struct buf *to)
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
