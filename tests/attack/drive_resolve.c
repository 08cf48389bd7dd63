/* SPDX-License-Identifier: ISC */
/*
 * drive_resolve PROGRAM ASK [ARGUMENT...]: runs centerctl-resolve as centerctl-enter does (nobody, no_new_privs, its
 * socket as descriptor 3, nothing else) and makes one ask:
 *
 *   inspect WORD [SOCKET]     the engine is the unix socket, or nobody
 *   list SOCKET
 *   bundle CONFIG.JSON
 *   user SPEC PASSWD GROUP    "" for a file that the container has not
 *   profile BOUNDING          hexadecimal
 *   names PASSWD UID...
 *   events SOCKET ID [SINCE [MS]]     "" for any container
 *   logs SOCKET ID [WORD...]  to stdout and stderr; follow, tty, times, strip, tail=N, skip=N, since=NS, until=NS,
 * wait=MS
 *
 * Prints what came back, in one line; "killed by SIGNAL" if the program died of one. -n COUNT before ASK repeats it in
 * new processes and prints microseconds: from execve() to the first byte of the request, and to the answer.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/answer.h"
#include "lib/proto/message.h"

static uint32_t asked_names;

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static pid_t start(const char *program, int *ret_sock)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		err(2, "socketpair");
	pid_t pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (pid > 0) {
		close(pair[1]);
		*ret_sock = pair[0];
		return pid;
	}
	int null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	if (!getenv("DRIVE_STDERR"))
		dup2(null, 2);
	if (pair[1] == 3)
		set_cloexec(3, false);
	else
		dup2(pair[1], 3);
	close_range(4, ~0u, 0);
	if (getuid() == 0 &&
	    (setgroups(0, NULL) < 0 || setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0))
		_exit(99);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (chdir("/") < 0)
		_exit(99);
	char *argv[] = {(char *)"centerctl-resolve", NULL};
	char *env[] = {(char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C", NULL};
	execve(program, argv, env);
	_exit(98);
}

static int dial(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		err(2, "%s", path);
	return fd;
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(2, "%s", path);
	return fd;
}

static uint32_t make_logs(char **argv, struct buf *payload, int *fds, size_t *fd_count)
{
	struct ask_logs a = {.http = {.host = "localhost", .timeout_ms = 2000}, .query = {.tail = -1}};
	fds[(*fd_count)++] = dial(argv[1]);
	fds[(*fd_count)++] = STDOUT_FILENO;
	fds[(*fd_count)++] = STDERR_FILENO;
	snprintf(a.http.word, sizeof(a.http.word), "%s", argv[2]);
	for (char **word = argv + 3; *word; word++) {
		const char *value = strchr(*word, '=');
		int64_t number = value ? strtoll(value + 1, NULL, 10) : 0;
		a.query.follow |= strcmp(*word, "follow") == 0;
		a.tty |= strcmp(*word, "tty") == 0;
		a.strip |= strcmp(*word, "strip") == 0;
		a.query.timestamps |= a.strip || strcmp(*word, "times") == 0;
		if (str_starts(*word, "tail="))
			a.query.tail = number;
		if (str_starts(*word, "skip="))
			a.skip = (uint32_t)number;
		if (str_starts(*word, "since="))
			a.query.since_ns = number;
		if (str_starts(*word, "until="))
			a.query.until_ns = number;
		if (str_starts(*word, "wait="))
			a.http.timeout_ms = number;
	}
	ask_logs_encode(&a, payload);
	return ASK_LOGS;
}

/* Builds the ask. Returns its type. */
static uint32_t make_ask(char **argv, struct buf *payload, int *fds, size_t *fd_count)
{
	if (strcmp(argv[0], "inspect") == 0 || strcmp(argv[0], "list") == 0) {
		bool is_list = argv[0][0] == 'l';
		struct ask_http a = {.host = "localhost", .timeout_ms = 2000};
		if (!is_list)
			snprintf(a.word, sizeof(a.word), "%s", argv[1]);
		const char *path = is_list ? argv[1] : argv[2];
		int pair[2] = {-1, -1};
		if (!path && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
			err(2, "socketpair");
		fds[(*fd_count)++] = path ? dial(path) : pair[0];
		ask_http_encode(&a, payload);
		return is_list ? ASK_LIST : ASK_INSPECT;
	}
	if (strcmp(argv[0], "bundle") == 0) {
		struct ask_bundle a = {.want_seccomp = true};
		fds[(*fd_count)++] = open_file(argv[1]);
		ask_bundle_encode(&a, payload);
		return ASK_BUNDLE;
	}
	if (strcmp(argv[0], "user") == 0) {
		struct ask_user a = {.user = argv[1], .has_passwd = *argv[2], .has_group = *argv[3]};
		if (a.has_passwd)
			fds[(*fd_count)++] = open_file(argv[2]);
		if (a.has_group)
			fds[(*fd_count)++] = open_file(argv[3]);
		ask_user_encode(&a, payload);
		return ASK_USER;
	}
	if (strcmp(argv[0], "profile") == 0) {
		ask_profile_encode(strtoull(argv[1], NULL, 16), 0, payload);
		return ASK_PROFILE;
	}
	if (strcmp(argv[0], "names") == 0) {
		uint32_t uids[16], count = 0;
		fds[(*fd_count)++] = open_file(argv[1]);
		for (; argv[2 + count] && count < 16; count++)
			uids[count] = (uint32_t)strtoul(argv[2 + count], NULL, 10);
		asked_names = count;
		ask_names_encode(uids, count, payload);
		return ASK_NAMES;
	}
	if (strcmp(argv[0], "events") == 0) {
		struct ask_events a = {.http = {.host = "localhost", .timeout_ms = 10000}};
		fds[(*fd_count)++] = dial(argv[1]);
		snprintf(a.http.word, sizeof(a.http.word), "%s", argv[2]);
		if (argv[3])
			a.since_ns = strtoll(argv[3], NULL, 10);
		if (argv[3] && argv[4])
			a.http.timeout_ms = strtoll(argv[4], NULL, 10);
		ask_events_encode(&a, payload);
		return ASK_EVENTS;
	}
	if (strcmp(argv[0], "logs") == 0)
		return make_logs(argv, payload, fds, fd_count);
	errx(2, "unknown ask %s", argv[0]);
}

static void print_answer(const struct message *m)
{
	struct answer_error_info e;
	struct container c;
	struct container_list l;
	struct bundle b;
	struct user u;
	struct logs_end end;
	char **names;
	if (m->type == ANSWER_ERROR && answer_error_decode(m->data, m->len, &e) == 0)
		printf("error %d: %s\n", (int)e.kind, e.text);
	else if (m->type == ASK_INSPECT && container_decode(m->data, m->len, &c) == 0)
		printf("container %s %s %s %lld\n", c.id, c.name, container_state_name(c.state), (long long)c.pid);
	else if (m->type == ASK_LIST && container_list_decode(m->data, m->len, &l) == 0)
		printf("list of %u\n", l.count);
	else if ((m->type == ASK_BUNDLE || m->type == ASK_PROFILE) && bundle_decode(m->data, m->len, &b) == 0)
		printf("bundle uid %u bounding %llx filter %u\n", b.uid, (unsigned long long)b.bounding, b.filter_len);
	else if (m->type == ASK_USER && user_decode(m->data, m->len, &u) == 0)
		printf("user %u:%u %s %s %s (%u groups)\n", u.uid, u.gid, u.name, u.home, u.shell, u.group_count);
	else if (m->type == ASK_LOGS && logs_end_decode(m->data, m->len, &end) == 0)
		printf("logs until %lld (%u)%s\n", (long long)end.last_ns, end.last_count, end.cut ? ", cut" : "");
	else if (m->type == ASK_EVENTS && m->len == 0)
		printf("event\n");
	else if (m->type == ASK_NAMES && names_decode(m->data, m->len, asked_names, &names) == 0)
		for (char **name = names; *name; name++)
			printf("<%s>%s", *name, name[1] ? " " : "\n");
	else
		printf("answer of type %u cannot be decoded\n", m->type);
}

static void print_end(pid_t pid)
{
	int status;
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("killed by %s\n", sigabbrev_np(WTERMSIG(status)));
	else
		printf("exited with %d\n", WEXITSTATUS(status));
}

/* Times one process against a socket pair on whose other end nobody answers but us. */
static void time_one(const char *program, int64_t *ret_request, int64_t *ret_answer)
{
	static const char reply[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 16\r\n\r\n{\"message\":\"no\"}";
	struct ask_http a = {.word = "web", .host = "localhost", .timeout_ms = 2000};
	cleanup_buf struct buf payload = {0};
	cleanup_message struct message m = MESSAGE_INIT;
	int sock, pair[2];
	char request[4096];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		err(2, "socketpair");
	ask_http_encode(&a, &payload);
	int64_t from = now_us();
	pid_t pid = start(program, &sock);
	message_send(sock, ASK_INSPECT, &payload, &pair[0], 1);
	close(pair[0]);
	if (read(pair[1], request, sizeof(request)) <= 0)
		errx(2, "no request");
	*ret_request = now_us() - from;
	write_full(pair[1], reply, sizeof(reply) - 1);
	if (message_recv(sock, ANSWER_BYTES_MAX, 0, -1, INT64_MAX, &m) < 0)
		errx(2, "no answer");
	*ret_answer = now_us() - from;
	close(pair[1]);
	close(sock);
	waitpid(pid, NULL, 0);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static int time_many(const char *program, int count)
{
	int64_t *request = calloc((size_t)count, sizeof(*request)), *answer = calloc((size_t)count, sizeof(*answer));
	for (int i = 0; i < count; i++)
		time_one(program, &request[i], &answer[i]);
	qsort(request, (size_t)count, sizeof(*request), compare);
	qsort(answer, (size_t)count, sizeof(*answer), compare);
	printf("request after %lld us (least %lld), answer after %lld us\n", (long long)request[count / 2],
	       (long long)request[0], (long long)answer[count / 2]);
	free(request);
	free(answer);
	return 0;
}

int main(int argc, char **argv)
{
	int fds[MESSAGE_FDS_MAX], sock;
	size_t fd_count = 0;
	cleanup_buf struct buf payload = {0};
	cleanup_message struct message m = MESSAGE_INIT;
	signal(SIGPIPE, SIG_IGN);
	if (argc == 4 && strcmp(argv[2], "-n") == 0)
		return time_many(argv[1], atoi(argv[3]));
	if (argc < 4)
		errx(2, "usage: drive_resolve PROGRAM ASK ARGUMENT...");
	uint32_t type = make_ask(argv + 2, &payload, fds, &fd_count);
	pid_t pid = start(argv[1], &sock);
	int r = message_send(sock, type, &payload, fds, fd_count);
	if (r == 0)
		r = message_recv(sock, ANSWER_BYTES_MAX, 0, -1, now_ms() + 600000, &m);
	close(sock);
	if (r == 0)
		print_answer(&m);
	print_end(pid);
	return 0;
}
