/* SPDX-License-Identifier: ISC */
/* `centerctl toolbox ls`. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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
	char size[32];
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

static void read_kind(int dir, struct entry *e)
{
	struct stat st;
	const char *size = about(e, "size");
	snprintf(e->size, sizeof(e->size), "%s", size ? size : "");
	if (file_read(dir, "layers", LAYERS_FILE_MAX, &e->layers) == 0) {
		e->kind = about(e, "image") ? "image" : "directory";
		e->layers[strcspn(e->layers, "\n")] = '\0';
	} else if (fstatat(dir, "tool", &st, AT_SYMLINK_NOFOLLOW) == 0) {
		e->kind = "program";
		snprintf(e->size, sizeof(e->size), "%lld KiB", (long long)(st.st_size + 1023) / 1024);
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
	put_field(to, "size", e->size);
	put_field(to, "made", about(e, "made"));
	put_field(to, "packages", about(e, "packages"));
	put_field(to, "image", about(e, "image"));
	put_field(to, "from", about(e, "from"));
	buf_puts(to, "}");
}

static void put_row(struct table *t, const struct entry *e)
{
	table_add(t, e->name);
	table_add(t, e->kind);
	table_add(t, e->size);
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
	__attribute__((cleanup(entry_done))) struct entry e = {.name = name};
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
