/* SPDX-License-Identifier: ISC */
/*
 * Does from a shell what centerctl-enter does with the audit log, recordings and the list of running sessions.
 *
 *   audit-drive append LOG start|deny|end NAME=VALUE...   one record; sync=1 waits for the disk, times=N does it N
 * times audit-drive record DIR ID STEP...                     o:TEXT i:TEXT r:ROWSxCOLS sleep:MS end cut; without the
 * last two it stops as if killed audit-drive run RUNDIR ID NAME=VALUE...               runs until it is told to end;
 * limit=N, stubborn=1 audit-drive syslog start|deny|end NAME=VALUE... audit-drive id a new session's ID
 *
 * An error is one line on stderr, and exit code 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/audit/log.h"
#include "lib/audit/recorder.h"
#include "lib/audit/running.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"

static int fail(const struct error *err)
{
	fprintf(stderr, "%s (%s)\n", err->text, strerrorname_np(-err->code));
	return 1;
}

static int64_t clock_ms(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct settings {
	struct audit_event e;
	char **argv;
	bool sync, stubborn;
	long times, limit;
	const char *recording;
};

static void settings_done(struct settings *s)
{
	strv_free(s->argv);
}
#define cleanup_settings __attribute__((cleanup(settings_done)))

static void set_number(struct settings *s, const char *name, const char *value)
{
	static const char *const streams[] = {"in", "out", "err"};
	long long n = atoll(value);
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
		if (strcmp(name, streams[i]) == 0) {
			s->e.relayed[i] = true;
			s->e.bytes[i] = (uint64_t)n;
		}
	}
	if (strcmp(name, "wall") == 0)
		s->e.wall_ms = n;
	else if (strcmp(name, "uid") == 0)
		s->e.uid = (uid_t)n;
	else if (strcmp(name, "gate") == 0)
		s->e.gate = n;
	else if (strcmp(name, "duration") == 0)
		s->e.duration_ms = n;
	else if (strcmp(name, "record") == 0)
		s->e.record = n;
	else if (strcmp(name, "sync") == 0)
		s->sync = n;
	else if (strcmp(name, "times") == 0)
		s->times = n;
	else if (strcmp(name, "limit") == 0)
		s->limit = n;
	else if (strcmp(name, "stubborn") == 0)
		s->stubborn = n;
	else if (strcmp(name, "exit") == 0 || strcmp(name, "signal") == 0) {
		s->e.exited = name[0] == 'e';
		s->e.number = (int)n;
	}
}

static void set(struct settings *s, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"user", &s->e.user},
		     {"key", &s->e.key},
		     {"fingerprint", &s->e.fingerprint},
		     {"address", &s->e.address},
		     {"verb", &s->e.verb},
		     {"target", &s->e.target},
		     {"container", &s->e.container_id},
		     {"name", &s->e.container_name},
		     {"as", &s->e.as_user},
		     {"rule", &s->e.rule},
		     {"decision", &s->e.decision},
		     {"reason", &s->e.reason},
		     {"recording", &s->recording}};
	if (strcmp(name, "session") == 0)
		snprintf(s->e.session, sizeof(s->e.session), "%s", value);
	else if (strcmp(name, "arg") == 0 && strv_add(&s->argv, value) < 0)
		abort();
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (strcmp(name, texts[i].name) == 0)
			*texts[i].to = value;
	set_number(s, name, value);
}

static struct settings read_settings(char **words)
{
	struct settings s = {.times = 1,
			     .e = {.wall_ms = clock_ms(CLOCK_REALTIME), .monotonic_ms = clock_ms(CLOCK_BOOTTIME)}};
	for (; *words; words++) {
		char *value = strchr(*words, '=');
		if (!value)
			continue;
		*value++ = '\0';
		set(&s, *words, value);
	}
	s.e.argv = s.argv;
	return s;
}

static enum audit_kind kind_of(const char *word)
{
	return strcmp(word, "start") == 0 ? AUDIT_START : strcmp(word, "deny") == 0 ? AUDIT_DENY : AUDIT_END;
}

static int append(const char *path, const char *kind, char **words)
{
	struct error err;
	cleanup_settings struct settings s = read_settings(words);
	s.e.kind = kind_of(kind);
	for (long i = 0; i < s.times; i++)
		if (audit_log_append(path, &s.e, s.sync, &err) < 0)
			return fail(&err);
	return 0;
}

static int say_syslog(const char *kind, char **words)
{
	cleanup_settings struct settings s = read_settings(words);
	s.e.kind = kind_of(kind);
	audit_syslog(&s.e);
	return 0;
}

/* 0, or -errno; 1 when it was the last. */
static int step(struct recorder *r, const char *word)
{
	unsigned rows, cols;
	const char *text = word[0] && word[1] == ':' ? word + 2 : "";
	if (str_starts(word, "o:"))
		return recorder_output(r, text, strlen(text));
	if (str_starts(word, "i:"))
		return recorder_input(r, text, strlen(text));
	if (str_starts(word, "r:") && sscanf(text, "%ux%u", &rows, &cols) == 2)
		return recorder_resize(r, (uint16_t)rows, (uint16_t)cols);
	if (str_starts(word, "sleep:"))
		usleep((unsigned)atoi(word + 6) * 1000);
	return 0;
}

