/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/io.h"
#include "lib/proto/message.h"

struct pair {
	int ours, theirs;
};

static int make_pair(void **state)
{
	static struct pair p;
	int fds[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -1;
	p = (struct pair){fds[0], fds[1]};
	*state = &p;
	return 0;
}

static int close_pair(void **state)
{
	struct pair *p = *state;
	close_fd(p->ours);
	close_fd(p->theirs);
	return 0;
}

static int receive(struct pair *p, size_t max, size_t max_fds, struct message *m)
{
	return message_recv(p->theirs, max, max_fds, -1, now_ms() + 1000, m);
}

static int count_open(void)
{
	int n = 0;
	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void a_message_arrives_with_type_and_payload(void **state)
{
	cleanup_message struct message m = MESSAGE_INIT;
	cleanup_buf struct buf b = {0};
	buf_puts(&b, "payload");
	assert_int_equal(message_send(((struct pair *)*state)->ours, 9, &b, NULL, 0), 0);
	assert_int_equal(receive(*state, 100, 0, &m), 0);
	assert_int_equal(m.type, 9);
	assert_int_equal(m.len, 7);
	assert_string_equal(m.data, "payload");
}

static void an_empty_payload_is_a_string_too(void **state)
{
	cleanup_message struct message m = MESSAGE_INIT;
	assert_int_equal(message_send(((struct pair *)*state)->ours, 1, NULL, NULL, 0), 0);
	assert_int_equal(receive(*state, 0, 0, &m), 0);
	assert_string_equal(m.data, "");
}

static void descriptors_arrive_close_on_exec(void **state)
{
	cleanup_message struct message m = MESSAGE_INIT;
	int fds[2] = {0, 1};
	assert_int_equal(message_send(((struct pair *)*state)->ours, 1, NULL, fds, 2), 0);
	assert_int_equal(receive(*state, 0, 2, &m), 0);
	assert_int_equal(m.fd_count, 2);
	assert_true(fcntl(m.fds[1], F_GETFD) & FD_CLOEXEC);
}

static void more_descriptors_than_asked_for_are_refused_and_their_close_is_not_waited_for(void **state)
{
	cleanup_message struct message m = MESSAGE_INIT;
	int fds[3] = {0, 1, 2};
	int before = count_open();
	assert_int_equal(message_send(((struct pair *)*state)->ours, 1, NULL, fds, 3), 0);
	assert_int_equal(receive(*state, 0, 1, &m), -EBADMSG);
	assert_int_equal(m.fd_count, 0);
	/* The one that was asked for has been closed. */
	assert_int_equal(count_open(), before + 2);
}

static void a_payload_above_the_limit_is_refused(void **state)
{
	cleanup_message struct message m = MESSAGE_INIT;
	cleanup_buf struct buf b = {0};
	buf_puts(&b, "payload");
	message_send(((struct pair *)*state)->ours, 1, &b, NULL, 0);
	assert_int_equal(receive(*state, 6, 0, &m), -EBADMSG);
	assert_null(m.data);
}

static void anything_without_the_magic_is_refused(void **state)
{
	cleanup_message struct message m = MESSAGE_INIT;
	assert_int_equal(write_full(((struct pair *)*state)->ours, "GET / HTTP/1.1\r\n", 16), 0);
	assert_int_equal(receive(*state, 100, 0, &m), -EBADMSG);
}

static void an_end_inside_a_message_is_a_reset(void **state)
{
	struct pair *p = *state;
	cleanup_message struct message m = MESSAGE_INIT;
	cleanup_buf struct buf b = {0};
	buf_puts(&b, "payload");
	message_send(p->ours, 1, &b, NULL, 0);
	char whole[64];
	long len = recv(p->theirs, whole, sizeof(whole), 0);
	assert_int_equal(write_full(p->ours, whole, (size_t)len - 1), 0);
	p->ours = close_fd(p->ours);
	assert_int_equal(receive(p, 100, 0, &m), -ECONNRESET);
}

static void a_silent_peer_times_out(void **state)
{
	struct pair *p = *state;
	cleanup_message struct message m = MESSAGE_INIT;
	assert_int_equal(message_recv(p->theirs, 1, 0, -1, now_ms() + 20, &m), -ETIMEDOUT);
	assert_int_equal(write_full(p->ours, "x", 1), 0);
	assert_int_equal(message_recv(p->theirs, 1, 0, -1, now_ms() + 20, &m), -ETIMEDOUT);
}

static void waiting_can_be_called_off(void **state)
{
	cleanup_message struct message m = MESSAGE_INIT;
	int abort_pipe[2];
	assert_int_equal(pipe(abort_pipe), 0);
	close(abort_pipe[1]);
	assert_int_equal(message_recv(((struct pair *)*state)->theirs, 1, 0, abort_pipe[0], INT64_MAX, &m), -ECANCELED);
	close(abort_pipe[0]);
}

static void sending_to_a_closed_end_is_an_error_and_no_signal(void **state)
{
	struct pair *p = *state;
	p->theirs = close_fd(p->theirs);
	assert_int_equal(message_send(p->ours, 1, NULL, NULL, 0), -EPIPE);
}

static int fill(int sock)
{
	char waste[4096] = {0};
	int n = 0;
	for (size_t size = sizeof(waste); size > 0; size /= 2)
		while (send(sock, waste, size, MSG_DONTWAIT) > 0)
			n++;
	return n;
}

static void a_peer_that_does_not_read_is_not_waited_for_past_the_deadline(void **state)
{
	struct pair *p = *state;
	assert_true(fill(p->ours) > 0);
	int64_t began = now_ms();
	assert_int_equal(message_send_by(p->ours, 1, NULL, NULL, 0, began + 50), -ETIMEDOUT);
	int64_t took = now_ms() - began;
	assert_true(took >= 50 && took < 1000);
	assert_int_equal(message_send_by(p->ours, 1, NULL, NULL, 0, 0), -ETIMEDOUT);
}

static void nor_one_that_stops_reading_in_the_middle(void **state)
{
	struct pair *p = *state;
	cleanup_buf struct buf b = {0};
	for (int i = 0; i < 1 << 18; i++)
		buf_puts(&b, "0123456789abcdef");
	int64_t began = now_ms();
	assert_int_equal(message_send_by(p->ours, 2, &b, NULL, 0, began + 50), -ETIMEDOUT);
	assert_true(now_ms() - began < 1000);
}

static void a_failed_payload_is_not_sent(void **state)
{
	struct buf b = {.failed = true};
	assert_int_equal(message_send(((struct pair *)*state)->ours, 1, &b, NULL, 0), -ENOMEM);
}

static void *send_large(void *arg)
{
	cleanup_buf struct buf b = {0};
	for (int i = 0; i < 1 << 16; i++)
		buf_puts(&b, "0123456789abcdef");
	message_send(*(int *)arg, 2, &b, NULL, 0);
	return NULL;
}

static void a_payload_larger_than_the_socket_buffer_arrives_whole(void **state)
{
	struct pair *p = *state;
	cleanup_message struct message m = MESSAGE_INIT;
	pthread_t thread;
	pthread_create(&thread, NULL, send_large, &p->ours);
	int r = message_recv(p->theirs, 1 << 20, 0, -1, now_ms() + 10000, &m);
	pthread_join(thread, NULL);
	assert_int_equal(r, 0);
	assert_int_equal(m.len, 1 << 20);
	assert_memory_equal(m.data + m.len - 16, "0123456789abcdef", 16);
}

#define WITH_PAIR(f) cmocka_unit_test_setup_teardown(f, make_pair, close_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAIR(a_message_arrives_with_type_and_payload),
		WITH_PAIR(an_empty_payload_is_a_string_too),
		WITH_PAIR(descriptors_arrive_close_on_exec),
		WITH_PAIR(more_descriptors_than_asked_for_are_refused_and_their_close_is_not_waited_for),
		WITH_PAIR(a_payload_above_the_limit_is_refused),
		WITH_PAIR(anything_without_the_magic_is_refused),
		WITH_PAIR(an_end_inside_a_message_is_a_reset),
		WITH_PAIR(a_silent_peer_times_out),
		WITH_PAIR(waiting_can_be_called_off),
		WITH_PAIR(sending_to_a_closed_end_is_an_error_and_no_signal),
		WITH_PAIR(a_peer_that_does_not_read_is_not_waited_for_past_the_deadline),
		WITH_PAIR(nor_one_that_stops_reading_in_the_middle),
		WITH_PAIR(a_failed_payload_is_not_sent),
		WITH_PAIR(a_payload_larger_than_the_socket_buffer_arrives_whole),
	};
	return RUN(tests);
}
