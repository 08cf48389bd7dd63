/* SPDX-License-Identifier: ISC */
#include "player.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/client/signals.h"
#include "lib/client/terminal.h"
#include "lib/proto/request.h"

enum { CTRL_C = 3, CTRL_D = 4 };

int player_open(struct player *p, int fd, bool raw, struct error *err)
{
	*p = (struct player){.raw = raw, .signals = -EBADF};
	int r = cast_open(&p->cast, fd, err);
	if (r < 0)
		return r;
	p->signals = signals_open();
	if (p->signals < 0)
		return error_errno(err, p->signals, "cannot wait for signals");
	p->keys = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && terminal_make_raw() == 0;
	return 0;
}

void player_close(struct player *p)
{
	p->out.len = 0;
	if (isatty(STDOUT_FILENO) && p->last)
		screen_leave(&p->screen, &p->out);
	if (!p->out.failed && p->out.len > 0)
		(void)!write_full(STDOUT_FILENO, p->out.data, p->out.len);
	terminal_restore();
	p->signals = close_fd(p->signals);
	buf_done(&p->out);
	cast_done(&p->cast);
}

int player_show(struct player *p, const struct cast_event *e)
{
	p->last = e->kind;
	p->shown_us = e->us;
	p->cut = e->kind == 'x' && strcmp(e->text, "cut") == 0;
	if (e->kind != 'o')
		return 0;
	/* Even if it is shown raw: what must be put back at the end is known from it. */
	p->out.len = 0;
	screen_filter(&p->screen, e->text, e->len, &p->out);
	if (p->raw) {
		p->out.len = 0;
		buf_add(&p->out, e->text, e->len);
	}
	return p->out.failed ? -ENOMEM : write_full(STDOUT_FILENO, p->out.data, p->out.len);
}

/* True when a key says that it is over. */
static bool read_keys(struct player *p)
{
	char keys[64];
	ssize_t n = read(STDIN_FILENO, keys, sizeof(keys));
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		return true;
	for (ssize_t i = 0; i < n; i++) {
		if (keys[i] == 'q' || keys[i] == CTRL_C || keys[i] == CTRL_D)
			return true;
		p->paused ^= keys[i] == ' ';
	}
	return false;
}

int player_wait(struct player *p, int64_t deadline, struct player_result *ret)
{
	int64_t paused_at = 0;
	for (;;) {
		struct pollfd fds[2] = {{.fd = p->signals, .events = POLLIN},
					{.fd = p->keys ? STDIN_FILENO : -1, .events = POLLIN}};
		int n = poll(fds, 2, p->paused ? -1 : left_ms(deadline));
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return 1;
		int number = n > 0 && fds[0].revents ? signals_next(p->signals) : 0;
		if (number == SIGTSTP)
			signals_stop_self();
		if (number && signals_is_ending(number)) {
			*ret = (struct player_result){PLAYER_SIGNAL, number};
			return 0;
		}
		bool was = p->paused;
		if (n > 0 && fds[1].revents && read_keys(p)) {
			*ret = (struct player_result){.end = PLAYER_QUIT};
			return 0;
		}
		if (!was && p->paused)
			paused_at = now_ms();
		if (was && !p->paused && paused_at && deadline != INT64_MAX)
			p->deadline = deadline += now_ms() - paused_at;
	}
}

/* When the next event is due, if the last was shown at p->deadline. */
static int64_t next_deadline(const struct player *p, const struct cast_event *e, double speed, int64_t idle_ms)
{
	if (speed <= 0 || e->us <= p->shown_us)
		return p->deadline;
	double wait = (double)(e->us - p->shown_us) / 1000 / speed;
	if (idle_ms > 0 && wait > (double)idle_ms)
		wait = (double)idle_ms;
	return p->deadline + (int64_t)wait;
}

int player_reader_left(struct player_result *ret)
{
	*ret = (struct player_result){PLAYER_SIGNAL, SIGPIPE};
	return 0;
}

int player_play(struct player *p, double speed, int64_t idle_ms, struct player_result *ret, struct error *err)
{
	struct cast_event e;
	int r;
	*ret = (struct player_result){0};
	p->deadline = now_ms();
	while ((r = cast_next(&p->cast, &e, err)) > 0) {
		p->deadline = next_deadline(p, &e, speed, idle_ms);
		r = player_wait(p, p->deadline, ret);
		if (r == 0)
			return 0;
		if (r > 0)
			r = player_show(p, &e);
		if (r == -EPIPE)
			return player_reader_left(ret);
		if (r < 0)
			return error_errno(err, r, "cannot show the recording");
	}
	return r;
}

int player_exit_code(const struct player_result *r)
{
	return r->end == PLAYER_SIGNAL ? EXIT_SIGNAL_BASE + r->number : EXIT_SUCCESS;
}
