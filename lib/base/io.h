/* SPDX-License-Identifier: ISC */
/* Whole reads and writes, and waits that have a limit. Times are milliseconds of CLOCK_MONOTONIC. */
#ifndef CENTERCTL_BASE_IO_H
#define CENTERCTL_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Descriptors that one message of a unix socket can bring, unix(7): what there is no room for, the kernel closes. */
enum { IO_FDS_MAX = 253 };

/* Milliseconds of CLOCK_MONOTONIC now. */
int64_t now_ms(void);

/* Nanoseconds since 1970. */
int64_t wall_ns(void);

/* What is left until deadline, 0 if it has passed; INT64_MAX as deadline never passes (-1, as poll() wants it). */
int left_ms(int64_t deadline);

/* Reads until len bytes or end of file. Returns the bytes read, or -errno. fd is blocking. */
long read_full(int fd, void *buf, size_t len);

/* Writes all of buf. Returns 0 or -errno. fd is blocking. */
int write_full(int fd, const void *buf, size_t len);

/*
 * Reads a whole file of at most max bytes from its start. On success *ret_data is a NUL-terminated buffer that the
 * caller frees, and *ret_len its length without that NUL. Returns -EFBIG if there is more than max.
 */
int read_all(int fd, size_t max, char **ret_data, size_t *ret_len);

/* Waits until fd has one of events (POLLIN, ...) or deadline passes. Returns revents, or -ETIMEDOUT, or -errno. */
int wait_fd(int fd, short events, int64_t deadline);

/*
 * The same, and gives up with -ECANCELED as soon as `abort_fd` is readable or hung up (-1: none). What is readable
 * there is left there.
 */
int wait_fd_or(int fd, short events, int abort_fd, int64_t deadline);

int set_nonblocking(int fd, bool on);
int set_cloexec(int fd, bool on);

#endif
