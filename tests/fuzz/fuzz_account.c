/* SPDX-License-Identifier: ISC */
/*
 * passwd and group. The input is the specification, a line of one group to add, then passwd up to a line "%%", then
 * group. A number means itself whatever the files say, and what is accepted must pass centerctl-enter's own decoder.
 */
#include "fuzz.h"

#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/oci/account.h"

/* The next line as a string of its own; *data moves behind it. */
static char *take_line(const char **data, size_t *len)
{
	const char *end = memchr(*data, '\n', *len);
	size_t n = end ? (size_t)(end - *data) : *len;
	char *line = strndup(*data, n);
	*data += end ? n + 1 : n;
	*len -= end ? n + 1 : n;
	return line;
}

static void check_number(const char *spec, const struct user *u)
{
	uint64_t uid;
	cleanup_free char *word = strndup(spec, strcspn(spec, ":"));
	if (is_digits(word))
		MUST(parse_u64(word, UINT32_MAX - 1, &uid) == 0 && u->uid == uid);
	const char *group = strchr(spec, ':');
	if (group && is_digits(group + 1))
		MUST(parse_u64(group + 1, UINT32_MAX - 1, &uid) == 0 && u->gid == uid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *at = (const char *)data;
	cleanup_free char *spec = take_line(&at, &len);
	cleanup_free char *group_add = take_line(&at, &len);
	char *wanted[] = {*group_add ? group_add : NULL, NULL};
	struct ask_user ask = {.user = spec, .group_add = wanted, .own_uid = 7, .own_gid = 8};
	const char *middle = memmem(at, len, "\n%%\n", 4);
	struct account_file passwd = {at, middle ? (size_t)(middle - at) : len};
	struct account_file group = {middle ? middle + 4 : NULL, middle ? len - passwd.len - 4 : 0};

	cleanup_user struct user u = {0}, back = {0};
	cleanup_buf struct buf b = {0};
	struct answer_error_info why = {0};
	if (account_find(&ask, passwd, group, &u, &why) < 0) {
		cleanup_buf struct buf e = {0};
		answer_error_encode(&why, &e);
		MUST(answer_error_decode(e.data, e.len, &why) == 0);
		return 0;
	}
	check_number(spec, &u);
	user_encode(&u, &b);
	MUST(user_decode(b.data, b.len, &back) == 0);
	return 0;
}
