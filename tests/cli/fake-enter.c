/* SPDX-License-Identifier: ISC */
/*
 * Stands in for centerctl-enter where the front alone is tested. It writes what it is told to the file FAKE_LOG, a line
 * for each fact, and plays the steps in FAKE_STEPS, one a line:
 *
 *   error CODE TEXT | warning TEXT | started PID | detached | show    say it on the channel
 *   listing | facts POWER                                            the same; POWER: why it is as good as the host
 *   top | which | layers [PATH...] | killed SIGNAL                   the same
 *   describe | diff | signaled COUNT | waited CODE | stats CPU_MS    the same; stats at a time that grows by a second
 *   for TARGET STEP   the step, if the request has this target
 *   until MESSAGE     log messages until this one came, or "eof", the end of the channel
 *   say TEXT          a line on stdout
 *   moan TEXT         a line on stderr
 *   hold              from now on a process that stays behind, for a minute at most, has stdout open
 *   mode, cook        log whether the terminal at stdin is raw; make it cooked
 *   ignore            from now on, the terminal's signals do nothing
 *   pause MS | garbage | exit CODE | kill SIGNAL
 *
 * Without steps it logs the request and exits with 0. `early` as the first step: do not read the request.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/listing.h"
#include "lib/proto/message.h"
#include "lib/proto/processes.h"
#include "lib/proto/request.h"
#include "lib/proto/stats.h"
#include "lib/proto/wire.h"

static FILE *logfile;
static int channel = -1;
static char target[256];

static void log_strv(const char *name, char *const *v)
{
	for (; v && *v; v++)
		fprintf(logfile, "%s=%s\n", name, *v);
}

static void log_engine(const struct engine *e)
{
	static const char *const schemes[] = {"none", "unix", "tcp", "tls"};
	fprintf(logfile, "engine=%s\n", schemes[e->scheme]);
	if (*e->path)
		fprintf(logfile, "engine.path=%s\n", e->path);
	if (*e->host)
		fprintf(logfile, "engine.host=%s\nengine.port=%u\nengine.family=%u\n", e->host, e->port,
			e->addr.ss_family);
	if (e->scheme == ENGINE_TLS)
		fprintf(logfile, "engine.verify=%d\nengine.ca=%s\nengine.cert=%s\nengine.key=%s\n", e->tls_verify,
			e->ca_pem, e->cert_pem, e->key_pem);
}

static void log_request(const struct request *r)
{
	fprintf(logfile, "verb=%d\ntarget=%s\nas=%s\n", (int)r->verb, r->target, r->as);
	log_engine(&r->engine);
	log_strv("command", r->command);
	log_strv("env", r->env);
	fprintf(logfile, "user=%s\n", r->user);
	log_strv("group", r->group_add);
	fprintf(logfile, "workdir=%s\nterm=%s\ntty=%d\nstdin=%d\ndetach=%d\nprivileged=%d\n", r->workdir, r->term,
		r->tty, r->stdin_open, r->detach, r->privileged);
	fprintf(logfile, "caps=%" PRIx64 "\npreserve=%u\nns=%x\nexplicit=%d\ntimeout=%" PRId64 "\n", r->cap_add,
		r->preserve_fds, r->ns, r->ns_explicit, r->timeout_ms);
	fprintf(logfile, "debug=%d\ntoolbox=%s\nstatic=%s\nfallback=%d\nrw=%d\npid=%s\nhostpid=%" PRId64 "\n", r->debug,
		r->toolbox, r->static_tool, r->fallback, r->writable, r->pid, r->host_pid);
	fprintf(logfile, "source=%s\ncollecting=%d\n", r->source, r->collecting);
	fprintf(logfile, "watch=%d\ninterval=%" PRId64 "\nall=%d\nnumber=%u\nsession=%s\n", r->watch, r->interval_ms,
		r->all, r->signal, r->session);
	fprintf(logfile, "tail=%" PRId64 "\nsince=%" PRId64 "\nuntil=%" PRId64 "\ntimestamps=%d\n", r->tail,
		r->since_ns, r->until_ns, r->timestamps);
	fprintf(logfile, "service=%d\n", (int)r->service);
	log_strv("option", r->options);
	fprintf(logfile, "rows=%u\ncols=%u\nkeys=", r->rows, r->cols);
	for (uint32_t i = 0; i < r->detach_keys_len; i++)
		fprintf(logfile, "%02x", r->detach_keys[i]);
	fputc('\n', logfile);
	fflush(logfile);
}

static int read_request(void)
{
	cleanup_message struct message m = MESSAGE_INIT;
	cleanup_request struct request r = {0};
	if (message_recv(channel, CHANNEL_TO_ENTER_MAX, 0, -1, INT64_MAX, &m) < 0 || m.type != CHANNEL_REQUEST)
		return -EBADMSG;
	if (request_decode(m.data, m.len, &r) < 0)
		return -EBADMSG;
	log_request(&r);
	snprintf(target, sizeof(target), "%s", r.target);
	return 0;
}

static void log_message(char *line, size_t size)
{
	cleanup_message struct message m = MESSAGE_INIT;
	if (message_recv(channel, CHANNEL_TO_ENTER_MAX, 0, -1, INT64_MAX, &m) < 0) {
		snprintf(line, size, "eof");
	} else {
		struct wire w = wire_start(m.data, m.len);
		uint32_t a = m.len >= 4 ? wire_u32(&w) : 0;
		uint32_t b = m.len >= 8 ? wire_u32(&w) : 0;
		if (m.type == CHANNEL_SIGNAL)
			snprintf(line, size, "signal %u", a);
		else if (m.type == CHANNEL_RESIZE)
			snprintf(line, size, "resize %ux%u", a, b);
		else
			snprintf(line, size, m.type == CHANNEL_TTY_READY ? "ready" : "unknown %u", m.type);
	}
	fprintf(logfile, "%s\n", line);
	fflush(logfile);
}

/* Without a word: one message. */
static void until(const char *word)
{
	char line[64];
	do {
		log_message(line, sizeof(line));
	} while (*word && strcmp(line, word) != 0 && strcmp(line, "eof") != 0);
}

