/* SPDX-License-Identifier: ISC */
/*
 * Recordings. The input as a file: whatever it is, the reader ends, time never is negative, and no text is longer than
 * its line. Then the input as what a program wrote: written as a recorder does it, and read back, it is the same bytes.
 */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/audit/cast_read.h"
#include "lib/audit/event.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"

#define OWN "{\"version\": 2, \"width\": 80, \"height\": 24, \"session\": \"aaaaaaaaaaaaaaaaaaaaaaaaaa\"}\n"

static int file_of(const void *data, size_t len)
{
	int fd = memfd_create("cast", MFD_CLOEXEC);
	MUST(fd >= 0 && write_full(fd, data, len) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static void read_file(const uint8_t *data, size_t len)
{
	cleanup_fd int fd = file_of(data, len);
	cleanup_cast struct cast c;
	struct error err;
	struct cast_event e;
	if (cast_open(&c, fd, &err) < 0)
		return;
	MUST(c.width <= UINT16_MAX && c.height <= UINT16_MAX && c.timestamp >= 0);
	size_t events = 0;
	while (cast_next(&c, &e, &err) > 0) {
		uint16_t rows, cols;
		MUST(e.us >= 0 && e.len <= CAST_LINE_MAX && e.text[e.len] == '\0');
		MUST(cast_size(&e, &rows, &cols) < 0 || (rows > 0 && cols > 0));
		events++;
	}
	MUST(events <= len);
}

static void write_and_read(const uint8_t *data, size_t len)
{
	cleanup_buf struct buf b = {0};
	buf_puts(&b, OWN "[1.000000, \"o\", ");
	MUST(audit_json_string(&b, (const char *)data, len, SIZE_MAX, false) == len);
	buf_puts(&b, "]\n");
	if (b.len > CAST_LINE_MAX)
		return;
	cleanup_fd int fd = file_of(b.data, b.len);
	cleanup_cast struct cast c;
	struct error err;
	struct cast_event e;
	MUST(cast_open(&c, fd, &err) == 0);
	MUST(cast_next(&c, &e, &err) == 1);
	MUST(e.kind == 'o' && e.us == 1000000 && e.len == len && memcmp(e.text, data, len) == 0);
	MUST(cast_next(&c, &e, &err) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	read_file(data, len);
	write_and_read(data, len);
	return 0;
}
