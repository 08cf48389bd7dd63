/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "doctor.h"
#include "doctor_within.h"
#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"
#include "lib/gate/registry.h"

enum { SSHD_WAIT_MS = 10000, SSHD_SAYS_MAX = 1 << 20 };

static const char *const sshds[] = {"/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd", "/usr/bin/sshd", NULL};

static int spawn(char *const argv[], int out, int err, pid_t *ret)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *environment[] = {path, NULL};
	posix_spawn_file_actions_t actions;
	int r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return -r;
	r = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
	if (r == 0)
		r = posix_spawn(ret, argv[0], &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

/* Takes what is there. False at the end. */
static bool drain(int fd, struct buf *to)
{
	char piece[4096];
	ssize_t n = read(fd, piece, sizeof(piece));
	if (n > 0 && to->len < SSHD_SAYS_MAX)
		buf_add(to, piece, (size_t)n);
	return n > 0 || (n < 0 && errno == EINTR);
}

/* Whether both came to their end in time. */
static bool collect(int out, int err, struct buf *said, struct buf *complained)
{
	int64_t deadline = now_ms() + SSHD_WAIT_MS;
	struct pollfd p[] = {{.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
	while (p[0].fd >= 0 || p[1].fd >= 0) {
		int n = poll(p, 2, left_ms(deadline));
		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		if (n > 0 && p[0].revents && !drain(out, said))
			p[0].fd = -1;
		if (n > 0 && p[1].revents && !drain(err, complained))
			p[1].fd = -1;
	}
	return true;
}

/* 0 when sshd said all and ended well. */
static int run(char *const argv[], struct buf *said, struct buf *complained)
{
	int out[2], err[2], status;
	pid_t pid;
	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	cleanup_fd int out_read = out[0], out_write = out[1];
	if (pipe2(err, O_CLOEXEC) < 0)
		return -errno;
	cleanup_fd int err_read = err[0], err_write = err[1];
	signal(SIGCHLD, SIG_DFL);
	int r = spawn(argv, out_write, err_write, &pid);
	if (r < 0)
		return r;
	out_write = close_fd(out_write);
	err_write = close_fd(err_write);
	if (!collect(out_read, err_read, said, complained))
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

static void complain(struct doctor *d, const char *program, struct buf *complained)
{
	const char *text = buf_text(complained);
	finding_add(&d->findings, SEVERITY_ERROR, "sshd-refused", program,
		    "what sshd permits to gate accounts is not known", "%s -T fails: %.*s", program,
		    text ? (int)strcspn(text, "\r\n") : 0, text ? text : "");
	finding_fix(&d->findings, "%s -t, and mend what it says", program);
}

int doctor_ask_sshd(struct doctor *d, const char *name, struct sshd_config *ret)
{
	char who[512];
	const char *program = within_find(sshds);
	cleanup_buf struct buf said = {0}, complained = {0};
	if (!program) {
		finding_add(&d->findings, SEVERITY_WARNING, "sshd-missing", "sshd",
			    "what sshd permits to gate accounts is not known", "there is no sshd on this host");
		return -ENOENT;
	}
	snprintf(who, sizeof(who), "user=%s,host=localhost,addr=127.0.0.1", name);
	char *argv[] = {(char *)program, (char *)"-T", (char *)"-C", who, NULL, NULL, NULL};
	if (d->sshd_config_file) {
		argv[4] = (char *)"-f";
		argv[5] = (char *)d->sshd_config_file;
	}
	int r = run(argv, &said, &complained);
	const char *text = r == 0 ? buf_text(&said) : NULL;
	if (text)
		return sshd_config_parse(text, ret);
	complain(d, program, &complained);
	return -EIO;
}

/* A file that is not there yet is as safe as the directory in which it would be. */
static int check_path(char *path, struct error *err)
{
	for (;;) {
		cleanup_fd int fd = rootpath_open(path, O_PATH, err);
		if (fd != -ENOENT)
			return fd < 0 ? fd : 0;
		char *slash = strrchr(path, '/');
		if (!slash || slash == path)
			return 0;
		*slash = '\0';
	}
}

/* Whether the line's forced command, if there is one, is the gate. Blanks and quotes end its first word. */
static bool runs_gate(const char *line, size_t len)
{
	static const char start[] = "command=\"", gate[] = CENTERCTL_BINDIR "/centerctl-gate";
	const char *command = memmem(line, len, start, sizeof(start) - 1);
	if (!command)
		return true;
	command += sizeof(start) - 1;
	size_t left = (size_t)(line + len - command);
	return left > sizeof(gate) - 1 && memcmp(command, gate, sizeof(gate) - 1) == 0 &&
	       memchr(" \"", command[sizeof(gate) - 1], 2);
}

/* The rule is registry_check()'s for lines of authorities; what stands behind the options is no key here. */
static void look_at_principals(struct doctor *d, const char *path)
{
	struct error err;
	size_t len, number = 0;
	cleanup_registry struct registry r = {.text = ""};
	cleanup_fd int fd = rootpath_open(path, O_RDONLY, &err);
	if (fd < 0 || registry_map(fd, &r, &err) < 0)
		return;
	for (const char *line = registry_next_line(&r, NULL, &len); line; line = registry_next_line(&r, line, &len)) {
		number++;
		size_t blanks = 0;
		while (blanks < len && strchr(" \t\r", line[blanks]))
			blanks++;
		if (blanks == len || line[blanks] == '#')
			continue;
		if (!runs_gate(line, len)) {
			finding_add(&d->findings, SEVERITY_ERROR, "sshd-principal", path,
				    "this principal opens nothing",
				    "%s:%zu: the forced command is not the installed %s/centerctl-gate", path, number,
				    CENTERCTL_BINDIR);
			doctor_fix_program(d, path, number);
		}
		if (memmem(line, len, "--principals", 12))
			continue;
		finding_add(&d->findings, SEVERITY_WARNING, "sshd-principal", path,
			    "sshd does not say which of a certificate's principals it accepted, and a certificate with "
			    "several ones is refused",
			    "%s:%zu: there is no --principals in the forced command", path, number);
		finding_fix(&d->findings, "command=\"%s/centerctl-gate --principals LIST\", see centerctl-gate(1)",
			    CENTERCTL_BINDIR);
	}
}

static void look_at_file(struct doctor *d, const char *name, const char *keyword, const char *file)
{
	struct error err;
	cleanup_free char *path = strdup(file);
	if (path && check_path(path, &err) < 0)
		finding_add(&d->findings, SEVERITY_ERROR, "sshd-key-file", file,
			    "whoever can write there lets in whom he likes, as whom he likes",
			    "sshd takes keys for %s from %s, and %s", name, file, err.text);
	else if (strcmp(keyword, "authorizedprincipalsfile") == 0)
		look_at_principals(d, file);
	else if (strcmp(keyword, "authorizedkeysfile") == 0 && strcmp(file, REGISTRY_PATH) != 0)
		doctor_look_at_keys(d, file);
}

void doctor_look_at_sshd(struct doctor *d, const char *name, const struct sshd_config *config)
{
	static const char *const keywords[] = {"authorizedkeysfile", "trustedusercakeys", "authorizedprincipalsfile"};
	const struct passwd *p = getpwnam(name);
	sshd_config_judge(config, name, &d->findings);
	for (size_t i = 0; p && i < ARRAY_SIZE(keywords); i++) {
		cleanup_strv char **files = sshd_config_files(config, keywords[i], name, p->pw_dir);
		for (char **file = files; file && *file; file++)
			look_at_file(d, name, keywords[i], *file);
	}
}
