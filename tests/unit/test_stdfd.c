/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/priv/stdfd.h"

/* What is said of fd, which is closed then. */
static int check_of(int fd, uid_t uid)
{
	struct error err = ERROR_INIT;
	assert_true(fd >= 0);
	cleanup_fd int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = stdfd_check_stranger(fd, uid, proc, &err);
	assert_true(r == 0 || err.text[0]);
	close(fd);
	return r;
}

static int check(int fd)
{
	return check_of(fd, getuid());
}

static int half_of(int type)
{
	int pair[2];
	assert_int_equal(socketpair(AF_UNIX, type, 0, pair), 0);
	close(pair[1]);
	return pair[0];
}

static void pipes_and_fifos_pass(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(check(ends[0]), 0);
	assert_int_equal(check(ends[1]), 0);
	char path[64];
	snprintf(path, sizeof(path), "/tmp/centerctl-fifo.%d", (int)getpid());
	assert_int_equal(mkfifo(path, 0600), 0);
	int fd = open(path, O_RDWR);
	unlink(path);
	assert_int_equal(check(fd), 0);
}

static void files_that_are_only_stored_pass(void **state)
{
	(void)state;
	FILE *f = tmpfile();
	assert_int_equal(check(dup(fileno(f))), 0);
	fclose(f);
	assert_int_equal(check(memfd_create("file", 0)), 0);
}

static void files_that_the_kernel_makes_up_do_not(void **state)
{
	(void)state;
	assert_int_equal(check(open("/proc/self/status", O_RDONLY)), -EPERM);
	assert_int_equal(check(open("/proc/self/oom_score_adj", O_RDWR)), -EPERM);
	int fd = open("/sys/kernel/uevent_seqnum", O_RDONLY);
	if (fd >= 0)
		assert_int_equal(check(fd), -EPERM);
}

static void null_zero_and_full_are_the_only_devices(void **state)
{
	(void)state;
	assert_int_equal(check(open("/dev/null", O_RDWR)), 0);
	assert_int_equal(check(open("/dev/zero", O_RDWR)), 0);
	assert_int_equal(check(open("/dev/full", O_RDWR)), 0);
	assert_int_equal(check(open("/dev/random", O_RDONLY)), -EPERM);
	assert_int_equal(check(open("/dev/urandom", O_RDONLY)), -EPERM);
}

static void of_a_pty_only_the_terminal_passes(void **state)
{
	(void)state;
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		skip();
	assert_int_equal(check(open(ptsname(master), O_RDWR | O_NOCTTY)), 0);
	assert_int_equal(check(master), -EPERM);
}

static void what_has_no_name_and_no_stream_does_not_pass(void **state)
{
	(void)state;
	sigset_t set;
	sigemptyset(&set);
	assert_int_equal(check(eventfd(1, 0)), -EPERM);
	assert_int_equal(check(timerfd_create(CLOCK_MONOTONIC, 0)), -EPERM);
	assert_int_equal(check(signalfd(-1, &set, 0)), -EPERM);
	assert_int_equal(check(epoll_create1(0)), -EPERM);
	assert_int_equal(check(open("/", O_RDONLY | O_DIRECTORY)), -EPERM);
}

static void a_unix_stream_passes_for_whoever_made_the_other_end(void **state)
{
	(void)state;
	assert_int_equal(check(half_of(SOCK_STREAM)), 0);
	assert_int_equal(check_of(half_of(SOCK_STREAM), getuid() + 1), -EPERM);
	assert_int_equal(check(half_of(SOCK_DGRAM)), -EPERM);
	assert_int_equal(check(half_of(SOCK_SEQPACKET)), -EPERM);
	/* Not connected: whom it will be connected to is not known. */
	assert_int_equal(check(socket(AF_UNIX, SOCK_STREAM, 0)), -EPERM);
}

static void streams_of_the_internet_pass_and_nothing_else_of_it(void **state)
{
	(void)state;
	assert_int_equal(check(socket(AF_INET, SOCK_STREAM, 0)), 0);
	assert_int_equal(check(socket(AF_INET, SOCK_DGRAM, 0)), -EPERM);
	assert_int_equal(check(socket(AF_NETLINK, SOCK_RAW, 0)), -EPERM);
}

static void a_closed_descriptor_is_an_error(void **state)
{
	(void)state;
	struct error err = ERROR_INIT;
	assert_int_equal(stdfd_check_stranger(1000, getuid(), -1, &err), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipes_and_fifos_pass),
		cmocka_unit_test(files_that_are_only_stored_pass),
		cmocka_unit_test(files_that_the_kernel_makes_up_do_not),
		cmocka_unit_test(null_zero_and_full_are_the_only_devices),
		cmocka_unit_test(of_a_pty_only_the_terminal_passes),
		cmocka_unit_test(what_has_no_name_and_no_stream_does_not_pass),
		cmocka_unit_test(a_unix_stream_passes_for_whoever_made_the_other_end),
		cmocka_unit_test(streams_of_the_internet_pass_and_nothing_else_of_it),
		cmocka_unit_test(a_closed_descriptor_is_an_error),
	};
	return RUN(tests);
}
