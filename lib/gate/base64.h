/* SPDX-License-Identifier: ISC */
/* Base64 as keys are written (RFC 4648, section 4). One key has one spelling: that is what lets a key be searched for.
 */
#ifndef CENTERCTL_GATE_BASE64_H
#define CENTERCTL_GATE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many characters len bytes take, without a NUL. */
size_t base64_length(size_t len);

/* Writes them, and a NUL. */
void base64_encode(const void *data, size_t len, char *ret);

/*
 * Exactly len characters, with their padding. Any other character, and bits set where there is nothing to hold them,
 * are refused. ret has room for len / 4 * 3 bytes. Returns how many it wrote, or -EINVAL.
 */
long base64_decode(const char *text, size_t len, uint8_t *ret);

/* How many characters of text can stand in base64, padding included. */
size_t base64_span(const char *text, size_t len);

#endif
