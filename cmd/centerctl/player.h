/* SPDX-License-Identifier: ISC */
/* Shows a recording on stdout, in its own time or as it comes, and reads keys from stdin if that is a terminal. */
#ifndef CENTERCTL_PLAYER_H
#define CENTERCTL_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/audit/cast_read.h"
#include "lib/audit/screen.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"

struct player {
	struct cast cast;
	struct screen screen;
	struct buf out;
	bool raw;    /* as it was recorded, whatever it does to the terminal */
	bool keys;   /* stdin is a terminal, and raw now */
	int signals; /* signalfd */
	bool paused;
	int64_t deadline; /* now_ms() at which the next event is due */
	int64_t shown_us; /* time of the last event */
	char last;	  /* kind of the last event; 0: there was none */
	bool cut;	  /* and it said that the recording was cut */
};

/* What ended it. */
enum player_end { PLAYER_DONE = 0, PLAYER_QUIT, PLAYER_SIGNAL };

struct player_result {
	enum player_end end;
	int number; /* the signal */
};

/* Reads the header of the recording in fd, which stays the caller's, and takes the terminal. 0 or -errno. */
int player_open(struct player *p, int fd, bool raw, struct error *err);
/* Puts the terminal back. */
void player_close(struct player *p);

/* Shows one event at once. 0, -EPIPE or another -errno. */
int player_show(struct player *p, const struct cast_event *e);

/*
 * Waits until deadline (INT64_MAX: for ever), while keys and signals are obeyed and a pause puts the deadline off.
 * Returns 1 when the time has come, 0 when somebody ended it, with *ret set; or -errno.
 */
int player_wait(struct player *p, int64_t deadline, struct player_result *ret);

/* When nobody reads stdout any more: ends as SIGPIPE would, which is ignored here. Returns 0. */
int player_reader_left(struct player_result *ret);

/* The whole recording, `speed` times as fast (0: at once), and with no wait longer than idle_ms (0: any). 0 or -errno.
 */
int player_play(struct player *p, double speed, int64_t idle_ms, struct player_result *ret, struct error *err);

/* Exit code for how it ended. */
int player_exit_code(const struct player_result *r);

#endif
