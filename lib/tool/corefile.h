/* SPDX-License-Identifier: ISC */
/* The bytes of an ELF core file, but for the memory itself: what stands where, and the notes. */
#ifndef CENTERCTL_TOOL_COREFILE_H
#define CENTERCTL_TOOL_COREFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "maps.h"

/* Bits of /proc/PID/coredump_filter, core(5). */
enum core_filter {
	CORE_PRIVATE = 1 << 0,
	CORE_SHARED = 1 << 1,
	CORE_FILE_PRIVATE = 1 << 2,
	CORE_FILE_SHARED = 1 << 3,
	CORE_ELF_HEADERS = 1 << 4,
	CORE_HUGE_PRIVATE = 1 << 5,
	CORE_HUGE_SHARED = 1 << 6,
	CORE_DEFAULT = 0x33,
	CORE_ALL = 0x7f,
};

enum core_content {
	CORE_NOTHING,
	CORE_FIRST_PAGE, /* if that is the header of an ELF file, by which gdb knows which file it was */
	CORE_WHOLE,
};

struct core_segment {
	uint64_t start, end;
	uint64_t content; /* bytes of it that are in the file */
	bool readable, writable, executable;
	bool file; /* its pages are a file's: reading them costs the process no memory */
};

/* What is to be said about one mapping. all: what was kept out by madvise(2), too, but never what cannot be read. */
enum core_content core_choose(const struct mapping *m, unsigned filter, bool all);

/* Appends one note. */
void core_add_note(struct buf *to, const char *name, uint32_t type, const void *data, size_t len);

/* Appends NT_FILE: which file stands behind which addresses, from maps. */
void core_add_files(struct buf *to, const char *maps);

/*
 * Everything up to the first segment's bytes, page-aligned: header, program headers, notes. machine is EM_X86_64 or so.
 * More than 65534 segments are counted as the kernel does, in a section header.
 */
void core_add_header(struct buf *to, uint16_t machine, const struct buf *notes, const struct core_segment *segments,
		     size_t count);

#endif
