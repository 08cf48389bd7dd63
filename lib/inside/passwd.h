/* SPDX-License-Identifier: ISC */
/* The container's /etc/passwd, passwd(5): text of somebody who may be hostile. Pure. */
#ifndef CENTERCTL_INSIDE_PASSWD_H
#define CENTERCTL_INSIDE_PASSWD_H

#include <stddef.h>
#include <sys/types.h>

enum { PASSWD_FILE_MAX = 1 << 20 };

/* A copy of the home directory of the first entry for uid, if that is an absolute path; NULL if there is none. */
char *passwd_find_home(const char *text, size_t len, uid_t uid);

#endif
