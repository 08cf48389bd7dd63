/* SPDX-License-Identifier: ISC */
#include "rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

#include "lib/base/cleanup.h"
#include "lib/priv/caps.h"
#include "lib/proto/message.h"
#include "lib/proto/request.h"
#include "lib/proto/wire.h"

enum { VALUE_MAX = 4096 };

/* As it is: whoever prints it escapes it. */
static void put(struct rows *rows, const char *text)
{
	char cut[VALUE_MAX];
	snprintf(cut, sizeof(cut), "%s", text);
	wire_put_str(&rows->body, cut);
}

void rows_add(struct rows *rows, const char *group, const char *name, const char *first, const char *second)
{
	put(rows, group);
	put(rows, name);
	put(rows, first);
	put(rows, second);
	rows->count++;
}

void rows_addf(struct rows *rows, const char *group, const char *name, const char *format, ...)
{
	char text[VALUE_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	rows_add(rows, group, name, text, "");
}

int rows_send(struct rows *rows, int channel)
{
	cleanup_buf struct buf b = {0};
	wire_put_u32(&b, rows->count);
	buf_add(&b, rows->body.data, rows->body.len);
	b.failed |= rows->body.failed;
	buf_done(&rows->body);
	*rows = (struct rows){0};
	return message_send(channel, CHANNEL_SHOW, &b, NULL, 0);
}

uint32_t rows_inside(const struct proc_map *map, uint32_t outside)
{
	enum { OVERFLOW_ID = 65534 };
	uint32_t id;
	return proc_map_in(map, outside, &id) == 0 ? id : OVERFLOW_ID;
}

void rows_join_ids(const uint32_t *ids, size_t count, char *buf, size_t size)
{
	size_t used = 0;
	buf[0] = '\0';
	for (size_t i = 0; i < count && used + 12 < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%u", i ? "," : "", ids[i]);
}

void rows_join_inside(const struct proc_map *map, const uint32_t *ids, size_t count, char *buf, size_t size)
{
	size_t used = 0;
	buf[0] = '\0';
	for (size_t i = 0; i < count && used + 12 < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%u", i ? "," : "", rows_inside(map, ids[i]));
}

void rows_name_caps(uint64_t mask, char *buf, size_t size)
{
	size_t used = 0;
	buf[0] = '\0';
	for (int cap = 0; cap < 64 && used + 40 < size; cap++) {
		if (!(mask & cap_bit(cap)))
			continue;
		char *name = cap_to_name(cap);
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " " : "", name ? name : "?");
		cap_free(name);
	}
}

void rows_namespace(char *buf, size_t size, unsigned long inode, unsigned long own)
{
	snprintf(buf, size, "%lu%s", inode, inode == own ? ", the host's" : "");
}

void rows_limit(char *buf, size_t size, const struct rlimit *l)
{
	char soft[24] = "unlimited", hard[24] = "unlimited";
	if (l->rlim_cur != RLIM_INFINITY)
		snprintf(soft, sizeof(soft), "%llu", (unsigned long long)l->rlim_cur);
	if (l->rlim_max != RLIM_INFINITY)
		snprintf(hard, sizeof(hard), "%llu", (unsigned long long)l->rlim_max);
	snprintf(buf, size, "%s:%s", soft, hard);
}

const char *rows_limit_name(int resource)
{
	static const char *const names[RLIM_NLIMITS] = {"cpu",	    "fsize",  "data",	 "stack", "core",  "rss",
							"nproc",    "nofile", "memlock", "as",	  "locks", "sigpending",
							"msgqueue", "nice",   "rtprio",	 "rttime"};
	return names[resource] ? names[resource] : "?";
}
