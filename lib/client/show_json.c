/* SPDX-License-Identifier: ISC */
#include "show_json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>

#include "cell.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static void put_part(struct buf *to, const char *text, size_t len)
{
	cleanup_free char *part = strndup(text, len);
	if (part)
		cell_put_json(to, part);
	else
		to->failed = true;
}

/* As JSON has it: "-12", "0", "0.500", but not "007". */
static bool is_number(const char *text, size_t len)
{
	static const char digits[] = "0123456789";
	size_t at = len > 0 && text[0] == '-' ? 1 : 0;
	size_t whole = strspn(text + at, digits);
	if (whole == 0 || (whole > 1 && text[at] == '0'))
		return false;
	at += whole;
	if (at < len && text[at] == '.') {
		size_t behind = strspn(text + at + 1, digits);
		at += behind ? behind + 1 : 0;
	}
	return at == len;
}

static void put_number_or_null(struct buf *to, const char *text, size_t len)
{
	if (is_number(text, len))
		buf_add(to, text, len);
	else
		buf_puts(to, "null");
}

/* "12", "4096 bytes", "0.500", "none". */
static void put_number(struct buf *to, const char *text)
{
	size_t len = strcspn(text, " ");
	if (!*text || strcmp(text, "none") == 0)
		buf_puts(to, "null");
	else if (is_number(text, len) && (!text[len] || strcmp(text + len, " bytes") == 0))
		buf_add(to, text, len);
	else
		cell_put_json(to, text);
}

/* "yes", "no, shared with the host", "1", "set". */
static void put_switch(struct buf *to, const char *text)
{
	bool on = strcmp(text, "yes") == 0 || strcmp(text, "1") == 0 || strcmp(text, "set") == 0;
	buf_puts(to, on ? "true" : "false");
}

/* "1024:unlimited" */
static void put_limit(struct buf *to, const char *text)
{
	size_t soft = strcspn(text, ":");
	const char *hard = text[soft] ? text + soft + 1 : "";
	buf_puts(to, "{\"soft\": ");
	put_number_or_null(to, text, soft);
	buf_puts(to, ", \"hard\": ");
	put_number_or_null(to, hard, strlen(hard));
	buf_puts(to, "}");
}

/* "0,10" */
static void put_ids(struct buf *to, const char *text)
{
	buf_puts(to, "[");
	for (const char *at = text; *at;) {
		size_t len = strcspn(at, ",");
		buf_puts(to, at > text ? ", " : "");
		put_number_or_null(to, at, len);
		at += len + (at[len] == ',');
	}
	buf_puts(to, "]");
}

/* "4026531837, the host's" */
static void put_namespace(struct buf *to, const char *text)
{
	size_t len = strcspn(text, ",");
	buf_puts(to, "{\"inode\": ");
	put_number_or_null(to, text, len);
	buf_printf(to, ", \"of the host\": %s}", text[len] ? "true" : "false");
}

static void put_mask(struct buf *to, uint64_t mask)
{
	const char *before = "[";
	for (int cap = 0; cap < 64; cap++) {
		if (!(mask & (uint64_t)1 << cap))
			continue;
		char *name = cap_to_name(cap);
		buf_puts(to, before);
		cell_put_json(to, name ? name : "?");
		cap_free(name);
		before = ", ";
	}
	buf_puts(to, *before == '[' ? "[]" : "]");
}

/* "cap_chown cap_kill", "none", or a set as /proc has it: "00000000a80425fb". */
static void put_caps(struct buf *to, const char *text)
{
	bool any = false;
	if (strlen(text) == 16 && strspn(text, "0123456789abcdef") == 16) {
		put_mask(to, strtoull(text, NULL, 16));
		return;
	}
	buf_puts(to, "[");
	for (const char *at = strcmp(text, "none") == 0 ? "" : text; *at;) {
		size_t len = strcspn(at, " ");
		buf_puts(to, any && len > 0 ? ", " : "");
		if (len > 0)
			put_part(to, at, len);
		any |= len > 0;
		at += len + (at[len] == ' ');
	}
	buf_puts(to, "]");
}

/* "no", or reasons with "; " between them. */
static void put_reasons(struct buf *to, const char *text)
{
	buf_puts(to, "[");
	for (const char *at = strcmp(text, "no") == 0 ? "" : text; *at;) {
		const char *end = strstr(at, "; ");
		size_t len = end ? (size_t)(end - at) : strlen(at);
		buf_puts(to, at > text ? ", " : "");
		put_part(to, at, len);
		at += len + (end ? 2 : 0);
	}
	buf_puts(to, "]");
}

