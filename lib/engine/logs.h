/* SPDX-License-Identifier: ISC */
/*
 * What a container wrote, as an engine sends it: GET /containers/ID/logs of Docker's API, as dockerd and podman's
 * service speak it. Without a terminal these are frames: a byte that says of which stream, three zero bytes, a length
 * of 32 bits, and so many bytes. A frame is a line, or a piece of a long one; with timestamps, each begins with one.
 * With a terminal it is one stream without frames, in which each line begins with a timestamp.
 *
 * Nothing of a line is kept here but its timestamp; how long lines and frames are does not matter.
 */
#ifndef CENTERCTL_ENGINE_LOGS_H
#define CENTERCTL_ENGINE_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rfc3339.h"

enum logs_stream { LOGS_STDOUT = 0, LOGS_STDERR, LOGS_STREAMS };

enum { LOGS_HEADER = 8, LOGS_OUT_MAX = 8192 };

struct logs {
	bool tty, timestamps;
	bool strip; /* timestamps were asked for, and are taken off again */
	/* So many of the first frames with that time are left out; counted down. */
	uint32_t skip;
	int64_t skip_ns;
	/* Takes all of it; 0, or another value, which logs_feed() returns. */
	int (*write)(void *arg, enum logs_stream stream, const char *data, size_t len);
	void *arg;

	/* Results. */
	int64_t last_ns;     /* the latest timestamp; 0: none */
	uint32_t last_count; /* how many frames had it */
	bool bad;	     /* a header was none: nothing behind it can be told */

	/* Its own. */
	unsigned char header[LOGS_HEADER];
	size_t header_len;
	uint32_t left; /* of the frame */
	enum logs_stream stream;
	bool skipping;		      /* this frame */
	bool in_time;		      /* a timestamp is being read */
	bool in_line;		      /* of a terminal: its timestamp has begun */
	bool continues[LOGS_STREAMS]; /* what was written last has not ended its line */
	char time[RFC3339_MAX];
	size_t time_len;
	char out[LOGS_OUT_MAX];
	size_t out_len;
	enum logs_stream out_stream;
};

/* 0; -EBADMSG if what was fed is no such stream; or what write() returned. All that was fed has been written then. */
int logs_feed(struct logs *l, const void *data, size_t len);

/* Whether the stream may end here: not within a frame or its header. A terminal's may end anywhere. */
bool logs_is_whole(const struct logs *l);

/* Writes what was kept because it could have been a timestamp. As logs_feed(). */
int logs_end(struct logs *l);

#endif
