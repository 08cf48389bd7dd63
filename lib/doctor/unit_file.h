/* SPDX-License-Identifier: ISC */
/* Values of a systemd unit and of its drop-ins, systemd.syntax(7). Pure functions. */
#ifndef CENTERCTL_DOCTOR_UNIT_FILE_H
#define CENTERCTL_DOCTOR_UNIT_FILE_H

#include <stdbool.h>

/*
 * Adds the values of `key` in [section] of one file's text to *values, which is NULL-terminated and the caller's; an
 * empty value takes away all that came before, as with systemd. 0 or -ENOMEM.
 */
int unit_file_add(const char *text, const char *section, const char *key, char ***values);

/* A command line as systemd splits it, without its prefixes (@, -, :, +, !); the caller's. NULL if memory ran out. */
char **unit_file_words(const char *line);

/* Whether a ListenStream= is a TCP port: neither a path, nor an abstract name, nor vsock. */
bool unit_listen_is_tcp(const char *value);

#endif
