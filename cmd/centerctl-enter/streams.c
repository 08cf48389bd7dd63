/* SPDX-License-Identifier: ISC */
#include "streams.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/priv/stdfd.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

enum { PIPE_SIZE = 1 << 20 };

/* By descriptor, never by path: what a path names inside is the container's choice (CVE-2025-52565). */
static int give_to_user(const struct visit *v, int fd)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid == v->host_uid)
		return 0;
	return fchown(fd, v->host_uid, (gid_t)-1) < 0 ? -errno : 0;
}

static int make_pty(struct visit *v, struct streams *st, struct error *err)
{
	const struct request *r = &v->request;
	if (v->peek.ptmx < 0)
		return error_set(err, -ENODEV, "%s has no usable /dev/pts: run without a terminal (-T)", visit_name(v));
	st->master = steal_fd(&v->peek.ptmx);
	int unlock = 0;
	if (ioctl(st->master, TIOCSPTLCK, &unlock) < 0)
		return error_errno(err, -errno, "cannot unlock a terminal of the container");
	/* The other end of this very pty (Linux 4.13), not whatever now stands at /dev/pts/N. */
	int slave = ioctl(st->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return error_errno(err, -errno, "cannot open a terminal of the container");
	st->inner[0] = slave;
	struct winsize size = {.ws_row = r->rows ? r->rows : 24, .ws_col = r->cols ? r->cols : 80};
	if (ioctl(slave, TIOCSWINSZ, &size) < 0)
		return error_errno(err, -errno, "cannot set the terminal's size");
	int given = give_to_user(v, slave);
	if (given < 0)
		return error_errno(err, given, "cannot give the terminal to the container's user");
	return 0;
}

/* O_NONBLOCK on a description that others hold, too, can be taken back by them, and then we would wait for them. */
static int check_own(const struct visit *v, const struct flow *f, struct error *err)
{
	if (!visit_is_judged(v) || (f->from.shared < 0 && f->to.shared < 0))
		return 0;
	return error_set(err, -EBADF, "a standard descriptor cannot be opened again: put cat and a pipe in between");
}

/* A file is written with the rights of who opened it. Terminals, pipes and sockets ask for none. */
static uid_t writer_of(const struct visit *v, int fd)
{
	struct stat st;
	return visit_is_judged(v) && (fstat(fd, &st) < 0 || S_ISREG(st.st_mode)) ? v->caller : 0;
}

static int relay_pty(const struct visit *v, struct streams *st, struct session *s, struct error *err)
{
	s->flow_used[FLOW_IN] = s->flow_used[FLOW_OUT] = true;
	int r = flow_end_open(&s->flow[FLOW_IN].from, 0, false);
	if (r == 0)
		r = flow_end_own(&s->flow[FLOW_IN].to, fcntl(st->master, F_DUPFD_CLOEXEC, 3));
	if (r == 0)
		r = flow_end_own(&s->flow[FLOW_OUT].from, fcntl(st->master, F_DUPFD_CLOEXEC, 3));
	if (r == 0)
		r = flow_end_open(&s->flow[FLOW_OUT].to, 1, true);
	if (r < 0)
		return error_errno(err, r, "cannot relay the terminal");
	s->flow[FLOW_OUT].writer = writer_of(v, 1);
	if (check_own(v, &s->flow[FLOW_IN], err) < 0 || check_own(v, &s->flow[FLOW_OUT], err) < 0)
		return -EBADF;
	s->master = st->master;
	return 0;
}

/* A pipe between the caller's descriptor `which` and the command, relayed here. */
static int relay_pipe(const struct visit *v, struct streams *st, int which, struct session *s, struct error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, -errno, "cannot make a pipe");
	bool input = which == FLOW_IN;
	st->inner[which] = input ? ends[0] : ends[1];
	int outer = input ? ends[1] : ends[0];
	struct flow *f = &s->flow[which];
	fcntl(outer, F_SETPIPE_SZ, PIPE_SIZE);
	s->flow_used[which] = true;
	int r = flow_end_own(input ? &f->to : &f->from, outer);
	if (r == 0)
		r = flow_end_open(input ? &f->from : &f->to, which, !input);
	if (r == 0)
		r = give_to_user(v, st->inner[which]);
	if (r < 0)
		return error_errno(err, r, "cannot relay standard descriptor %d", which);
	/* On a socket SPLICE_F_NONBLOCK does not count. */
	f->splice = !f->from.socket && !f->to.socket;
	f->writer = input ? 0 : writer_of(v, which);
	if (check_own(v, f, err) < 0)
		return -EBADF;
	return 0;
}

