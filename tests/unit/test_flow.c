/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/io.h"
#include "lib/session/flow.h"

enum { SIZE = 300000 };

/* Runs a flow from `from` to `to` while the far end of `to` is read, slowly at first. */
static void run(int from, int to, int far, bool splice, char *got, size_t *ret_len)
{
	struct flow f = {.splice = splice};
	assert_int_equal(flow_end_open(&f.from, from, false), 0);
	assert_int_equal(flow_end_open(&f.to, to, true), 0);
	size_t len = 0;
	bool closed = false;
	for (int i = 0; i < 100000; i++) {
		int fd;
		short events = flow_wants(&f, &fd);
		struct pollfd p[2] = {{.fd = events ? fd : -1, .events = events},
				      {.fd = i < 20 ? -1 : far, .events = POLLIN}};
		poll(p, 2, 20);
		if (p[0].revents)
			flow_step(&f);
		if (flow_is_over(&f) && !closed) {
			flow_done(&f);
			close(to);
			closed = true;
		}
		if (p[1].revents) {
			ssize_t n = read(far, got + len, SIZE + 1 - len);
			if (n <= 0)
				break;
			len += (size_t)n;
		}
	}
	*ret_len = len;
}

static char *pattern(void)
{
	char *data = malloc(SIZE);
	for (size_t i = 0; i < SIZE; i++)
		data[i] = (char)(i * 7 + i / 251);
	return data;
}

static int file_with(const char *data)
{
	char name[] = "/tmp/centerctl-flow-XXXXXX";
	int fd = mkostemp(name, O_CLOEXEC);
	unlink(name);
	assert_int_equal(write_full(fd, data, SIZE), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void check(bool to_socket, bool splice)
{
	cleanup_free char *data = pattern();
	cleanup_free char *got = malloc(SIZE + 1);
	int ends[2];
	if (to_socket)
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	else
		assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	int from = file_with(data);
	size_t len;
	run(from, ends[1], ends[0], splice, got, &len);
	assert_int_equal(len, SIZE);
	assert_memory_equal(got, data, SIZE);
	close(from);
	close(ends[0]);
}

static void a_file_reaches_a_pipe_byte_for_byte(void **state)
{
	(void)state;
	check(false, true);
	check(false, false);
}

static void a_file_reaches_a_socket_byte_for_byte(void **state)
{
	(void)state;
	check(true, true);
	check(true, false);
}

static void a_full_pipe_is_waited_for_and_nothing_is_copied(void **state)
{
	(void)state;
	cleanup_free char *data = pattern();
	int ends[2], fd;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	int from = file_with(data);
	struct flow f = {.splice = true};
	assert_int_equal(flow_end_open(&f.from, from, false), 0);
	assert_int_equal(flow_end_own(&f.to, ends[1]), 0);
	for (int i = 0; i < 10; i++)
		flow_step(&f);
	assert_int_equal(flow_wants(&f, &fd), POLLOUT);
	assert_int_equal(fd, f.to.fd);
	assert_null(f.buf);
	/* With room again, it goes on where it was. */
	assert_int_equal(read(ends[0], data, SIZE), f.bytes);
	flow_step(&f);
	assert_true(f.bytes > 65536);
	flow_done(&f);
	close(from);
	close(ends[0]);
}

static void a_reader_that_has_gone_ends_the_flow(void **state)
{
	(void)state;
	cleanup_free char *data = pattern();
	int ends[2];
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	int from = file_with(data);
	close(ends[0]);
	struct flow f = {.splice = true};
	assert_int_equal(flow_end_open(&f.from, from, false), 0);
	assert_int_equal(flow_end_own(&f.to, ends[1]), 0);
	for (int i = 0; i < 10 && !flow_is_over(&f); i++)
		flow_step(&f);
	assert_true(f.to_failed);
	flow_done(&f);
	flow_done(&f); /* twice is harmless */
	close(from);
}

static void the_callers_descriptors_stay_blocking(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	struct flow_end e;
	assert_int_equal(flow_end_open(&e, ends[0], false), 0);
	assert_true(fcntl(e.fd, F_GETFL) & O_NONBLOCK);
	assert_false(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
	flow_end_close(&e);
	assert_false(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		IT(a_file_reaches_a_pipe_byte_for_byte), IT(a_file_reaches_a_socket_byte_for_byte),
		IT(a_full_pipe_is_waited_for_and_nothing_is_copied), IT(a_reader_that_has_gone_ends_the_flow),
		IT(the_callers_descriptors_stay_blocking)};
	return RUN(tests);
}
