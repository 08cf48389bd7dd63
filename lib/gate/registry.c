/* SPDX-License-Identifier: ISC */
#include "registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base64.h"
#include "lib/base/cleanup.h"
#include "lib/base/rootpath.h"

/*
 * Keys of one type begin alike and are told apart by their ends. Searching for the end alone is what makes the search
 * fast; what it finds is compared as a whole.
 */
enum { NEEDLE = 40 };

void registry_close(struct registry *r)
{
	if (r->mapping)
		munmap(r->mapping, r->len);
	*r = (struct registry){0};
}

int registry_map(int fd, struct registry *ret, struct error *err)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return error_errno(err, -errno, "the file of keys");
	if (!S_ISREG(st.st_mode))
		return error_set(err, -EINVAL, "the file of keys is no regular file");
	*ret = (struct registry){.text = "", .len = (size_t)st.st_size};
	if (st.st_size == 0)
		return 0;
	void *mapping = mmap(NULL, ret->len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (mapping == MAP_FAILED) {
		*ret = (struct registry){0};
		return error_errno(err, -errno, "cannot map the file of keys");
	}
	ret->text = ret->mapping = mapping;
	return 0;
}

int registry_open(const char *path, struct registry *ret, struct error *err)
{
	cleanup_fd int fd = rootpath_open(path, O_RDONLY, err);
	if (fd == -ENOENT) {
		*ret = (struct registry){.text = ""};
		return 0;
	}
	return fd < 0 ? fd : registry_map(fd, ret, err);
}

static const char *line_start(const struct registry *r, const char *at)
{
	const char *newline = memrchr(r->text, '\n', (size_t)(at - r->text));
	return newline ? newline + 1 : r->text;
}

static size_t line_length(const struct registry *r, const char *line)
{
	size_t left = r->len - (size_t)(line - r->text);
	const char *newline = memchr(line, '\n', left);
	return newline ? (size_t)(newline - line) : left;
}

const char *registry_next_line(const struct registry *r, const char *line, size_t *ret_len)
{
	const char *next = line ? line + line_length(r, line) + 1 : r->text;
	if (r->len == 0 || next >= r->text + r->len)
		return NULL;
	*ret_len = line_length(r, next);
	return next;
}

/* Calls test for each line in which needle occurs, until it returns something. */
typedef int line_test(const struct authkey *found, const void *arg);

static int search(const struct registry *r, const char *needle, line_test *test, const void *arg, struct authkey *ret,
		  const char **ret_line)
{
	size_t len = strlen(needle);
	for (const char *at = r->text;;) {
		at = memmem(at, r->len - (size_t)(at - r->text), needle, len);
		if (!at)
			return 0;
		const char *line = line_start(r, at);
		size_t line_len = line_length(r, line);
		cleanup_authkey struct authkey found = {0};
		int parsed = authkey_parse(line, line_len, &found, NULL);
		if (parsed == -ENOMEM)
			return parsed;
		if (parsed == 0 && !found.authority && test(&found, arg)) {
			*ret = found;
			found = (struct authkey){0};
			*ret_line = line;
			return 1;
		}
		at = line + line_len;
	}
}

static int same_key(const struct authkey *found, const void *key)
{
	return key_equal(&found->key, key);
}

static int find_key(const struct registry *r, const struct key *key, struct authkey *ret, const char **ret_line)
{
	size_t len = base64_length(key->blob_len);
	cleanup_free char *text = malloc(len + 1);
	if (!text)
		return -ENOMEM;
	base64_encode(key->blob, key->blob_len, text);
	return search(r, text + (len > NEEDLE ? len - NEEDLE : 0), same_key, key, ret, ret_line);
}

int registry_find_key(const struct registry *r, const struct key *key, struct authkey *ret)
{
	const char *line;
	return find_key(r, key, ret, &line);
}

const char *registry_find_line(const struct registry *r, const struct key *key, size_t *ret_len)
{
	const char *line;
	cleanup_authkey struct authkey found = {0};
	if (find_key(r, key, &found, &line) <= 0)
		return NULL;
	*ret_len = line_length(r, line);
	return line;
}

static int same_name(const struct authkey *found, const void *name)
{
	return found->name && strcmp(found->name, name) == 0;
}

int registry_find_name(const struct registry *r, const char *name, struct authkey *ret)
{
	char needle[GATE_NAME_MAX + 32];
	const char *line;
	snprintf(needle, sizeof(needle), "centerctl-gate %s", name);
	int found = search(r, needle, same_name, name, ret, &line);
	if (found != 0)
		return found;
	/* Written by hand, it may stand behind the options. */
	snprintf(needle, sizeof(needle), " %s\"", name);
	return search(r, needle, same_name, name, ret, &line);
}
