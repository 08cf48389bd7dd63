/* SPDX-License-Identifier: ISC */
#include "tell.h"

#include <errno.h>
#include <stdio.h>

#include "judge.h"
#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/priv/census.h"
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
	int r = message_send(v->channel, CHANNEL_WHICH, &b, NULL, 0);
	return r < 0 ? error_errno(err, r, "cannot answer") : 0;
}

int tell_processes(struct visit *v, struct error *err)
{
	cleanup_processes struct processes all = {0};
	cleanup_buf struct buf b = {0};
	int r = census_take(&v->target, v->by_pid ? NULL : v->container.id, v->channel, &all, err);
	if (r < 0)
		return r;
	processes_encode(&all, &b);
	ledger_told(v);
	r = b.failed ? -ENOMEM : message_send(v->channel, CHANNEL_TOP, &b, NULL, 0);
	return r < 0 ? error_errno(err, r, "cannot answer") : 0;
}
