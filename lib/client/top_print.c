/* SPDX-License-Identifier: ISC */
#include "top_print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cell.h"
#include "lib/base/cleanup.h"

enum { COLUMNS = 5 }; /* the last one has no width */

/* The container chooses the character, too: a process may be in any state, but the kernel has only letters for them. */
static char state_of(const struct process *p)
{
	return p->state > ' ' && p->state < 0x7f ? p->state : '?';
}

static void put_user(const struct process *p, const char *none, char room[16])
{
	snprintf(room, 16, "%s", none);
	if (p->uid != UINT32_MAX)
		snprintf(room, 16, "%u", p->uid);
}

static void put_command(struct buf *to, const struct process *p)
{
	if (!p->argv || !p->argv[0]) {
		buf_puts(to, "[");
		cell_put(to, p->name);
		buf_puts(to, "]");
	}
	for (size_t i = 0; p->argv && p->argv[i]; i++) {
		buf_puts(to, i > 0 ? " " : "");
		cell_put(to, p->argv[i]);
	}
	buf_puts(to, "\n");
}

static void put_cells(struct buf *to, const char *const cells[COLUMNS - 1], size_t width[COLUMNS - 1])
{
	for (size_t i = 0; i < COLUMNS - 1; i++) {
		size_t len = strlen(cells[i]);
		if (len > width[i])
			width[i] = len;
		buf_puts(to, cells[i]);
		cell_pad(to, len, width[i] + 2);
	}
}

/* Once for the widths, once for the text. */
static void put_table(const struct processes *p, size_t width[COLUMNS - 1], struct buf *to)
{
	static const char *const heading[] = {"PID", "HOST PID", "USER", "STATE"};
	put_cells(to, heading, width);
	buf_puts(to, "COMMAND\n");
	for (uint32_t i = 0; i < p->count; i++) {
		const struct process *one = &p->process[i];
		char pid[16], host[16], user[16], state[2] = {state_of(one), '\0'};
		snprintf(pid, sizeof(pid), "%d", (int)one->pid);
		snprintf(host, sizeof(host), "%d", (int)one->host_pid);
		put_user(one, "-", user);
		put_cells(to, (const char *const[]){pid, host, user, state}, width);
		put_command(to, one);
	}
}

static void put_json(const struct processes *p, struct buf *to)
{
	buf_puts(to, "[");
	for (uint32_t i = 0; i < p->count; i++) {
		const struct process *one = &p->process[i];
		char user[16], state[2] = {state_of(one), '\0'};
		put_user(one, "null", user);
		buf_printf(to, "%s{\"pid\": %d, \"host_pid\": %d, \"ppid\": %d, \"user\": %s, \"state\": ",
			   i > 0 ? ",\n " : "\n ", (int)one->pid, (int)one->host_pid, (int)one->ppid, user);
		cell_put_json(to, state);
		buf_puts(to, ", \"name\": ");
		cell_put_json(to, one->name);
		buf_puts(to, ", \"command\": ");
		cell_put_json_list(to, one->argv);
		buf_puts(to, "}");
	}
	buf_puts(to, p->count > 0 ? "\n]\n" : "]\n");
}

int top_print(const struct processes *p, bool json, struct buf *to)
{
	size_t width[COLUMNS - 1] = {0};
	cleanup_buf struct buf scratch = {0};
	if (json) {
		put_json(p, to);
	} else {
		put_table(p, width, &scratch);
		put_table(p, width, to);
	}
	return to->failed || scratch.failed ? -ENOMEM : 0;
}
