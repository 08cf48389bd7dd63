/* SPDX-License-Identifier: ISC */
#include "doctor_daemon.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"
#include "lib/doctor/unit_file.h"

enum { DAEMON_FILE_MAX = 1 << 20, DAEMONS_MAX = 32 };

static const char daemon_json[] = "/etc/docker/daemon.json";

/* In a mount namespace of somebody else's; a link in it leads nowhere but into it. */
static int open_there(const struct doctor_daemon *daemon, const char *path, struct error *err)
{
	char root[64];
	struct stat st;
	const struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
				     .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	snprintf(root, sizeof(root), "/proc/%d/root", (int)daemon->pid);
	cleanup_fd int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int fd = dir < 0 ? -1 : (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, -errno, "%s", path);
	int r = rootpath_check(&st, path, err);
	return r < 0 ? r : steal_fd(&fd);
}

int daemon_open(const struct doctor_daemon *daemon, const char *path, struct error *err)
{
	return daemon->our_files ? rootpath_open(path, O_RDONLY, err) : open_there(daemon, path, err);
}

int daemon_read(const struct doctor_daemon *daemon, const char *path, char **ret, struct error *err)
{
	size_t len;
	struct stat st;
	cleanup_fd int fd = daemon_open(daemon, path, err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, -EINVAL, "%s is not a file", path);
	int r = read_all(fd, DAEMON_FILE_MAX, ret, &len);
	if (r < 0)
		return error_errno(err, r, "%s", path);
	if (strlen(*ret) != len) {
		cleanup_free_function(ret);
		return error_set(err, -EINVAL, "%s: there is a NUL byte in it", path);
	}
	return 0;
}

static void add_unit_file(const char *path, const char *section, const char *key, char ***values)
{
	struct error err;
	cleanup_free char *text = NULL;
	const struct doctor_daemon ours = {.our_files = true};
	if (daemon_read(&ours, path, &text, &err) == 0)
		unit_file_add(text, section, key, values);
}

static int is_drop_in(const struct dirent *e)
{
	size_t len = strlen(e->d_name);
	return len > 5 && strcmp(e->d_name + len - 5, ".conf") == 0;
}

static void add_drop_ins(const char *directory, const char *section, const char *key, char ***values)
{
	struct dirent **list = NULL;
	int count = scandir(directory, &list, is_drop_in, alphasort);
	for (int i = 0; i < count; i++) {
		char path[1024];
		snprintf(path, sizeof(path), "%s/%s", directory, list[i]->d_name);
		add_unit_file(path, section, key, values);
		free(list[i]);
	}
	free(list);
}

/* The first directory that has the unit counts, systemd.unit(5); drop-ins are taken from all of them. */
char **daemon_unit(const char *unit, const char *section, const char *key)
{
	static const char *const directories[] = {"/etc/systemd/system", "/run/systemd/system",
						  "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
						  "/lib/systemd/system"};
	char **values = NULL, path[512];
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		snprintf(path, sizeof(path), "%s/%s", directories[i], unit);
		if (access(path, F_OK) < 0)
			continue;
		add_unit_file(path, section, key, &values);
		break;
	}
	/* From the least important one on; the last directory is the same as the one before it, or as good as empty. */
	for (size_t i = ARRAY_SIZE(directories) - 1; i-- > 0;) {
		snprintf(path, sizeof(path), "%s/%s.d", directories[i], unit);
		add_drop_ins(path, section, key, &values);
	}
	return values;
}

static bool same_namespace(pid_t pid, const char *name)
{
	char path[64], other[64] = "", own[64] = "";
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	ssize_t n = readlink(path, other, sizeof(other) - 1);
	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return n > 0 && readlink(path, own, sizeof(own) - 1) > 0 && strcmp(own, other) == 0;
}

/* Of a file of procfs, which has no size. NULL if it cannot be read. */
static char *read_proc(pid_t pid, const char *name, size_t *ret_len)
{
	char path[64], *data = NULL;
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read_all(fd, DAEMON_FILE_MAX, &data, ret_len) == 0 ? data : NULL;
}

/* A name that anybody may give their process is not enough: the program itself has to be root's. */
static bool runs_program(pid_t pid, const char *name)
{
	struct error err;
	char path[64], program[4096];
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	ssize_t n = readlink(path, program, sizeof(program) - 1);
	if (n <= 0)
		return false;
	program[n] = '\0';
	const char *slash = strrchr(program, '/');
	if (!slash || strcmp(slash + 1, name) != 0)
		return slash && strncmp(slash + 1, name, strlen(name)) == 0 &&
		       strcmp(slash + 1 + strlen(name), " (deleted)") == 0;
	cleanup_fd int fd = rootpath_open(program, O_PATH, &err);
	return fd >= 0;
}

