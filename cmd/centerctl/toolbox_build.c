/* SPDX-License-Identifier: ISC */
/* `centerctl toolbox build`: the script that does it, and what is left when it is ended. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/enter_process.h"
#include "lib/proto/request.h"
#include "staging.h"
#include "toolbox.h"

/* LIBEXECDIR/toolbox-build DIR PACKAGE... */
static char **make_words(const struct staging *s, char *const *packages)
{
	cleanup_strv char **v = NULL;
	char path[4096];
	snprintf(path, sizeof(path), "%s/toolbox-build", enter_process_directory());
	int r = strv_add(&v, path);
	snprintf(path, sizeof(path), "%s/%s", toolbox_dir(), s->name);
	if (r == 0)
		r = strv_add(&v, path);
	for (; r == 0 && *packages; packages++)
		r = strv_add(&v, *packages);
	return r < 0 ? NULL : steal_ptr(v);
}

/* A group of its own, so that all of it can be ended. The lock stays with it: as long as it works, nobody removes that.
 */
static void run_child(int lock, char **words)
{
	sigset_t none;
	sigemptyset(&none);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	fcntl(lock, F_SETFD, 0);
	int null = open("/dev/null", O_RDONLY);
	dup2(null, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(words[0], words);
	_exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE);
}

/* Until the script has ended; a signal that means us ends it. Returns its status, *ret_ended_by that signal or 0. */
static int wait_for(pid_t pid, const sigset_t *set, int *ret_ended_by)
{
	int status = 0;
	for (;;) {
		int number = 0;
		pid_t r = waitpid(pid, &status, WNOHANG);
		if (r == pid || (r < 0 && errno != EINTR))
			return status;
		if (sigwait(set, &number) == 0 && number != SIGCHLD) {
			*ret_ended_by = number;
			kill(-pid, SIGTERM);
		}
	}
}

static int run_script(const struct staging *s, char **words, int *ret_ended_by, struct error *err)
{
	sigset_t set, before;
	sigemptyset(&set);
	for (const int *n = (const int[]){SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, 0}; *n; n++)
		sigaddset(&set, *n);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &set, &before);
	pid_t pid = fork();
	if (pid == 0)
		run_child(s->fd, words);
	int status = pid < 0 ? -errno : 0;
	if (pid > 0) {
		setpgid(pid, pid);
		status = wait_for(pid, &set, ret_ended_by);
		kill(-pid, SIGKILL);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (pid < 0)
		return error_errno(err, status, "cannot make a process");
	if (*ret_ended_by)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) >= EXIT_NOT_EXECUTABLE)
		return error_set(err, -ENOENT, "cannot run %s (is centerctl installed completely?)", words[0]);
	return error_set(err, -EIO, "no toolbox was made; what there was before is as it was");
}

int toolbox_build(const struct toolbox_options *o, struct error *err)
{
	int ended_by = 0;
	cleanup_staging struct staging s = STAGING_INIT;
	int r = staging_open(&s, o->words[1], err);
	if (r < 0)
		return r;
	cleanup_strv char **words = make_words(&s, o->words + 2);
	if (!words)
		return error_errno(err, -ENOMEM, "toolbox build");
	r = run_script(&s, words, &ended_by, err);
	if (r < 0)
		return r;
	if (ended_by)
		return EXIT_SIGNAL_BASE + ended_by;
	r = staging_commit(&s, o->words[1], err);
	if (r == 0)
		printf("toolbox %s is ready\n", o->words[1]);
	return r;
}
