/* SPDX-License-Identifier: ISC */
/* `centerctl watch`: the recording of a session while it is made. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/report.h"
#include "operands.h"
#include "places.h"
#include "player.h"
#include "session_find.h"

enum { LOOK_MS = 100, RUNS_MS = 1000 };

struct options {
	bool raw, help;
};

static const struct option_def table[] = {
	{0, "raw", NULL, "Leave nothing out, whatever it does to this terminal", OPTION_SWITCH(struct options, raw)},
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct options, help)},
	{0},
};

static bool still_runs(const char *session)
{
	struct running r = {0};
	bool runs = session_find_running(session, &r, NULL) == 0;
	running_done(&r);
	return runs;
}

/* Everything that is there now. 0, 1 when there is no more to come or nobody reads it, or -errno. */
static int show_more(struct player *p, bool *ret_any, struct player_result *ret, struct error *err)
{
	struct cast_event e;
	int r;
	*ret_any = false;
	while ((r = cast_next(&p->cast, &e, err)) > 0) {
		*ret_any = true;
		r = player_show(p, &e);
		if (r == -EPIPE)
			player_reader_left(ret);
		else if (r < 0)
			return error_errno(err, r, "cannot show the recording");
		if (e.kind == 'x' || r == -EPIPE)
			return 1;
	}
	return r;
}

static int follow(struct player *p, const char *session, struct player_result *ret, struct error *err)
{
	int64_t asked = now_ms();
	bool gone = false;
	*ret = (struct player_result){0};
	for (;;) {
		bool any;
		int r = show_more(p, &any, ret, err);
		if (r != 0 || (gone && !any))
			return r < 0 ? r : 0;
		r = player_wait(p, now_ms() + LOOK_MS, ret);
		if (r <= 0)
			return r < 0 ? error_errno(err, r, "cannot wait") : 0;
		if (!any && now_ms() - asked >= RUNS_MS) {
			gone = !still_runs(session);
			asked = now_ms();
		}
	}
}

static int watch_running(const struct running *running, bool raw, struct error *err)
{
	if (!running->recording || !*running->recording) {
		error_set(err, -ENOENT,
			  "session %s is not recorded: its rule does not say `record`, or it has no terminal",
			  running->session);
		return report_error(err);
	}
	cleanup_fd int fd = open(running->recording, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		error_errno(err, -errno, "cannot read %s", running->recording);
		return report_error(err);
	}
	struct player p;
	struct player_result result = {0};
	int r = player_open(&p, fd, raw, err);
	if (r == 0)
		r = follow(&p, running->session, &result, err);
	player_close(&p);
	if (r < 0) {
		error_prepend(err, "%s", running->recording);
		return report_error(err);
	}
	if (result.end == PLAYER_DONE)
		report_text(p.last == 'x' && !p.cut ? "the session has ended" : "the session was cut off");
	return player_exit_code(&result);
}

static int watch_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct options o = {0};
	struct running running = {0};
	cleanup_strv char **words = NULL;
	int r = operands_parse(self, &o, &o.help, argc, argv, &words, &err);
	if (r == 0 && o.help)
		return help_print_cmd(self, stdout);
	if (r == 0)
		r = places_demand_root("the sessions", &err);
	if (r == 0)
		r = session_find_running(words[0], &running, &err);
	int code = r < 0 ? report_error(&err) : watch_running(&running, o.raw, &err);
	running_done(&running);
	return code;
}

const struct cmd cmd_watch = {
	.name = "watch",
	.usage = "[--raw] ID",
	.summary = "Show a recorded session while it runs",
	.min_operands = 1,
	.max_operands = 1,
	.options = table,
	.notes = "Keys: space pauses and goes on, q leaves; the session does not notice.\n",
	.run = watch_run,
};