/* "80/tcp" where nothing is published, "8080->80/tcp", "127.0.0.1:8080->80/tcp", "[::]:8080->80/tcp". */
static void put_port(struct buf *to, const char *text)
{
	const char *arrow = strstr(text, "->"), *port = arrow ? arrow + 2 : text, *colon = NULL;
	for (const char *at = text; arrow && at < arrow; at++)
		if (*at == ':')
			colon = at;
	size_t digits = strcspn(port, "/");
	buf_puts(to, "{\"port\": ");
	put_number_or_null(to, port, digits);
	buf_puts(to, ", \"protocol\": ");
	cell_put_json(to, port[digits] ? port + digits + 1 : "");
	buf_puts(to, ", \"host_address\": ");
	bool brackets = colon && colon > text + 1 && text[0] == '[' && colon[-1] == ']';
	if (colon)
		put_part(to, text + brackets, (size_t)(colon - text) - 2u * brackets);
	else
		buf_puts(to, "null");
	const char *host = colon ? colon + 1 : text;
	buf_puts(to, ", \"host_port\": ");
	put_number_or_null(to, host, arrow ? (size_t)(arrow - host) : 0);
	buf_puts(to, "}");
}

/* "bridge 172.17.0.2 fd00::2" */
static void put_network(struct buf *to, const char *text)
{
	size_t len = strcspn(text, " ");
	const char *at = text + len;
	buf_puts(to, "{\"network\": ");
	put_part(to, text, len);
	buf_puts(to, ", \"addresses\": [");
	for (const char *before = ""; *at; before = ", ") {
		len = strcspn(++at, " ");
		buf_puts(to, before);
		put_part(to, at, len);
		at += len;
	}
	buf_puts(to, "]}");
}

/* "volume data (rw)"; who is not told where it is on the host gets "bind of the host (ro)". */
static void put_mount(struct buf *to, const char *text)
{
	size_t type = strcspn(text, " "), len = strlen(text);
	const char *from = text[type] ? text + type + 1 : "";
	bool whole = len >= 5 && text[len - 5] == ' ' && text[len - 4] == '(' && from <= text + len - 5;
	size_t from_len = whole ? (size_t)(text + len - 5 - from) : strlen(from);
	buf_puts(to, "{\"type\": ");
	put_part(to, text, type);
	buf_puts(to, ", \"source\": ");
	if (from_len == strlen("of the host") && str_starts(from, "of the host"))
		buf_puts(to, "null");
	else
		put_part(to, from, from_len);
	buf_printf(to, ", \"writable\": %s}", whole && strcmp(text + len - 4, "(rw)") == 0 ? "true" : "false");
}

static const struct kind {
	const char *group, *name; /* name NULL: all of the group */
	void (*put)(struct buf *to, const char *text);
	bool list;  /* several rows have the name */
	bool array; /* one value is an array */
} kinds[] = {
	{"container", "pid", put_number, false, false},
	{"container", "exit code", put_number, false, false},
	{"container", "start time in ticks after boot", put_number, false, false},
	{"container", "as good as the host", put_reasons, false, true},
	{"container", "label", cell_put_json, true, false},
	{"container", "labels left out", put_number, false, false},
	{"command", "variables left out", put_number, false, false},
	{"network", "name", cell_put_json, true, false},
	{"network", "address", put_network, true, false},
	{"network", "port", put_port, true, false},
	{"network", "of the host", put_switch, false, false},
	{"mounts", NULL, put_mount, false, false},
	{"limits", NULL, put_number, false, false},
	{"resource limits", NULL, put_limit, false, false},
	{"user", "uid", put_number, false, false},
	{"user", "gid", put_number, false, false},
	{"user", "uid on the host", put_number, false, false},
	{"user", "gid on the host", put_number, false, false},
	{"user", "groups", put_ids, false, true},
	{"namespaces", NULL, put_namespace, false, false},
	{"entered", NULL, put_switch, false, false},
	{"capabilities", NULL, put_caps, false, true},
	{"confinement", "no_new_privs", put_switch, false, false},
	{"confinement", "oom_score_adj", put_number, false, false},
	{"confinement", "nice", put_number, false, false},
	{"environment", NULL, put_switch, false, false},
};

static const struct kind *find_kind(const char *group, const char *name)
{
	static const struct kind plain = {.put = cell_put_json};
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].group, group) == 0 && (!kinds[i].name || strcmp(kinds[i].name, name) == 0))
			return &kinds[i];
	return &plain;
}

void show_json_put(struct buf *to, const char *group, const char *name, const char *text)
{
	find_kind(group, name)->put(to, text);
}

bool show_json_is_list(const char *group, const char *name)
{
	return find_kind(group, name)->list;
}

void show_json_put_none(struct buf *to, const char *group, const char *name)
{
	buf_puts(to, find_kind(group, name)->array ? "[]" : "null");
}