static int record(const char *dir, const char *id, char **words)
{
	struct error err;
	struct recorder *r;
	char *argv[] = {(char *)"sh", NULL};
	struct recorder_setup setup = {.directory = dir,
				       .session = id,
				       .rows = 24,
				       .cols = 80,
				       .term = "xterm",
				       .wall_ms = clock_ms(CLOCK_REALTIME),
				       .title = "app@web by key:x",
				       .argv = argv};
	if (recorder_open(&setup, &r, &err) < 0)
		return fail(&err);
	for (; *words; words++) {
		bool last = strcmp(*words, "end") == 0 || strcmp(*words, "cut") == 0;
		int e = last ? 0 : step(r, *words);
		if (e < 0) {
			recorder_close(r, false);
			error_errno(&err, e, "cannot record");
			return fail(&err);
		}
		if (last)
			return recorder_close(r, **words == 'e') < 0;
	}
	_exit(0);
}

static uint64_t own_start_time(void)
{
	char text[4096] = "";
	unsigned long long start = 0;
	cleanup_fd int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	const char *at = read_full(fd, text, sizeof(text) - 1) > 0 ? strrchr(text, ')') : NULL;
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (at)
		sscanf(at + 1, "%llu", &start);
	return start;
}

static int run(const char *rundir, const char *id, char **words)
{
	struct error err;
	cleanup_settings struct settings s = read_settings(words);
	struct running r = {.pid = getpid(),
			    .pid_start = own_start_time(),
			    .wall_ms = s.e.wall_ms,
			    .who = (char *)s.e.key,
			    .container_id = (char *)s.e.container_id,
			    .container_name = (char *)s.e.container_name,
			    .as_user = (char *)s.e.as_user,
			    .verb = (char *)s.e.verb,
			    .address = (char *)s.e.address,
			    .slot = (char *)s.e.rule,
			    .recording = (char *)s.recording};
	snprintf(r.session, sizeof(r.session), "%s", id);
	sigset_t wanted;
	sigemptyset(&wanted);
	sigaddset(&wanted, SESSION_END_SIGNAL);
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	int fd = running_enter(rundir, &r, (uint32_t)s.limit, &err);
	if (fd < 0)
		return fail(&err);
	puts("running");
	fflush(stdout);
	int number;
	do {
		sigwait(&wanted, &number);
	} while (s.stubborn);
	running_leave(rundir, id, fd);
	return 0;
}

static int new_id(void)
{
	char id[AUDIT_ID_LEN + 1];
	int r = audit_session_id(id);
	if (r == 0)
		puts(id);
	return r < 0;
}

int main(int argc, char **argv)
{
	signal(SIGXFSZ, SIG_IGN);
	if (argc >= 4 && strcmp(argv[1], "append") == 0)
		return append(argv[2], argv[3], argv + 4);
	if (argc >= 4 && strcmp(argv[1], "record") == 0)
		return record(argv[2], argv[3], argv + 4);
	if (argc >= 4 && strcmp(argv[1], "run") == 0)
		return run(argv[2], argv[3], argv + 4);
	if (argc >= 3 && strcmp(argv[1], "syslog") == 0)
		return say_syslog(argv[2], argv + 3);
	if (argc == 2 && strcmp(argv[1], "id") == 0)
		return new_id();
	fputs("see the head of tests/cli/audit-drive.c\n", stderr);
	return 1;
}
