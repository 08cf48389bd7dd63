/* SPDX-License-Identifier: ISC */
/* Asking centerctl-enter, as whoever is there. */
#ifndef CENTERCTL_GATE_ENTER_H
#define CENTERCTL_GATE_ENTER_H

#include <sys/types.h>

#include "lib/gate/judge.h"
#include "lib/proto/listing.h"

struct gate {
	pid_t sshd; /* the process that we hang on */
	struct identity identity;
	char *container; /* that the session is bound to; NULL: none */
	bool started;	 /* by gate_enter(): stdin and stdout were a command's */
};

void gate_done(struct gate *g);
#define cleanup_gate __attribute__((cleanup(gate_done)))

/*
 * Enters as ordered and stays. Returns the exit code; what goes wrong is reported. The order and the gate are emptied,
 * but for g->started.
 */
int gate_enter(struct gate *g, struct order *o);

/* Has it written down that this line (NULL: nothing was typed) was refused here, and why. Best effort. */
void gate_report_refusal(const struct gate *g, const char *line, const struct error *why);

/* Asks as ordered, and prints the answer. Returns the exit code; what goes wrong is reported. */
int gate_ask(const struct gate *g, struct order *o);

/* Asks what may be entered. 0; or -1 with an exit code in *ret_exit, and all said already. */
int gate_list(const struct gate *g, struct listing *ret, int *ret_exit);

#endif
