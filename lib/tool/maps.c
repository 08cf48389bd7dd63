/* SPDX-License-Identifier: ISC */
#include "maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/text.h"

enum { LIBRARY_DIRS_MAX = 32 };

/* A number in base up to what must follow it, which is taken too. */
static bool take_number(const char **at, int base, char then, uint64_t *ret)
{
	char *end;
	errno = 0;
	if (!strchr("0123456789abcdef", **at) || !**at)
		return false;
	*ret = strtoull(*at, &end, base);
	if (errno || *end != then)
		return false;
	*at = end + 1;
	return true;
}

/* start-end rwxp offset major:minor inode   path */
static int read_head(const char **at, struct mapping *m)
{
	uint64_t device;
	const char *s = *at;
	if (!take_number(&s, 16, '-', &m->start) || !take_number(&s, 16, ' ', &m->end) || m->end <= m->start)
		return -EINVAL;
	if (strnlen(s, 5) < 5 || s[4] != ' ')
		return -EINVAL;
	m->readable = s[0] == 'r';
	m->writable = s[1] == 'w';
	m->executable = s[2] == 'x';
	m->shared = s[3] == 's';
	s += 5;
	if (!take_number(&s, 16, ' ', &m->offset) || !take_number(&s, 16, ':', &device) ||
	    !take_number(&s, 16, ' ', &device))
		return -EINVAL;
	char *end;
	m->inode = strtoull(s, &end, 10);
	if (end == s || (*end != ' ' && *end != '\n' && *end))
		return -EINVAL;
	s = end + strspn(end, " ");
	m->path_len = strcspn(s, "\n");
	m->path = m->path_len > 0 ? s : NULL;
	*at = s + m->path_len + (s[m->path_len] == '\n');
	return 0;
}

static bool has_flag(const char *line, size_t len, const char *flag)
{
	for (const char *at = line; (size_t)(at - line) + 2 <= len; at++)
		if (at[-1] == ' ' && memcmp(at, flag, 2) == 0)
			return true;
	return false;
}

static void read_detail(const char *line, size_t len, struct mapping *m)
{
	const char *flags = str_after(line, "VmFlags:");
	const char *size = str_after(line, "Anonymous:");
	if (!size)
		size = str_after(line, "Swap:");
	if (size && strtoull(size, NULL, 10) > 0)
		m->modified = true;
	if (flags && len > 9) {
		len -= 9;
		flags++;
		m->not_dumped = has_flag(flags, len, "dd");
		m->device = has_flag(flags, len, "io") || has_flag(flags, len, "pf");
		m->huge = has_flag(flags, len, "ht");
	}
}

/* Details begin with a capital letter, and are of one line each. */
int maps_next(const char **at, struct mapping *ret)
{
	struct mapping m = {0};
	if (!**at)
		return 0;
	int r = read_head(at, &m);
	if (r < 0)
		return r;
	while (**at >= 'A' && **at <= 'Z') {
		size_t len = strcspn(*at, "\n");
		read_detail(*at, len, &m);
		*at += len + ((*at)[len] == '\n');
	}
	*ret = m;
	return 1;
}

bool mapping_has_file(const struct mapping *m)
{
	return m->path && m->inode != 0 && m->path[0] == '/';
}

bool mapping_is_unlinked(const struct mapping *m)
{
	static const char mark[] = " (deleted)";
	size_t len = sizeof(mark) - 1;
	return m->path && m->path_len > len && memcmp(m->path + m->path_len - len, mark, len) == 0;
}

/* The directory of a shared object's name, its length; 0 for all others. gdb reads '$' in paths, and a shell's quotes.
 */
static size_t library_dir(const struct mapping *m)
{
	if (!mapping_has_file(m) || !m->executable || mapping_is_unlinked(m))
		return 0;
	const char *slash = memrchr(m->path, '/', m->path_len);
	size_t len = (size_t)(slash - m->path);
	if (!memmem(slash, m->path_len - len, ".so", 3))
		return 0;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)m->path[i] <= ' ' || m->path[i] == 0x7f || strchr(":\\$\"'~", m->path[i]))
			return 0;
	return len;
}

static bool is_listed(const struct buf *list, const char *entry, size_t len)
{
	const char *at = list->data, *end = at ? at + list->len : NULL;
	while (at && at < end) {
		const char *colon = memchr(at, ':', (size_t)(end - at));
		size_t have = colon ? (size_t)(colon - at) : (size_t)(end - at);
		if (have == len && memcmp(at, entry, len) == 0)
			return true;
		at = colon ? colon + 1 : NULL;
	}
	return false;
}

char *maps_library_path(const char *maps, const char *root)
{
	cleanup_buf struct buf list = {0};
	struct mapping m;
	size_t count = 0;
	while (count < LIBRARY_DIRS_MAX && maps_next(&maps, &m) > 0) {
		size_t len = library_dir(&m);
		cleanup_buf struct buf entry = {0};
		if (len == 0)
			continue;
		buf_puts(&entry, root);
		buf_add(&entry, m.path, len);
		if (entry.failed || is_listed(&list, entry.data, entry.len))
			continue;
		if (list.len > 0)
			buf_puts(&list, ":");
		buf_add(&list, entry.data, entry.len);
		count++;
	}
	const char *text = list.len > 0 ? buf_text(&list) : NULL;
	return text ? strdup(text) : NULL;
}
