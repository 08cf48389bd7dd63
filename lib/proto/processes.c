/* SPDX-License-Identifier: ISC */
#include "processes.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/base/text.h"
#include "wire.h"

void processes_done(struct processes *p)
{
	for (uint32_t i = 0; i < p->count; i++) {
		free(p->process[i].name);
		strv_free(p->process[i].argv);
		free(p->process[i].user);
	}
	free(p->process);
	*p = (struct processes){0};
}

void processes_encode(const struct processes *p, struct buf *to)
{
	wire_put_u32(to, p->count);
	for (uint32_t i = 0; i < p->count; i++) {
		const struct process *one = &p->process[i];
		wire_put_u32(to, (uint32_t)one->host_pid);
		wire_put_u32(to, (uint32_t)one->pid);
		wire_put_u32(to, (uint32_t)one->ppid);
		wire_put_u32(to, one->uid);
		wire_put_u32(to, (unsigned char)one->state);
		wire_put_str(to, one->name);
		wire_put_strv(to, one->argv);
		wire_put_str(to, one->user);
		wire_put_u64(to, one->cpu_ms);
		wire_put_u64(to, one->age_ms);
		wire_put_u64(to, one->resident);
	}
}

static void read_one(struct wire *w, struct process *ret)
{
	ret->host_pid = (pid_t)wire_enum(w, INT32_MAX);
	ret->pid = (pid_t)wire_enum(w, INT32_MAX);
	ret->ppid = (pid_t)wire_enum(w, INT32_MAX);
	ret->uid = wire_u32(w);
	ret->state = (char)wire_enum(w, 127);
	ret->name = wire_str(w, PROCESSES_ARGV_MAX);
	ret->argv = wire_strv(w, PROCESSES_ARGV_MAX, PROCESSES_ARGV_MAX);
	ret->user = wire_str(w, PROCESSES_ARGV_MAX);
	ret->cpu_ms = wire_u64(w);
	ret->age_ms = wire_u64(w);
	ret->resident = wire_u64(w);
}

int processes_decode(const void *data, size_t len, struct processes *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_processes struct processes p = {0};
	uint32_t count = wire_enum(&w, PROCESSES_MAX);
	p.process = calloc(count + 1, sizeof(*p.process));
	if (!p.process)
		return -ENOMEM;
	for (; p.count < count && !w.bad; p.count++)
		read_one(&w, &p.process[p.count]);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = p;
	p = (struct processes){0};
	return 0;
}
