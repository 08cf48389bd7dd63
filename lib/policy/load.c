/* SPDX-License-Identifier: ISC */
/* Files, lines and directives. Rules are in parse_rule.c. */
#include "parse.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "glob.h"
#include "lib/base/cleanup.h"
#include "lib/base/suggest.h"
#include "lib/base/text.h"

static int load_file(struct parser *ps, const char *path);

int parse_fail(struct parser *ps, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	error_setv(ps->err, -EINVAL, format, args);
	va_end(args);
	return error_prepend(ps->err, "%s:%u", ps->path, ps->line);
}

/* The nearest name. Where names are like "key:NAME", what is before the colon counts. */
static const char *nearest(const char *word, const char *const *names)
{
	enum { MAX = 16, LEN = 32 };
	char kinds[MAX][LEN], kind[LEN];
	const char *cut[MAX + 1] = {NULL};
	for (size_t i = 0; i < MAX && names[i]; i++) {
		snprintf(kinds[i], LEN, "%.*s", (int)strcspn(names[i], ":="), names[i]);
		cut[i] = kinds[i];
	}
	snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(word, ":="), word);
	const char *near = suggest_nearest(kind, cut);
	for (size_t i = 0; near && cut[i]; i++)
		if (cut[i] == near)
			return names[i];
	return NULL;
}

int parse_unknown(struct parser *ps, const char *what, const char *word, const char *const *names)
{
	char list[256] = "";
	for (size_t i = 0, used = 0; names[i] && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
					 i == 0		? ""
					 : names[i + 1] ? ", "
							: " or ",
					 names[i]);
	const char *near = nearest(word, names);
	if (near)
		return parse_fail(ps, "\"%s\" is no %s (did you mean %s?); expected %s", word, what, near, list);
	return parse_fail(ps, "\"%s\" is no %s; expected %s", word, what, list);
}

