/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <string.h>

#include "lib/priv/mountinfo.h"

static const char ours[] = "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
			   "22 21 0:20 / /run rw,nosuid - tmpfs tmpfs rw\n"
			   "23 21 8:2 /sub /srv/data rw - ext4 /dev/sdb rw\n"
			   "24 21 0:5 / /proc rw - proc proc rw\n";

/* All that is asked about, between commas; yes to what arg is. */
static char asked[1024];

static bool is_that(const char *path, bool writable, const void *arg)
{
	strcat(strcat(asked, path), ",");
	strcat(asked, writable ? "" : "(ro),");
	return arg && strcmp(path, arg) == 0;
}

static const char *asked_about(const char *theirs)
{
	char found[64];
	asked[0] = '\0';
	assert_false(mountinfo_find(theirs, ours, is_that, NULL, found, sizeof(found)));
	return asked;
}

static void names_what_is_mounted_by_its_path_here(void **state)
{
	(void)state;
	assert_string_equal(asked_about("90 80 8:1 / /host rw - ext4 /dev/sda1 rw\n"), "/,");
	assert_string_equal(asked_about("90 80 8:1 /etc/cron.d /x rw - ext4 /dev/sda1 rw\n"), "/etc/cron.d,");
	assert_string_equal(asked_about("90 80 0:20 / /x rw - tmpfs tmpfs rw"), "/run,");
	assert_string_equal(asked_about("90 80 0:20 /docker.sock /x rw - tmpfs tmpfs rw\n"), "/run/docker.sock,");
	assert_string_equal(asked_about("90 80 8:2 /sub/a /x rw - ext4 /dev/sdb rw\n"), "/srv/data/a,");
	/* That mount's own, and not ours, nor the file system's. */
	assert_string_equal(asked_about("90 80 8:2 /sub/a /x ro,nosuid - ext4 /dev/sdb rw\n"), "/srv/data/a,(ro),");
	assert_string_equal(asked_about("90 80 8:2 /sub/a /x ro"), "/srv/data/a,(ro),");
	assert_string_equal(asked_about("90 80 8:2 /sub/a /x rw,relatime shared:1 - ext4 /dev/sdb ro\n"),
			    "/srv/data/a,");
}

static void passes_over_what_is_not_mounted_here(void **state)
{
	(void)state;
	assert_string_equal(asked_about("90 80 0:99 / / rw - overlay overlay rw\n"), "");
	/* Beside the part that is mounted here, above it, or called nearly as it. */
	assert_string_equal(asked_about("90 80 8:2 /other /x rw - ext4 /dev/sdb rw\n"), "");
	assert_string_equal(asked_about("90 80 8:2 / /x rw - ext4 /dev/sdb rw\n"), "");
	assert_string_equal(asked_about("90 80 8:2 /sub2 /x rw - ext4 /dev/sdb rw\n"), "");
	assert_string_equal(asked_about("90 80 8:11 /etc /x rw - ext4 /dev/sdc rw\n"), "");
}

static void stops_at_the_first_that_counts(void **state)
{
	(void)state;
	char found[8];
	asked[0] = '\0';
	assert_true(
		mountinfo_find("90 80 8:1 /a /x rw - ext4 /dev/sda1 rw\n91 80 0:20 /longer /y rw - tmpfs t rw\n92 80 "
			       "8:1 /c /z rw - ext4 /dev/sda1 rw\n",
			       ours, is_that, "/run/longer", found, sizeof(found)));
	assert_string_equal(asked, "/a,/run/longer,");
	assert_string_equal(found, "/run/lo");
}

static void lines_without_all_fields_name_nothing(void **state)
{
	(void)state;
	static const char *const odd[] = {"",		"\n",  "90\n",	 "90 80 8:1\n",
					  "90 80 8:1 ", "   ", "\n\n\n", "90 80 8:1 /"};
	char found[8];
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		asked[0] = '\0';
		mountinfo_find(odd[i], ours, is_that, NULL, found, sizeof(found));
		mountinfo_find(ours, odd[i], is_that, NULL, found, sizeof(found));
		assert_true(strlen(asked) < 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(names_what_is_mounted_by_its_path_here),
					   IT(passes_over_what_is_not_mounted_here), IT(stops_at_the_first_that_counts),
					   IT(lines_without_all_fields_name_nothing)};
	return RUN(tests);
}
