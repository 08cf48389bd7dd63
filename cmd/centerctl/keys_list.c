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
#include "lib/client/table.h"

enum { FINDINGS = 1 };

static const char *const columns[] = {"NAME", "TYPE", "FINGERPRINT", "CONTAINER", "COMMENT", NULL};

struct listing {
	bool json;
	struct buf text;
	struct table table;
	size_t count;
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

static void add_row(struct listing *l, const struct authkey *k, const char *fingerprint)
{
	table_add(&l->table, k->authority ? "(authority)" : k->name);
	table_add(&l->table, key_type_name(&k->key));
	table_add(&l->table, fingerprint);
	table_add(&l->table, k->container);
	table_add(&l->table, k->comment);
}

static void add_line(struct listing *l, const struct authkey *k, size_t line)
{
	char fingerprint[KEY_FINGERPRINT_SIZE];
	key_fingerprint(&k->key, fingerprint);
	if (l->json)
		add_json(l, k, fingerprint, line);
	else
		add_row(l, k, fingerprint);
	l->count++;
}

static void add_lines(struct listing *l, const struct registry *r)
{
	size_t len, number = 0;
	for (const char *line = registry_next_line(r, NULL, &len); line; line = registry_next_line(r, line, &len)) {
		struct error err;
		cleanup_authkey struct authkey k = {0};
		number++;
		int parsed = authkey_parse(line, len, &k, &err);
		if (parsed == 0) {
			add_line(l, &k, number);
		} else if (parsed != -ENODATA) {
			error_prepend(&err, "line %zu", number);
			report_warning(err.text);
		}
	}
}

static void write_list(struct listing *l, const struct registry *r)
{
	buf_puts(&l->text, l->json ? "[" : "");
	add_lines(l, r);
	if (l->json)
		buf_puts(&l->text, l->count > 0 ? "\n]\n" : "]\n");
	else if (table_print(&l->table, &l->text) < 0)
		l->text.failed = true;
}

int keys_list(const struct keys_options *o)
{
	struct error err;
	cleanup_registry struct registry r = {0};
	struct listing l = {.json = o->json, .table = {.names = columns, .colour = colour_wanted()}};
	if (open_file(o, &r, &err) < 0)
		return report_error(&err);
	write_list(&l, &r);
	const char *text = buf_text(&l.text);
	int code = EXIT_SUCCESS;
	if (!text) {
		error_errno(&err, -ENOMEM, "the list");
		code = report_error(&err);
	}
	fputs(text ? text : "", stdout);
	buf_done(&l.text);
	table_done(&l.table);
	return code != EXIT_SUCCESS ? code : report_flush(stdout);
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
	printf("%s\n", err.text);
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
