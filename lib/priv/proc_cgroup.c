/* SPDX-License-Identifier: ISC */
#include "proc_cgroup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

void proc_cgroups_done(struct proc_cgroups *c)
{
	for (size_t i = 0; i < c->count; i++) {
		cleanup_free_function(&c->line[i].controllers);
		cleanup_free_function(&c->line[i].path);
	}
	c->count = 0;
}

static int cgroup_line(const char *line, size_t len, struct proc_cgroup *ret)
{
	char number[16];
	uint64_t hierarchy;
	const char *at = line + strspn(line, "0123456789");
	snprintf(number, sizeof(number), "%.*s", (int)(at - line), line);
	if (at - line >= (long)sizeof(number) || parse_u64(number, INT32_MAX, &hierarchy) < 0 || *at++ != ':')
		return -EBADMSG;
	const char *colon = memchr(at, ':', len - (size_t)(at - line));
	if (!colon || colon[1] != '/')
		return -EBADMSG;
	ret->hierarchy = (uint32_t)hierarchy;
	ret->controllers = strndup(at, (size_t)(colon - at));
	ret->path = strndup(colon + 1, len - (size_t)(colon + 1 - line));
	return ret->controllers && ret->path ? 0 : -ENOMEM;
}

int proc_cgroups_parse(const char *text, struct proc_cgroups *ret)
{
	cleanup_proc_cgroups struct proc_cgroups c = {.count = 0};
	while (*text) {
		size_t len = (size_t)(strchrnul(text, '\n') - text);
		if (c.count == PROC_CGROUPS_MAX)
			return -EBADMSG;
		struct proc_cgroup *line = &c.line[c.count++];
		*line = (struct proc_cgroup){0};
		int r = cgroup_line(text, len, line);
		if (r < 0)
			return r;
		text += len;
		if (*text)
			text++;
	}
	if (c.count == 0)
		return -EBADMSG;
	*ret = c;
	c.count = 0;
	return 0;
}

/* Whether a path component of len bytes names a container; id points into it. */
static bool component_owner(const char *component, size_t len, const char **id)
{
	static const char *const prefixes[] = {"", "docker-", "libpod-", "crio-", "cri-containerd-"};
	static const char *const suffixes[] = {"", ".scope"};
	for (size_t p = 0; p < ARRAY_SIZE(prefixes); p++) {
		for (size_t s = 0; s < ARRAY_SIZE(suffixes); s++) {
			size_t before = strlen(prefixes[p]), after = strlen(suffixes[s]);
			if (len != before + 64 + after || memcmp(component, prefixes[p], before) != 0 ||
			    memcmp(component + before + 64, suffixes[s], after) != 0)
				continue;
			if (strspn(component + before, "0123456789abcdef") < 64)
				continue;
			*id = component + before;
			return true;
		}
	}
	return false;
}

bool proc_cgroup_owner(const char *path, char ret_id[65], size_t *ret_len)
{
	for (const char *at = path; *at == '/';) {
		at++;
		size_t len = (size_t)(strchrnul(at, '/') - at);
		const char *id;
		if (component_owner(at, len, &id)) {
			memcpy(ret_id, id, 64);
			ret_id[64] = '\0';
			*ret_len = (size_t)(at + len - path);
			return true;
		}
		at += len;
	}
	return false;
}

/* path without the part that belongs to the container in which we run ourselves. */
static const char *below_own(const char *path, const struct proc_cgroups *own, uint32_t hierarchy)
{
	for (size_t i = 0; own && i < own->count; i++) {
		char id[65];
		size_t len;
		if (own->line[i].hierarchy != hierarchy || !proc_cgroup_owner(own->line[i].path, id, &len))
			continue;
		if (strncmp(path, own->line[i].path, len) == 0 && path[len] == '/')
			return path + len;
	}
	return path;
}

int proc_cgroups_prove(const struct proc_cgroups *c, const struct proc_cgroups *own, const char *id, struct error *err)
{
	bool proved = false;
	for (size_t i = 0; i < c->count; i++) {
		char found[65];
		size_t len;
		if (!proc_cgroup_owner(below_own(c->line[i].path, own, c->line[i].hierarchy), found, &len))
			continue;
		if (strcmp(found, id) != 0)
			return error_set(err, -EXDEV, "its cgroup belongs to container %.12s, not to %.12s", found, id);
		proved = true;
	}
	if (!proved)
		return error_set(err, -ENOENT, "its cgroup belongs to no container");
	return 0;
}
