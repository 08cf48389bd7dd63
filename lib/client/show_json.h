/* SPDX-License-Identifier: ISC */
/* The JSON of one value of CHANNEL_SHOW, whose rows are text for people. Pure. */
#ifndef CENTERCTL_CLIENT_SHOW_JSON_H
#define CENTERCTL_CLIENT_SHOW_JSON_H

#include <stdbool.h>

#include "lib/base/buf.h"

/*
 * Appends the value of a row of that group and name. A name has the same type always: what is a number, a boolean, a
 * list or an object stands in show_json.c, and in centerctl(1); everything else is a string. A limit that is none, and
 * a number that is not known, is null. A text that is not what its name promises (an engine may lie) becomes a string,
 * or null within an object: the JSON is valid, whatever it is.
 */
void show_json_put(struct buf *to, const char *group, const char *name, const char *text);

/* Whether there may be several rows of that name, so that their values are always in an array. */
bool show_json_is_list(const char *group, const char *name);

/* The value that is not there: an empty list for what is one by itself, else null. */
void show_json_put_none(struct buf *to, const char *group, const char *name);

#endif
