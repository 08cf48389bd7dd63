/* SPDX-License-Identifier: ISC */
#include "memory.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"

enum { PAGE = 4096, CHUNK = 256 * 1024, CHUNK_PAGES = CHUNK / PAGE };

static bool is_elf(int fd, uint64_t start)
{
	char magic[SELFMAG];
	return pread(fd, magic, sizeof(magic), (off_t)start) == sizeof(magic) && memcmp(magic, ELFMAG, SELFMAG) == 0;
}

static void describe(const struct memory *memory, const struct mapping *m, unsigned filter, bool all,
		     struct core_segment *to)
{
	enum core_content content = core_choose(m, filter, all);
	*to = (struct core_segment){.start = m->start,
				    .end = m->end,
				    .readable = m->readable,
				    .writable = m->writable,
				    .executable = m->executable,
				    .file = mapping_has_file(m) || m->shared};
	if (content == CORE_WHOLE)
		to->content = m->end - m->start;
	else if (content == CORE_FIRST_PAGE && is_elf(memory->fd, m->start))
		to->content = PAGE;
}

int memory_open(struct memory *m, pid_t pid, const char *smaps, unsigned filter, bool all, struct error *err)
{
	char path[64];
	struct mapping mapping;
	size_t room = 0;
	int r;
	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	m->pages = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	m->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (m->fd < 0)
		return error_errno(err, -errno, "cannot read the memory of process %d", pid);
	while ((r = maps_next(&smaps, &mapping)) > 0) {
		if (m->count == room) {
			room = room ? 2 * room : 256;
			struct core_segment *more = reallocarray(m->segments, room, sizeof(*more));
			if (!more)
				return error_errno(err, -ENOMEM, "the memory of process %d", pid);
			m->segments = more;
		}
		/* The kernel's half is no process's memory. */
		if (!(mapping.start >> 63))
			describe(m, &mapping, filter, all, &m->segments[m->count++]);
	}
	return r < 0 ? error_errno(err, r, "cannot understand /proc/%d/smaps", pid) : 0;
}

void memory_done(struct memory *m)
{
	m->fd = close_fd(m->fd);
	m->pages = close_fd(m->pages);
	cleanup_free_function(&m->segments);
}

/*
 * Whether there is anything. Reading memory that was only ever reserved makes the kernel write page tables for it,
 * which are charged to the container: reserved terabytes would end in its OOM killer.
 */
static bool is_untouched(const struct memory *m, const struct core_segment *s, uint64_t at, size_t len)
{
	static const uint64_t present_or_swapped = UINT64_C(3) << 62;
	uint64_t entries[CHUNK_PAGES];
	long page = sysconf(_SC_PAGESIZE);
	if (s->file || m->pages < 0 || page < PAGE)
		return false;
	size_t want = (len + (size_t)page - 1) / (size_t)page * sizeof(*entries);
	if (pread(m->pages, entries, want, (off_t)(at / (uint64_t)page * sizeof(*entries))) != (ssize_t)want)
		return false;
	for (size_t i = 0; i < want / sizeof(*entries); i++)
		if (entries[i] & present_or_swapped)
			return false;
	return true;
}

/* A page behind the end of a file that was cut, or one that broke, cannot be read; those around it can. */
static void read_chunk(const struct memory *m, uint64_t at, char *to, size_t len)
{
	size_t done = 0;
	while (done < len) {
		ssize_t got = pread(m->fd, to + done, len - done, (off_t)(at + done));
		if (got <= 0) {
			size_t skip = PAGE - (at + done) % PAGE;
			skip = skip < len - done ? skip : len - done;
			memset(to + done, 0, skip);
			got = (ssize_t)skip;
		}
		done += (size_t)got;
	}
}

static int write_segment(const struct memory *m, const struct core_segment *s, char *chunk)
{
	int r = 0;
	for (uint64_t done = 0; done < s->content && r == 0; done += CHUNK) {
		size_t len = s->content - done < CHUNK ? (size_t)(s->content - done) : CHUNK;
		if (is_untouched(m, s, s->start + done, len))
			memset(chunk, 0, len);
		else
			read_chunk(m, s->start + done, chunk, len);
		r = write_full(STDOUT_FILENO, chunk, len);
	}
	return r;
}

int memory_write(const struct memory *m)
{
	cleanup_free char *chunk = malloc(CHUNK);
	int r = chunk ? 0 : -ENOMEM;
	for (size_t i = 0; i < m->count && r == 0; i++)
		r = write_segment(m, &m->segments[i], chunk);
	return r;
}
