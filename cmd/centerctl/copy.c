/* SPDX-License-Identifier: ISC */
#include "copy.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "config.h"
#include "copy_side.h"
#include "entry.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/copy_options.h"
#include "lib/client/exec_request.h"
#include "lib/client/exec_values.h"
#include "lib/client/report.h"
#include "lib/client/session.h"
#include "lib/transfer/pack.h"
#include "progress.h"

enum { PIPE_BROKEN = EXIT_SIGNAL_BASE + SIGPIPE, STALLED_MS = 20000 };

struct ends {
	int read, write;
};
#define ENDS_INIT ((struct ends){.read = -EBADF, .write = -EBADF})

struct copying {
	struct exec_options *o;
	struct destination to;
	struct transfer_count *count; /* shared with those who help */
	bool bar;
	struct ends data; /* from who reads to who writes */
	struct ends more; /* with two containers and a bar: what is counted goes on there */
	struct ends said; /* what both say, where that is a terminal; else none */
	pid_t teller, helper, pump;
};

static void ends_close(struct ends *e)
{
	e->read = close_fd(e->read);
	e->write = close_fd(e->write);
}

static void copying_done(struct copying *c)
{
	ends_close(&c->data);
	ends_close(&c->more);
	ends_close(&c->said);
	destination_done(&c->to);
	if (c->count)
		munmap(c->count, sizeof(*c->count));
}

static int ends_open(struct ends *e, struct error *err)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, -errno, "cannot make a pipe");
	*e = (struct ends){.read = fds[0], .write = fds[1]};
	return 0;
}

int copy_complete(struct exec_options *o, struct error *err)
{
	if (geteuid() == 0 && !o->request.user && str_set(&o->request.user, "0") < 0)
		return error_errno(err, -ENOMEM, "the user");
	return entry_complete(o, err);
}

static int run_session(struct exec_options *o, const struct request *request, int said, int out, struct error *err)
{
	bool json;
	cleanup_buf struct buf message = {0};
	int r = exec_request_encode(request, &message, err);
	if (r < 0)
		return r;
	struct session_setup setup = exec_request_setup(o, &json);
	setup.kept[0] = out > 0 ? out : 0;
	setup.kept[1] = said > 0 ? said : 0;
	return session_run(&setup, &message, err);
}

/* What is left of a process when we are killed has nobody to work for. */
static pid_t start(struct error *err)
{
	pid_t parent = getpid(), pid = fork();
	if (pid < 0)
		return error_errno(err, -errno, "cannot make a process");
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_OURS);
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

static int wait_for(pid_t pid)
{
	int status = 0;
	if (pid <= 0)
		return EXIT_SUCCESS;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return SIDE_CUT;
	return WIFEXITED(status) ? WEXITSTATUS(status) : SIDE_CUT;
}

/* Interrupts are for the session: what is said while it ends is still shown. */
static int start_teller(struct copying *c, struct error *err)
{
	if (!isatty(STDERR_FILENO))
		return 0;
	int r = ends_open(&c->said, err);
	if (r < 0)
		return r;
	c->teller = start(err);
	if (c->teller != 0)
		return c->teller < 0 ? c->teller : 0;
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, 0); /* it ends with the last who could say something */
	ends_close(&c->data);
	ends_close(&c->more);
	close_fd(c->said.write);
	/* Whoever reads a stream's end waits for nobody who only talks. The bar asks them for the terminal's size. */
	if (!c->bar) {
		close(STDIN_FILENO);
		close(STDOUT_FILENO);
	}
	progress_tell(c->said.read, c->count, c->bar);
	_exit(EXIT_SUCCESS);
}

/* In a process that helps: its lines go where those of the session go. */
static void speak_there(struct copying *c)
{
	if (c->said.write >= 0)
		dup2(c->said.write, STDERR_FILENO);
	ends_close(&c->said);
}

static int start_unpacker(struct copying *c, struct error *err)
{
	c->helper = start(err);
	if (c->helper != 0)
		return c->helper < 0 ? c->helper : 0;
	speak_there(c);
	c->data.write = close_fd(c->data.write);
	cleanup_free char *base = pack_base_name(c->o->request.command[0]);
	if (!base)
		_exit(EXIT_OURS);
	_exit(copy_side_unpack(c->data.read, &c->to, str_eq(base, ".") ? NULL : base, c->o->copy.archive, c->count));
}

static int start_packer(struct copying *c, struct error *err)
{
	c->helper = start(err);
	if (c->helper != 0)
		return c->helper < 0 ? c->helper : 0;
	speak_there(c);
	c->data.read = close_fd(c->data.read);
	_exit(copy_side_pack(c->data.write, c->o->copy.from, c->o->copy.follow, c->o->copy.archive, c->bar, c->count));
}