int parse_list(struct parser *ps, char *list, int (*f)(struct parser *ps, char *item, void *arg), void *arg)
{
	for (char *next = list; list; list = next) {
		next = strchr(list, ',');
		if (next)
			*next++ = '\0';
		if (!*list)
			return parse_fail(
				ps,
				"a list has an empty item; items are separated by commas alone, without blanks: a,b");
		int r = f(ps, list, arg);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Absolute, and without a detour: what is checked component by component is what is written. */
static bool is_plain_path(const char *path)
{
	if (path[0] != '/' || !path[1] || strlen(path) >= PATH_MAX)
		return false;
	while (*path) {
		size_t len = strcspn(++path, "/");
		if (len == 0 || (len <= 2 && strspn(path, ".") >= len))
			return false;
		path += len;
	}
	return true;
}

static int set_once(struct parser *ps, uint32_t *where, const char *value)
{
	if (*where)
		return parse_fail(ps, "%s is given twice", words_at(&ps->words, 0));
	*where = build_text(&ps->build, value);
	return 0;
}

static int parse_engine(struct parser *ps, char *value)
{
	const char *path = str_after(value, "unix://");
	if (!path || !is_plain_path(path))
		return parse_fail(ps,
				  "\"%s\": expected the engine's socket, as unix:///run/docker.sock; other engines "
				  "cannot be shared with a policy",
				  value);
	if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return parse_fail(ps, "\"%s\" is too long for a socket's path", value);
	return set_once(ps, &ps->build.head.engine, value);
}

static int parse_gate(struct parser *ps, char *value)
{
	if (!*value || strpbrk(value, ":/,*?"))
		return parse_fail(ps, "\"%s\": expected the name of one account", value);
	uint32_t text = build_text(&ps->build, value);
	buf_add(&ps->build.gates, &text, sizeof(text));
	return 0;
}

static int parse_path(struct parser *ps, char *value, uint32_t *where, const char *what)
{
	if (!is_plain_path(value))
		return parse_fail(ps, "\"%s\": expected the %s, an absolute path without . and ..", value, what);
	return set_once(ps, where, value);
}

static int parse_record(struct parser *ps, char *value)
{
	return parse_path(ps, value, &ps->build.head.record_dir, "directory for recordings");
}

static int parse_audit(struct parser *ps, char *value)
{
	return parse_path(ps, value, &ps->build.head.audit_file, "file of the audit log");
}

static int parse_trust(struct parser *ps, char *value)
{
	static const char *const names[] = {"labels", NULL};
	if (strcmp(value, "labels") != 0)
		return parse_unknown(ps, "thing to trust", value, names);
	ps->build.head.bits |= POLICY_TRUST_LABELS;
	return 0;
}

/* What a name in the including file means: beside that file, unless it is absolute. */
static int resolve_path(struct parser *ps, const char *name, char *ret, size_t size)
{
	const char *slash = strrchr(ps->path, '/');
	int beside = *name == '/' || !slash ? 0 : (int)(slash - ps->path + 1);
	if ((size_t)snprintf(ret, size, "%.*s%s", beside, ps->path, name) >= size)
		return parse_fail(ps, "\"%s\": the path is too long", name);
	return 0;
}

static int include_matching(struct parser *ps, const char *directory, const char *pattern)
{
	cleanup_strv char **names = NULL;
	char path[PATH_MAX];
	int r = ps->reader->list(ps->reader->arg, *directory ? directory : ".", &names, ps->err);
	if (r < 0) {
		error_prepend(ps->err, "%s:%u: include", ps->path, ps->line);
		return r;
	}
	for (char **name = names; r == 0 && name && *name; name++) {
		if (!glob_match(pattern, *name, strlen(*name)) || (**name == '.' && *pattern != '.'))
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s%s%s", directory, *directory ? "/" : "", *name) >=
		    sizeof(path))
			return parse_fail(ps, "\"%s\": the path is too long", *name);
		r = load_file(ps, path);
	}
	return r;
}

static int parse_include(struct parser *ps, char *value)
{
	char path[PATH_MAX];
	int r = *value ? resolve_path(ps, value, path, sizeof(path)) : parse_fail(ps, "include: expected a file");
	if (r < 0)
		return r;
	if (!strpbrk(value, "*?"))
		return load_file(ps, path);
	char *slash = strrchr(path, '/');
	char *last = slash ? slash + 1 : path;
	if (strcspn(value, "*?") < strlen(value) - strlen(last))
		return parse_fail(ps, "\"%s\": * and ? may be used only behind the last /", value);
	if (strchr(last, '\\'))
		return parse_fail(ps, "\"%s\": a pattern of files has no backslash", value);
	if (!slash)
		return include_matching(ps, "", last);
	*slash = '\0';
	return include_matching(ps, slash == path ? "/" : path, last);
}

static const struct {
	const char *name, *what;
	int (*parse)(struct parser *ps, char *value);
} directives[] = {
	{"engine", "a socket: engine unix:///run/docker.sock", parse_engine},
	{"gate", "an account: gate center", parse_gate},
	{"record", "a directory: record /var/log/centerctl/sessions", parse_record},
	{"audit", "a file: audit /var/log/centerctl/audit.jsonl", parse_audit},
	{"trust", "what: trust labels", parse_trust},
	{"include", "files: include conf.d/*.conf", parse_include},
};

static int parse_line(struct parser *ps)
{
	static const char *const names[] = {"allow", "deny",  "engine",	 "gate", "record",
					    "audit", "trust", "include", NULL};
	char *word = words_at(&ps->words, 0);
	if (strcmp(word, "allow") == 0 || strcmp(word, "deny") == 0)
		return parse_rule(ps);
	for (size_t i = 0; i < ARRAY_SIZE(directives); i++) {
		if (strcmp(word, directives[i].name) != 0)
			continue;
		if (ps->words.count != 2)
			return parse_fail(ps, "%s takes one word, %s", word, directives[i].what);
		return directives[i].parse(ps, words_at(&ps->words, 1));
	}
	return parse_unknown(ps, "rule or directive", word, names);
}

static int bad_words(struct parser *ps, int r)
{
	if (!ps->words.wrong)
		return error_errno(ps->err, r, "%s:%u", ps->path, ps->line);
	ps->line += (uint32_t)ps->words.lines;
	return error_set(ps->err, -EINVAL, "%s:%u:%zu: %s", ps->path, ps->line, ps->words.column, ps->words.wrong);
}

static int parse_text(struct parser *ps, const char *text, size_t len)
{
	int r = 0;
	for (ps->line = 1; r == 0 && len > 0; ps->line += (uint32_t)ps->words.lines) {
		long used = words_split(&ps->words, text, len, WORDS_COMMENTS | WORDS_LINES);
		if (used < 0)
			return bad_words(ps, (int)used);
		text += used;
		len -= (size_t)used;
		/* An included file's lines use the same memory. */
		size_t lines = ps->words.lines;
		r = ps->words.count ? parse_line(ps) : 0;
		ps->words.lines = lines;
	}
	return r;
}

static int check_chain(struct parser *ps, const char *path)
{
	for (unsigned i = 0; i < ps->depth; i++)
		if (strcmp(ps->chain[i], path) == 0)
			return parse_fail(ps, "%s is included by itself", path);
	if (ps->depth == POLICY_DEPTH_MAX)
		return parse_fail(ps, "files include each other more than %d deep", POLICY_DEPTH_MAX);
	if (ps->files++ == POLICY_FILES_MAX)
		return parse_fail(ps, "more than %d files", POLICY_FILES_MAX);
	return 0;
}

static int load_file(struct parser *ps, const char *path)
{
	cleanup_free char *text = NULL;
	size_t len;
	const char *includer = ps->path;
	const uint32_t file = ps->file, line = ps->line;
	int r = check_chain(ps, path);
	if (r < 0)
		return r;
	r = ps->reader->read(ps->reader->arg, path, &text, &len, ps->err);
	if (r < 0 && includer)
		error_prepend(ps->err, "%s:%u: include", includer, line);
	if (r < 0)
		return r;
	ps->chain[ps->depth++] = ps->path = path;
	ps->file = build_text(&ps->build, path);
	r = parse_text(ps, text, len);
	ps->depth--;
	ps->path = includer;
	ps->file = file;
	ps->line = line;
	return r;
}

static int check_labels(struct parser *ps)
{
	if (!ps->label_file || ps->build.head.bits & POLICY_TRUST_LABELS)
		return 0;
	return error_set(ps->err, -EINVAL,
			 "%s:%u: label: and compose: in an allow rule rest on labels, which whoever makes an image or "
			 "a container chooses; "
			 "if all of them may be trusted with that, write \"trust labels\"",
			 ps->build.text.data + ps->label_file, ps->label_line);
}

int policy_check_end(const char *text, size_t len, const char *path, struct error *err)
{
	if (len == 0 || text[len - 1] == '\n')
		return 0;
	return error_set(
		err, -EINVAL,
		"%s: the last line has no end, so the file may have been cut off: if it is whole, put a newline there",
		path);
}

int policy_load(const char *path, const struct policy_reader *reader, struct policy **ret, struct error *err)
{
	struct parser ps = {.reader = reader, .err = err};
	build_init(&ps.build);
	int r = load_file(&ps, path);
	if (r == 0)
		r = check_labels(&ps);
	if (r == 0) {
		r = build_finish(&ps.build, ret);
		if (r < 0)
			error_errno(err, r, "%s", path);
	}
	build_done(&ps.build);
	words_done(&ps.words);
	words_done(&ps.pattern);
	return r;
}
