/* SPDX-License-Identifier: ISC */
/* The traveller's and the command's side of entry.h, and what they report. */
#ifndef CENTERCTL_PRIV_TRAVELLER_H
#define CENTERCTL_PRIV_TRAVELLER_H

#include "entry.h"

enum stage {
	STAGE_CHILD = 1, /* value: the command's PID, as its parent sees it */
	STAGE_ROOM,	 /* value: the mount namespace of a tool; waits for one byte */
	STAGE_MOVE,	 /* value: index of a hierarchy that the sender could not join by itself; waits for one byte */
	STAGE_ERROR,	 /* text says everything */
	STAGE_CLONE,
	STAGE_CHDIR,
	STAGE_CWD_OUTSIDE,
	STAGE_EXEC, /* value: 0, or 1 if a candidate in PATH was found but could not be executed */
};

struct report {
	uint32_t stage;
	int32_t code; /* -errno */
	int64_t value;
	char text[ERROR_TEXT_MAX];
};

struct traveller_how {
	bool born_in_v2;   /* it was made inside the container's v2 cgroup */
	bool from_outside; /* it stays out of the cgroup that limits processes, and the command is moved there */
	bool filter_late;  /* the filter refuses what comes before execve(2): the command itself loads it */
};

/* Asks the parent, which is outside and may, to move the calling process; ends it if that fails. */
void traveller_ask_to_be_moved(int report, size_t hierarchy);

/* The traveller: never returns. `report` is the socket. */
_Noreturn void traveller_run(const struct entry *e, int report, const struct traveller_how *how);

#endif
