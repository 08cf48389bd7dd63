/* SPDX-License-Identifier: ISC */
#include "record_filter.h"

#include <termios.h>

#include "lib/audit/recorder.h"

/* Recorded before the reader sees it. */
static size_t record_output(void *arg, char *data, size_t len, size_t room)
{
	struct session *s = arg;
	(void)room;
	if (recorder_output(s->recorder, data, len) < 0)
		s->record_failed = true;
	return s->record_failed ? 0 : len;
}

/* What is typed while the terminal does not show it is a password, or an editor's business. */
static bool echoes(const struct session *s)
{
	struct termios now;
	return tcgetattr(s->master, &now) == 0 && (now.c_lflag & ECHO);
}

static size_t filter_input(void *arg, char *data, size_t len, size_t room)
{
	struct session *s = arg;
	if (s->detach.len)
		len = detach_filter(&s->detach, data, len, room);
	if (s->record_input && len > 0 && echoes(s) && recorder_input(s->recorder, data, len) < 0)
		s->record_failed = true;
	return len;
}

void session_set_filters(struct session *s)
{
	struct flow *in = &s->flow[FLOW_IN], *out = &s->flow[FLOW_OUT];
	s->record_input = s->record_input && s->recorder;
	if (s->flow_used[FLOW_IN] && (s->detach.len || s->record_input)) {
		in->filter = filter_input;
		in->filter_arg = s;
	}
	if (s->flow_used[FLOW_OUT] && s->recorder) {
		out->filter = record_output;
		out->filter_arg = s;
	}
}
