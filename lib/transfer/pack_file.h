/* SPDX-License-Identifier: ISC */
/* One entry of a stream that is written. For pack.c alone. */
#ifndef CENTERCTL_TRANSFER_PACK_FILE_H
#define CENTERCTL_TRANSFER_PACK_FILE_H

#include <sys/stat.h>

#include "pack.h"
#include "sink.h"
#include "tar.h"

/* Owner, mode and time from st. kind and path are the caller's. */
void pack_about(struct tar_entry *e, const struct stat *st);
/* What the file at fd has of those that are worth keeping. */
void pack_xattrs(struct tar_entry *e, int fd, struct transfer_report *report);
/* Writes what stands before the content. 0 or -errno. */
int pack_header(struct sink *to, struct tar_entry *e);
/* Header and content of the regular file that is open as fd. 0 or -errno of the writing. */
int pack_file(struct sink *to, struct tar_entry *e, int fd, const struct stat *st, struct transfer_report *report);

/* Whether the file system makes its files up as they are read: procfs, sysfs and the like. */
bool pack_is_made_up(int fd);

#endif
