/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/inside/dns.h"
#include "lib/inside/hosts.h"
#include "lib/inside/passwd.h"

static const char *shown(const struct hosts_found *f, size_t i)
{
	static char room[INET6_ADDRSTRLEN];
	const struct sockaddr_storage *a = &f->address[i];
	const void *raw = a->ss_family == AF_INET ? (const void *)&((const struct sockaddr_in *)a)->sin_addr
						  : (const void *)&((const struct sockaddr_in6 *)a)->sin6_addr;
	return inet_ntop(a->ss_family, raw, room, sizeof(room));
}

static struct hosts_found find(const char *text, const char *name)
{
	struct hosts_found f = {.count = 0};
	hosts_find(text, strlen(text), name, &f);
	return f;
}

static void names_and_aliases_are_found_in_order(void **state)
{
	(void)state;
	static const char text[] = "127.0.0.1\tlocalhost\n::1 ip6 LocalHost # not: me\n10.0.0.1 web web.example";
	struct hosts_found f = find(text, "localhost");
	assert_int_equal(f.count, 2);
	assert_string_equal(shown(&f, 0), "127.0.0.1");
	assert_string_equal(shown(&f, 1), "::1");
	f = find(text, "WEB.example");
	assert_int_equal(f.count, 1);
	assert_string_equal(shown(&f, 0), "10.0.0.1");
	assert_int_equal(find(text, "me").count, 0);
	assert_int_equal(find(text, "we").count, 0);
	assert_int_equal(find(text, "10.0.0.1").count, 0);
}

static void lines_that_are_none_count_for_nothing(void **state)
{
	(void)state;
	assert_int_equal(find("", "a").count, 0);
	assert_int_equal(find("\n\n#1.2.3.4 a\n   \n", "a").count, 0);
	assert_int_equal(find("1.2.3 a\n1.2.3.4.5 a\nnonsense a\n1.2.3.4\n", "a").count, 0);
	assert_int_equal(find("1234567890123456789012345678901234567890123456789012345 a\n", "a").count, 0);
	assert_int_equal(find(" 1.2.3.4 \t a\r\n", "a").count, 1);
}

static void no_more_addresses_are_kept_than_there_is_room_for(void **state)
{
	(void)state;
	char text[8192] = "";
	for (int i = 0; i < 100; i++)
		sprintf(text + strlen(text), "10.0.0.%d a\n10.0.0.%d a\n", i, i);
	struct hosts_found f = find(text, "a");
	assert_int_equal(f.count, HOSTS_ADDRESSES_MAX);
	assert_string_equal(shown(&f, 1), "10.0.0.1");
}

/* A question for "a", and an alias and two addresses in the answer. */
static const unsigned char answer[] = "\x12\x34\x81\x80\0\1\0\3\0\0\0\0"
				      "\1a\0\0\1\0\1"
				      "\xc0\x0c\0\5\0\1\0\0\0\1\0\3\1b\0"
				      "\1b\0\0\1\0\1\0\0\0\1\0\4\x0a\0\0\1"
				      "\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x0a\0\0\2";

static void answers_of_servers_are_read(void **state)
{
	(void)state;
	struct hosts_found f = {.count = 0};
	dns_take(answer, sizeof(answer) - 1, DNS_A, &f);
	assert_int_equal(f.count, 2);
	assert_string_equal(shown(&f, 1), "10.0.0.2");
	dns_take(answer, sizeof(answer) - 1, DNS_AAAA, &f);
	assert_int_equal(f.count, 2);
}

static void answers_that_are_cut_off_give_what_was_whole(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(answer) - 1; len++) {
		struct hosts_found f = {.count = 0};
		cleanup_free unsigned char *copy = malloc(len ? len : 1);
		memcpy(copy, answer, len);
		dns_take(copy, len, DNS_A, &f);
		assert_true(f.count <= 1);
	}
}

static void expect_home(const char *text, uid_t uid, const char *wanted)
{
	cleanup_free char *home = passwd_find_home(text, strlen(text), uid);
	if (wanted)
		assert_string_equal(home, wanted);
	else
		assert_null(home);
}

static void the_first_entry_of_a_user_has_the_home(void **state)
{
	(void)state;
	static const char text[] = "root:x:0:0::/root:/bin/sh\nshort:x:7\napp:x:7:7::/srv:\nalias:x:7:7::/other:\n"
				   "rel:x:8:8::srv:/bin/sh\n0x9:x:0x9:9::/nine:\n:x:+10:9::/ten:\n";
	expect_home(text, 0, "/root");
	expect_home(text, 7, "/srv");
	expect_home(text, 8, NULL);
	expect_home(text, 9, NULL);
	expect_home(text, 10, NULL);
	expect_home("", 0, NULL);
	expect_home("a:x:1:1::/h:/s", 1, "/h");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(names_and_aliases_are_found_in_order),
		IT(lines_that_are_none_count_for_nothing),
		IT(no_more_addresses_are_kept_than_there_is_room_for),
		IT(answers_of_servers_are_read),
		IT(answers_that_are_cut_off_give_what_was_whole),
		IT(the_first_entry_of_a_user_has_the_home),
	};
	return RUN(tests);
}
