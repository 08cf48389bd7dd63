/* SPDX-License-Identifier: ISC */
#include "usage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/request.h"

enum { FILE_MAX = 256 << 10 };

/* What v1 counts where there is no limit: the largest number of whole pages in a long. */
static const uint64_t NO_LIMIT_V1 = UINT64_C(0x7ffffffffffff000);

/* The file of that name in whichever hierarchy has it, NULL if none does. */
static char *read_file(const struct cgroups *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++) {
		cleanup_fd int fd = openat(c->at[i].dir, name, O_RDONLY | O_CLOEXEC);
		char *text;
		size_t len;
		if (fd >= 0 && read_all(fd, FILE_MAX, &text, &len) == 0)
			return text;
	}
	return NULL;
}

/* A number at the start of text, or "max". */
static bool number_at(const char *text, uint64_t *ret)
{
	char digits[24];
	size_t len = strspn(text, "0123456789");
	if (str_starts(text, "max")) {
		*ret = UINT64_MAX;
		return true;
	}
	if (len == 0 || len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	return parse_u64(digits, UINT64_MAX, ret) == 0;
}

static const char *next_line(const char *at)
{
	const char *end = strchr(at, '\n');
	return end ? end + 1 : "";
}

bool usage_keyed(const char *text, const char *key, uint64_t *ret)
{
	for (const char *at = text; *at; at = next_line(at)) {
		const char *value = str_after(at, key);
		if (value && *value == ' ')
			return number_at(value + 1, ret);
	}
	return false;
}

uint64_t usage_io_sum(const char *text, const char *key)
{
	uint64_t sum = 0, one;
	size_t len = strlen(key);
	/* As a word, whichever line it is in. */
	for (const char *at = text; (at = strstr(at, key)); at += len)
		if (at > text && at[-1] == ' ' && (at[len] == '=' || at[len] == ' ') && number_at(at + len + 1, &one))
			sum += one;
	return sum;
}

/* Not sscanf(3), which brings 100 KiB of floating point along. */
static bool numbers_at(const char *at, uint64_t *ret, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		at += strspn(at, " ");
		size_t len = strspn(at, "0123456789");
		if (len == 0 || !number_at(at, &ret[i]))
			return false;
		at += len;
	}
	return true;
}

void usage_net(const char *text, uint64_t *ret_received, uint64_t *ret_sent)
{
	*ret_received = *ret_sent = 0;
	for (const char *at = text; *at; at = next_line(at)) {
		uint64_t field[9];
		const char *end = strchr(at, '\n');
		const char *colon = memchr(at, ':', end ? (size_t)(end - at) : strlen(at));
		const char *name = at + strspn(at, " ");
		if (!colon || str_starts(name, "lo:"))
			continue;
		/* proc_pid_net(5): eight of what was received, then the bytes sent. */
		if (!numbers_at(colon + 1, field, ARRAY_SIZE(field)))
			continue;
		*ret_received += field[0];
		*ret_sent += field[8];
	}
}

static bool read_number(const struct cgroups *c, const char *name, uint64_t *ret)
{
	cleanup_free char *text = read_file(c, name);
	return text && number_at(text, ret);
}

static bool read_keyed(const struct cgroups *c, const char *name, const char *key, uint64_t *ret)
{
	cleanup_free char *text = read_file(c, name);
	return text && usage_keyed(text, key, ret);
}

/* "QUOTA PERIOD" in microseconds. */
static void read_cpu_limit(const struct cgroups *c, struct stats *s)
{
	cleanup_free char *v2 = read_file(c, "cpu.max");
	uint64_t quota = UINT64_MAX, period = 0;
	if (v2 && strchr(v2, ' ')) {
		number_at(v2, &quota);
		number_at(strchr(v2, ' ') + 1, &period);
	} else if (!read_number(c, "cpu.cfs_quota_us", &quota) || !read_number(c, "cpu.cfs_period_us", &period)) {
		return;
	}
	if (quota != UINT64_MAX && period > 0 && quota < UINT64_MAX / 1000)
		s->cpu_limit = quota * 1000 / period;
}

static void read_cpu(const struct cgroups *c, struct stats *s)
{
	uint64_t us;
	bool known = read_number(c, "cpuacct.usage", &s->cpu_ns);
	if (known) {
		(void)read_keyed(c, "cpu.stat", "throttled_time", &s->throttled_ns);
	} else if (read_keyed(c, "cpu.stat", "usage_usec", &us)) {
		known = true;
		s->cpu_ns = us * 1000;
		if (read_keyed(c, "cpu.stat", "throttled_usec", &us))
			s->throttled_ns = us * 1000;
	}
	read_cpu_limit(c, s);
	s->known |= known ? STATS_CPU : 0;
}

static void read_memory(const struct cgroups *c, struct stats *s)
{
	uint64_t cache = 0;
	bool v1 = read_number(c, "memory.usage_in_bytes", &s->memory);
	if (!v1 && !read_number(c, "memory.current", &s->memory))
		return;
	s->known |= STATS_MEMORY;
	if (read_keyed(c, "memory.stat", v1 ? "total_inactive_file" : "inactive_file", &cache) && cache < s->memory)
		s->memory -= cache;
	if (!read_number(c, v1 ? "memory.limit_in_bytes" : "memory.max", &s->memory_limit) ||
	    (v1 && s->memory_limit >= NO_LIMIT_V1))
		s->memory_limit = UINT64_MAX;
	(void)read_keyed(c, v1 ? "memory.oom_control" : "memory.events", "oom_kill", &s->oom_kills);
}

static void read_pids(const struct cgroups *c, struct stats *s)
{
	if (!read_number(c, "pids.current", &s->pids))
		return;
	s->known |= STATS_PIDS;
	if (!read_number(c, "pids.max", &s->pids_limit))
		s->pids_limit = UINT64_MAX;
}

static void read_io(const struct cgroups *c, struct stats *s)
{
	cleanup_free char *v1 = read_file(c, "blkio.throttle.io_service_bytes_recursive");
	cleanup_free char *v2 = v1 ? NULL : read_file(c, "io.stat");
	const char *text = v1 ? v1 : v2;
	if (!text)
		return;
	s->known |= STATS_IO;
	s->read_bytes = usage_io_sum(text, v1 ? "Read" : "rbytes");
	s->written_bytes = usage_io_sum(text, v1 ? "Write" : "wbytes");
}

static void read_net(const struct target *t, struct stats *s)
{
	cleanup_free char *text = NULL;
	/* Of the host's network it would be the host's. */
	if (!(target_foreign_ns(t) & NS_NET) || proc_read(t->dir, "net/dev", &text, NULL) < 0)
		return;
	s->known |= STATS_NET;
	usage_net(text, &s->received_bytes, &s->sent_bytes);
}

void usage_read(const struct cgroups *c, const struct target *t, struct stats *ret)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	*ret = (struct stats){.at_ms = now_ms(),
			      .memory_limit = UINT64_MAX,
			      .pids_limit = UINT64_MAX,
			      .cpus = cpus > 0 ? (uint32_t)cpus : 1};
	read_cpu(c, ret);
	read_memory(c, ret);
	read_pids(c, ret);
	read_io(c, ret);
	read_net(t, ret);
}
