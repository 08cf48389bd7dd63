/* SPDX-License-Identifier: ISC */
/*
 * A running command, seen from outside: its terminal or pipes are relayed where that is needed, signals and sizes are
 * passed on, its end is waited for; and when the one who asked is gone, so is what was started.
 *
 * Runs as: root (all IDs 0), outside of the container.
 */
#ifndef CENTERCTL_SESSION_SESSION_H
#define CENTERCTL_SESSION_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "detach.h"
#include "flow.h"
#include "termios_guard.h"
#include "tree.h"

enum {
	SESSION_DRAIN_MS = 2000,  /* for output after the command's end, when a child of its keeps the relay open */
	SESSION_GRACE_MS = 1000,  /* between HUP and KILL when the client is gone */
	SESSION_TERM_MS = 2000,	  /* between TERM and KILL at --timeout */
	SESSION_GENTLE_MS = 4000, /* the same for a tracer, which may be in the middle of reading symbols */
};

enum { FLOW_IN = 0, FLOW_OUT = 1, FLOW_ERR = 2, FLOW_COUNT = 3 };

struct session {
	pid_t child;
	struct tree_root
		tree; /* of the child; of a tracer nothing outlives it, and what it leaves stopped is continued */
	int channel;  /* to the front; its end is the client's end */
	int master;   /* the pty's master, -1 without; the flows use it too, and do not own it */
	struct flow flow[FLOW_COUNT];
	bool flow_used[FLOW_COUNT];
	struct detach detach;
	int64_t timeout_ms;
	int64_t idle_ms;	   /* without a byte either way; 0: for ever */
	struct recorder *recorder; /* of a session with a terminal; NULL: none. Not owned */
	bool record_input;
	bool record_failed; /* set on the way: the session ends */
	pid_t stale[2];	    /* helpers that were told to end: collected on the way; 0: none */
	/* Whether the container is frozen: then nobody inside can act on a signal, and a client that is told to end
	 * leaves. */
	bool (*is_frozen)(const void *arg);
	const void *frozen_arg;
	bool await_terminal;		/* nothing is relayed before CHANNEL_TTY_READY */
	struct termios_guard *terminal; /* the caller's terminal, restored if the front dies; NULL: none */
};

enum session_end {
	SESSION_EXITED = 0,
	SESSION_TIMED_OUT,
	SESSION_HUNG_UP, /* the client went away */
	SESSION_DETACHED,
	SESSION_IDLE,
	SESSION_ENDED,	    /* SESSION_END_SIGNAL came */
	SESSION_UNRECORDED, /* the recorder failed */
};

struct session_result {
	enum session_end end;
	int left_by;		    /* the signal at which the client left a frozen container; 0: none */
	int status;		    /* as waitpid(2) gives it; of SESSION_EXITED and SESSION_TIMED_OUT */
	bool relayed[FLOW_COUNT];   /* the others were handed over, and nothing is known of them */
	uint64_t bytes[FLOW_COUNT]; /* that were relayed */
	size_t continued;	    /* processes that had been left stopped */
	int lost; /* errno with which output could not be written, 0 if all of it was or its reader had left */
};

/* Before the command is started: SESSION_END_SIGNAL waits from here on until session_run() can act on it. */
void session_hold_end(void);

/* Runs until the end. Every flow that was used is closed then. */
void session_run(struct session *s, struct session_result *ret);

/* Closes the flows of a session that never began; what was changed on the caller's descriptors is changed back. */
void session_drop(struct session *s);

/* After SESSION_DETACHED: keeps the terminal's master open and empty until the command has ended, then returns. */
void session_linger(struct session *s);

#endif
