/* SPDX-License-Identifier: ISC */
#include "deliver.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/priv/census.h"
#include "lib/priv/sys.h"
#include "lib/proto/message.h"
#include "lib/proto/wire.h"

/* As kill(2) would have it for that user, inside. */
static bool is_within_reach(const struct visit *v, uint32_t uid)
{
	return !visit_is_judged(v) || v->user.uid == 0 || v->user.uid == uid;
}

static int is_out_of_reach(const struct visit *v, uint32_t pid, struct error *err)
{
	error_set(err, -EPERM, "process %u of %s is another user's than %s: your rule does not reach it (as)", pid,
		  visit_name(v), v->request.user[0] ? v->request.user : "the container's own");
	ledger_deny((struct visit *)(uintptr_t)v, err->text);
	return -EPERM;
}

/*
 * The number may have been given to another process since it was read: what the pidfd holds is looked at again. 1 if it
 * was sent, 0 if it has gone.
 */
static int send_one(const struct visit *v, const struct process *p)
{
	char id[65];
	pid_t inside = 0;
	cleanup_fd int pidfd = sys_pidfd_open(p->host_pid);
	if (pidfd < 0)
		return errno == ESRCH ? 0 : -errno;
	if (v->by_pid ? target_alive(&v->target) < 0
		      : census_find(v->proc, p->host_pid, &v->target, id, &inside) < 0 || inside != p->pid ||
				strcmp(id, v->container.id) != 0)
		return 0;
	if (sys_pidfd_send_signal(pidfd, (int)v->request.signal) < 0)
		return errno == ESRCH ? 0 : -errno;
	return 1;
}

static int send_to_init(const struct visit *v, struct error *err)
{
	uint32_t uid = UINT32_MAX;
	(void)proc_map_in(&v->target.uid_map, v->target.status.uid[1], &uid);
	if (!is_within_reach(v, uid))
		return is_out_of_reach(v, 1, err);
	if (sys_pidfd_send_signal(v->target.pidfd, (int)v->request.signal) < 0)
		return error_errno(err, -errno, "cannot send signal %u to the first process of %s", v->request.signal,
				   visit_name(v));
	return 1;
}

static int send_to_number(const struct visit *v, const struct processes *all, uint32_t pid, struct error *err)
{
	for (uint32_t i = 0; i < all->count; i++) {
		const struct process *p = &all->process[i];
		if ((uint32_t)p->pid != pid || p->state == 'Z')
			continue;
		if (!is_within_reach(v, p->uid))
			return is_out_of_reach(v, pid, err);
		int r = send_one(v, p);
		if (r < 0)
			return error_errno(err, r, "cannot send signal %u to process %u of %s", v->request.signal, pid,
					   visit_name(v));
		if (r > 0)
			return r;
	}
	return error_set(err, -ESRCH, "%s has no process %u (centerctl top %s lists them)", visit_name(v), pid,
			 visit_name(v));
}

/* Its first process last: with that one all others end. */
static int send_to_all(const struct visit *v, const struct processes *all, struct error *err)
{
	int sent = 0;
	for (uint32_t i = all->count; i-- > 0;) {
		const struct process *p = &all->process[i];
		if (p->state == 'Z' || !is_within_reach(v, p->uid))
			continue;
		int r = send_one(v, p);
		if (r < 0)
			return error_errno(err, r, "cannot send signal %u to process %d of %s", v->request.signal,
					   (int)p->pid, visit_name(v));
		sent += r;
	}
	return sent;
}

static int send_chosen(struct visit *v, struct error *err)
{
	uint64_t pid = 0;
	const struct request *r = &v->request;
	cleanup_processes struct processes all = {0};
	if (r->pid[0] && (parse_u64(r->pid, INT32_MAX, &pid) < 0 || pid == 0))
		return error_set(err, -EINVAL, "a process of the container is named by its number there");
	if (!r->all && (!r->pid[0] || (pid_t)pid == v->target.status.ns_pid))
		return send_to_init(v, err);
	int result = census_take(&v->target, v->by_pid ? NULL : v->container.id, v->channel, &all, err);
	if (result < 0)
		return result;
	return r->all ? send_to_all(v, &all, err) : send_to_number(v, &all, (uint32_t)pid, err);
}

int deliver_signal(struct visit *v, struct error *err)
{
	cleanup_buf struct buf b = {0};
	/* Before it is sent, since afterwards there may be nobody left to ask. */
	ledger_told(v);
	int sent = send_chosen(v, err);
	if (sent < 0)
		return sent;
	wire_put_u32(&b, (uint32_t)sent);
	int r = message_send(v->channel, CHANNEL_SIGNALED, &b, NULL, 0);
	return r < 0 ? error_errno(err, r, "cannot answer") : 0;
}
