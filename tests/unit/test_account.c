/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/oci/account.h"

static const char passwd_text[] = "root:x:0:0:root:/root:/bin/sh\n"
				  "bob:x:1000:100:Bob:/home/bob:/bin/bash\n"
				  "0:x:7:7::/seven:/bin/seven\n"
				  "1000:x:0:0:root in disguise:/root:/bin/sh\n"
				  "bare:x:1001:1001\n"
				  "bob:x:0:0:second:/root:/bin/sh\n";
static const char group_text[] = "root:x:0:\n"
				 "users:x:100:\n"
				 "staff:x:50:bob,alice\n"
				 "5:x:0:bob2\n"
				 "wheel:x:10:alice,bob\n";

static struct answer_error_info why;

static struct account_file file(const char *text)
{
	return (struct account_file){text, text ? strlen(text) : 0};
}

static int find(const char *spec, const char *passwd, const char *group, struct user *ret)
{
	struct ask_user ask = {.user = (char *)(uintptr_t)spec, .own_uid = 1000, .own_gid = 5};
	why = (struct answer_error_info){0};
	return account_find(&ask, file(passwd), file(group), ret, &why);
}

static void assert_user(const char *spec, uid_t uid, gid_t gid, const char *name, const char *home, const char *groups)
{
	cleanup_user struct user u = {0};
	char shown[256] = "";
	if (find(spec, passwd_text, group_text, &u) < 0)
		fail_msg("%s: %s", spec, why.text);
	assert_int_equal(u.uid, uid);
	assert_int_equal(u.gid, gid);
	assert_string_equal(u.name, name);
	assert_string_equal(u.home, home);
	for (uint32_t i = 0; i < u.group_count; i++)
		snprintf(shown + strlen(shown), sizeof(shown) - strlen(shown), "%s%u", i ? "," : "", u.groups[i]);
	assert_string_equal(shown, groups);
}

static void assert_refused(const char *spec, const char *passwd, const char *group, enum answer_error kind,
			   const char *says)
{
	struct user u = {0};
	assert_int_equal(find(spec, passwd, group, &u), -EBADMSG);
	if (why.kind != kind || !strstr(why.text, says))
		fail_msg("%s: kind %d, %s", spec, (int)why.kind, why.text);
	assert_null(u.home);
}

static void a_name_brings_its_line_and_groups(void **state)
{
	(void)state;
	assert_user("bob", 1000, 100, "bob", "/home/bob", "10,50,100");
	assert_user("root", 0, 0, "root", "/root", "0");
}

static void an_explicit_group_replaces_all_groups(void **state)
{
	(void)state;
	assert_user("bob:staff", 1000, 50, "bob", "/home/bob", "50");
	assert_user("bob:7", 1000, 7, "bob", "/home/bob", "7");
	assert_user("77:88", 77, 88, "", "/", "88");
}

static void digits_are_never_a_name(void **state)
{
	(void)state;
	assert_user("1000", 1000, 100, "bob", "/home/bob", "10,50,100");
	assert_user("0", 0, 0, "root", "/root", "0");
	assert_user("bob:5", 1000, 5, "bob", "/home/bob", "5");
}

static void a_number_without_a_line_has_gid_0_and_the_root_as_home(void **state)
{
	(void)state;
	assert_user("4242", 4242, 0, "", "/", "0");
	assert_user("4294967294", 4294967294, 0, "", "/", "0");
	assert_user("00042", 42, 0, "", "/", "0");
}

static void a_short_line_counts_as_far_as_it_goes(void **state)
{
	(void)state;
	cleanup_user struct user u = {0};
	assert_int_equal(find("bare", passwd_text, group_text, &u), 0);
	assert_int_equal(u.gid, 1001);
	assert_string_equal(u.home, "/");
	assert_string_equal(u.shell, "");
}