/* The container's own /dev/null; where it has none, a pipe that gives the same end of file. */
static int use_null(const struct visit *v, struct streams *st, int which, struct error *err)
{
	if (v->peek.null >= 0) {
		char path[40];
		snprintf(path, sizeof(path), "/proc/self/fd/%d", v->peek.null);
		st->inner[which] = open(path, (which == 0 ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
		return st->inner[which] < 0 ? error_errno(err, -errno, "cannot open /dev/null of the container") : 0;
	}
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, -errno, "cannot make a pipe");
	st->inner[which] = which == 0 ? ends[0] : ends[1];
	close_fd(which == 0 ? ends[1] : ends[0]);
	return 0;
}

/* What a container says by these is acted upon outside: unpacked, or answered by a client of sftp. */
static bool is_read_here(enum service service)
{
	return service != SERVICE_NONE && service != SERVICE_DIAL;
}

static int make_one(struct visit *v, struct streams *st, int which, struct session *s, struct error *err)
{
	struct entry *e = &v->entry;
	if (v->request.detach || (which == 0 && !v->request.stdin_open)) {
		int r = use_null(v, st, which, err);
		e->stdio[which] = st->inner[which];
		return r;
	}
	if (visit_is_judged(v) && stdfd_check_stranger(which, v->caller, v->proc, err) < 0)
		return -EPERM;
	enum stdfd_kind kind = stdfd_judge(which, err);
	/*
	 * Relayed, it can be counted and timed, and stays the caller's own: what a container holds of a pipe it may go
	 * on to write to when the session is over, and what a service brings is unpacked outside.
	 */
	if (kind == STDFD_HAND_OVER && (visit_is_judged(v) || (is_read_here(v->request.service) && which != 0)))
		kind = STDFD_RELAY;
	switch (kind) {
	case STDFD_REFUSE:
		return -EBADF;
	case STDFD_HAND_OVER:
		e->stdio[which] = which;
		/* So that /dev/stdout can be opened again by the container's user, as runc does for what it passes on.
		 */
		(void)give_to_user(v, which);
		return 0;
	case STDFD_RELAY:
		break;
	}
	if (which == 2 && s->flow_used[FLOW_OUT] && stdfd_same(1, 2)) {
		e->stdio[2] = e->stdio[1];
		return 0;
	}
	int r = relay_pipe(v, st, which, s, err);
	e->stdio[which] = st->inner[which];
	return r;
}

int streams_make(struct visit *v, struct streams *ret, struct session *s, struct error *err)
{
	struct entry *e = &v->entry;
	s->master = -1;
	for (int i = 0; i < FLOW_COUNT; i++)
		s->flow[i].from = s->flow[i].to = (struct flow_end){.fd = -EBADF, .shared = -1};
	if (!v->request.tty) {
		for (int i = 0; i < 3; i++) {
			int r = make_one(v, ret, i, s, err);
			if (r < 0)
				return r;
		}
		return 0;
	}
	int r = make_pty(v, ret, err);
	if (r < 0)
		return r;
	for (int i = 0; i < 3; i++)
		e->stdio[i] = ret->inner[0];
	e->tty = true;
	if (v->request.detach) {
		s->master = ret->master;
		return 0;
	}
	struct error ignored;
	for (int i = 0; i < 2; i++) {
		if (visit_is_judged(v) && stdfd_check_stranger(i, v->caller, v->proc, err) < 0)
			return -EPERM;
		if (stdfd_judge(i, &ignored) == STDFD_REFUSE)
			return error_set(err, -EBADF, "%s", ignored.text);
	}
	s->terminal = termios_guard_new(0);
	return relay_pty(v, ret, s, err);
}

int streams_make_output(struct visit *v, struct streams *ret, struct session *s, struct error *err)
{
	s->master = -1;
	const struct flow_end closed = {.fd = -EBADF, .shared = -1};
	for (int i = 0; i < FLOW_COUNT; i++)
		s->flow[i] = (struct flow){.from = closed, .to = closed};
	for (int which = 1; which < 3; which++) {
		if (visit_is_judged(v) && stdfd_check_stranger(which, v->caller, v->proc, err) < 0)
			return -EPERM;
		if (stdfd_judge(which, err) == STDFD_REFUSE)
			return -EBADF;
		bool again = which == 2 && stdfd_same(1, 2);
		int r = again ? ret->inner[2] = fcntl(ret->inner[1], F_DUPFD_CLOEXEC, 3)
			      : relay_pipe(v, ret, which, s, err);
		if (r < 0)
			return again ? error_errno(err, -errno, "cannot make a pipe") : r;
	}
	return 0;
}

void streams_close_inner(struct streams *s)
{
	for (int i = 0; i < 3; i++)
		s->inner[i] = close_fd(s->inner[i]);
}
