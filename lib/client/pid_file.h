/* SPDX-License-Identifier: ISC */
/* --pid-file: prepared before anything is entered, so that a directory that cannot be written is an error in time. */
#ifndef CENTERCTL_CLIENT_PID_FILE_H
#define CENTERCTL_CLIENT_PID_FILE_H

#include <stdint.h>

#include "lib/base/error.h"

struct pid_file {
	const char *path; /* the caller's */
	char *temporary;  /* beside it */
	int fd;
};

#define PID_FILE_INIT ((struct pid_file){.fd = -EBADF})

/* Makes the temporary file. -EINVAL if path is there and no regular file, or -errno. */
int pid_file_prepare(struct pid_file *f, const char *path, struct error *err);

/* Gives it its content and its name; whoever reads the name sees a whole number. Does nothing if nothing was prepared.
 */
int pid_file_write(struct pid_file *f, int64_t pid, struct error *err);

/* Removes a temporary file that was not used. */
void pid_file_done(struct pid_file *f);
#define cleanup_pid_file __attribute__((cleanup(pid_file_done)))

#endif
