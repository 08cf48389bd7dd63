/* SPDX-License-Identifier: ISC */
/* `centerctl replay`: a recording as it was seen, except for what could harm the terminal on which it is shown now. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/report.h"
#include "lib/client/terminal.h"
#include "lib/proto/request.h"
#include "operands.h"
#include "places.h"
#include "player.h"
#include "session_find.h"

struct options {
	double speed; /* negative: not given */
	int64_t idle_ms;
	char *dir;
	bool raw, help;
};

static int set_speed(void *options, const char *value, struct error *err)
{
	struct options *o = options;
	int64_t thousandths;
	if (!strchr("0123456789", value[0]) || !value[0] || value[strspn(value, "0123456789.")] ||
	    parse_duration(value, &thousandths) < 0 || thousandths > 1000000)
		return error_set(err, -EINVAL,
				 "--speed %s: a number such as 2 or 0.5 is expected, up to 1000; 0 is at once", value);
	o->speed = (double)thousandths / 1000;
	return 0;
}

static int set_idle(void *options, const char *value, struct error *err)
{
	struct options *o = options;
	if (parse_duration(value, &o->idle_ms) < 0 || o->idle_ms == 0)
		return error_set(err, -EINVAL, "--idle-limit %s: a time such as 2 or 500ms is expected", value);
	return 0;
}

static int set_dir(void *options, const char *value, struct error *err)
{
	struct options *o = options;
	return str_set(&o->dir, value) < 0 ? error_errno(err, -ENOMEM, "--dir") : 0;
}

static const struct option_def table[] = {
	{0, "speed", "N", "N times as fast; 0: at once (the default where stdout is no terminal)", set_speed},
	{0, "idle-limit", "TIME", "Shorten each wait to this, in seconds or as 500ms", set_idle},
	{0, "raw", NULL, "Leave nothing out, whatever it does to this terminal", OPTION_SWITCH(struct options, raw)},
	{0, "dir", "DIR", "Look for IDs in this directory of recordings", set_dir},
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct options, help)},
	{0},
};

/* A word with a slash or a dot is a file; else it is an ID. */
static int open_recording(const char *word, const struct options *o, char **ret_path, struct error *err)
{
	cleanup_free char *dir = NULL;
	int r = 0;
	if (strpbrk(word, "/.")) {
		r = str_set(ret_path, word) < 0 ? error_errno(err, -ENOMEM, "%s", word) : 0;
	} else {
		if (!o->dir)
			r = places_demand_root("recordings", err);
		if (r == 0 && !o->dir)
			r = places_record_dir(&dir, err);
		if (r == 0)
			r = session_find_recording(o->dir ? o->dir : dir, word, ret_path, err);
	}
	if (r < 0)
		return r;
	int fd = open(*ret_path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? error_errno(err, -errno, "cannot read %s", *ret_path) : fd;
}

static void compare_size(const struct cast *c)
{
	uint16_t rows, cols;
	char text[160];
	if (!isatty(STDOUT_FILENO))
		return;
	terminal_size(&rows, &cols);
	if (c->width <= cols && c->height <= rows)
		return;
	snprintf(text, sizeof(text), "recorded on %u columns and %u rows, and this terminal has %u and %u", c->width,
		 c->height, (unsigned)cols, (unsigned)rows);
	report_warning(text);
}

static void report_end(const struct player *p)
{
	if (p->cut)
		report_warning("the recording could not go on here, and the session was ended");
	else if (p->cast.own && p->last != 'x')
		report_warning("the recording has no end: its session was killed, or is still running");
}

static int replay(const char *word, const struct options *o, struct error *err)
{
	cleanup_free char *path = NULL;
	cleanup_fd int fd = open_recording(word, o, &path, err);
	if (fd < 0)
		return report_error(err);
	struct player p;
	struct player_result result = {0};
	double speed = o->speed >= 0 ? o->speed : isatty(STDOUT_FILENO);
	int r = player_open(&p, fd, o->raw, err);
	if (r == 0) {
		compare_size(&p.cast);
		r = player_play(&p, speed, o->idle_ms, &result, err);
	}
	player_close(&p);
	if (r < 0) {
		error_prepend(err, "%s", path);
		return report_error(err);
	}
	if (result.end == PLAYER_DONE)
		report_end(&p);
	return player_exit_code(&result);
}

static int replay_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct options o = {.speed = -1};
	cleanup_strv char **words = NULL;
	int r = operands_parse(self, &o, &o.help, argc, argv, &words, &err);
	int code = r < 0 ? report_error(&err) : o.help ? help_print_cmd(self, stdout) : replay(words[0], &o, &err);
	free(o.dir);
	return code;
}

const struct cmd cmd_replay = {
	.name = "replay",
	.usage = "[OPTIONS] ID | FILE",
	.summary = "Show the recording of a session",
	.min_operands = 1,
	.max_operands = 1,
	.options = table,
	.notes = "Keys: space pauses and goes on, q leaves. Without --raw, sequences that could make this terminal "
		 "type, or\n"
		 "change more of it than its picture, are left out.\n",
	.run = replay_run,
};
