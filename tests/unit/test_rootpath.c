/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/rootpath.h"

static struct stat component(mode_t mode, uid_t uid)
{
	return (struct stat){.st_mode = mode, .st_uid = uid};
}

static void what_others_may_write_is_refused(void **state)
{
	(void)state;
	struct error err = ERROR_INIT;
	struct stat st = component(S_IFREG | 0664, 0);
	assert_int_equal(rootpath_check(&st, "/etc/x", &err), -EPERM);
	assert_non_null(strstr(err.text, "chmod go-w /etc/x"));
	st = component(S_IFDIR | 01777, 0);
	assert_int_equal(rootpath_check(&st, "/tmp", &err), -EPERM);
	st = component(S_IFREG | 0600, 1000);
	assert_int_equal(rootpath_check(&st, "/etc/x", &err), -EPERM);
	assert_non_null(strstr(err.text, "user 1000"));
	st = component(S_IFLNK | 0777, 0);
	assert_int_equal(rootpath_check(&st, "/etc/x", &err), -EPERM);
	assert_non_null(strstr(err.text, "symbolic link"));
	st = component(S_IFREG | 0644, 0);
	assert_int_equal(rootpath_check(&st, "/etc/x", &err), 0);
}

static void paths_are_absolute_and_plain(void **state)
{
	(void)state;
	struct error err = ERROR_INIT;
	assert_int_equal(rootpath_open("etc/passwd", O_RDONLY, &err), -EINVAL);
	assert_int_equal(rootpath_open("", O_RDONLY, &err), -EINVAL);
	assert_int_equal(rootpath_open("/etc/../etc/passwd", O_RDONLY, &err), -EINVAL);
	assert_int_equal(rootpath_open("/etc/no-such-file-here", O_RDONLY, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/etc/no-such-file-here"));
	assert_int_equal(rootpath_open("/tmp/no-such-file-here", O_RDONLY, &err), -EPERM);
}

static void a_file_of_root_is_opened(void **state)
{
	(void)state;
	struct error err = ERROR_INIT;
	cleanup_fd int fd = rootpath_open("//etc///passwd", O_RDONLY, &err);
	assert_true(fd >= 0);
	cleanup_fd int root = rootpath_open("/", O_RDONLY | O_DIRECTORY, &err);
	assert_true(root >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_others_may_write_is_refused),
		cmocka_unit_test(paths_are_absolute_and_plain),
		cmocka_unit_test(a_file_of_root_is_opened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