static void say_show(struct buf *b)
{
	static const char *const rows[][4] = {
		{"target", "name", "web", ""},
		{"capabilities", "bounding", "chown,kill", "chown,kill"},
		{"target", "id", "0123\"\\\x1b[31m", ""},
		{"capabilities", "effective", "", "chown"},
	};
	wire_put_u32(b, 4);
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < 4; j++)
			wire_put_str(b, rows[i][j]);
}

static void say_listing(struct buf *b)
{
	static char *app[] = {(char *)"app", NULL}, *dump[] = {(char *)"pg_dump *", NULL},
		    *record[] = {(char *)"record", NULL};
	struct listing_grant grants[] = {
		{.verbs = 3, .users = app, .where = (char *)""},
		{.verbs = 1, .users = app, .runs = dump, .with = record, .where = (char *)"/c:7"},
	};
	struct listing_row rows[] = {
		{.id = (char *)"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		 .name = (char *)"web",
		 .image = (char *)"nginx:1",
		 .state = STATE_RUNNING,
		 .status = (char *)"Up 3 hours",
		 .created = 1700000000,
		 .grants = grants,
		 .grant_count = 2},
		{.id = (char *)"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210",
		 .name = (char *)"old",
		 .image = (char *)"busybox",
		 .state = STATE_EXITED,
		 .status = (char *)"Exited (0) 2 days ago",
		 .grants = grants,
		 .grant_count = 1},
	};
	struct listing l = {.rows = rows, .count = 2};
	listing_encode(&l, b);
}

static void say_facts(struct buf *b, const char *power)
{
	static char *labels[] = {(char *)"team=red", NULL};
	struct facts f = {.id = (char *)"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			  .name = (char *)"web-real",
			  .image = (char *)"nginx:1",
			  .user = (char *)"www\x1b[31m",
			  .labels = labels,
			  .host_power = (char *)(uintptr_t)power,
			  .state = STATE_RUNNING};
	facts_encode(&f, b);
}

/* What a container may call its processes. */
static void say_top(struct buf *b)
{
	static char *server[] = {(char *)"/srv/web", (char *)"a b", (char *)"\x1b[31m\xff\"", NULL}, *none[] = {NULL};
	struct process p[] = {
		{.host_pid = 4711, .pid = 1, .uid = 1000, .state = 'S', .name = (char *)"web", .argv = server},
		{.host_pid = 4712,
		 .pid = 7,
		 .ppid = 1,
		 .uid = UINT32_MAX,
		 .state = 'Z',
		 .name = (char *)"a\nb",
		 .argv = none},
	};
	struct processes all = {.process = p, .count = 2};
	processes_encode(&all, b);
}

