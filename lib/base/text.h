/* SPDX-License-Identifier: ISC */
/* Strings, vectors of strings, and numbers read strictly. Nothing here depends on the locale. */
#ifndef CENTERCTL_BASE_TEXT_H
#define CENTERCTL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A NULL-terminated vector of strings, all owned; NULL counts as empty. */
void strv_free(char **v);
size_t strv_len(char *const *v);
/* Appends a copy. Returns 0 or -ENOMEM, with *v as it was. */
int strv_add(char ***v, const char *text);
/* Appends copies of all of them, in one walk. NULL counts as empty. 0 or -ENOMEM, with *v as it was. */
int strv_add_all(char ***v, char *const *from);
/* A deep copy; NULL only when memory ran out. */
char **strv_copy(char *const *v);
bool strv_has(char *const *v, const char *text);

static inline void cleanup_strv_function(char ***v)
{
	strv_free(*v);
}
#define cleanup_strv __attribute__((cleanup(cleanup_strv_function)))

/* Environment vectors of "NAME=value". The value inside v, or NULL. */
const char *env_get(char *const *v, const char *name);
/* Replaces the first entry of the same name in place (and drops later ones), or appends. entry has '='. 0 or -ENOMEM.
 */
int env_put(char ***v, const char *entry);
/* As env_put() with each of them, in order; but somebody may have sent any number of them. 0 or -ENOMEM. */
int env_put_all(char ***v, char *const *entries);
void env_drop(char **v, const char *name);

bool str_eq(const char *a, const char *b);
bool str_starts(const char *s, const char *prefix);
/* What follows prefix in s, or NULL. */
const char *str_after(const char *s, const char *prefix);
bool is_digits(const char *s);
/* Overwrites and frees a secret, and forgets it. NULL is allowed inside. */
void str_wipe(char **s);
/* Replaces an owned string by a copy of text. 0 or -ENOMEM, with *s as it was. */
int str_set(char **s, const char *text);

/*
 * A decimal number of digits only: no sign, no space, no 0x, nothing after it, at most max. Returns 0, -EINVAL or
 * -ERANGE.
 */
int parse_u64(const char *s, uint64_t max, uint64_t *ret);

/*
 * A duration: a decimal number, with at most three digits after a point, and one of ms s m h d (s without a unit), up
 * to 10 years. Returns 0 or -EINVAL, -ERANGE. *ret_ms is in milliseconds.
 */
int parse_duration(const char *s, int64_t *ret_ms);

/* A container's name or ID as engines allow them: [A-Za-z0-9][A-Za-z0-9_.-]{0,254}. */
bool is_container_word(const char *s);

/* An image as an engine's API takes it: [A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}, without ".." and "//". */
bool is_image_word(const char *s);

/* A directory below CENTERCTL_STATEDIR/toolbox: small letters, digits, . _ and -, up to 64, the first one alphanumeric.
 */
bool is_toolbox_name(const char *s);

/* Exactly 64 lower-case hexadecimal digits. */
bool is_container_id(const char *s);

/* A TERM value that may be passed on: [A-Za-z0-9.+-]{1,32}. */
bool is_term_name(const char *s);

/* Length of the valid UTF-8 sequence at s (RFC 3629), 0 if there is none. *ret_code is the code point. */
size_t utf8_sequence(const unsigned char *s, size_t left, uint32_t *ret_code);

/* Whether s is the beginning of a sequence, and nothing but its end is missing. */
bool utf8_is_cut(const unsigned char *s, size_t left);

/* Control characters (C0, DEL, C1), and what is not seen itself but moves or joins what is. */
bool text_is_hidden(uint32_t code);

/*
 * Copies src to dst so that a terminal shows it as it is: what is hidden and invalid UTF-8 become \xHH, backslash
 * becomes \\. Always terminates dst; cuts at a whole escape.
 */
void text_escape(char *dst, size_t size, const char *src, size_t len);

#endif
