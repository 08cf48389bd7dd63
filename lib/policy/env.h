/* SPDX-License-Identifier: ISC */
/* Variables by which a program can be made to load or run something else. */
#ifndef CENTERCTL_POLICY_ENV_H
#define CENTERCTL_POLICY_ENV_H

#include <stdbool.h>
#include <stddef.h>

/* NULL-terminated: PATH, LD_PRELOAD, BASH_ENV, ... */
extern const char *const env_dangerous[];

bool env_is_dangerous(const char *name, size_t len);

#endif