static void say_rows(struct buf *b, const char *const rows[][4], uint32_t count)
{
	wire_put_u32(b, count);
	for (uint32_t i = 0; i < count; i++)
		for (size_t j = 0; j < 4; j++)
			wire_put_str(b, rows[i][j]);
}

static void say_description(struct buf *b)
{
	static const char *const rows[][4] = {{"container", "name", "web", ""},
					      {"network", "address", "bridge 172.17.0.2", ""},
					      {"container", "label", "a=1\x1b", ""},
					      {"container", "label", "b=2", ""}};
	say_rows(b, rows, ARRAY_SIZE(rows));
}

static void say_diff(struct buf *b, const char *more)
{
	static const char *const rows[][4] = {{"user", "uid", "0", "0"},
					      {"command", "argv", "sh", ""},
					      {"confinement", "seccomp", "filter from somewhere", "filter"},
					      {"capabilities", "bounding", "chown,net_admin", "chown"}};
	say_rows(b, rows, *more ? ARRAY_SIZE(rows) : ARRAY_SIZE(rows) - 1);
}

static void say_stats(struct buf *b, uint64_t cpu_ms)
{
	static int64_t at_ms;
	at_ms += 1000;
	struct stats s = {.id = (char *)"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			  .name = target,
			  .at_ms = at_ms,
			  .known = STATS_CPU | STATS_MEMORY | STATS_PIDS | STATS_IO,
			  .cpu_ns = cpu_ms * 1000000,
			  .cpus = 2,
			  .memory = 3 << 19,
			  .memory_limit = 6 << 20,
			  .pids = 7,
			  .pids_limit = UINT64_MAX,
			  .read_bytes = 1260,
			  .written_bytes = 0};
	stats_encode(&s, b);
}

