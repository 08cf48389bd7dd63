/* SPDX-License-Identifier: ISC */
/* `centerctl end`: ends a running session, as if its client had gone. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "lib/audit/log.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/report.h"
#include "lib/proto/request.h"
#include "moment.h"
#include "operands.h"
#include "places.h"
#include "session_find.h"

enum { WAIT_MS = 5000 };

struct options {
	char *reason;
	bool help;
};

static int set_reason(void *options, const char *value, struct error *err)
{
	struct options *o = options;
	return str_set(&o->reason, value) < 0 ? error_errno(err, -ENOMEM, "--reason") : 0;
}

static const struct option_def table[] = {
	{0, "reason", "TEXT", "Why, for the audit log", set_reason},
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct options, help)},
	{0},
};

/* Field 22 of /proc/PID/stat. The name, which may hold anything, ends at the last parenthesis. 0: not known. */
static uint64_t start_time_of(pid_t pid)
{
	char path[64];
	cleanup_free char *text = NULL;
	size_t len;
	uint64_t value;
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read_all(fd, 4096, &text, &len) < 0)
		return 0;
	char *at = strrchr(text, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return 0;
	at[1 + strspn(at + 1, "0123456789")] = '\0';
	return parse_u64(at + 1, UINT64_MAX, &value) == 0 ? value : 0;
}

/* The descriptor stands for the process that it was opened for, so a number that was used again shows in the time. */
static int open_process(const struct running *r, struct error *err)
{
	if (r->pid <= 1)
		return error_set(err, -ESRCH, "session %s does not say which process it is", r->session);
	cleanup_fd int fd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	if (fd < 0)
		return error_errno(err, -errno, "session %s: process %d", r->session, (int)r->pid);
	if (r->pid_start == 0 || start_time_of(r->pid) != r->pid_start)
		return error_set(err, -ESRCH, "process %d is not session %s any more", (int)r->pid, r->session);
	return steal_fd(&fd);
}

static void find_self(struct audit_event *e)
{
	char text[16] = "";
	uint64_t uid = 0;
	cleanup_fd int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read_full(fd, text, sizeof(text) - 1) > 0)
		e->has_login = parse_u64(text, UINT32_MAX - 1, &uid) == 0;
	e->login_uid = e->has_login ? (uid_t)uid : 0;
	e->uid = getuid();
	const struct passwd *p = getpwuid(e->uid);
	e->user = p ? p->pw_name : NULL;
}

/* Who ended it belongs to the record; but on a full disk a session must be possible to end all the same. */
static void note(const struct running *r, const char *reason)
{
	struct error err;
	struct timespec boot;
	cleanup_free char *path = NULL;
	struct audit_event e = {.kind = AUDIT_ENDING,
				.wall_ms = moment_now(),
				.verb = "end",
				.reason = reason,
				.container_id = r->container_id,
				.container_name = r->container_name};
	clock_gettime(CLOCK_BOOTTIME, &boot);
	e.monotonic_ms = (int64_t)boot.tv_sec * 1000 + boot.tv_nsec / 1000000;
	memcpy(e.session, r->session, sizeof(e.session));
	find_self(&e);
	if (places_audit_file(&path, &err) < 0 || audit_log_append(path, &e, false, &err) < 0) {
		error_prepend(&err, "this is not in the audit log");
		report_warning(err.text);
	}
	audit_syslog(&e);
}

static int end_session(const struct running *r, const char *reason, struct error *err)
{
	cleanup_fd int process = open_process(r, err);
	if (process < 0)
		return process;
	note(r, reason);
	if (syscall(SYS_pidfd_send_signal, process, SESSION_END_SIGNAL, NULL, 0) < 0 && errno != ESRCH)
		return error_errno(err, -errno, "cannot end session %s", r->session);
	int e = wait_fd(process, POLLIN, now_ms() + WAIT_MS);
	if (e == -ETIMEDOUT)
		return error_set(err, e, "session %s was told to end, and has not after %d s: process %d", r->session,
				 WAIT_MS / 1000, (int)r->pid);
	return e < 0 ? error_errno(err, e, "cannot wait for session %s", r->session) : 0;
}

static int end_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct options o = {0};
	struct running running = {0};
	cleanup_strv char **words = NULL;
	int r = operands_parse(self, &o, &o.help, argc, argv, &words, &err);
	if (r == 0 && o.help)
		return help_print_cmd(self, stdout);
	if (r == 0)
		r = places_demand_root("the sessions, and end one", &err);
	if (r == 0)
		r = session_find_running(words[0], &running, &err);
	if (r == 0)
		r = end_session(&running, o.reason, &err);
	if (r == 0)
		printf("session %s has ended\n", running.session);
	running_done(&running);
	free(o.reason);
	return r < 0 ? report_error(&err) : report_flush(stdout);
}

const struct cmd cmd_end = {
	.name = "end",
	.usage = "[--reason TEXT] ID",
	.summary = "End a running session",
	.min_operands = 1,
	.max_operands = 1,
	.options = table,
	.notes = "Its command gets SIGHUP and soon SIGKILL, as when its client goes away.\n",
	.run = end_run,
};