static int start_pump(struct copying *c, struct error *err)
{
	int r = ends_open(&c->more, err);
	if (r < 0)
		return r;
	c->pump = start(err);
	if (c->pump != 0) {
		c->data.read = close_fd(c->data.read);
		c->more.write = close_fd(c->more.write);
		return c->pump < 0 ? c->pump : 0;
	}
	speak_there(c);
	c->data.write = close_fd(c->data.write);
	c->more.read = close_fd(c->more.read);
	_exit(copy_side_pump(c->data.read, c->more.write, c->count));
}

static int no_stdin(struct error *err)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		return error_errno(err, -errno, "cannot open /dev/null");
	if (fd != STDIN_FILENO)
		close(fd);
	return 0;
}

/* The session that reads, in a process of its own, while this one writes. */
static int start_reader(struct copying *c, struct error *err)
{
	c->helper = start(err);
	if (c->helper != 0)
		return c->helper < 0 ? c->helper : 0;
	close_fd(c->data.read);
	ends_close(&c->more);
	int r = no_stdin(err);
	if (r == 0)
		r = run_session(c->o, &c->o->request, c->said.write, c->data.write, err);
	if (r < 0)
		r = report_error(err);
	_exit(r == PIPE_BROKEN ? SIDE_CUT : r);
}

static int64_t stalled_ms(void)
{
#if CENTERCTL_TEST_HOOKS
	const char *other = getenv("CENTERCTL_TEST_STALLED_MS");
	if (other)
		return strtol(other, NULL, 10);
#endif
	return STALLED_MS;
}

