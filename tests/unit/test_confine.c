/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/centerctl/confine.h"
#include "lib/base/cleanup.h"

/* In a child, since there is no way back. The exit code is the number of the first line that is not as it should be. */
static int try_everything(int in, int open_already)
{
	struct error err;
	if (confine_below(in, &err) < 0)
		return __LINE__;
	cleanup_fd int fd = openat(in, "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || mkdirat(in, "d", 0700) < 0 || linkat(in, "new", in, "d/linked", 0) < 0 ||
	    unlinkat(in, "new", 0) < 0)
		return __LINE__;
	if (openat(in, "../beside", O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES)
		return __LINE__;
	if (openat(in, "../made", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0 || errno != EACCES)
		return __LINE__;
	if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES)
		return __LINE__;
	if (linkat(in, "../beside", in, "here", 0) >= 0 || renameat(in, "d", in, "../d") >= 0)
		return __LINE__;
	char c;
	return read(open_already, &c, 1) == 1 ? 0 : __LINE__;
}

static void nothing_but_what_is_below_can_be_reached(void **state)
{
	(void)state;
	char top[] = "/tmp/test-confine.XXXXXX";
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 2)
		skip();
	assert_non_null(mkdtemp(top));
	cleanup_fd int above = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(above, "in", 0700), 0);
	cleanup_fd int in = openat(above, "in", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int beside = openat(above, "beside", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(pwrite(beside, "x", 1, 0), 1);
	pid_t pid = fork();
	if (pid == 0)
		_exit(try_everything(in, beside));
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	unlinkat(in, "d/linked", 0);
	unlinkat(in, "d", AT_REMOVEDIR);
	unlinkat(above, "in", AT_REMOVEDIR);
	unlinkat(above, "beside", 0);
	assert_int_equal(rmdir(top), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(nothing_but_what_is_below_can_be_reached)};
	return RUN(tests);
}
