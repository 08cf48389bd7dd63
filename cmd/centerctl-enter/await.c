/* SPDX-License-Identifier: ISC */
#include "await.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "channel.h"
#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/proto/message.h"
#include "lib/proto/wire.h"
#include "lookup.h"

enum { CODE_UNKNOWN = -1, REAPED_MS = 2000, STEP_MS = 50 };

/* <linux/pidfd.h> of Linux 6.15: what is kept of a process that has been reaped, for who holds a pidfd of it. */
struct pidfd_exit {
	uint64_t mask, cgroup;
	uint32_t ids[11];
	int32_t exit_code; /* as waitpid(2) gives it */
};
_Static_assert(sizeof(struct pidfd_exit) == 64, "PIDFD_INFO_SIZE_VER0");

static bool ask_kernel(const struct visit *v, int64_t *ret)
{
	enum { INFO_EXIT = 1 << 3 };
	struct pidfd_exit info = {.mask = INFO_EXIT};
	if (ioctl(v->target.pidfd, _IOWR(0xFF, 11, struct pidfd_exit), &info) < 0 || !(info.mask & INFO_EXIT))
		return false;
	*ret = WIFSIGNALED(info.exit_code) ? EXIT_SIGNAL_BASE + WTERMSIG(info.exit_code) : WEXITSTATUS(info.exit_code);
	return true;
}

static bool has_ended(const struct container *c)
{
	return c->state == STATE_EXITED || c->state == STATE_DEAD;
}

/* Another process may run by now in its place, and the engine keep the exit code of none. */
static bool ask_engine(struct visit *v, int64_t *ret)
{
	struct error ignored;
	cleanup_container struct container now = {.pid = 0};
	if (lookup_again(v, &now, &ignored) < 0 || !has_ended(&now))
		return false;
	*ret = now.exit_code & 0xff;
	return true;
}

/* The runtime collects the process a moment after it has ended, and tells the engine. */
static int64_t find_code(struct visit *v)
{
	int64_t code = CODE_UNKNOWN;
	for (int64_t until = now_ms() + REAPED_MS;;) {
		if (ask_kernel(v, &code) || (!v->by_pid && ask_engine(v, &code)) || now_ms() >= until)
			return code;
		if (wait_fd_or(-1, 0, v->channel, now_ms() + STEP_MS) != -ETIMEDOUT)
			return code;
	}
}

static int answer(const struct visit *v, int64_t code, struct error *err)
{
	cleanup_buf struct buf b = {0};
	wire_put_i64(&b, code);
	return channel_answer(v->channel, CHANNEL_WAITED, &b, err);
}

int await_end(struct visit *v, struct error *err)
{
	const struct container *c = &v->container;
	int r = v->target.pid ? ledger_stay(v, err) : 0;
	if (r < 0)
		return r;
	ledger_told(v);
	if (v->target.pid == 0 && has_ended(c))
		return answer(v, c->exit_code & 0xff, err);
	if (v->target.pid == 0)
		return error_set(err, -ESRCH, "container %s has not been started yet", visit_name(v));
	int64_t deadline = v->request.timeout_ms ? now_ms() + v->request.timeout_ms : INT64_MAX;
	r = wait_fd_or(v->target.pidfd, POLLIN, v->channel, deadline);
	if (r == -ETIMEDOUT)
		return error_set(err, -ETIME, "container %s still runs", visit_name(v));
	if (r < 0)
		return r;
	return answer(v, find_code(v), err);
}
