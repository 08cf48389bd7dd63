/* SPDX-License-Identifier: ISC */
/*
 * What the launcher in the toolbox reads of others: what a gdb and gdbserver say to each other (r), the maps of a
 * process (m), and the command that somebody typed (c). The first byte says which the rest is.
 *
 * Of a talk, of which 0xff changes the side: however the network cuts it, the same comes out; and no interrupt ever
 * reaches gdbserver, which would signal every process of the container.
 */
#include "fuzz.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/tool/corefile.h"
#include "lib/tool/listen.h"
#include "lib/tool/maps.h"
#include "lib/tool/pick.h"
#include "lib/tool/rewrite.h"
#include "lib/tool/rsp.h"

struct heard {
	struct rsp rsp;
	struct buf server, client;
};

static char *resolve(const char *path, bool follow)
{
	char *real;
	return asprintf(&real, "/target%s%s", follow ? "/f" : "", path) < 0 ? NULL : real;
}

static void say(struct heard *h, bool client, const char *data, size_t len, size_t step)
{
	for (size_t at = 0; at < len; at += step) {
		size_t n = len - at < step ? len - at : step;
		if (client)
			MUST(rsp_from_client(&h->rsp, data + at, n, &h->server, &h->client) == 0);
		else
			MUST(rsp_from_server(&h->rsp, data + at, n, &h->client) == 0);
	}
}

static void talk(struct heard *h, const char *data, size_t len, size_t step)
{
	bool client = true;
	h->rsp.resolve = resolve;
	while (len > 0) {
		const char *end = memchr(data, 0xff, len);
		size_t n = end ? (size_t)(end - data) : len;
		say(h, client, data, n, step);
		client = !client;
		data += n + (end != NULL);
		len -= n + (end != NULL);
	}
}

static void done(struct heard *h)
{
	rsp_done(&h->rsp);
	buf_done(&h->server);
	buf_done(&h->client);
}

static void check_no_interrupt(const struct buf *b)
{
	int sum = 0;
	bool inside = false;
	for (size_t i = 0; i < b->len; i++) {
		if (sum > 0) {
			sum--;
		} else if (inside) {
			inside = b->data[i] != '#';
			sum = inside ? 0 : 2;
		} else {
			MUST(b->data[i] != 3);
			inside = b->data[i] == '$';
		}
	}
}

static void try_talk(const char *data, size_t len)
{
	struct heard whole = {.rsp = {0}}, bytes = {.rsp = {0}};
	talk(&whole, data, len, len ? len : 1);
	talk(&bytes, data, len, 1);
	MUST(whole.server.len == bytes.server.len && whole.client.len == bytes.client.len);
	MUST(whole.server.len == 0 || memcmp(whole.server.data, bytes.server.data, whole.server.len) == 0);
	MUST(whole.client.len == 0 || memcmp(whole.client.data, bytes.client.data, whole.client.len) == 0);
	check_no_interrupt(&whole.server);
	buf_done(&whole.server);
	MUST(rsp_add_farewell(&whole.rsp, &whole.server) == 0);
	check_no_interrupt(&whole.server);
	done(&whole);
	done(&bytes);
}

static void try_maps(const char *text)
{
	struct mapping m;
	cleanup_buf struct buf files = {0};
	cleanup_free char *path = maps_library_path(text, "/target");
	for (const char *c = path; c && *c; c++)
		MUST((unsigned char)*c > ' ' && *c != 0x7f && *c != '$' && *c != '\\');
	core_add_files(&files, text);
	MUST(!files.failed);
	for (const char *at = text; maps_next(&at, &m) > 0;) {
		MUST(m.start < m.end);
		MUST(at <= text + strlen(text));
		MUST(m.readable || core_choose(&m, CORE_ALL, true) == CORE_NOTHING ||
		     (m.path && m.path_len == 6 && memcmp(m.path, "[vdso]", 6) == 0));
		(void)mapping_is_unlinked(&m);
	}
}

/* Words are lines. What was typed is all there, in its order, behind what was added. */
static void try_command(const char *text)
{
	cleanup_strv char **argv = NULL, **got = NULL;
	cleanup_free char *copy = strdup(text);
	struct tool_use use;
	struct error err;
	struct listen_at at;
	pid_t pid;
	char *rest = copy;
	for (char *word = strsep(&rest, "\n"); word; word = strsep(&rest, "\n"))
		MUST(strv_add(&argv, word) == 0);
	enum tool_kind kind = tool_kind_of(argv[0]);
	const struct rewrite how = {.pid = 7, .source = argv[0], .trace_to = "x", .program = "y", .solib_path = "z"};
	struct candidate c = {.pid = 3};
	snprintf(c.line, sizeof(c.line), "%s", text);
	tool_look(kind, argv, &use);
	(void)listen_parse(argv[0], &at, &err);
	if (pick_process(argv[0], "web", &c, 1, &pid, &err) < 0)
		for (const char *s = err.text; *s; s++)
			MUST((unsigned char)*s >= ' ' && *s != 0x7f);
	if (rewrite_command(kind, argv, &use, &how, &got) < 0)
		return;
	size_t typed = strv_len(argv), all = strv_len(got);
	MUST(strcmp(got[0], argv[0]) == 0 && all >= typed);
	size_t tail = kind == TOOL_GCORE && use.operands == 0 ? 1 : 0;
	for (size_t i = 1; i < typed; i++)
		MUST(strcmp(got[all - tail - typed + i], argv[i]) == 0);
	for (size_t i = 0; i < use.pid_count; i++)
		MUST(use.pids[i] > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 2)
		return 0;
	cleanup_free char *rest = strndup((const char *)data + 1, len - 1);
	switch (data[0]) {
	case 'r':
		try_talk((const char *)data + 1, len - 1);
		break;
	case 'm':
		try_maps(rest);
		break;
	case 'c':
		try_command(rest);
		break;
	default:
		break;
	}
	return 0;
}
