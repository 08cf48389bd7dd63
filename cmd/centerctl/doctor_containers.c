/* SPDX-License-Identifier: ISC */
/* Containers that are as good as the host, as centerctl-enter sees them: by the kernel's word, not by the engine's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "doctor.h"
#include "doctor_within.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/listing.h"

enum { ASK_MS = 10000, ALL_MS = 30000 };

/* What a question to centerctl-enter is about; in a child, which has the pipe to its parent as descriptors 1 and 2. */
struct question {
	const char *engine; /* the path of its socket */
	const char *target; /* NULL: which containers there are */
};

static int take_listing(const void *data, size_t len)
{
	cleanup_listing struct listing l = {0};
	int r = listing_decode(data, len, &l);
	for (uint32_t i = 0; r == 0 && i < l.count; i++) {
		const struct listing_row *row = &l.rows[i];
		if (row->state == STATE_RUNNING || row->state == STATE_PAUSED)
			printf("%s %s\n", row->id, row->name);
	}
	return r;
}

static int take_facts(const void *data, size_t len)
{
	cleanup_facts struct facts f = {0};
	int r = facts_decode(data, len, &f);
	if (r == 0)
		fputs(f.host_power, stdout);
	return r;
}

static int take(void *arg, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)arg;
	(void)err;
	return type == CHANNEL_LIST    ? take_listing(data, len)
	       : type == CHANNEL_FACTS ? take_facts(data, len)
				       : -EBADMSG;
}

static int ask(void *arg, int out)
{
	const struct question *q = arg;
	cleanup_request struct request r = {.verb = q->target ? VERB_FACTS : VERB_LIST, .ns = NS_ALL};
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
		return -errno;
	if (str_set(&r.target, q->target ? q->target : "") < 0 || request_set_engine(&r, q->engine) < 0)
		return -ENOMEM;
	int code = ask_enter(&r, take, NULL);
	return fflush(stdout) == 0 && code == EXIT_SUCCESS ? 0 : -EIO;
}

static void judge(struct doctor *d, const char *name, const char *power)
{
	if (!*power) {
		finding_ok(&d->findings, "container", name, "%s is kept apart from the host", name);
		return;
	}
	finding_add(&d->findings, SEVERITY_WARNING, "container-host", name,
		    "who enters it as its root has this host; rules let nobody in who lack the word privileged",
		    "the container %s is as good as the host: %s", name, power);
	finding_fix(&d->findings,
		    "make it again without that (--privileged, --pid host, --cap-add, -v of the host's directories or "
		    "of an "
		    "engine's socket); centerctl show %s tells more",
		    name);
}

static void look_at_container(struct doctor *d, const struct doctor_engine *e, const char *id, const char *name)
{
	cleanup_buf struct buf said = {0};
	struct question q = {e->path, id};
	int r = within(ASK_MS, ask, &q, &said);
	const char *text = buf_text(&said);
	/* It may have ended meanwhile. */
	if (r == 0 && text)
		judge(d, name, text);
}

/* What centerctl-enter warns of: some are not in the list. */
static void judge_rest(struct doctor *d, const struct doctor_engine *e, const char *text)
{
	const char *rest = str_after(text, "centerctl: ");
	finding_add(&d->findings, SEVERITY_WARNING, "container-list", e->path,
		    "whether these are as good as the host was not found out", "%s: %s", e->path, rest ? rest : text);
	finding_fix(&d->findings, "docker -H unix://%s ps -a shows them, too; see what labels and command they have",
		    e->path);
}

/* Lines of "ID NAME", or of what is wrong. */
static void look_at_list(struct doctor *d, const struct doctor_engine *e, char *list)
{
	int64_t deadline = now_ms() + ALL_MS;
	for (char *rest = list, *line; (line = strsep(&rest, "\n"));) {
		char *name = strchr(line, ' ');
		if (!name)
			continue;
		*name++ = '\0';
		if (!is_container_id(line)) {
			name[-1] = ' ';
			judge_rest(d, e, line);
			continue;
		}
		if (left_ms(deadline) == 0) {
			finding_add(&d->findings, SEVERITY_INFO, "container-many", e->path,
				    "asking about all of them takes more than 30 seconds",
				    "from %s on, containers were not looked at", *name ? name : line);
			return;
		}
		look_at_container(d, e, line, *name ? name : line);
	}
}

static void look_at_engine(struct doctor *d, const struct doctor_engine *e)
{
	cleanup_buf struct buf said = {0};
	struct question q = {e->path, NULL};
	int r = within(ASK_MS, ask, &q, &said);
	const char *text = buf_text(&said);
	if (r == 0 && text) {
		look_at_list(d, e, said.data);
		return;
	}
	finding_add(&d->findings, SEVERITY_ERROR, "container-list", e->path, "then nobody can enter anything there",
		    "the containers of %s cannot be listed: %.*s", e->path,
		    text && *text ? (int)strcspn(text, "\n") : 12, text && *text ? text : "no answer in time");
	finding_fix(&d->findings, "centerctl -H unix://%s ls -a, and what it says", e->path);
}

static void look_at_containers(struct doctor *d)
{
	for (size_t i = 0; i < d->engine_count; i++)
		if (d->engines[i].answers)
			look_at_engine(d, &d->engines[i]);
}

const struct doctor_check doctor_container_checks[] = {
	{"containers that are as good as the host", true, look_at_containers},
	{0},
};
