/* SPDX-License-Identifier: ISC */
#include "exec_values.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/proto/request.h"
#include "lib/base/suggest.h"

static const uint64_t PID_LIMIT = 1 << 22; /* the kernel's PID_MAX_LIMIT */

bool target_is_pid(const char *text)
{
	return str_starts(text, "pid:");
}

int target_check(const char *text, struct error *err)
{
	const char *number = str_after(text, "pid:");
	uint64_t pid = 0;
	if (number && (parse_u64(number, PID_LIMIT, &pid) < 0 || pid == 0))
		return error_set(err, -EINVAL, "\"%s\": after pid: comes the number of a process on this host", text);
	if (number || is_container_word(text))
		return 0;
	if (!*text)
		return error_set(err, -EINVAL, "the container's name is empty");
	return error_set(err, -EINVAL,
			 "\"%s\" is no container's name or ID: these are letters, digits, _ . and -, and begin with a "
			 "letter or digit (a process of this host is pid:N)",
			 text);
}

/* Copies the next of the items that commas separate to item, and moves on. False at the end, or if it is too long. */
static bool next_item(const char **at, char *item, size_t size)
{
	if (!*at)
		return false;
	size_t len = strcspn(*at, ",");
	snprintf(item, size, "%.*s", (int)len, *at);
	*at = (*at)[len] ? *at + len + 1 : NULL;
	return true;
}

static uint32_t ns_bit_of(const char *name)
{
	for (uint32_t bit = 1; bit < NS_ALL; bit <<= 1)
		if (strcmp(ns_bit_name((enum ns_bit)bit), name) == 0)
			return bit;
	return 0;
}

int ns_list_parse(const char *text, uint32_t *ret, bool *ret_explicit, struct error *err)
{
	char item[64];
	uint32_t set = 0;
	bool all = false;
	const char *at = text;
	for (bool first = true; next_item(&at, item, sizeof(item)); first = false) {
		if (first && strcmp(item, "all") == 0) {
			all = true;
			set = NS_ALL;
			continue;
		}
		bool minus = item[0] == '-';
		uint32_t bit = ns_bit_of(item + minus);
		if (bit == 0)
			return error_set(
				err, -EINVAL,
				"--ns %s: \"%s\" is no namespace: mnt, uts, ipc, net, pid, user, cgroup, time, or all",
				text, item + minus);
		if (minus != all)
			return error_set(err, -EINVAL,
					 "--ns %s: write either the namespaces to enter (mnt,pid), or all without some "
					 "(all,-net)",
					 text);
		set = minus ? set & ~bit : set | bit;
	}
	*ret = set;
	*ret_explicit = !all;
	return 0;
}

static int cap_of(const char *item, cap_value_t *ret)
{
	char name[64];
	bool prefixed = strncasecmp(item, "cap_", 4) == 0;
	/* cap_from_name() takes numbers, too; docker does not. */
	if (item[0] >= '0' && item[0] <= '9')
		return -EINVAL;
	snprintf(name, sizeof(name), "%s%s", prefixed ? "" : "cap_", item);
	return cap_from_name(name, ret) < 0 ? -EINVAL : 0;
}

int cap_list_add(const char *text, uint64_t *set, struct error *err)
{
	char item[48];
	uint64_t bits = 0;
	const char *at = text;
	while (next_item(&at, item, sizeof(item))) {
		cap_value_t cap;
		if (strcasecmp(item, "all") == 0)
			bits |= (UINT64_C(1) << cap_max_bits()) - 1;
		else if (cap_of(item, &cap) == 0 && cap < 64)
			bits |= UINT64_C(1) << cap;
		else
			return error_set(err, -EINVAL, "--cap-add %s: \"%s\" is no capability; see capabilities(7)",
					 text, item);
	}
	*set |= bits;
	return 0;
}

/* The byte of one key, or -1. */
static int key_byte(const char *key)
{
	const char *control = strncasecmp(key, "ctrl-", 5) == 0 ? key + 5 : NULL;
	char c = control ? control[0] : key[0];
	if (c == '\0' || (control ? control : key)[1] != '\0')
		return -1;
	if (!control)
		return (unsigned char)c < 0x80 ? c : -1;
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	return c >= '@' && c <= '_' ? c - '@' : -1;
}

int detach_keys_parse(const char *text, uint8_t *ret_keys, size_t max, uint32_t *ret_len, struct error *err)
{
	char item[16];
	uint32_t len = 0;
	const char *at = *text ? text : NULL;
	while (next_item(&at, item, sizeof(item))) {
		int byte = key_byte(item);
		if (byte < 0)
			return error_set(err, -EINVAL,
					 "--detach-keys %s: \"%s\" is no key: write letters and ctrl-LETTER, as in "
					 "ctrl-p,ctrl-q",
					 text, item);
		if (len == max)
			return error_set(err, -E2BIG, "--detach-keys %s: more than %zu keys", text, max);
		ret_keys[len++] = (uint8_t)byte;
	}
	*ret_len = len;
	return 0;
}
