/* SPDX-License-Identifier: ISC */
#include "stats_print.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "amount.h"
#include "cell.h"
#include "table.h"

static const uint64_t NS_PER_MS = 1000000;

void stats_pair_done(struct stats_pair *p)
{
	stats_done(&p->now);
	stats_done(&p->before);
}

void stats_pair_add(struct stats_pair *p, struct stats *s)
{
	stats_done(&p->before);
	p->before = p->now;
	p->now = *s;
	*s = (struct stats){0};
	p->samples++;
}

/* In hundredths of a percent of one processor; -1: not known. A container that was restarted counts from 0 again. */
static int64_t cpu_of(const struct stats_pair *p)
{
	const struct stats *now = &p->now, *before = &p->before;
	int64_t ms = now->at_ms - before->at_ms;
	if (p->samples < 2 || !(now->known & before->known & STATS_CPU) || ms <= 0 || now->cpu_ns < before->cpu_ns)
		return -1;
	return (int64_t)((double)(now->cpu_ns - before->cpu_ns) * 10000 / ((double)ms * (double)NS_PER_MS));
}

/* The same of the memory's limit. */
static int64_t memory_of(const struct stats *s)
{
	if (!(s->known & STATS_MEMORY) || s->memory_limit == UINT64_MAX || s->memory_limit == 0)
		return -1;
	return (int64_t)((double)s->memory * 10000 / (double)s->memory_limit);
}

static void add_percent(struct table *t, int64_t hundredths)
{
	char text[32];
	snprintf(text, sizeof(text), "%" PRId64 ".%02d%%", hundredths / 100, (int)(hundredths % 100));
	table_add(t, hundredths < 0 ? "-" : text);
}

static void add_two(struct table *t, bool known, uint64_t a, uint64_t b,
		    void (*show)(uint64_t bytes, char *to, size_t size))
{
	char left[24], right[24] = "-", both[64];
	show(a, left, sizeof(left));
	if (b != UINT64_MAX)
		show(b, right, sizeof(right));
	snprintf(both, sizeof(both), "%s / %s", left, right);
	table_add(t, known ? both : "-");
}

static void add_row(struct table *t, const struct stats_pair *p)
{
	const struct stats *s = &p->now;
	char text[24], id[13];
	snprintf(id, sizeof(id), "%.12s", s->id);
	snprintf(text, sizeof(text), "%" PRIu64, s->pids);
	table_add(t, *s->name ? s->name : id);
	add_percent(t, cpu_of(p));
	add_two(t, s->known & STATS_MEMORY, s->memory, s->memory_limit, amount_binary);
	add_percent(t, memory_of(s));
	add_two(t, s->known & STATS_NET, s->received_bytes, s->sent_bytes, amount_decimal);
	add_two(t, s->known & STATS_IO, s->read_bytes, s->written_bytes, amount_decimal);
	table_add(t, s->known & STATS_PIDS ? text : "-");
}

static int print_table(const struct stats_pair *pairs, size_t count, const struct stats_look *look, struct buf *to)
{
	static const char *const names[] = {"NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O",
					    "PIDS", NULL};
	cleanup_table struct table t = {.names = names, .bare = !look->heading, .colour = look->colour};
	for (size_t i = 0; i < count; i++)
		if (pairs[i].samples > 0)
			add_row(&t, &pairs[i]);
	return table_print(&t, to);
}

static void put_number(struct buf *to, const char *name, bool known, uint64_t value)
{
	if (known)
		buf_printf(to, ", \"%s\": %" PRIu64, name, value);
	else
		buf_printf(to, ", \"%s\": null", name);
}

static void put_percent(struct buf *to, const char *name, int64_t hundredths)
{
	if (hundredths >= 0)
		buf_printf(to, ", \"%s\": %" PRId64 ".%02d", name, hundredths / 100, (int)(hundredths % 100));
	else
		buf_printf(to, ", \"%s\": null", name);
}

static void put_json(const struct stats_pair *p, struct buf *to)
{
	const struct stats *s = &p->now;
	bool cpu = s->known & STATS_CPU, memory = s->known & STATS_MEMORY, pids = s->known & STATS_PIDS;
	bool io = s->known & STATS_IO, net = s->known & STATS_NET;
	buf_puts(to, "{\"id\": ");
	cell_put_json(to, s->id);
	buf_puts(to, ", \"name\": ");
	cell_put_json(to, s->name);
	put_percent(to, "cpu_percent", cpu_of(p));
	put_number(to, "cpu_ns", cpu, s->cpu_ns);
	put_number(to, "throttled_ns", cpu, s->throttled_ns);
	if (s->cpu_limit)
		buf_printf(to, ", \"cpu_limit\": %" PRIu64 ".%03u", s->cpu_limit / 1000,
			   (unsigned)(s->cpu_limit % 1000));
	else
		buf_puts(to, ", \"cpu_limit\": null");
	put_number(to, "cpus", true, s->cpus);
	put_number(to, "memory", memory, s->memory);
	put_number(to, "memory_limit", memory && s->memory_limit != UINT64_MAX, s->memory_limit);
	put_percent(to, "memory_percent", memory_of(s));
	put_number(to, "oom_kills", memory, s->oom_kills);
	put_number(to, "pids", pids, s->pids);
	put_number(to, "pids_limit", pids && s->pids_limit != UINT64_MAX, s->pids_limit);
	put_number(to, "read_bytes", io, s->read_bytes);
	put_number(to, "written_bytes", io, s->written_bytes);
	put_number(to, "received_bytes", net, s->received_bytes);
	put_number(to, "sent_bytes", net, s->sent_bytes);
	buf_puts(to, "}");
}

int stats_print(const struct stats_pair *pairs, size_t count, const struct stats_look *look, struct buf *to)
{
	bool any = false;
	if (!look->json)
		return print_table(pairs, count, look, to);
	buf_puts(to, "[");
	for (size_t i = 0; i < count; i++) {
		if (pairs[i].samples == 0)
			continue;
		buf_puts(to, any ? ",\n " : "\n ");
		put_json(&pairs[i], to);
		any = true;
	}
	buf_puts(to, any ? "\n]\n" : "]\n");
	return to->failed ? -ENOMEM : 0;
}
