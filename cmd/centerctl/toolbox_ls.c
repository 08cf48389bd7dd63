/* SPDX-License-Identifier: ISC */
/* `centerctl toolbox ls`. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/cell.h"
#include "lib/client/debug_options.h"
#include "lib/client/report.h"
#include "lib/client/table.h"
#include "toolbox.h"

enum { ABOUT_MAX = 64 << 10, LAYERS_FILE_MAX = 1 << 20 };

static const char *const columns[] = {"NAME", "KIND", "SIZE", "MADE", "CONTENT", NULL};

struct entry {
	const char *name, *kind;
	char *about;  /* its lines, each ended by a NUL, and one more at the end */
	char *layers; /* the first one's path */
	int64_t size; /* bytes; -1: not known */
};

static void entry_done(struct entry *e)
{
	free(e->about);
	free(e->layers);
}

/* The value of a line "key: value" in about; NULL if there is none. */
static const char *about(const struct entry *e, const char *key)
{
	for (const char *line = e->about; line && *line; line += strlen(line) + 1) {
		const char *value = str_after(line, key);
		value = value ? str_after(value, ":") : NULL;
		if (value)
			return value + strspn(value, " ");
	}
	return NULL;
}

static void read_about(int dir, struct entry *e)
{
	char *text;
	if (file_read(dir, "about", ABOUT_MAX, &text) < 0)
		return;
	size_t len = strlen(text);
	e->about = calloc(1, len + 2);
	if (e->about)
		memcpy(e->about, text, len);
	free(text);
	for (size_t i = 0; e->about && i < len; i++)
		if (e->about[i] == '\n')
			e->about[i] = '\0';
}

/* "31240 KiB", as who fills a toolbox writes it. */
static int64_t size_of(const char *text)
{
	uint64_t kib;
	char digits[24];
	size_t len = text ? strspn(text, "0123456789") : 0;
	snprintf(digits, sizeof(digits), "%.*s", (int)(len < sizeof(digits) ? len : 0), text ? text : "");
	if (!text || strcmp(text + len, " KiB") != 0 || parse_u64(digits, INT64_MAX / 1024, &kib) < 0)
		return -1;
	return (int64_t)kib * 1024;
}

static void read_kind(int dir, struct entry *e)
{
	struct stat st;
	e->size = size_of(about(e, "size"));
	if (file_read(dir, "layers", LAYERS_FILE_MAX, &e->layers) == 0) {
		e->kind = about(e, "image") ? "image" : "directory";
		e->layers[strcspn(e->layers, "\n")] = '\0';
	} else if (fstatat(dir, "tool", &st, AT_SYMLINK_NOFOLLOW) == 0) {
		e->kind = "program";
		e->size = st.st_size;
	} else if (fstatat(dir, "root", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode)) {
		e->kind = "packages";
	} else {
		e->kind = "broken";
	}
}

static const char *content(const struct entry *e)
{
	const char *image = about(e, "image"), *packages = about(e, "packages"), *from = about(e, "from");
	return image ? image : packages ? packages : from ? from : e->layers;
}

static void put_field(struct buf *to, const char *name, const char *value)
{
	buf_printf(to, ", \"%s\": ", name);
	if (value && *value)
		cell_put_json(to, value);
	else
		buf_puts(to, "null");
}

static void put_json(struct buf *to, const struct entry *e, bool first)
{
	buf_puts(to, first ? "\n {\"name\": " : ",\n {\"name\": ");
	cell_put_json(to, e->name);
	put_field(to, "kind", e->kind);
	if (e->size >= 0)
		buf_printf(to, ", \"size\": %" PRId64, e->size);
	else
		buf_puts(to, ", \"size\": null");
	put_field(to, "made", about(e, "made"));
	put_field(to, "packages", about(e, "packages"));
	put_field(to, "image", about(e, "image"));
	put_field(to, "from", about(e, "from"));
	buf_puts(to, "}");
}

static void put_row(struct table *t, const struct entry *e)
{
	char size[32] = "";
	if (e->size >= 0)
		snprintf(size, sizeof(size), "%" PRId64 " KiB", (e->size + 1023) / 1024);
	table_add(t, e->name);
	table_add(t, e->kind);
	table_add(t, size);
	table_add(t, about(e, "made"));
	table_add(t, content(e));
}

static int is_name(const struct dirent *e)
{
	return is_toolbox_name(e->d_name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void put(const struct toolbox_options *o, int dir, const char *name, bool first, struct table *t, struct buf *to)
{
	__attribute__((cleanup(entry_done))) struct entry e = {.name = name, .size = -1};
	cleanup_fd int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (o->quiet) {
		buf_printf(to, "%s\n", name);
		return;
	}
	if (fd >= 0)
		read_about(fd, &e);
	e.kind = "broken";
	if (fd >= 0)
		read_kind(fd, &e);
	if (o->json)
		put_json(to, &e, first);
	else
		put_row(t, &e);
}

int toolbox_ls(const struct toolbox_options *o, struct error *err)
{
	struct dirent **found = NULL;
	cleanup_table struct table t = {.names = columns, .colour = colour_wanted()};
	cleanup_buf struct buf text = {0};
	cleanup_fd int dir = open(toolbox_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int count = dir < 0 ? -1 : scandirat(dir, ".", &found, is_name, by_name);
	if (count < 0 && errno != ENOENT)
		return error_errno(err, -errno, "cannot read %s", toolbox_dir());
	buf_puts(&text, o->json ? "[" : "");
	for (int i = 0; i < count; i++) {
		put(o, dir, found[i]->d_name, i == 0, &t, &text);
		free(found[i]);
	}
	free(found);
	if (o->json)
		buf_puts(&text, count > 0 ? "\n]\n" : "]\n");
	else if (!o->quiet && table_print(&t, &text) < 0)
		text.failed = true;
	if (!o->quiet && text.failed)
		return error_errno(err, -ENOMEM, "the list");
	fputs(text.len ? buf_text(&text) : "", stdout);
	return report_flush(stdout);
}
