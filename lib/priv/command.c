/* SPDX-License-Identifier: ISC */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hook.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/request.h"
#include "traveller.h"

_Noreturn static void fail(const struct command *c, enum stage stage, int code, int64_t value)
{
	struct report r = {.stage = stage, .code = code, .value = value};
	write_full(c->report, &r, sizeof(r));
	_exit(EXIT_OURS);
}

bool command_cwd_is_inside(void)
{
	char path[PATH_MAX];
	return syscall(SYS_getcwd, path, sizeof(path)) > 0 && path[0] == '/';
}

static void join_cgroups(const struct command *c)
{
	for (size_t i = 0; i < c->entry->cgroups->count; i++)
		if (!c->joined[i])
			traveller_ask_to_be_moved(c->report, i);
}

static void enter_cwd(const struct command *c)
{
	if (c->in_cwd)
		return;
	if (chdir(c->entry->cwd) < 0)
		fail(c, STAGE_CHDIR, -errno, 0);
	if (!command_cwd_is_inside())
		fail(c, STAGE_CWD_OUTSIDE, -errno, 0);
}

/* What the container lacks, from memory. */
static void execute_program(const struct command *c, char *const *argv)
{
	syscall(SYS_execveat, c->entry->program, "", argv, c->entry->env, AT_EMPTY_PATH);
	fail(c, STAGE_EXEC, -errno, 0);
}

static void fail_exec(const struct command *c, int code, int64_t value)
{
	static const char *const shell[] = {"sh", NULL};
	if (c->entry->fallback && c->entry->program >= 0 && (code == -ENOENT || code == -ENOTDIR))
		execute_program(c, (char *const *)(uintptr_t)shell);
	fail(c, STAGE_EXEC, code, value);
}

/* As execvp(3), but a file of an unknown format is an error, not a shell script, and "" in PATH means nothing. */
static void execute(const struct command *c)
{
	const struct entry *e = c->entry;
	const char *name = e->argv[0];
	if (e->program >= 0 && !e->fallback)
		execute_program(c, e->argv);
	if (strchr(name, '/')) {
		execve(name, e->argv, e->env);
		fail_exec(c, -errno, 0);
	}
	const char *path = env_get(e->env, "PATH");
	int code = -ENOENT;
	bool found = false;
	for (const char *at = path ? path : ""; *at;) {
		size_t len = (size_t)(strchrnul(at, ':') - at);
		char file[PATH_MAX];
		if (len > 0 && len + 1 + strlen(name) < sizeof(file)) {
			memcpy(file, at, len);
			file[len] = '/';
			memcpy(file + len + 1, name, strlen(name) + 1);
			execve(file, e->argv, e->env);
			if (errno == EACCES) {
				found = true;
			} else if (errno != ENOENT && errno != ENOTDIR) {
				fail(c, STAGE_EXEC, -errno, 1);
			}
		}
		at += len + (at[len] == ':');
	}
	fail_exec(c, found ? -EACCES : code, found);
}

_Noreturn void command_run(const struct command *c)
{
	const struct entry *e = c->entry;
	hook_barrier("born");
	join_cgroups(c);
	if (setsid() < 0)
		fail(c, STAGE_ERROR, -errno, 0);
	if (e->tty && ioctl(0, TIOCSCTTY, 0) < 0)
		fail(c, STAGE_ERROR, -errno, 0);
	enter_cwd(c);
	if (c->load_filter) {
		int r = c->load_filter(e);
		if (r < 0)
			fail(c, STAGE_ERROR, r, 0);
	}
	if (c->drop_after_filter)
		c->drop_after_filter(e, c->report);
	/* Last: a change of credentials clears it. A parent that died before this has hung up. */
	if (e->death_signal && prctl(PR_SET_PDEATHSIG, e->death_signal) < 0)
		fail(c, STAGE_ERROR, -errno, 0);
	struct pollfd parent = {.fd = c->report, .events = POLLIN};
	if (e->death_signal && poll(&parent, 1, 0) > 0)
		_exit(EXIT_OURS);
	execute(c);
	_exit(EXIT_OURS);
}
