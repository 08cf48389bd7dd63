/* SPDX-License-Identifier: ISC */
/* The word that was probably meant. */
#ifndef CENTERCTL_BASE_SUGGEST_H
#define CENTERCTL_BASE_SUGGEST_H

/* The one of the NULL-terminated names that is nearest to word, or NULL if none is near enough to be of help. */
const char *suggest_nearest(const char *word, const char *const *names);

#endif
