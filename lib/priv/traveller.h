/* SPDX-License-Identifier: ISC */
/* The traveller's and the command's side of entry.h, and what they report. */
#ifndef CENTERCTL_PRIV_TRAVELLER_H
#define CENTERCTL_PRIV_TRAVELLER_H

#include "entry.h"

enum stage {
	STAGE_CHILD = 1, /* value: the command's PID, as its parent sees it */
	STAGE_MOVE,	 /* value: index of a hierarchy that the command could not join by itself; waits for one byte */
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

/*
 * The traveller: never returns. `report` is the socket; `born_in_v2` says that it was made inside the container's v2
 * cgroup; `filter_late` that the filter refuses clone(2), so that the command itself must load it.
 */
_Noreturn void traveller_run(const struct entry *e, int report, bool born_in_v2, bool filter_late);

#endif