static void what_is_no_specification_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {"-1",   "+1",    "0x0",  "0X1F",  "1:",	 ":0",
					    ":",    "bob:",  ":bob", "a:b:c", "1:2:3",	 " bob",
					    "bob ", "b\nob", "1:-1", "1:+1",  "bob:0x0", "-bob"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_refused(wrong[i], passwd_text, group_text, ANSWER_BAD_USER, "");
}

static void numbers_out_of_range_are_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {"4294967295", "4294967296", "18446744073709551616", "1:4294967295",
					    "99999999999999999999999999"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_refused(wrong[i], passwd_text, group_text, ANSWER_BAD_USER, "out of range");
}

static void unknown_names_are_named(void **state)
{
	(void)state;
	assert_refused("nobody", passwd_text, group_text, ANSWER_NO_USER, "no user nobody");
	assert_refused("bob:nogroup", passwd_text, group_text, ANSWER_NO_GROUP, "no group nogroup");
	assert_refused("Bob", passwd_text, group_text, ANSWER_NO_USER, "Bob");
}

static void a_container_without_files_knows_numbers_only(void **state)
{
	(void)state;
	assert_refused("bob", NULL, NULL, ANSWER_NO_USER, "has no /etc/passwd");
	assert_refused("1:staff", NULL, NULL, ANSWER_NO_GROUP, "has no /etc/group");
	cleanup_user struct user u = {0};
	assert_int_equal(find("1000:100", NULL, NULL, &u), 0);
	assert_string_equal(u.home, "/");
}

static void hostile_lines_are_passed_over(void **state)
{
	(void)state;
	static const char *const lines[] = {"bob:x:-1:0::/:",
					    "bob:x:4294967295:0::/:",
					    "bob:x:4294967296:0::/:",
					    "bob:x::0::/:",
					    "bob:x:0x0:0::/:",
					    "bob:x: 0:0::/:",
					    "bob:x:0:-1::/:",
					    "bob:x:0",
					    "bob",
					    "#bob:x:0:0::/:",
					    "bob:x:1e0:0::/:",
					    ":::",
					    "bob:x:00000000000000000000:0::/:"};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_refused("bob", lines[i], "", ANSWER_NO_USER, "bob");
	static const char zero[] = "bob:x:0:0:\0:/:\nbob:x:5:6::/five:/bin/five";
	struct ask_user ask = {.user = (char *)"bob"};
	cleanup_user struct user u = {0};
	assert_int_equal(account_find(&ask, (struct account_file){zero, sizeof(zero) - 1}, file(""), &u, &why), 0);
	assert_int_equal(u.uid, 5);
}

static void blanks_around_a_line_do_not_count(void **state)
{
	(void)state;
	cleanup_user struct user u = {0};
	assert_int_equal(find("bob", "\n \t bob:x:5:6::/five:/bin/five \r\n", "", &u), 0);
	assert_string_equal(u.shell, "/bin/five");
}

static void an_empty_specification_keeps_what_is_ours(void **state)
{
	(void)state;
	gid_t own[] = {5, 6};
	struct ask_user ask = {
		.user = (char *)"", .own_uid = 1000, .own_gid = 5, .own_groups = own, .own_group_count = 2};
	cleanup_user struct user u = {0};
	assert_int_equal(account_find(&ask, file(passwd_text), file(group_text), &u, &why), 0);
	assert_int_equal(u.uid, 1000);
	assert_int_equal(u.gid, 5);
	assert_int_equal(u.group_count, 2);
	assert_string_equal(u.name, "bob");
	assert_string_equal(u.shell, "/bin/bash");
	cleanup_user struct user without = {0};
	assert_int_equal(account_find(&ask, file(NULL), file(NULL), &without, &why), 0);
	assert_string_equal(without.home, "/");
}

