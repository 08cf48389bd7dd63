/* SPDX-License-Identifier: ISC */
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

void strv_free(char **v)
{
	if (!v)
		return;
	int saved = errno;
	for (char **p = v; *p; p++)
		free(*p);
	free(v);
	errno = saved;
}

size_t strv_len(char *const *v)
{
	size_t n = 0;
	while (v && v[n])
		n++;
	return n;
}

int strv_add(char ***v, const char *text)
{
	size_t n = strv_len(*v);
	char *copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	char **bigger = realloc(*v, (n + 2) * sizeof(char *));
	if (!bigger) {
		free(copy);
		return -ENOMEM;
	}
	bigger[n] = copy;
	bigger[n + 1] = NULL;
	*v = bigger;
	return 0;
}

int strv_add_all(char ***v, char *const *from)
{
	size_t n = strv_len(*v), more = strv_len(from);
	char **bigger = reallocarray(*v, n + more + 1, sizeof(char *));
	if (!bigger)
		return -ENOMEM;
	*v = bigger;
	for (size_t i = 0; i < more; i++) {
		bigger[n + i] = strdup(from[i]);
		if (bigger[n + i])
			continue;
		while (i-- > 0)
			free(bigger[n + i]);
		bigger[n] = NULL;
		return -ENOMEM;
	}
	bigger[n + more] = NULL;
	return 0;
}

char **strv_copy(char *const *v)
{
	char **copy = calloc(strv_len(v) + 2, sizeof(char *));
	if (!copy)
		return NULL;
	for (size_t i = 0; v && v[i]; i++) {
		copy[i] = strdup(v[i]);
		if (!copy[i]) {
			strv_free(copy);
			return NULL;
		}
	}
	return copy;
}

bool strv_has(char *const *v, const char *text)
{
	for (; v && *v; v++)
		if (strcmp(*v, text) == 0)
			return true;
	return false;
}

static bool env_is(const char *entry, const char *name, size_t len)
{
	return strncmp(entry, name, len) == 0 && entry[len] == '=';
}

const char *env_get(char *const *v, const char *name)
{
	size_t len = strlen(name);
	for (; v && *v; v++)
		if (env_is(*v, name, len))
			return *v + len + 1;
	return NULL;
}

static void env_drop_from(char **v, const char *name, size_t len)
{
	char **to = v;
	for (char **from = v; from && *from; from++) {
		if (env_is(*from, name, len))
			free(*from);
		else
			*to++ = *from;
	}
	if (to)
		*to = NULL;
}

void env_drop(char **v, const char *name)
{
	env_drop_from(v, name, strlen(name));
}

int env_put(char ***v, const char *entry)
{
	size_t len = (size_t)(strchrnul(entry, '=') - entry);
	for (char **p = *v; p && *p; p++) {
		if (!env_is(*p, entry, len))
			continue;
		char *copy = strdup(entry);
		if (!copy)
			return -ENOMEM;
		free(*p);
		*p = copy;
		env_drop_from(p + 1, entry, len);
		return 0;
	}
	return strv_add(v, entry);
}

struct variable {
	const char *entry;
	size_t len, at; /* of its name; in the vector */
};

/* Those of one name together, in their order. */
static int by_name(const void *a, const void *b)
{
	const struct variable *x = a, *y = b;
	int order = memcmp(x->entry, y->entry, x->len < y->len ? x->len : y->len);
	if (order == 0)
		order = (x->len > y->len) - (x->len < y->len);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* The last of these is the one that was put last, if any was: it takes the place of the first. */
static void merge(char **v, const struct variable *first, const struct variable *last, size_t own)
{
	if (last->at < own || first == last)
		return;
	free(v[first->at]);
	v[first->at] = v[last->at];
	v[last->at] = NULL;
	for (first++; first < last; first++) {
		free(v[first->at]);
		v[first->at] = NULL;
	}
}

int env_put_all(char ***v, char *const *entries)
{
	size_t own = strv_len(*v), count = own + strv_len(entries), kept = 0;
	struct variable *all = calloc(count + 1, sizeof(*all));
	if (!all || strv_add_all(v, entries) < 0) {
		free(all);
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++)
		all[i] = (struct variable){(*v)[i], strcspn((*v)[i], "="), i};
	qsort(all, count, sizeof(*all), by_name);
	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && all[next].len == all[i].len &&
				   memcmp(all[next].entry, all[i].entry, all[i].len) == 0;)
			next++;
		merge(*v, &all[i], &all[next - 1], own);
	}
	for (size_t i = 0; i < count; i++)
		if ((*v)[i])
			(*v)[kept++] = (*v)[i];
	(*v)[kept] = NULL;
	free(all);
	return 0;
}

