/* SPDX-License-Identifier: ISC */
/* The memory of a stopped process, as far as its core has it. */
#ifndef CENTERCTL_TOOL_MEMORY_H
#define CENTERCTL_TOOL_MEMORY_H

#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/tool/corefile.h"

struct memory {
	int fd;	   /* /proc/PID/mem */
	int pages; /* /proc/PID/pagemap, -EBADF without */
	struct core_segment *segments;
	size_t count;
};

#define MEMORY_INIT ((struct memory){.fd = -EBADF, .pages = -EBADF})

/* Decides what belongs into the core. smaps is that file's text. */
int memory_open(struct memory *m, pid_t pid, const char *smaps, unsigned filter, bool all, struct error *err);
void memory_done(struct memory *m);

/* Writes all segments' bytes to stdout. What cannot be read is zeros. */
int memory_write(const struct memory *m);

#define cleanup_memory __attribute__((cleanup(memory_done)))

#endif
