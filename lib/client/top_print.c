/* SPDX-License-Identifier: ISC */
#include "top_print.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "amount.h"
#include "cell.h"
#include "lib/base/cleanup.h"
#include "table.h"

/* The container chooses the character, too: a process may be in any state, but the kernel has only letters for them. */
static char state_of(const struct process *p)
{
	return p->state > ' ' && p->state < 0x7f ? p->state : '?';
}

/* Both are by their numbers inside, so that the same process is about at the same place. */
static const struct process *find(const struct processes *all, const struct process *p, uint32_t *from)
{
	for (uint32_t n = 0; n < all->count; n++) {
		const struct process *one = &all->process[(*from + n) % all->count];
		if (one->host_pid == p->host_pid) {
			*from = (*from + n + 1) % all->count;
			/* Another one may have the number by now: that is younger than it was. */
			return one->age_ms <= p->age_ms && one->cpu_ms <= p->cpu_ms ? one : NULL;
		}
	}
	return NULL;
}

/* In tenths of a percent of one processor. */
static uint64_t cpu_of(const struct process *p, const struct processes *before, uint32_t *from)
{
	const struct process *old = before ? find(before, p, from) : NULL;
	uint64_t used = p->cpu_ms - (old ? old->cpu_ms : 0), time = p->age_ms - (old ? old->age_ms : 0);
	return time ? used * 1000 / time : 0;
}

static void put_command(struct buf *to, const struct process *p)
{
	if (!p->argv || !p->argv[0])
		buf_printf(to, "[%s]", p->name);
	for (size_t i = 0; p->argv && p->argv[i]; i++) {
		buf_puts(to, i > 0 ? " " : "");
		buf_puts(to, p->argv[i]);
	}
}

static void add_number(struct table *t, uint64_t number)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRIu64, number);
	table_add(t, text);
}

static void add_user(struct table *t, const struct process *p)
{
	if (p->user && *p->user)
		table_add(t, p->user);
	else if (p->uid != UINT32_MAX)
		add_number(t, p->uid);
	else
		table_add(t, "-");
}

static void add_row(struct table *t, const struct process *p, uint64_t cpu)
{
	char text[24], state[2] = {state_of(p), '\0'};
	cleanup_buf struct buf command = {0};
	add_number(t, (uint64_t)p->pid);
	add_number(t, (uint64_t)p->host_pid);
	add_user(t, p);
	snprintf(text, sizeof(text), "%" PRIu64 ".%u", cpu / 10, (unsigned)(cpu % 10));
	table_add(t, text);
	amount_binary(p->resident, text, sizeof(text));
	table_add(t, text);
	amount_time(p->cpu_ms, text, sizeof(text));
	table_add(t, text);
	table_add_styled(t, state, *state == 'R' ? STYLE_GOOD : *state == 'Z' ? STYLE_BAD : STYLE_PLAIN);
	put_command(&command, p);
	table_add(t, buf_text(&command));
}

static int print_table(const struct processes *p, const struct processes *before, const struct top_look *look,
		       struct buf *to)
{
	static const char *const names[] = {"PID", "HOST-PID", "USER", "%CPU", "RSS", "TIME", "STAT", "COMMAND", NULL};
	cleanup_table struct table t = {.names = names, .bare = !look->heading, .colour = look->colour};
	uint32_t from = 0;
	for (uint32_t i = 0; i < p->count; i++)
		add_row(&t, &p->process[i], cpu_of(&p->process[i], before, &from));
	return table_print(&t, to);
}

static void put_json(const struct process *p, uint64_t cpu, struct buf *to)
{
	char state[2] = {state_of(p), '\0'};
	buf_printf(to, "{\"pid\": %d, \"host_pid\": %d, \"ppid\": %d, \"user\": ", (int)p->pid, (int)p->host_pid,
		   (int)p->ppid);
	if (p->uid != UINT32_MAX)
		buf_printf(to, "%u", p->uid);
	else
		buf_puts(to, "null");
	buf_puts(to, ", \"user_name\": ");
	if (p->user && *p->user)
		cell_put_json(to, p->user);
	else
		buf_puts(to, "null");
	buf_puts(to, ", \"state\": ");
	cell_put_json(to, state);
	buf_printf(to,
		   ", \"cpu_percent\": %" PRIu64 ".%u, \"cpu_ms\": %" PRIu64 ", \"age_ms\": %" PRIu64
		   ", \"resident\": %" PRIu64 ", \"name\": ",
		   cpu / 10, (unsigned)(cpu % 10), p->cpu_ms, p->age_ms, p->resident);
	cell_put_json(to, p->name);
	buf_puts(to, ", \"command\": ");
	cell_put_json_list(to, p->argv);
	buf_puts(to, "}");
}

static void print_json(const struct processes *p, const struct processes *before, struct buf *to)
{
	uint32_t from = 0;
	buf_puts(to, "[");
	for (uint32_t i = 0; i < p->count; i++) {
		buf_puts(to, i > 0 ? ",\n " : "\n ");
		put_json(&p->process[i], cpu_of(&p->process[i], before, &from), to);
	}
	buf_puts(to, p->count > 0 ? "\n]\n" : "]\n");
}

int top_print(const struct processes *p, const struct processes *before, const struct top_look *look, struct buf *to)
{
	if (!look->json)
		return print_table(p, before, look, to);
	print_json(p, before, to);
	return to->failed ? -ENOMEM : 0;
}
