/* SPDX-License-Identifier: ISC */
#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/tool/pick.h"

enum { CANDIDATES_MAX = 65536 };

int process_read(pid_t pid, const char *name, char **ret, size_t *ret_len)
{
	char path[64];
	size_t len;
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return read_all(fd, 512U << 20, ret, ret_len ? ret_len : &len);
}

const char *status_value(const char *status, const char *name)
{
	size_t len = strlen(name);
	for (const char *line = status; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 1 + strspn(line + len + 1, "\t ");
		if (!*line)
			break;
	}
	return NULL;
}

void process_program(pid_t pid, char *to, size_t size)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	ssize_t len = readlink(path, to, size - 1);
	to[len > 0 ? len : 0] = '\0';
}

static void copy_last(char *to, const char *path, size_t len)
{
	const char *slash = memrchr(path, '/', len);
	size_t skip = slash ? (size_t)(slash + 1 - path) : 0;
	len = len - skip < PICK_TEXT_MAX ? len - skip : PICK_TEXT_MAX - 1;
	memcpy(to, path + skip, len);
	to[len] = '\0';
}

static void read_line(pid_t pid, struct candidate *c)
{
	cleanup_free char *words = NULL;
	size_t len;
	if (process_read(pid, "cmdline", &words, &len) < 0)
		return;
	copy_last(c->first, words, strlen(words));
	while (len > 0 && words[len - 1] == '\0')
		len--;
	for (size_t i = 0; i < len && i < sizeof(c->line) - 1; i++)
		c->line[i] = words[i] ? words[i] : ' ';
}

static int read_candidate(pid_t pid, struct candidate *c)
{
	cleanup_free char *status = NULL;
	char program[PATH_MAX];
	*c = (struct candidate){.pid = pid};
	int r = process_read(pid, "status", &status, NULL);
	if (r < 0)
		return r;
	const char *state = status_value(status, "State");
	c->ended = state && (*state == 'Z' || *state == 'X');
	free(steal_ptr(status));
	if (process_read(pid, "comm", &status, NULL) == 0) {
		size_t len = strcspn(status, "\n");
		memcpy(c->comm, status, len < sizeof(c->comm) ? len : sizeof(c->comm) - 1);
	}
	read_line(pid, c);
	process_program(pid, program, sizeof(program));
	/* A file that was replaced meanwhile. */
	char *deleted = strstr(program, " (deleted)");
	if (deleted && !deleted[10])
		*deleted = '\0';
	copy_last(c->program, program, strlen(program));
	return 0;
}

/* All but us. */
static int list_candidates(struct candidate **ret, size_t *ret_count)
{
	DIR *dir = opendir("/proc");
	cleanup_free struct candidate *all = NULL;
	size_t count = 0, room = 0;
	if (!dir)
		return -errno;
	for (const struct dirent *e = readdir(dir); e && count < CANDIDATES_MAX; e = readdir(dir)) {
		uint64_t pid;
		if (parse_u64(e->d_name, INT_MAX, &pid) < 0 || (pid_t)pid == getpid())
			continue;
		if (count == room) {
			room = room ? 2 * room : 64;
			struct candidate *more = reallocarray(all, room, sizeof(*all));
			if (!more) {
				closedir(dir);
				return -ENOMEM;
			}
			all = more;
		}
		if (read_candidate((pid_t)pid, &all[count]) == 0)
			count++;
	}
	closedir(dir);
	*ret = steal_ptr(all);
	*ret_count = count;
	return 0;
}

int process_find(const char *word, const char *target, pid_t *ret, struct error *err)
{
	cleanup_free struct candidate *all = NULL;
	size_t count = 0;
	int r = is_digits(word) ? 0 : list_candidates(&all, &count);
	if (r < 0)
		return error_errno(err, r, "cannot read /proc of %s", target);
	return pick_process(word, target, all, count, ret, err);
}
