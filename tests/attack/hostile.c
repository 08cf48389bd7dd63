/* SPDX-License-Identifier: ISC */
/*
 * What stands in the place of centerctl-resolve after somebody took it over. It runs the real one (REAL) behind itself,
 * so that everything but the one thing that the test asks for is as it should be. What that is stands in the file `how`
 * beside this program: the first line is the trick, the others its arguments.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/answer.h"
#include "lib/proto/message.h"

enum { CHANNEL = 3 };

static char directory[PATH_MAX];
static char how[4][256];
static int real_one;
static bool heard_engine;

static void read_how(void)
{
	ssize_t n = readlink("/proc/self/exe", directory, sizeof(directory) - 1);
	if (n > 0)
		*strrchr(directory, '/') = '\0';
	char path[PATH_MAX + 8];
	snprintf(path, sizeof(path), "%s/how", directory);
	FILE *f = fopen(path, "re");
	for (size_t i = 0; f && i < ARRAY_SIZE(how) && fgets(how[i], sizeof(how[i]), f); i++)
		how[i][strcspn(how[i], "\n")] = '\0';
	if (f)
		fclose(f);
}

static bool trick(const char *name)
{
	return strcmp(how[0], name) == 0;
}

static void start_real_one(void)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		_exit(1);
	if (fork() == 0) {
		dup2(pair[1], CHANNEL);
		execl(REAL, "centerctl-resolve", NULL);
		_exit(1);
	}
	close(pair[1]);
	real_one = pair[0];
}

/* Writes down what this program can see of itself. */
static void look(void)
{
	char path[PATH_MAX + 8], line[256];
	snprintf(path, sizeof(path), "%s/seen", directory);
	FILE *to = fopen(path, "we");
	if (!to)
		return;
	fprintf(to, "uid %d\n", getuid());
	for (int fd = 0; fd < 1024; fd++)
		if (fd != fileno(to) && fcntl(fd, F_GETFD) >= 0)
			fprintf(to, "descriptor %d\n", fd);
	for (char **e = environ; *e; e++)
		fprintf(to, "environment %s\n", *e);
	FILE *status = fopen("/proc/self/status", "re");
	while (status && fgets(line, sizeof(line), status)) {
		int value;
		if (sscanf(line, "NoNewPrivs: %d", &value) == 1)
			fprintf(to, "no_new_privs %d\n", value);
		else
			fputs(line, to);
	}
	fclose(to);
}

