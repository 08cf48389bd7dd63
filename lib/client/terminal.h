/* SPDX-License-Identifier: ISC */
/* The caller's terminal: its size, and its raw mode, which never outlives us. There is one per process. */
#ifndef CENTERCTL_CLIENT_TERMINAL_H
#define CENTERCTL_CLIENT_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

/* Of the first terminal among stdout, stdin and stderr; 24 rows of 80 if there is none, or it does not know. */
void terminal_size(uint16_t *ret_rows, uint16_t *ret_cols);

/*
 * Makes the terminal at stdin raw; the first time, what it was is kept. From a background job this stops the job until
 * it is in the foreground, as the kernel does with every such change. A signal that ends us by a fault puts the
 * terminal back as well. 0 or -errno.
 */
int terminal_make_raw(void);

/*
 * Puts back what terminal_make_raw() found; nothing if it is not raw. A background job leaves the terminal alone: by
 * then it is the shell's.
 */
void terminal_restore(void);

bool terminal_is_raw(void);

/* Remembers whether there is a controlling terminal; later tells whether that one has gone. */
void terminal_note_controlling(void);
bool terminal_controlling_is_gone(void);

#endif
