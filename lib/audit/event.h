/* SPDX-License-Identifier: ISC */
/*
 * What is written down of a session: one JSON object a line, at its start (or denial) and at its end.
 *
 * Strings come from callers and containers, as bytes. In a line they are always valid JSON and valid UTF-8, for readers
 * that are strict, and a record is always one line:
 *
 * Controls (C0, DEL, C1) and what turns, breaks or hides text where it is shown (U+2028, bidi overrides, ...) are
 * written \uXXXX; the quote and the backslash with a backslash before them.
 *
 * A byte 0xHH that is not part of valid UTF-8 is written as the private-use character \uecHH. (A lone surrogate, as
 * Python writes it, would make strict readers throw the whole line away, which a caller could want.) Each byte of a
 * U+EC80..U+ECFF that is really there counts as such a byte: so what was there can be told, see audit_text_bytes().
 *
 * Times are taken by the caller. Pure functions.
 */
#ifndef CENTERCTL_AUDIT_EVENT_H
#define CENTERCTL_AUDIT_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/buf.h"

enum {
	AUDIT_ID_LEN = 26,
	AUDIT_LINE_MAX = 64 << 10, /* with its newline */
	AUDIT_TAIL_MAX = 256,	   /* what audit_log adds */
	AUDIT_ARGV_MAX = 27 << 10,
	AUDIT_DENIED_ARGV_MAX = 1 << 10,
	AUDIT_OPTIONS_MAX = 1 << 10, /* bytes as written; the rest is left out */
};

enum audit_kind {
	AUDIT_START = 0,
	AUDIT_DENY,
	AUDIT_END,
	AUDIT_ENDING, /* an administrator asks a session to end: who, and why */
};

/* NULL and empty strings are left out of the line. */
struct audit_event {
	enum audit_kind kind;
	int64_t wall_ms;      /* CLOCK_REALTIME */
	int64_t monotonic_ms; /* CLOCK_BOOTTIME */
	char session[AUDIT_ID_LEN + 1];

	/* AUDIT_START and AUDIT_DENY. */
	uid_t uid;	/* real */
	bool has_login; /* the audit login uid, if there is one */
	uid_t login_uid;
	const char *user; /* name of the real uid */
	bool gate;	  /* the identity that follows was believed; else it is a claim */
	const char *key, *fingerprint, *cert_id;
	char *const *principals;
	const char *address;
	uint32_t port;
	const char *verb;						  /* "exec", "shell", "debug", "show", ... */
	const char *toolbox;						  /* of "debug": its name */
	const char *target;						  /* as typed */
	const char *container_id, *container_name, *image, *image_digest; /* as resolved */
	int64_t pid;	     /* of the container's init, on the host; 0: not known */
	uint64_t pid_start;  /* its start time in clock ticks after boot */
	const char *as_user; /* as asked for or decided */
	bool has_as_uid;
	uid_t as_uid;	   /* inside */
	char *const *argv; /* cut after AUDIT_ARGV_MAX bytes (of a denial, AUDIT_DENIED_ARGV_MAX) as written; "argc" has
			      how many there were */
	char *const
		*options; /* that widen what an entry may do, in words: "privileged", "rw", "source=/srv"; NULL: none */
	bool tty;
	uint32_t ns;	      /* NS_* that are entered */
	const char *rule;     /* "FILE:LINE"; NULL: none */
	const char *decision; /* "allow", "deny", "root" */
	bool record;
	const char *reason; /* why denied, in full: the caller is not told; at the end: see below */

	/* AUDIT_END. */
	bool exited; /* else `number` is a signal */
	int number;
	int64_t duration_ms;
	bool relayed[3]; /* bytes of stdin, stdout, stderr are known only where they were relayed */
	uint64_t bytes[3];
	/* reason: "exit", "client-gone", "timeout", "idle", "ended" (by an administrator), "recording", "detached",
	 * "not-started" */
};

/*
 * Appends the object without its last brace and newline, which audit_log adds behind "seq" and "prev"; never longer
 * than AUDIT_LINE_MAX - AUDIT_TAIL_MAX. Strings that do not fit are cut, and "cut": true says so. Identity that is only
 * claimed goes into an object "claim", so that who looks for a key finds no claims.
 */
void audit_event_write(const struct audit_event *e, struct buf *to);

/* The same in at most max bytes, of which 4 KiB are the least. */
void audit_event_write_within(const struct audit_event *e, size_t max, struct buf *to);

/*
 * What stood in a string of a line, from the UTF-8 that a JSON parser made of it: in place, and terminated. Returns the
 * length.
 */
size_t audit_text_bytes(char *text);

/*
 * A JSON string literal with its quotes, in the escaping described above, of at most max bytes between them. Returns
 * how much of text that is: less than len when it was cut. With `partial`, a character whose end is missing at the end
 * of text is left out too.
 */
size_t audit_json_string(struct buf *to, const char *text, size_t len, size_t max, bool partial);

/* 128 random bits in lower-case base32. 0 or -errno. */
int audit_session_id(char ret[AUDIT_ID_LEN + 1]);
bool audit_is_session_id(const char *text);

#endif
