/* SPDX-License-Identifier: ISC */
#include "tell.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "channel.h"
#include "judge.h"
#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/priv/census.h"
#include "lib/priv/usage.h"
#include "lib/proto/message.h"
#include "lib/proto/wire.h"

/* Whoever may not enter everything is not told which processes there are. */
static int explain(struct visit *v, int code, struct error *err)
{
	int pid = (int)v->request.host_pid;
	if (visit_is_judged(v))
		return judge_deny(v, err, "process %d is in no container", pid);
	if (code == -ESRCH)
		return error_set(err, code, "there is no process %d on this host", pid);
	return error_set(err, -ENOENT, "process %d of this host is in no container", pid);
}

int tell_find(struct visit *v, struct error *err)
{
	char id[65];
	if (v->request.host_pid == 0)
		return v->request.verb == VERB_WHICH ? error_set(err, -EBADMSG, "no process was named") : 0;
	int r = census_find(v->proc, (pid_t)v->request.host_pid, NULL, id, NULL);
	return r < 0 ? explain(v, r, err) : str_set(&v->request.target, id);
}

int tell_settle(struct visit *v, struct error *err)
{
	char id[65], text[16];
	pid_t inside = 0;
	if (v->request.host_pid == 0)
		return 0;
	int r = census_find(v->proc, (pid_t)v->request.host_pid, &v->target, id, &inside);
	if (r < 0)
		return explain(v, r, err);
	snprintf(text, sizeof(text), "%d", (int)inside);
	return str_set(&v->request.pid, text);
}

int tell_container(struct visit *v, struct error *err)
{
	uint64_t inside = 0;
	cleanup_buf struct buf b = {0};
	if (v->target.pid == 0 || parse_u64(v->request.pid, INT32_MAX, &inside) < 0)
		return explain(v, -ENOENT, err);
	wire_put_str(&b, v->container.id);
	wire_put_str(&b, v->container.name);
	wire_put_i64(&b, (int64_t)inside);
	ledger_told(v);
	return channel_answer(v->channel, CHANNEL_WHICH, &b, err);
}

/* Answers again and again while somebody listens, as long as the rule allows. */
static int repeat(struct visit *v, int (*once)(struct visit *v, struct error *err), struct error *err)
{
	const struct request *r = &v->request;
	int64_t interval = r->interval_ms ? r->interval_ms : REQUEST_INTERVAL_MS;
	int64_t end = r->timeout_ms ? now_ms() + r->timeout_ms : INT64_MAX;
	int placed = r->watch ? ledger_stay(v, err) : 0;
	if (placed < 0)
		return placed;
	ledger_told(v);
	for (;;) {
		int64_t next = now_ms() + interval;
		int result = once(v, err);
		if (result < 0 || !r->watch)
			return result;
		/* Its end is told when it comes. */
		if (wait_fd_or(v->target.pidfd, POLLIN, v->channel, next < end ? next : end) == -ECANCELED)
			return -ECANCELED;
		if (now_ms() >= end)
			return error_set(err, -ETIME, "your rule allows to watch no longer (timeout=)");
		if (target_alive(&v->target) < 0)
			return error_set(err, -ESRCH, "container %s has ended", visit_name(v));
	}
}

/* What the container's passwd calls them. Nobody is told less of the processes because that cannot be read. */
static void name_users(struct visit *v, struct processes *all)
{
	struct error ignored;
	struct answer_error_info info;
	uint32_t count = all->count < ASK_NAMES_MAX ? all->count : ASK_NAMES_MAX;
	cleanup_message struct message m = MESSAGE_INIT;
	cleanup_buf struct buf ask = {0};
	cleanup_strv char **names = NULL;
	cleanup_free uint32_t *uids = calloc((size_t)count + 1, sizeof(*uids));
	for (uint32_t i = 0; uids && i < count; i++)
		uids[i] = all->process[i].uid;
	if (!uids || v->peek.passwd < 0 || lseek(v->peek.passwd, 0, SEEK_SET) < 0)
		return;
	ask_names_encode(uids, count, &ask);
	if (resolver_ask(&v->resolver, ASK_NAMES, &ask, &v->peek.passwd, 1, &ignored) < 0 ||
	    resolver_answer(&v->resolver, ASK_NAMES, v->channel, now_ms() + RESOLVER_TIMEOUT_MS, &m, &info, &ignored) <
		    0 ||
	    names_decode(m.data, m.len, count, &names) < 0) {
		/* It may be reading still what never ends. */
		v->peek.passwd = close_fd(v->peek.passwd);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		(void)str_set(&all->process[i].user, names[i]);
}

static int send_processes(struct visit *v, struct error *err)
{
	cleanup_processes struct processes all = {0};
	cleanup_buf struct buf b = {0};
	int r = census_take(&v->target, v->by_pid ? NULL : v->container.id, v->channel, &all, err);
	if (r < 0)
		return r;
	name_users(v, &all);
	processes_encode(&all, &b);
	return channel_answer(v->channel, CHANNEL_TOP, &b, err);
}

int tell_processes(struct visit *v, struct error *err)
{
	const struct peek_wants wants = {.null = false};
	struct error ignored;
	if (peek_open(&v->target, &wants, v->channel, &v->peek, &ignored) == -ECANCELED)
		return -ECANCELED;
	return repeat(v, send_processes, err);
}

static int send_stats(struct visit *v, struct error *err)
{
	struct stats s;
	cleanup_buf struct buf b = {0};
	usage_read(&v->cgroups, &v->target, &s);
	s.id = v->container.id;
	s.name = (char *)(uintptr_t)visit_name(v);
	stats_encode(&s, &b);
	return channel_answer(v->channel, CHANNEL_STATS, &b, err);
}

int tell_stats(struct visit *v, struct error *err)
{
	int r = cgroups_open(&v->cgroups, &v->target, v->by_pid ? NULL : v->container.id, v->by_pid, err);
	return r < 0 ? r : repeat(v, send_stats, err);
}