/* After the session's end nothing new comes: who makes no headway any more waits for a pipe that was kept open. */
static int wait_for_helper(const struct copying *c)
{
	uint64_t before = 0;
	int64_t since = now_ms();
	siginfo_t ended = {0};
	while (c->helper > 0 && waitid(P_PID, (id_t)c->helper, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       ended.si_pid == 0) {
		uint64_t now = c->count->bytes + c->count->files;
		if (now != before)
			since = now_ms();
		before = now;
		if (now_ms() - since > stalled_ms())
			kill(c->helper, SIGKILL);
		poll(NULL, 0, 2);
	}
	return wait_for(c->helper);
}

/* What both sides made of it. */
static int judge(int session, int helper)
{
	if (helper == EXIT_OURS)
		return EXIT_OURS; /* which has said why */
	if (session != EXIT_SUCCESS && session != EXIT_FAILURE)
		return session;
	if (helper == SIDE_CUT) {
		report_text("the tar stream ended early: not all was copied");
		return EXIT_OURS;
	}
	return session == EXIT_SUCCESS ? helper : session;
}

/* Ours are closed first, so that the others see the end. */
static int finish(struct copying *c, int session, struct error *err)
{
	struct error first = *err;
	ends_close(&c->data);
	ends_close(&c->more);
	int helper = wait_for_helper(c);
	int pump = wait_for(c->pump);
	ends_close(&c->said);
	wait_for(c->teller);
	if (session < 0) {
		*err = first;
		return session;
	}
	return judge(session, pump == SIDE_CUT && helper == EXIT_SUCCESS ? pump : helper);
}

static int from_container(struct copying *c, struct error *err)
{
	int r = destination_open(&c->to, c->o->copy.to, false, err);
	if (r == 0)
		r = ends_open(&c->data, err);
	if (r == 0)
		r = start_teller(c, err);
	if (r == 0)
		r = start_unpacker(c, err);
	if (r == 0)
		r = no_stdin(err);
	if (r == 0)
		c->data.read = close_fd(c->data.read);
	if (r == 0)
		r = run_session(c->o, &c->o->request, c->said.write, c->data.write, err);
	return finish(c, r, err);
}

/* Whether who sends has sent something, or at least not ended: else it has said why, and there is nothing to write. */
static bool something_comes(struct copying *c)
{
	struct pollfd p = {.fd = c->data.read, .events = POLLIN};
	c->data.write = close_fd(c->data.write);
	while (poll(&p, 1, -1) < 0)
		if (errno != EINTR)
			return true;
	return p.revents & POLLIN;
}

static int finish_nothing(struct copying *c, struct error *err)
{
	int r = finish(c, EXIT_SUCCESS, err);
	if (r != EXIT_SUCCESS)
		return r;
	report_text("nothing came that could be copied");
	return EXIT_OURS;
}

static int take_stdin(int *fd, struct error *err)
{
	if (dup2(*fd, STDIN_FILENO) < 0)
		return error_errno(err, -errno, "cannot set up stdin");
	*fd = close_fd(*fd);
	return 0;
}

/* The session's own stdin is a copy of the pipe, which who writes there must see closed at the end. */
static int run_writer(struct copying *c, const struct request *request, int *from, struct error *err)
{
	int r = take_stdin(from, err);
	c->data.write = close_fd(c->data.write);
	if (r == 0)
		r = run_session(c->o, request, c->said.write, 0, err);
	struct error unused;
	no_stdin(&unused);
	return r;
}

static int to_container(struct copying *c, struct error *err)
{
	struct stat st;
	const char *from = c->o->copy.from;
	/* As with a file that is not in a container: this one could not be copied. */
	if (fstatat(AT_FDCWD, from, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		error_errno(err, -errno, "cannot copy %s", from);
		report_error(err);
		return EXIT_FAILURE;
	}
	int r = ends_open(&c->data, err);
	if (r == 0)
		r = start_teller(c, err);
	if (r == 0)
		r = start_packer(c, err);
	if (r == 0)
		r = run_writer(c, &c->o->request, &c->data.read, err);
	return finish(c, r, err);
}

/* The container that is read must not say what is written in the other one. */
static int add_asked(const struct exec_options *o, struct request *second, struct error *err)
{
	cleanup_free char *base = pack_base_name(o->request.command[0]);
	if (!base || (!str_eq(base, ".") && strv_add(&second->command, base) < 0))
		return error_errno(err, -ENOMEM, "cp");
	return 0;
}

static int between(struct copying *c, struct error *err)
{
	cleanup_request struct request second = {0};
	int r = copy_options_second(c->o, &second, err);
	if (r == 0)
		r = add_asked(c->o, &second, err);
	if (r == 0 && !(target_is_pid(second.target) && geteuid() == 0))
		r = ask_set_engine(c->o->engine, false, &second.engine, err);
	if (r == 0)
		r = ends_open(&c->data, err);
	if (r == 0)
		r = start_teller(c, err);
	if (r == 0)
		r = start_reader(c, err);
	if (r == 0 && !something_comes(c))
		return finish_nothing(c, err);
	if (r == 0 && c->bar)
		r = start_pump(c, err);
	if (r == 0)
		r = run_writer(c, &second, c->bar ? &c->more.read : &c->data.read, err);
	return finish(c, r, err);
}

/* The stream is ours to pass on, and what is said comes out of a container all the same. */
int copy_stream(struct exec_options *o, struct error *err)
{
	struct transfer_count unused = {0};
	struct copying c = {.o = o, .to = DESTINATION_INIT, .data = ENDS_INIT, .more = ENDS_INIT, .said = ENDS_INIT};
	c.count = &unused;
	int r = o->show ? 0 : start_teller(&c, err);
	if (r == 0)
		r = run_session(o, &o->request, c.said.write, 0, err);
	struct error first = *err;
	ends_close(&c.said);
	wait_for(c.teller);
	*err = first;
	return r;
}

static bool wants_bar(const struct exec_options *o)
{
	const char *term = getenv("TERM");
	return !o->copy.quiet && isatty(STDERR_FILENO) && term && *term && !str_eq(term, "dumb");
}

static int run(struct copying *c, struct error *err)
{
	struct exec_options *o = c->o;
	c->count = mmap(NULL, sizeof(*c->count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c->count == MAP_FAILED) {
		c->count = NULL;
		return error_errno(err, -ENOMEM, "cp");
	}
	c->bar = wants_bar(o);
	if (c->bar && o->request.service == SERVICE_READ && strv_add(&o->request.options, "--total") < 0)
		return error_errno(err, -ENOMEM, "cp");
	if (o->copy.second_target)
		return between(c, err);
	return o->copy.to ? from_container(c, err) : to_container(c, err);
}

static bool is_stream(const char *local)
{
	return local && str_eq(local, "-");
}

int copy_run(struct exec_options *o, struct error *err)
{
	if (o->show || is_stream(o->copy.from) || is_stream(o->copy.to))
		return copy_stream(o, err);
	if (o->copy.archive && o->copy.to && geteuid() != 0)
		return error_set(err, -EPERM,
				 "-a (--archive) keeps owners, which on this side root alone can set: leave it out");
	__attribute__((cleanup(copying_done))) struct copying c = {
		.o = o,
		.to = DESTINATION_INIT,
		.data = ENDS_INIT,
		.more = ENDS_INIT,
		.said = ENDS_INIT,
	};
	return run(&c, err);
}