static bool is_engine(const struct doctor *d, pid_t pid, bool *ret_podman)
{
	size_t len;
	char path[32];
	struct stat st;
	cleanup_free char *comm = read_proc(pid, "comm", &len);
	if (!comm)
		return false;
	comm[strcspn(comm, "\n")] = '\0';
	*ret_podman = strcmp(comm, "podman") == 0;
	if (!*ret_podman && strcmp(comm, "dockerd") != 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	if (stat(path, &st) < 0 || (st.st_uid != 0 && (d->root || st.st_uid != geteuid())))
		return false;
	return !d->root || (same_namespace(pid, "pid") && runs_program(pid, comm));
}

static void read_json(struct doctor_daemon *daemon)
{
	struct error err;
	cleanup_free char *text = NULL;
	const char *path = daemon->config.config_file ? daemon->config.config_file : daemon_json;
	int r = daemon_read(daemon, path, &text, &err);
	if (r == -ENOENT)
		return;
	if (r == 0 && (r = engine_config_add_json(&daemon->config, text, strlen(text), &err)) < 0)
		error_prepend(&err, "%s", path);
	if (r < 0)
		daemon->config_error = strdup(err.text);
}

static struct doctor_daemon *add(struct doctor *d)
{
	if (d->daemon_count == DAEMONS_MAX)
		return NULL;
	struct doctor_daemon *bigger = reallocarray(d->daemons, d->daemon_count + 1, sizeof(*bigger));
	if (!bigger) {
		d->findings.failed = true;
		return NULL;
	}
	d->daemons = bigger;
	struct doctor_daemon *new = &d->daemons[d->daemon_count++];
	*new = (struct doctor_daemon){0};
	return new;
}

static void add_running(struct doctor *d, pid_t pid, bool podman)
{
	size_t len = 0;
	cleanup_free char *line = read_proc(pid, "cmdline", &len);
	cleanup_strv char **words = line ? engine_words(line, len) : NULL;
	/* Any podman command has that name; what serves an API has the word. */
	if (!words || (podman && !strv_has(words, "service")))
		return;
	struct doctor_daemon *new = add(d);
	if (!new)
		return;
	new->pid = pid;
	new->podman = podman;
	snprintf(new->name, sizeof(new->name), "%s (PID %d)", podman ? "podman" : "dockerd", (int)pid);
	new->our_files = !d->root || same_namespace(pid, "mnt");
	new->our_net = same_namespace(pid, "net");
	int r = podman ? engine_config_add_podman_words(&new->config, words)
		       : engine_config_add_words(&new->config, words);
	if (r < 0)
		d->findings.failed = true;
	else if (!podman)
		read_json(new);
}

/* What docker would be started with. */
static void add_sleeping(struct doctor *d)
{
	cleanup_strv char **lines = daemon_unit("docker.service", "Service", "ExecStart");
	if (!lines && access(daemon_json, F_OK) < 0)
		return;
	struct doctor_daemon *new = add(d);
	if (!new)
		return;
	snprintf(new->name, sizeof(new->name), "docker, which does not run");
	new->our_files = new->our_net = true;
	size_t count = strv_len(lines);
	cleanup_strv char **words = count > 0 ? unit_file_words(lines[count - 1]) : NULL;
	if (words && engine_config_add_words(&new->config, words) < 0)
		d->findings.failed = true;
	read_json(new);
}

void daemon_find_all(struct doctor *d)
{
	bool docker = false, podman;
	DIR *dir = opendir("/proc");
	for (const struct dirent *e; dir && (e = readdir(dir));) {
		uint64_t pid;
		if (parse_u64(e->d_name, INT32_MAX, &pid) < 0 || !is_engine(d, (pid_t)pid, &podman))
			continue;
		size_t before = d->daemon_count;
		add_running(d, (pid_t)pid, podman);
		docker = docker || (d->daemon_count > before && !podman && d->daemons[before].our_files);
	}
	if (dir)
		closedir(dir);
	if (!docker)
		add_sleeping(d);
}

void daemon_free_all(struct doctor *d)
{
	for (size_t i = 0; i < d->daemon_count; i++) {
		engine_config_done(&d->daemons[i].config);
		free(d->daemons[i].config_error);
	}
	free(d->daemons);
	d->daemons = NULL;
	d->daemon_count = 0;
}