static void wanted_groups_are_added_once(void **state)
{
	(void)state;
	char *wanted[] = {(char *)"wheel", (char *)"77", (char *)"77", (char *)"5", NULL};
	struct ask_user ask = {.user = (char *)"bob:staff", .group_add = wanted};
	cleanup_user struct user u = {0};
	assert_int_equal(account_find(&ask, file(passwd_text), file(group_text), &u, &why), 0);
	assert_int_equal(u.group_count, 4);
	static const gid_t sorted[] = {5, 10, 50, 77};
	assert_memory_equal(u.groups, sorted, sizeof(sorted));
}

static void a_wanted_group_that_is_none_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *word;
		enum answer_error kind;
	} wrong[] = {{"nogroup", ANSWER_NO_GROUP},
		     {"-1", ANSWER_BAD_USER},
		     {"", ANSWER_BAD_USER},
		     {"4294967295", ANSWER_BAD_USER}};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		char *wanted[] = {(char *)(uintptr_t)wrong[i].word, NULL};
		struct ask_user ask = {.user = (char *)"", .group_add = wanted};
		struct user u = {0};
		assert_int_equal(account_find(&ask, file(passwd_text), file(group_text), &u, &why), -EBADMSG);
		assert_int_equal(why.kind, wrong[i].kind);
	}
}

static void more_groups_than_the_kernel_takes_are_refused(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	for (int i = 0; i <= ANSWER_GROUPS_MAX; i++)
		buf_printf(&b, "g:x:%d:bob\n", i);
	assert_refused("bob", passwd_text, buf_text(&b), ANSWER_BAD_FILE, "groups");
}

static void names_are_shown_escaped(void **state)
{
	(void)state;
	assert_refused("b\xff", passwd_text, group_text, ANSWER_NO_USER, "b\\xff");
	assert_refused("b\033[m", passwd_text, group_text, ANSWER_BAD_USER, "b\\x1b[m");
}

static void names_are_given_to_numbers(void **state)
{
	(void)state;
	static const uint32_t uids[] = {1001, 0, 5, 1000, 0, UINT32_MAX - 1, 7};
	static const char *const names[] = {"bare", "root", "", "bob", "root", "", "0"};
	cleanup_strv char **got = NULL, **none = NULL;
	assert_int_equal(account_names(file(passwd_text), uids, ARRAY_SIZE(uids), &got, &why), 0);
	assert_int_equal(strv_len(got), ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(got[i], names[i]);
	assert_int_equal(account_names(file(""), uids, 2, &none, &why), 0);
	assert_int_equal(strv_len(none), 2);
	assert_string_equal(none[0], "");
}

static void names_longer_than_any_are_none(void **state)
{
	(void)state;
	for (int len = 255; len <= 256; len++) {
		static const uint32_t uid = 3;
		char text[300];
		cleanup_strv char **names = NULL;
		memset(text, 'n', (size_t)len);
		strcpy(text + len, ":x:3:3::/:/bin/sh\n");
		assert_int_equal(account_names(file(text), &uid, 1, &names, &why), 0);
		assert_int_equal(strlen(names[0]), len == 255 ? 255 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(a_name_brings_its_line_and_groups),
		IT(an_explicit_group_replaces_all_groups),
		IT(digits_are_never_a_name),
		IT(a_number_without_a_line_has_gid_0_and_the_root_as_home),
		IT(a_short_line_counts_as_far_as_it_goes),
		IT(what_is_no_specification_is_refused),
		IT(numbers_out_of_range_are_refused),
		IT(unknown_names_are_named),
		IT(a_container_without_files_knows_numbers_only),
		IT(hostile_lines_are_passed_over),
		IT(blanks_around_a_line_do_not_count),
		IT(an_empty_specification_keeps_what_is_ours),
		IT(wanted_groups_are_added_once),
		IT(a_wanted_group_that_is_none_is_refused),
		IT(more_groups_than_the_kernel_takes_are_refused),
		IT(names_are_shown_escaped),
		IT(names_are_given_to_numbers),
		IT(names_longer_than_any_are_none),
	};
	return RUN(tests);
}
