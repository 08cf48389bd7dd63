/* SPDX-License-Identifier: ISC */
/* What looks at a session's bytes on their way: the recorder, and who waits for the keys to detach. */
#ifndef CENTERCTL_SESSION_RECORD_FILTER_H
#define CENTERCTL_SESSION_RECORD_FILTER_H

#include "session.h"

/* Puts it into the flows that need it; s has to stay where it is. What cannot be recorded sets s->record_failed. */
void session_set_filters(struct session *s);

#endif
