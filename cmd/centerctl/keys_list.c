/* SPDX-License-Identifier: ISC */
/* `centerctl keys list` and `check`. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "lib/base/cleanup.h"
#include "lib/client/cell.h"
#include "lib/client/report.h"
#include "lib/gate/registry_check.h"

enum { COLUMNS = 5, FINDINGS = 1 };

struct listing {
	struct buf text;
	bool json;
	size_t width[COLUMNS];
	size_t count;
	bool measure; /* the first of two passes */
};

/* A file that anybody may point at, or the registry, which is nobody's but root's: `check` says so if it is not. */
static int open_file(const struct keys_options *o, struct registry *ret, struct error *err)
{
	cleanup_fd int fd = open(keys_file(o), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ENOENT && !o->file) {
		*ret = (struct registry){.text = ""};
		return 0;
	}
	return fd < 0 ? error_errno(err, -errno, "cannot open %s", keys_file(o)) : registry_map(fd, ret, err);
}

static void put_json(struct listing *l, const char *name, const char *value, const char *behind)
{
	buf_printf(&l->text, "\"%s\": ", name);
	if (value)
		cell_put_json(&l->text, value);
	else
		buf_puts(&l->text, "null");
	buf_puts(&l->text, behind);
}

static void add_json(struct listing *l, const struct authkey *k, const char *fingerprint, size_t line)
{
	buf_puts(&l->text, l->count > 0 ? ",\n {" : "\n {");
	put_json(l, "name", k->name, ", ");
	put_json(l, "type", k->key.type, ", ");
	put_json(l, "fingerprint", fingerprint, ", ");
	put_json(l, "container", k->container, ", ");
	put_json(l, "comment", k->comment, ", ");
	buf_printf(&l->text, "\"authority\": %s, \"line\": %zu}", k->authority ? "true" : "false", line);
}

static void add_row(struct listing *l, const char *const cells[COLUMNS])
{
	size_t last = COLUMNS;
	while (last > 0 && !*cells[last - 1])
		last--;
	for (size_t i = 0; i < last; i++) {
		cleanup_buf struct buf scratch = {0};
		struct buf *to = l->measure ? &scratch : &l->text;
		size_t used = cell_put(to, cells[i]);
		if (used > l->width[i])
			l->width[i] = used;
		if (i + 1 < last)
			cell_pad(to, used, l->width[i] + 2);
	}
	if (!l->measure)
		buf_puts(&l->text, "\n");
}

static void add_line(struct listing *l, const struct authkey *k, size_t line)
{
	char fingerprint[KEY_FINGERPRINT_SIZE];
	key_fingerprint(&k->key, fingerprint);
	if (l->json)
		add_json(l, k, fingerprint, line);
	else
		add_row(l, (const char *const[COLUMNS]){
				   k->name	  ? k->name
				   : k->authority ? "(authority)"
						  : "-",
				   key_type_name(&k->key),
				   fingerprint,
				   k->container	 ? k->container
				   : *k->comment ? "-"
						 : "",
				   k->comment,
			   });
	l->count++;
}

static void add_lines(struct listing *l, const struct registry *r)
{
	size_t len, number = 0;
	if (!l->json)
		add_row(l, (const char *const[COLUMNS]){"NAME", "TYPE", "FINGERPRINT", "CONTAINER", "COMMENT"});
	for (const char *line = registry_next_line(r, NULL, &len); line; line = registry_next_line(r, line, &len)) {
		struct error err;
		cleanup_authkey struct authkey k = {0};
		number++;
		int parsed = authkey_parse(line, len, &k, &err);
		if (parsed == 0)
			add_line(l, &k, number);
		else if (parsed != -ENODATA && !l->measure) {
			error_prepend(&err, "line %zu", number);
			report_warning(err.text);
		}
	}
}

int keys_list(const struct keys_options *o)
{
	struct error err;
	cleanup_registry struct registry r = {0};
	struct listing l = {.json = o->json};
	if (open_file(o, &r, &err) < 0)
		return report_error(&err);
	if (l.json) {
		buf_puts(&l.text, "[");
		add_lines(&l, &r);
		buf_puts(&l.text, l.count > 0 ? "\n]\n" : "]\n");
	} else {
		l.measure = true;
		add_lines(&l, &r);
		l.measure = false;
		add_lines(&l, &r);
	}
	const char *text = buf_text(&l.text);
	fputs(text ? text : "", stdout);
	buf_done(&l.text);
	return report_flush(stdout);
}

struct told {
	const char *path;
};

static void tell(void *arg, size_t line, const char *text)
{
	const struct told *t = arg;
	cleanup_buf struct buf b = {0};
	cell_put(&b, text);
	printf("%s:%zu: %s\n", t->path, line, buf_text(&b));
}

/* The same rule as the gate's: sshd would take the file, the gate would not. */
static long check_owner(const struct keys_options *o)
{
	struct error err;
	cleanup_registry struct registry r = {0};
	if (o->file || registry_open(REGISTRY_PATH, &r, &err) == 0)
		return 0;
	printf("%s: %s\n", REGISTRY_PATH, err.text);
	return 1;
}

int keys_check(const struct keys_options *o)
{
	struct error err;
	cleanup_registry struct registry r = {0};
	struct told t = {.path = keys_file(o)};
	if (open_file(o, &r, &err) < 0)
		return report_error(&err);
	long owner = check_owner(o), found = registry_check(&r, tell, &t);
	if (found < 0) {
		error_errno(&err, (int)found, "%s", t.path);
		return report_error(&err);
	}
	int code = report_flush(stdout);
	return code != 0 ? code : owner + found > 0 ? FINDINGS : EXIT_SUCCESS;
}
