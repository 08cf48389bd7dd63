/* SPDX-License-Identifier: ISC */
#include "stats.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/base/cleanup.h"
#include "wire.h"

enum { WORD_MAX = 4096 };

void stats_done(struct stats *s)
{
	free(s->id);
	free(s->name);
	*s = (struct stats){0};
}

/* The numbers, in their order on the wire. */
static void each_number(struct stats *s, void (*f)(void *arg, uint64_t *number), void *arg)
{
	uint64_t *const numbers[] = {&s->cpu_ns,       &s->throttled_ns,  &s->cpu_limit,      &s->memory,
				     &s->memory_limit, &s->oom_kills,	  &s->pids,	      &s->pids_limit,
				     &s->read_bytes,   &s->written_bytes, &s->received_bytes, &s->sent_bytes};
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		f(arg, numbers[i]);
}

static void put_number(void *to, uint64_t *number)
{
	wire_put_u64(to, *number);
}

static void get_number(void *w, uint64_t *number)
{
	*number = wire_u64(w);
}

void stats_encode(const struct stats *s, struct buf *to)
{
	struct stats copy = *s;
	wire_put_str(to, s->id);
	wire_put_str(to, s->name);
	wire_put_i64(to, s->at_ms);
	wire_put_u32(to, s->known);
	wire_put_u32(to, s->cpus);
	each_number(&copy, put_number, to);
}

int stats_decode(const void *data, size_t len, struct stats *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_stats struct stats s = {0};
	s.id = wire_str(&w, WORD_MAX);
	s.name = wire_str(&w, WORD_MAX);
	s.at_ms = wire_i64(&w);
	s.known = wire_u32(&w);
	s.cpus = wire_u32(&w);
	each_number(&s, get_number, &w);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = s;
	s = (struct stats){0};
	return 0;
}
