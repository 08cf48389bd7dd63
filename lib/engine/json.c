/* SPDX-License-Identifier: ISC */
#include "json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/*
 * What cJSON lets pass is refused before it sees the text. The scan also notes where each number stands: cJSON keeps
 * only a double of it.
 */
struct scan {
	const char *at, *end;
	const char **numbers;
	size_t count, size;
	int depth;
};

static const char *scan_string(struct scan *s)
{
	for (s->at++; s->at < s->end; s->at++) {
		unsigned char c = (unsigned char)*s->at;
		if (c < 0x20)
			return "has a control byte in a string";
		if (c == '"') {
			s->at++;
			return NULL;
		}
		if (c != '\\')
			continue;
		if (s->end - s->at >= 6 && memcmp(s->at, "\\u0000", 6) == 0)
			return "has \\u0000 in a string";
		s->at++;
	}
	return "ends inside a string";
}

static size_t skip_digits(struct scan *s)
{
	const char *from = s->at;
	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return (size_t)(s->at - from);
}

static bool skip_char(struct scan *s, const char *set)
{
	if (s->at == s->end || !*s->at || !strchr(set, *s->at))
		return false;
	s->at++;
	return true;
}

static const char *scan_number(struct scan *s)
{
	static const char bad[] = "has a number that is not JSON's";
	if (s->count == s->size) {
		size_t size = s->size ? s->size * 2 : 128;
		const char **bigger = reallocarray(s->numbers, size, sizeof(*bigger));
		if (!bigger)
			return "is too large for the memory";
		s->numbers = bigger;
		s->size = size;
	}
	s->numbers[s->count++] = s->at;
	skip_char(s, "-");
	if (!skip_char(s, "0") && skip_digits(s) == 0)
		return bad;
	if (skip_char(s, ".") && skip_digits(s) == 0)
		return bad;
	if (skip_char(s, "eE")) {
		skip_char(s, "+-");
		if (skip_digits(s) == 0)
			return bad;
	}
	/* "01" would be two numbers in a row otherwise. */
	return s->at < s->end && *s->at >= '0' && *s->at <= '9' ? bad : NULL;
}

/* Returns what is wrong with the text, or NULL. Structure is cJSON's concern. */
static const char *scan_text(struct scan *s)
{
	while (s->at < s->end) {
		const char *wrong = NULL;
		switch (*s->at) {
		case '"':
			wrong = scan_string(s);
			break;
		case '-':
		case '0' ... '9':
			wrong = scan_number(s);
			break;
		case '{':
		case '[':
			if (++s->depth > JSON_DEPTH_MAX)
				return "is nested too deeply";
			s->at++;
			break;
		case '}':
		case ']':
			s->depth--;
			s->at++;
			break;
		case '\t':
		case '\n':
		case '\r':
		case ' ':
		case ',':
		case ':':
		case 'a' ... 'z': /* true, false, null */
			s->at++;
			break;
		default:
			return "has a byte that cannot stand outside of a string";
		}
		if (wrong)
			return wrong;
	}
	return NULL;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* 0, -EEXIST when two members have one name, -ENOMEM. */
static int check_names(const cJSON *object)
{
	enum { FEW = 16 };
	size_t count = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, object) count++;
	const char *few[FEW];
	cleanup_free const char **many = NULL;
	const char **names = few;
	if (count > FEW) {
		many = reallocarray(NULL, count, sizeof(*many));
		if (!many)
			return -ENOMEM;
		names = many;
	}
	size_t i = 0;
	cJSON_ArrayForEach(item, object) names[i++] = item->string;
	qsort(names, count, sizeof(*names), compare_names);
	for (i = 1; i < count; i++)
		if (strcmp(names[i - 1], names[i]) == 0)
			return -EEXIST;
	return 0;
}

/*
 * Walks the tree in the order of the text: refuses equal names, and hangs each number's digits on its item, in the
 * field that strings use (cJSON_Delete() frees it). Depth is bounded by the scan.
 */
static int annotate(cJSON *item, struct scan *s, size_t *next)
{
	if (cJSON_IsNumber(item)) {
		if (*next == s->count)
			return -EBADMSG;
		const char *digits = s->numbers[(*next)++];
		size_t len = strspn(digits, "+-.0123456789eE");
		item->valuestring = strndup(digits, len);
		return item->valuestring ? 0 : -ENOMEM;
	}
	int r = cJSON_IsObject(item) ? check_names(item) : 0;
	cJSON *child;
	cJSON_ArrayForEach(child, item)
	{
		if (r < 0)
			break;
		r = annotate(child, s, next);
	}
	return r;
}

int json_parse(const char *text, size_t len, cJSON **ret, struct error *err)
{
	/* cJSON wants the end to be a NUL when it is asked to insist on one. */
	cleanup_free char *copy = strndup(text, len);
	if (!copy)
		return error_set(err, -ENOMEM, "out of memory");
	struct scan s = {.at = text, .end = text + len};
	const char *wrong = scan_text(&s);
	cleanup_free const char **numbers = s.numbers;
	if (wrong)
		return error_set(err, -EBADMSG, "it %s", wrong);
	for (size_t i = 0; i < s.count; i++)
		numbers[i] = copy + (numbers[i] - text);

	cleanup_json cJSON *root = cJSON_ParseWithLengthOpts(copy, len + 1, NULL, true);
	if (!root)
		return error_set(err, -EBADMSG, "it is not JSON");
	size_t next = 0;
	int r = annotate(root, &s, &next);
	if (r == -EEXIST)
		return error_set(err, -EBADMSG, "it has a name twice in one object");
	if (r == -ENOMEM)
		return error_set(err, r, "out of memory");
	if (r < 0 || next != s.count)
		return error_set(err, -EBADMSG, "its numbers cannot be told apart");
	*ret = steal_ptr(root);
	return 0;
}