static void say_which(struct buf *b)
{
	wire_put_str(b, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	wire_put_str(b, "web");
	wire_put_i64(b, 7);
}

static void say_layers(struct buf *b, const char *paths)
{
	cleanup_strv char **v = NULL;
	cleanup_free char *copy = strdup(paths);
	char *rest = NULL;
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		strv_add(&v, word);
	wire_put_strv(b, v);
}

static void log_mode(void)
{
	struct termios t;
	if (tcgetattr(STDIN_FILENO, &t) == 0)
		fprintf(logfile, "mode %s\n", t.c_lflag & ICANON ? "cooked" : "raw");
	fflush(logfile);
}

static void cook(void)
{
	struct termios t;
	if (tcgetattr(STDIN_FILENO, &t) == 0) {
		t.c_lflag |= ICANON;
		tcsetattr(STDIN_FILENO, TCSANOW, &t);
	}
}

static void ignore_terminal(void)
{
	static const int numbers[] = {SIGINT, SIGQUIT, SIGTSTP, SIGHUP, SIGTTIN, SIGTTOU, SIGWINCH};
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		signal(numbers[i], SIG_IGN);
}

static void hold_stdout(void)
{
	pid_t pid = fork();
	if (pid > 0)
		fprintf(logfile, "held=%d\n", (int)pid);
	if (pid != 0)
		return;
	close(STDIN_FILENO);
	close_range(STDERR_FILENO, ~0u, 0);
	sleep(60);
	_exit(0);
}

/* Steps that are a message to the front; false if it is none. */
static int say_answer(const char *word, const char *rest)
{
	cleanup_buf struct buf b = {0};
	uint32_t type;
	if (strcmp(word, "describe") == 0) {
		type = CHANNEL_SHOW;
		say_description(&b);
	} else if (strcmp(word, "diff") == 0) {
		type = CHANNEL_SHOW;
		say_diff(&b, rest);
	} else if (strcmp(word, "signaled") == 0) {
		type = CHANNEL_SIGNALED;
		wire_put_u32(&b, (uint32_t)atoi(rest));
	} else if (strcmp(word, "waited") == 0) {
		type = CHANNEL_WAITED;
		wire_put_i64(&b, atoll(rest));
	} else if (strcmp(word, "stats") == 0) {
		type = CHANNEL_STATS;
		say_stats(&b, (uint64_t)atoll(rest));
	} else {
		return 0;
	}
	message_send(channel, type, &b, NULL, 0);
	return 1;
}

static int say(const char *word, const char *rest)
{
	cleanup_buf struct buf b = {0};
	uint32_t type;
	char *end = NULL;
	if (strcmp(word, "error") == 0) {
		type = CHANNEL_ERROR;
		wire_put_u32(&b, (uint32_t)strtoul(rest, &end, 10));
		wire_put_str(&b, *end ? end + 1 : "");
	} else if (strcmp(word, "warning") == 0) {
		type = CHANNEL_WARNING;
		wire_put_str(&b, rest);
	} else if (strcmp(word, "started") == 0) {
		type = CHANNEL_STARTED;
		wire_put_i64(&b, atoll(rest));
	} else if (strcmp(word, "detached") == 0) {
		type = CHANNEL_DETACHED;
	} else if (strcmp(word, "show") == 0) {
		type = CHANNEL_SHOW;
		say_show(&b);
	} else if (strcmp(word, "listing") == 0) {
		type = CHANNEL_LIST;
		say_listing(&b);
	} else if (strcmp(word, "facts") == 0) {
		type = CHANNEL_FACTS;
		say_facts(&b, rest);
	} else if (strcmp(word, "top") == 0) {
		type = CHANNEL_TOP;
		say_top(&b);
	} else if (strcmp(word, "which") == 0) {
		type = CHANNEL_WHICH;
		say_which(&b);
	} else if (strcmp(word, "layers") == 0) {
		type = CHANNEL_LAYERS;
		say_layers(&b, rest);
	} else if (strcmp(word, "killed") == 0) {
		type = CHANNEL_KILLED;
		wire_put_u32(&b, (uint32_t)strtoul(rest, &end, 10));
	} else {
		return 0;
	}
	message_send(channel, type, &b, NULL, 0);
	return 1;
}

static void play(char *line)
{
	char *space = strchrnul(line, ' ');
	const char *word = line, *rest = *space ? space + 1 : "";
	*space = '\0';
	if (strcmp(word, "for") == 0) {
		char *step = strchr(rest, ' ');
		*step = '\0';
		if (strcmp(rest, target) == 0)
			play(step + 1);
		return;
	}
	if (strcmp(word, "early") == 0 || say(word, rest) || say_answer(word, rest))
		return;
	if (strcmp(word, "until") == 0)
		until(rest);
	else if (strcmp(word, "say") == 0)
		dprintf(STDOUT_FILENO, "%s\n", rest);
	else if (strcmp(word, "moan") == 0)
		dprintf(STDERR_FILENO, "%s\n", rest);
	else if (strcmp(word, "hold") == 0)
		hold_stdout();
	else if (strcmp(word, "mode") == 0)
		log_mode();
	else if (strcmp(word, "cook") == 0)
		cook();
	else if (strcmp(word, "ignore") == 0)
		ignore_terminal();
	else if (strcmp(word, "pause") == 0)
		usleep((useconds_t)atoi(rest) * 1000);
	else if (strcmp(word, "garbage") == 0)
		write_full(channel, "this is no message at all", 25);
	else if (strcmp(word, "exit") == 0)
		exit(atoi(rest));
	else if (strcmp(word, "kill") == 0)
		kill(getpid(), atoi(rest));
	else
		fprintf(stderr, "fake-enter: no such step: %s\n", word);
}

/* What was handed down: descriptors, signals. */
static void log_start(int argc, char **argv)
{
	fprintf(logfile, "front=%d\n", getppid());
	for (int i = 1; i < argc; i++)
		fprintf(logfile, "arg=%s\n", argv[i]);
	int dir = -1;
	DIR *d = opendir("/proc/self/fd");
	if (d)
		dir = dirfd(d);
	for (int fd = 0; fd < 256; fd++)
		if (fd != dir && fd != fileno(logfile) && fcntl(fd, F_GETFD) >= 0)
			fprintf(logfile, "fd=%d\n", fd);
	if (d)
		closedir(d);
	sigset_t blocked;
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (int number = 1; number < 32; number++) {
		struct sigaction action = {0};
		if (sigismember(&blocked, number) == 1)
			fprintf(logfile, "blocked=%d\n", number);
		if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			fprintf(logfile, "ignored=%d\n", number);
	}
	fflush(logfile);
}

int main(int argc, char **argv)
{
	const char *name = getenv("FAKE_LOG");
	const char *given = getenv("FAKE_STEPS");
	cleanup_free char *steps = strdup(given ? given : "");
	logfile = fopen(name ? name : "/dev/null", "ae");
	if (!logfile || !steps || argc < 2)
		return 70;
	log_start(argc, argv);
	channel = atoi(argv[1] + strlen("--channel="));
	int early = str_starts(steps, "early");
	if (!early && read_request() < 0)
		return 71;
	char *rest = NULL;
	for (char *line = strtok_r(steps, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		play(line);
	return 0;
}
