/* SPDX-License-Identifier: ISC */
#include "deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "channel.h"
#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/priv/census.h"
#include "lib/priv/sys.h"
#include "lib/proto/message.h"
#include "lib/proto/wire.h"

/* As kill(2) has it for that user, inside: by the real and the saved ID of the process, which is pinned by now. */
static bool is_within_reach(const struct visit *v, int dir)
{
	cleanup_free char *text = NULL;
	cleanup_proc_status struct proc_status s = {.umask = 0};
	if (!visit_is_judged(v) || v->user.uid == 0)
		return true;
	if (proc_read(dir, "status", &text, NULL) < 0 || proc_status_parse(text, &s) < 0)
		return false;
	for (int which = 0; which <= 2; which += 2) {
		uint32_t inside;
		if (proc_map_in(&v->target.uid_map, s.uid[which], &inside) == 0 && inside == v->user.uid)
			return true;
	}
	return false;
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
 * was sent, 0 if it has gone, -EPERM if it is out of reach.
 */
static int send_one(const struct visit *v, const struct process *p)
{
	char id[65], number[16];
	pid_t inside = 0;
	snprintf(number, sizeof(number), "%d", (int)p->host_pid);
	cleanup_fd int pidfd = sys_pidfd_open(p->host_pid);
	cleanup_fd int dir = pidfd < 0 ? -errno : proc_open(v->proc, number, O_PATH | O_DIRECTORY);
	if (pidfd < 0 || dir < 0)
		return 0;
	if (v->by_pid ? target_alive(&v->target) < 0
		      : census_find(v->proc, p->host_pid, &v->target, id, &inside) < 0 || inside != p->pid ||
				strcmp(id, v->container.id) != 0)
		return 0;
	if (!is_within_reach(v, dir))
		return -EPERM;
	if (sys_pidfd_send_signal(pidfd, (int)v->request.signal) < 0)
		return errno == ESRCH ? 0 : -errno;
	return 1;
}

static int send_to_init(const struct visit *v, struct error *err)
{
	if (!is_within_reach(v, v->target.dir))
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
		int r = send_one(v, p);
		if (r == -EPERM)
			return is_out_of_reach(v, pid, err);
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
		int r = p->state == 'Z' ? 0 : send_one(v, p);
		if (r < 0 && r != -EPERM)
			return error_errno(err, r, "cannot send signal %u to process %d of %s", v->request.signal,
					   (int)p->pid, visit_name(v));
		sent += r > 0;
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

/* With a record of its own before and after, as an entry has: afterwards there may be nobody left to ask. */
int deliver_signal(struct visit *v, struct error *err)
{
	cleanup_buf struct buf b = {0};
	int sent = ledger_open_step(v, err);
	if (sent == 0)
		sent = send_chosen(v, err);
	ledger_close(v, &(struct session_result){.status = sent < 0 ? EXIT_OURS << 8 : 0}, 0);
	if (sent < 0)
		return sent;
	if (v->container.state == STATE_PAUSED)
		channel_warn(v->channel, "container %s is paused: the signal arrives when it is unpaused",
			     visit_name(v));
	wire_put_u32(&b, (uint32_t)sent);
	return channel_answer(v->channel, CHANNEL_SIGNALED, &b, err);
}