void json_fail(struct json_reader *r, const char *format, ...)
{
	if (r->failed)
		return;
	r->failed = true;
	va_list args;
	va_start(args, format);
	error_setv(r->err, -EBADMSG, format, args);
	va_end(args);
}

/* The member, or NULL if it is missing or null. */
static const cJSON *member(const cJSON *object, const char *name)
{
	const cJSON *item = object ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
	return cJSON_IsNull(item) ? NULL : item;
}

bool json_has(const cJSON *object, const char *name)
{
	return member(object, name);
}

const cJSON *json_object(struct json_reader *r, const cJSON *object, const char *name)
{
	const cJSON *item = member(object, name);
	if (!item || cJSON_IsObject(item))
		return item;
	json_fail(r, "%s is not an object", name);
	return NULL;
}

const cJSON *json_array(struct json_reader *r, const cJSON *object, const char *name)
{
	const cJSON *item = member(object, name);
	if (!item || cJSON_IsArray(item))
		return item;
	json_fail(r, "%s is not an array", name);
	return NULL;
}

bool json_bool(struct json_reader *r, const cJSON *object, const char *name)
{
	const cJSON *item = member(object, name);
	if (item && !cJSON_IsBool(item))
		json_fail(r, "%s is neither true nor false", name);
	return cJSON_IsTrue(item);
}

uint64_t json_uint_item(struct json_reader *r, const cJSON *item, const char *what, uint64_t max)
{
	uint64_t value = 0;
	if (!cJSON_IsNumber(item) || parse_u64(item->valuestring, max, &value) < 0)
		json_fail(r, "%s is not a whole number from 0 to %llu", what, (unsigned long long)max);
	return value;
}

uint64_t json_uint(struct json_reader *r, const cJSON *object, const char *name, uint64_t max)
{
	const cJSON *item = member(object, name);
	return item ? json_uint_item(r, item, name, max) : 0;
}

int64_t json_int(struct json_reader *r, const cJSON *object, const char *name, int64_t min, int64_t max)
{
	const cJSON *item = member(object, name);
	if (!item)
		return 0;
	uint64_t size = 0;
	const char *digits = cJSON_IsNumber(item) ? item->valuestring : "";
	bool negative = digits[0] == '-';
	if (parse_u64(digits + negative, INT64_MAX, &size) == 0) {
		int64_t value = negative ? -(int64_t)size : (int64_t)size;
		if (value >= min && value <= max)
			return value;
	}
	json_fail(r, "%s is not a whole number from %lld to %lld", name, (long long)min, (long long)max);
	return 0;
}

const char *json_text(struct json_reader *r, const cJSON *object, const char *name)
{
	const cJSON *item = member(object, name);
	if (!item)
		return "";
	if (cJSON_IsString(item))
		return item->valuestring;
	json_fail(r, "%s is not a string", name);
	return "";
}

char *json_copy(struct json_reader *r, const cJSON *object, const char *name, size_t max)
{
	const char *text = json_text(r, object, name);
	if (strlen(text) > max)
		json_fail(r, "%s is longer than %zu bytes", name, max);
	char *copy = r->failed ? NULL : strdup(text);
	if (!copy)
		json_fail(r, "out of memory");
	return copy;
}

/* An empty vector for as many entries as parent has; NULL when r has failed. */
static char **new_vector(struct json_reader *r, const cJSON *parent, const char *name, size_t max_count)
{
	size_t count = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, parent) count++;
	if (count > max_count)
		json_fail(r, "%s has more than %zu entries", name, max_count);
	char **v = r->failed ? NULL : calloc(count + 1, sizeof(*v));
	if (!v)
		json_fail(r, "out of memory");
	return v;
}

char **json_strings(struct json_reader *r, const cJSON *object, const char *name, size_t max_count)
{
	const cJSON *array = json_array(r, object, name);
	cleanup_strv char **v = new_vector(r, array, name, max_count);
	if (!v)
		return NULL;
	size_t n = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, array)
	{
		if (!cJSON_IsString(item))
			json_fail(r, "%s has an entry that is not a string", name);
		else if (!(v[n++] = strdup(item->valuestring)))
			json_fail(r, "out of memory");
		if (r->failed)
			return NULL;
	}
	return steal_ptr(v);
}

static char *pair(const char *key, const char *value)
{
	size_t key_len = strlen(key), value_len = strlen(value);
	char *text = malloc(key_len + value_len + 2);
	if (!text)
		return NULL;
	memcpy(text, key, key_len);
	text[key_len] = '=';
	memcpy(text + key_len + 1, value, value_len + 1);
	return text;
}

char **json_pairs(struct json_reader *r, const cJSON *object, const char *name, size_t max_count)
{
	const cJSON *map = json_object(r, object, name);
	cleanup_strv char **v = new_vector(r, map, name, max_count);
	if (!v)
		return NULL;
	size_t n = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, map)
	{
		if (!cJSON_IsString(item))
			json_fail(r, "%s has an entry that is not a string", name);
		else if (strchr(item->string, '='))
			continue;
		else if (!(v[n++] = pair(item->string, item->valuestring)))
			json_fail(r, "out of memory");
		if (r->failed)
			return NULL;
	}
	return steal_ptr(v);
}
