/* SPDX-License-Identifier: ISC */
/*
 * A strict front of cJSON, which by itself takes the first of two equal names, looks names up without regard to case,
 * ends strings at \u0000, keeps numbers as double, and ignores what follows the document.
 *
 * Refused here: more than 64 levels, equal names in one object, \u0000 and control bytes in strings, numbers that are
 * not RFC 8259's, anything behind the document. The getters are case-sensitive and typed; integers are read from the
 * digits that were written, so all 64 bits count.
 *
 * Like lib/proto/wire.h, a reader asks for all of its fields and then once whether that went well: the first field
 * that does not fit is named in the error, and every later one gives its empty value. A member that is missing or
 * null gives the empty value without being an error.
 */
#ifndef CENTERCTL_ENGINE_JSON_H
#define CENTERCTL_ENGINE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

enum { JSON_DEPTH_MAX = 64 };

/* Parses the whole of text. Returns 0, or -EBADMSG or -ENOMEM with err set. The caller frees *ret with cJSON_Delete().
 */
int json_parse(const char *text, size_t len, cJSON **ret, struct error *err);

static inline void cleanup_json_function(cJSON **j)
{
	cJSON_Delete(*j);
}
#define cleanup_json __attribute__((cleanup(cleanup_json_function)))

struct json_reader {
	struct error *err;
	bool failed;
};

/* Marks r as failed and names what is wrong, unless something was before. */
void json_fail(struct json_reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* In all of these `object` may be NULL, which has no members. */
bool json_has(const cJSON *object, const char *name);
const cJSON *json_object(struct json_reader *r, const cJSON *object, const char *name);
const cJSON *json_array(struct json_reader *r, const cJSON *object, const char *name);
bool json_bool(struct json_reader *r, const cJSON *object, const char *name);
uint64_t json_uint(struct json_reader *r, const cJSON *object, const char *name, uint64_t max);
int64_t json_int(struct json_reader *r, const cJSON *object, const char *name, int64_t min, int64_t max);
/* Borrowed, "" when missing. */
const char *json_text(struct json_reader *r, const cJSON *object, const char *name);
/* A copy of at most max bytes that the caller frees; NULL only when r has failed. */
char *json_copy(struct json_reader *r, const cJSON *object, const char *name, size_t max);
/* Copies of an array of strings; NULL only when r has failed. */
char **json_strings(struct json_reader *r, const cJSON *object, const char *name, size_t max_count);
/*
 * "key=value" of an object of strings. A key that has a '=' itself is left out: its entry would read as another key's.
 */
char **json_pairs(struct json_reader *r, const cJSON *object, const char *name, size_t max_count);
/* The number of an array's element, as json_uint() does it. */
uint64_t json_uint_item(struct json_reader *r, const cJSON *item, const char *what, uint64_t max);

#endif