bool str_eq(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

const char *str_after(const char *s, const char *prefix)
{
	size_t len = strlen(prefix);
	return strncmp(s, prefix, len) == 0 ? s + len : NULL;
}

void str_wipe(char **s)
{
	if (*s)
		explicit_bzero(*s, strlen(*s));
	free(*s);
	*s = NULL;
}

int str_set(char **s, const char *text)
{
	char *copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	free(*s);
	*s = copy;
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digits(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!is_digit(*s))
			return false;
	return true;
}

int parse_u64(const char *s, uint64_t max, uint64_t *ret)
{
	if (!is_digits(s))
		return -EINVAL;
	uint64_t value = 0;
	for (; *s; s++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*s - '0'), &value))
			return -ERANGE;
	}
	if (value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

static int64_t unit_ms(const char *unit)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strcmp(unit, units[i].name) == 0)
			return units[i].ms;
	return 0;
}

int parse_duration(const char *s, int64_t *ret_ms)
{
	const int64_t limit = (int64_t)10 * 365 * 86400 * 1000;
	int64_t whole = 0, thousandths = 0;
	if (!is_digit(*s))
		return -EINVAL;
	for (; is_digit(*s); s++) {
		whole = whole * 10 + (*s - '0');
		if (whole > limit)
			return -ERANGE;
	}
	if (*s == '.') {
		int64_t scale = 100;
		if (!is_digit(*++s))
			return -EINVAL;
		for (; is_digit(*s); s++, scale /= 10) {
			if (scale == 0)
				return -EINVAL;
			thousandths += (*s - '0') * scale;
		}
	}
	int64_t unit = unit_ms(s);
	if (unit == 0)
		return -EINVAL;
	if (whole > limit / unit)
		return -ERANGE;
	*ret_ms = whole * unit + thousandths * unit / 1000;
	return 0;
}

bool is_container_word(const char *s)
{
	if (!is_alnum(*s))
		return false;
	size_t len = 0;
	for (; *s; s++)
		if (++len > 255 || !(is_alnum(*s) || *s == '_' || *s == '.' || *s == '-'))
			return false;
	return true;
}

bool is_image_word(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:@-";
	size_t len = strspn(s, allowed);
	return is_alnum(*s) && s[len] == '\0' && len <= 255 && !strstr(s, "..") && !strstr(s, "//");
}

bool is_toolbox_name(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t len = strspn(s, allowed);
	return len > 0 && len <= 64 && s[len] == '\0' && !strchr("._-", s[0]);
}

bool is_container_id(const char *s)
{
	size_t len = strspn(s, "0123456789abcdef");
	return len == 64 && s[len] == '\0';
}

bool is_term_name(const char *s)
{
	size_t len = 0;
	for (; *s; s++)
		if (++len > 32 || !(is_alnum(*s) || *s == '.' || *s == '+' || *s == '-'))
			return false;
	return len > 0;
}

size_t utf8_sequence(const unsigned char *s, size_t left, uint32_t *ret_code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = s[0] < 0x80	     ? 1
		     : (s[0] & 0xe0) == 0xc0 ? 2
		     : (s[0] & 0xf0) == 0xe0 ? 3
		     : (s[0] & 0xf8) == 0xf0 ? 4
					     : 0;
	if (len == 0 || len > left)
		return 0;
	uint32_t code = len == 1 ? s[0] : s[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return len;
}

bool utf8_is_cut(const unsigned char *s, size_t left)
{
	unsigned char whole[4];
	uint32_t code;
	if (left == 0 || left >= sizeof(whole) || s[0] < 0xc2)
		return false;
	/* Of all endings, that of the least and that of the greatest bytes are enough to try. */
	for (int i = 0; i < 2; i++) {
		memset(whole, i ? 0xbf : 0x80, sizeof(whole));
		memcpy(whole, s, left);
		if (utf8_sequence(whole, sizeof(whole), &code) > left)
			return true;
	}
	return false;
}

/*
 * What changes how the text around it is shown, and is not seen itself: marks and overrides of direction, joiners,
 * breaks of lines and paragraphs, tags.
 */
bool text_is_hidden(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {{0xad, 0xad},	{0x61c, 0x61c},	  {0x180e, 0x180e}, {0x200b, 0x200f},  {0x2028, 0x202e},
		      {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

void text_escape(char *dst, size_t size, const char *src, size_t len)
{
	size_t out = 0;
	for (size_t i = 0; i < len;) {
		char piece[8];
		uint32_t code = 0;
		size_t n = utf8_sequence((const unsigned char *)src + i, len - i, &code);
		size_t made;
		if (n == 0 || text_is_hidden(code)) {
			n = 1;
			made = (size_t)snprintf(piece, sizeof(piece), "\\x%02x", (unsigned char)src[i]);
		} else if (code == '\\') {
			memcpy(piece, "\\\\", made = 2);
		} else {
			memcpy(piece, src + i, made = n);
		}
		if (out + made >= size)
			break;
		memcpy(dst + out, piece, made);
		out += made;
		i += n;
	}
	if (size > 0)
		dst[out] = '\0';
}
