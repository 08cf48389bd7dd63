/* SPDX-License-Identifier: ISC */
#include "asked.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

struct words {
	char **v;
	int r;
};

static void __attribute__((format(printf, 3, 4))) add(struct words *w, bool there, const char *format, ...)
{
	va_list args;
	char text[REQUEST_WORD_MAX + 16];
	if (!there || w->r < 0)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	w->r = strv_add(&w->v, text);
}

int asked_options(const struct request *r, char ***ret)
{
	struct words w = {0};
	add(&w, r->privileged, "privileged");
	add(&w, r->cap_add != 0, "cap-add=0x%" PRIx64, r->cap_add);
	add(&w, r->preserve_fds > 0, "preserve-fds=%u", r->preserve_fds);
	for (char **group = r->group_add; group && *group; group++)
		add(&w, true, "group-add=%s", *group);
	add(&w, r->workdir[0], "workdir=%s", r->workdir);
	add(&w, r->detach, "detach");
	add(&w, r->static_tool[0], "static");
	add(&w, r->writable, "rw");
	add(&w, r->pid[0], "pid=%s", r->pid);
	add(&w, r->host_pid > 0, "host-pid=%" PRId64, r->host_pid);
	add(&w, r->source[0], "source=%s", r->source);
	add(&w, r->service == SERVICE_READ, "out");
	add(&w, r->service == SERVICE_WRITE, "in");
	for (char **option = r->options; option && *option; option++)
		add(&w, true, "%s", *option + strlen("--"));
	add(&w, r->verb == VERB_SIGNAL, "signal=%u", (unsigned)r->signal);
	add(&w, r->all, "all");
	add(&w, r->watch, "watch");
	add(&w, r->session[0], "session=%s", r->session);
	add(&w, r->verb == VERB_LOGS && r->tail >= 0, "tail=%" PRId64, r->tail);
	add(&w, r->since_ns > 0, "since=%" PRId64, r->since_ns / 1000000000);
	add(&w, r->until_ns > 0, "until=%" PRId64, r->until_ns / 1000000000);
	*ret = w.v;
	return w.r;
}
