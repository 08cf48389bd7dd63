/* SPDX-License-Identifier: ISC */
/*
 * Pieces of what is printed for people and for programs. The text comes from containers and callers: nothing in it
 * reaches a terminal as a control sequence, and no byte of it leaves a JSON string.
 */
#ifndef CENTERCTL_CLIENT_CELL_H
#define CENTERCTL_CLIENT_CELL_H

#include <stddef.h>

#include "lib/base/buf.h"

/*
 * Appends the text escaped, as text_escape() does. Returns how many columns it takes: a character is one, those of East
 * Asia and emoji are two, marks that stand on another character none.
 */
size_t cell_put(struct buf *to, const char *text);

/* The length of the first character of escaped text, and how many columns it takes. */
size_t cell_next(const char *text, size_t *ret_columns);

/* Appends spaces until `want` columns are used, of which there are `have`. */
void cell_pad(struct buf *to, size_t have, size_t want);

/*
 * Appends a JSON string with its quotes. JSON is UTF-8: a byte that belongs to none becomes U+FFFD. What is hidden is
 * written as \uXXXX, so that the string is the same and a terminal does nothing by it.
 */
void cell_put_json(struct buf *to, const char *text);

/* Appends ["...", ...]; NULL is []. */
void cell_put_json_list(struct buf *to, char *const *v);

#endif
