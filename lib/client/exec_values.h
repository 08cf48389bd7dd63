/* SPDX-License-Identifier: ISC */
/* The values of exec's options, from text. Pure functions; errors are -EINVAL, -ERANGE or -E2BIG with a text. */
#ifndef CENTERCTL_CLIENT_EXEC_VALUES_H
#define CENTERCTL_CLIENT_EXEC_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/* A container's name or ID, or `pid:N`. */
int target_check(const char *text, struct error *err);
bool target_is_pid(const char *text);

/* `all`, `all,-net`, `mnt,pid`. *ret_explicit as in struct request. */
int ns_list_parse(const char *text, uint32_t *ret, bool *ret_explicit, struct error *err);

/* Names of capabilities, with or without CAP_, in any case, separated by commas, or ALL. Adds their bits to *set. */
int cap_list_add(const char *text, uint64_t *set, struct error *err);

/*
 * Docker's syntax: letters, and ctrl- with a letter or one of @ [ \ ] ^ _, separated by commas. The empty text is no
 * keys at all.
 */
int detach_keys_parse(const char *text, uint8_t *ret_keys, size_t max, uint32_t *ret_len, struct error *err);

#endif
