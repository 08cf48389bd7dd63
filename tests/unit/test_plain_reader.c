/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>

#include "lib/base/text.h"
#include "lib/policy/explain.h"
#include "lib/policy/plain_reader.h"
#include "private_dir.h"

/* Returns policy_load()'s answer for c.conf in the directory. */
static int load(bool rooted, struct error *err)
{
	struct plain_reader state = {.rooted = rooted};
	struct policy_reader reader = plain_reader(&state);
	struct policy *p = NULL;
	*err = ERROR_INIT;
	int r = policy_load(private_path("c.conf"), &reader, &p, err);
	int rules = r < 0 ? r : (int)policy_rule_count(p);
	free(p);
	return rules;
}

static void write_text(const char *name, const char *text)
{
	private_write(private_path(name), text, strlen(text));
}

static void make_policy(void)
{
	assert_int_equal(mkdir(private_path("d"), 0755), 0);
	write_text("c.conf", "include d/*.conf\ninclude last\n");
	write_text("d/b.conf", "deny * to b\n");
	write_text("d/a.conf", "deny * to a\n");
	write_text("d/a.conf.bak", "nonsense\n");
	write_text("last", "deny * to c\n");
}

static void files_are_read_and_listed(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct error err;
	make_policy();
	assert_int_equal(load(false, &err), 3);
	assert_int_equal(load(true, &err), 3);
	write_text("d/b.conf", "nonsense\n");
	write_text("d/a.conf", "more nonsense\n");
	/* In the order of their names. */
	assert_int_equal(load(false, &err), -EINVAL);
	assert_non_null(strstr(err.text, "/d/a.conf:1: \"more\""));
	/* What a cut took away may have narrowed it. */
	write_text("d/a.conf", "allow user:x to y as z for exec");
	assert_int_equal(load(false, &err), -EINVAL);
	assert_non_null(strstr(err.text, "the last line has no end"));
}

static void every_component_must_be_roots_alone_if_wanted(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct error err;
	make_policy();
	static const char *const names[] = {"c.conf", "d", "d/a.conf", "last", "."};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct stat st;
		assert_int_equal(stat(private_path(names[i]), &st), 0);
		assert_int_equal(chmod(private_path(names[i]), 0666 | (st.st_mode & 0111)), 0);
		assert_int_equal(load(true, &err), -EPERM);
		assert_non_null(strstr(err.text, "can be written by others than root"));
		assert_int_equal(load(false, &err), 3);
		assert_int_equal(chmod(private_path(names[i]), st.st_mode & 07777), 0);
		assert_int_equal(chown(private_path(names[i]), 65534, (gid_t)-1), 0);
		assert_int_equal(load(true, &err), -EPERM);
		assert_non_null(strstr(err.text, "not to root"));
		assert_int_equal(chown(private_path(names[i]), 0, (gid_t)-1), 0);
		assert_int_equal(load(true, &err), 3);
	}
	assert_int_equal(rename(private_path("last"), private_path("real")), 0);
	assert_int_equal(symlink("real", private_path("last")), 0);
	assert_int_equal(load(false, &err), 3);
	assert_int_equal(load(true, &err), -EPERM);
	assert_non_null(strstr(err.text, "symbolic link"));
}

static void what_is_no_file_is_refused_at_once(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct error err;
	assert_int_equal(load(false, &err), -ENOENT);
	assert_int_equal(load(true, &err), -ENOENT);
	assert_int_equal(mkfifo(private_path("c.conf"), 0600), 0);
	assert_int_equal(load(false, &err), -EINVAL);
	assert_int_equal(load(true, &err), -EINVAL);
	assert_non_null(strstr(err.text, "is not a regular file"));
	assert_int_equal(unlink(private_path("c.conf")), 0);
	write_text("c.conf", "include none/*\n");
	assert_int_equal(load(true, &err), -ENOENT);
	assert_non_null(strstr(err.text, "c.conf:1: include"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PRIVATE_DIR(files_are_read_and_listed),
		IN_PRIVATE_DIR(every_component_must_be_roots_alone_if_wanted),
		IN_PRIVATE_DIR(what_is_no_file_is_refused_at_once),
	};
	return RUN(tests);
}
