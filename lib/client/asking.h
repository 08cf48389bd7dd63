/* SPDX-License-Identifier: ISC */
/*
 * Questions to centerctl-enter, a process for each, side by side. Nothing is entered for them, so signals keep their
 * default dispositions: what ends us ends the questions, as each centerctl-enter sees the end of its channel.
 */
#ifndef CENTERCTL_CLIENT_ASKING_H
#define CENTERCTL_CLIENT_ASKING_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/proto/request.h"

/* take() returns it for a question that needs no more answers. */
enum { ASKING_ENOUGH = 1 };

/* asking_run() leaves it for a question that was not answered to its end when time was over. */
enum { ASKING_UNFINISHED = -1 };

struct asking {
	/*
	 * Encoded; emptied as they are sent. An empty one asks nothing. What a callback fills is asked then, or, if a
	 * question of that number is still open, when that one has ended.
	 */
	struct buf *requests;
	size_t count;
	size_t at_once; /* so many processes at the same time; 0: all */
	/* Of the questions after so many, only that time was over is reported; 0: everything is of all. */
	size_t reported;
	/* Takes an answer to question `which`. 0, ASKING_ENOUGH, or -errno, which ends everything. */
	int (*take)(void *arg, size_t which, uint32_t type, const void *data, size_t len, struct error *err);
	/* Called when question `which` has ended with this exit code; may be NULL. 0, or -ETIME to end everything. */
	int (*ended)(void *arg, size_t which, int code);
	/* Called when *wake (now_ms(); INT64_MAX: not at all) has come, to set it anew; NULL: never. As take(). */
	int (*tick)(void *arg, struct error *err);
	const int64_t *wake;
	void *arg;
	int64_t deadline; /* now_ms(), INT64_MAX: none */
};

/*
 * Asks until no question is open, and reports what centerctl-enter says. 0 with an exit code for each question, or
 * -errno with err set, -EPIPE when nobody reads stdout any more.
 */
int asking_run(const struct asking *a, int *ret_codes, struct error *err);

/* Who asks, where it is not the caller of this process. */
struct asker {
	const struct identity *identity; /* NULL: nobody is claimed */
	pid_t parent;			 /* as in struct session_setup; 0: none */
};

/* Appends the request's message, with the asker's identity. As exec_request_encode(). */
int asker_encode(const struct asker *a, struct request *r, struct buf *to, struct error *err);

#endif