static const struct {
	const char *name, *text;
} requests[] = {
	{"create", "POST /containers/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"},
	{"delete", "DELETE /containers/filter?force=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	{"get-other", "GET /containers/evil/json HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	{"get-list", "GET /images/evil HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	{"get-exec", "GET /exec/evil/json HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	{"pipelined",
	 "GET /containers/filter/json HTTP/1.1\r\nHost: localhost\r\n\r\nPOST /containers/create HTTP/1.1\r\n"
	 "Host: localhost\r\nContent-Length: 2\r\n\r\n{}"},
	{"lowercase", "get /containers/filter/json HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	{"prefix", "GET /containers/filter/json/../../evil HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	{"query", "GET /containers/filter/json?evil=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	{"absolute", "GET http://evil/containers/filter/json HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	{"header", "GET /containers/filter/json HTTP/1.1\r\nHost: localhost\r\nX-Registry-Auth: evil\r\n\r\n"},
	{"body", "GET /containers/filter/json HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nevil"},
	{"split-crlf", "GET /containers/filter/json HTTP/1.1\nHost: localhost\n\nPOST /containers/create HTTP/1.1\n\n"},
	{"http10", "GET /containers/filter/json HTTP/1.0\r\n\r\nPOST /containers/create HTTP/1.1\r\n\r\n"},
	{"tab-space", "GET\t/containers/filter/json\tHTTP/1.1\r\nHost: localhost\r\n\r\n"},
	{"upgrade",
	 "GET /containers/filter/json HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"},
	{"fragment", "GET /containers/filter/json#evil HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	{"version-evil", "GET /v1.41/../evil/containers/filter/json HTTP/1.1\r\nHost: localhost\r\n\r\n"},
};

/* Says something else on the connection to the engine than what it was given for. */
static void say_on_connection(int connection)
{
	const char *name = how[1];
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		if (strcmp(name, requests[i].name) == 0)
			write_full(connection, requests[i].text, strlen(requests[i].text));
	if (strcmp(name, "nul") == 0)
		write_full(connection, "GET /containers/filter/json\0evil HTTP/1.1\r\n\r\n", 46);
	if (strcmp(name, "huge") == 0)
		for (int i = 0; i < 100 && write_full(connection, "GET /containers/evil", 20) == 0; i++)
			;
}

/* After the real one had its answer. */
static void say_more(int connection)
{
	static const char post[] = "POST /containers/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
	static const char get[] = "GET /containers/evil/json HTTP/1.1\r\nHost: localhost\r\n\r\n";
	if (strcmp(how[1], "post-after") == 0)
		write_full(connection, post, sizeof(post) - 1);
	if (strcmp(how[1], "second-get") == 0)
		write_full(connection, get, sizeof(get) - 1);
}

static void send_raw(uint32_t a, uint32_t b, uint32_t c, size_t bytes)
{
	uint32_t header[3] = {a, b, c};
	write_full(CHANNEL, header, sizeof(header));
	static char zero[4096];
	for (size_t i = 0; i < bytes; i += sizeof(zero))
		if (write_full(CHANNEL, zero, sizeof(zero)) < 0)
			break;
}

/* Breaks the rules of the messages instead of answering; returns if this is not the trick. */
static void break_format(const struct message *answer)
{
	struct buf text = {0};
	buf_add(&text, answer->data, answer->len);
	/* The header as the real one writes it, to be bent. */
	int pair[2];
	uint32_t header[3] = {0};
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && message_send(pair[0], answer->type, &text, NULL, 0) == 0)
		read_full(pair[1], header, sizeof(header));
	if (trick("silent"))
		pause();
	if (trick("exit"))
		_exit(0);
	if (trick("stop"))
		raise(SIGSTOP);
	if (trick("half-header")) {
		write_full(CHANNEL, header, 5);
		pause();
	}
	if (trick("half-payload")) {
		write_full(CHANNEL, header, sizeof(header));
		write_full(CHANNEL, answer->data, answer->len / 2);
		pause();
	}
	if (trick("flood"))
		send_raw(header[0], header[1], header[2], SIZE_MAX / 2);
	if (trick("huge-length"))
		send_raw(header[0], header[1], UINT32_MAX, 1 << 20);
	if (trick("bad-magic"))
		send_raw(~header[0], header[1], header[2], 4096);
	if (trick("wrong-type"))
		message_send(CHANNEL, answer->type + 1, &text, NULL, 0);
	if (trick("twice")) {
		message_send(CHANNEL, ANSWER_ERROR, &text, NULL, 0);
		message_send(CHANNEL, answer->type, &text, NULL, 0);
	}
	if (trick("extra-fd")) {
		int fd = open("/", O_RDONLY | O_CLOEXEC);
		message_send(CHANNEL, answer->type, &text, &fd, 1);
	}
	buf_done(&text);
}

static void change_container(struct container *c)
{
	if (trick("pid"))
		c->pid = strtoll(how[1], NULL, 10);
	if (trick("id")) {
		snprintf(c->id, sizeof(c->id), "%.64s", how[1]);
		c->pid = strtoll(how[2], NULL, 10);
	}
}

static void change_bundle(struct bundle *b)
{
	/* Taken over by what the engine said: honest where no engine was heard. */
	if (!trick("bundle") && !(trick("bundle-after-engine") && heard_engine))
		return;
	if (strcmp(how[1], "caps") == 0)
		b->bounding = b->permitted = b->effective = b->inheritable = b->ambient = (1ULL << 41) - 1;
	if (strcmp(how[1], "no-caps") == 0)
		b->has_capabilities = false;
	if (strcmp(how[1], "nnp") == 0)
		b->no_new_privileges = false;
	if (strcmp(how[1], "no-seccomp") == 0 || strcmp(how[1], "empty-filter") == 0) {
		b->has_seccomp = strcmp(how[1], "empty-filter") == 0;
		free(b->filter);
		b->filter = NULL;
		b->filter_len = 0;
	}
	if (strcmp(how[1], "allow-filter") == 0 && b->filter) {
		b->filter[0] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0x7fff0000);
		b->filter_len = 1;
	}
	if (strcmp(how[1], "root") == 0)
		b->uid = b->gid = 0;
}

/* Sends the answer on, changed if the trick is about what it says. */
static void answer_changed(struct message *answer)
{
	struct buf to = {0};
	struct container c = {0};
	struct bundle b = {0};
	struct user u = {0};
	if (answer->type == ASK_INSPECT && container_decode(answer->data, answer->len, &c) == 0) {
		change_container(&c);
		container_encode(&c, &to);
	} else if ((answer->type == ASK_BUNDLE || answer->type == ASK_PROFILE) &&
		   bundle_decode(answer->data, answer->len, &b) == 0) {
		change_bundle(&b);
		bundle_encode(&b, &to);
	} else if (answer->type == ASK_USER && user_decode(answer->data, answer->len, &u) == 0) {
		if (trick("user"))
			u.uid = u.gid = (uid_t)strtoll(how[1], NULL, 10);
		user_encode(&u, &to);
	} else if (answer->type == ASK_IMAGE && trick("layers")) {
		layers_encode((char *[]){how[1], how[2][0] ? how[2] : NULL, NULL}, &to);
	} else {
		buf_add(&to, answer->data, answer->len);
	}
	message_send(CHANNEL, answer->type, &to, NULL, 0);
	buf_done(&to);
}

static void serve(struct message *ask)
{
	bool connected =
		(ask->type == ASK_INSPECT || ask->type == ASK_LIST || ask->type == ASK_IMAGE) && ask->fd_count == 1;
	heard_engine = heard_engine || connected;
	if (connected && trick("request"))
		say_on_connection(ask->fds[0]);
	struct buf payload = {0};
	buf_add(&payload, ask->data, ask->len);
	struct message answer = MESSAGE_INIT;
	if (message_send(real_one, ask->type, &payload, ask->fds, ask->fd_count) < 0 ||
	    message_recv(real_one, ANSWER_BYTES_MAX, 0, -1, now_ms() + 10000, &answer) < 0)
		_exit(1);
	if (connected && trick("request"))
		say_more(ask->fds[0]);
	break_format(&answer);
	answer_changed(&answer);
	message_done(&answer);
	buf_done(&payload);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	read_how();
	if (trick("look"))
		look();
	start_real_one();
	for (;;) {
		struct message ask = MESSAGE_INIT;
		if (message_recv(CHANNEL, ASK_BYTES_MAX, MESSAGE_FDS_MAX, -1, INT64_MAX, &ask) < 0)
			return 0;
		serve(&ask);
		message_done(&ask);
	}
}
