/* SPDX-License-Identifier: ISC */
#include "environment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"

static const char WHITE[] = " \t\n\v\f\r";

int environment_add(char ***env, const char *entry, char *const *caller, struct error *err)
{
	if (*entry == '\0' || *entry == '=')
		return error_set(err, -EINVAL, "\"%s\" has no variable's name before its =", entry);
	cleanup_free char *made = NULL;
	if (!strchr(entry, '=')) {
		const char *value = env_get(caller, entry);
		if (!value)
			return 0;
		if (asprintf(&made, "%s=%s", entry, value) < 0) {
			made = NULL;
			return error_errno(err, -ENOMEM, "%s", entry);
		}
	}
	int r = env_put(env, made ? made : entry);
	return r < 0 ? error_errno(err, r, "%s", entry) : 0;
}

static int add_line(char ***env, const char *line, char *const *caller, struct error *err)
{
	line += strspn(line, WHITE);
	if (*line == '\0' || *line == '#')
		return 0;
	size_t name = strcspn(line, "=");
	if (strcspn(line, WHITE) < name)
		return error_set(err, -EINVAL, "the variable's name \"%.*s\" has white space in it", (int)name, line);
	return environment_add(env, line, caller, err);
}

int environment_add_text(char ***env, const char *name, const char *data, size_t len, char *const *caller,
			 struct error *err)
{
	static const char mark[] = "\xef\xbb\xbf";
	const char *end = data + len;
	if (len >= 3 && memcmp(data, mark, 3) == 0)
		data += 3;
	for (unsigned number = 1; data < end; number++) {
		const char *stop = memchr(data, '\n', (size_t)(end - data));
		size_t n = (size_t)((stop ? stop : end) - data);
		cleanup_free char *line = strndup(data, n > 0 && data[n - 1] == '\r' ? n - 1 : n);
		int r;
		if (!line)
			r = error_errno(err, -ENOMEM, "cannot keep it");
		else if (memchr(data, '\0', n))
			r = error_set(err, -EINVAL, "a NUL byte, which no variable can hold");
		else
			r = add_line(env, line, caller, err);
		if (r < 0) {
			error_prepend(err, "%s:%u", name, number);
			return r;
		}
		data += n + 1;
	}
	return 0;
}

int environment_add_file(char ***env, const char *path, char *const *caller, struct error *err)
{
	cleanup_free char *data = NULL;
	size_t len;
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return error_errno(err, -errno, "--env-file: cannot open %s", path);
	int r = read_all(fd, ENV_FILE_MAX, &data, &len);
	if (r == -EFBIG)
		return error_set(err, r, "--env-file: %s is larger than %d bytes", path, ENV_FILE_MAX);
	if (r < 0)
		return error_errno(err, r, "--env-file: cannot read %s", path);
	return environment_add_text(env, path, data, len, caller, err);
}
