/* SPDX-License-Identifier: ISC */
#include "procfs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* Reads one number in base at *at, after blanks, and moves *at behind it. */
static int take_number(const char **at, int base, uint64_t max, uint64_t *ret)
{
	const char *s = *at;
	while (*s == ' ' || *s == '\t')
		s++;
	const char *digits = base == 16 ? "0123456789abcdef" : base == 8 ? "01234567" : "0123456789";
	size_t len = strspn(s, digits);
	if (len == 0 || len > 20)
		return -EBADMSG;
	errno = 0;
	char *end;
	uint64_t value = strtoull(s, &end, base);
	if (errno || end != s + len || value > max)
		return -EBADMSG;
	*at = end;
	*ret = value;
	return 0;
}

static int take_pid(const char **at, pid_t *ret)
{
	uint64_t value;
	int r = take_number(at, 10, INT32_MAX, &value);
	if (r == 0)
		*ret = (pid_t)value;
	return r;
}

static int take_ids(const char *at, uint32_t ids[4])
{
	for (int i = 0; i < 4; i++) {
		uint64_t value;
		if (take_number(&at, 10, UINT32_MAX, &value) < 0)
			return -EBADMSG;
		ids[i] = (uint32_t)value;
	}
	return 0;
}

static bool at_line_end(const char *at)
{
	at += strspn(at, " \t");
	return *at == '\n' || *at == '\0';
}

static int take_groups(const char *at, struct proc_status *s)
{
	size_t room = 0;
	while (!at_line_end(at)) {
		uint64_t value;
		if (s->group_count >= PROC_GROUPS_MAX || take_number(&at, 10, UINT32_MAX, &value) < 0)
			return -EBADMSG;
		if (s->group_count == room) {
			room = room ? room * 2 : 32;
			gid_t *bigger = reallocarray(s->groups, room, sizeof(gid_t));
			if (!bigger)
				return -ENOMEM;
			s->groups = bigger;
		}
		s->groups[s->group_count++] = (gid_t)value;
	}
	return 0;
}

static int take_ns_pids(const char *at, struct proc_status *s)
{
	while (!at_line_end(at)) {
		if (s->ns_depth >= PROC_NS_DEPTH_MAX || take_pid(&at, &s->ns_pid) < 0)
			return -EBADMSG;
		s->ns_pids[s->ns_depth++] = s->ns_pid;
	}
	return s->ns_depth > 0 ? 0 : -EBADMSG;
}

static int take_one_pid(const char *at, pid_t *ret)
{
	return take_pid(&at, ret) < 0 || !at_line_end(at) ? -EBADMSG : 0;
}

static int take_mask(const char *at, int base, uint64_t *ret)
{
	return take_number(&at, base, UINT64_MAX, ret) < 0 || !at_line_end(at) ? -EBADMSG : 0;
}

enum { HAS_TGID = 1, HAS_PID = 2, HAS_UID = 4, HAS_GID = 8, HAS_BND = 16, HAS_PRM = 32, HAS_ALL = 63 };

static int status_line(const char *line, struct proc_status *s, unsigned *seen)
{
	const char *v;
	uint64_t value;
	int r = 0;
	if ((v = str_after(line, "Tgid:"))) {
		*seen |= HAS_TGID;
		return take_one_pid(v, &s->tgid);
	}
	if ((v = str_after(line, "Pid:"))) {
		*seen |= HAS_PID;
		return take_one_pid(v, &s->pid);
	}
	if ((v = str_after(line, "PPid:")))
		return take_one_pid(v, &s->ppid);
	if ((v = str_after(line, "Uid:"))) {
		*seen |= HAS_UID;
		return take_ids(v, s->uid);
	}
	if ((v = str_after(line, "Gid:"))) {
		*seen |= HAS_GID;
		return take_ids(v, s->gid);
	}
	if ((v = str_after(line, "Groups:")))
		return s->groups ? -EBADMSG : take_groups(v, s);
	if ((v = str_after(line, "NSpid:")))
		return s->ns_depth ? -EBADMSG : take_ns_pids(v, s);
	if ((v = str_after(line, "Umask:"))) {
		r = take_mask(v, 8, &value);
		if (r == 0)
			s->umask = (uint32_t)value & 0777;
		return r;
	}
	if ((v = str_after(line, "CapInh:")))
		return take_mask(v, 16, &s->cap_inh);
	if ((v = str_after(line, "CapPrm:"))) {
		*seen |= HAS_PRM;
		return take_mask(v, 16, &s->cap_prm);
	}
	if ((v = str_after(line, "CapEff:")))
		return take_mask(v, 16, &s->cap_eff);
	if ((v = str_after(line, "CapBnd:"))) {
		*seen |= HAS_BND;
		return take_mask(v, 16, &s->cap_bnd);
	}
	if ((v = str_after(line, "CapAmb:")))
		return take_mask(v, 16, &s->cap_amb);
	if ((v = str_after(line, "NoNewPrivs:"))) {
		r = take_mask(v, 10, &value);
		s->no_new_privs = r == 0 && value != 0;
		return r;
	}
	if ((v = str_after(line, "Seccomp:"))) {
		r = take_mask(v, 10, &value);
		if (r == 0)
			s->seccomp = value > 2 ? 2 : (uint32_t)value;
		return r;
	}
	return 0;
}

void proc_status_done(struct proc_status *s)
{
	cleanup_free_function(&s->groups);
	*s = (struct proc_status){0};
}

int proc_status_parse(const char *text, struct proc_status *ret)
{
	cleanup_proc_status struct proc_status s = {.umask = 022};
	unsigned seen = 0;
	/* The kernel escapes newlines in Name:, so a line's beginning is the kernel's own. */
	for (const char *line = text; *line;) {
		int r = status_line(line, &s, &seen);
		if (r < 0)
			return r;
		line = strchrnul(line, '\n');
		if (*line)
			line++;
	}
	if (seen != HAS_ALL)
		return -EBADMSG;
	*ret = s;
	s = (struct proc_status){0};
	return 0;
}

/* PF_EXITING of the kernel's include/linux/sched.h; the field is in proc(5). */
enum { PROC_FLAG_EXITING = 0x4 };

int proc_stat_parse(const char *text, struct proc_stat *ret)
{
	/* The name ends at the last parenthesis: nothing behind it can hold one. */
	const char *at = strrchr(text, ')');
	if (!at || at[1] != ' ' || !at[2] || at[3] != ' ')
		return -EBADMSG;
	struct proc_stat s = {.state = at[2]};
	at += 4;
	for (int field = 4; field <= 24; field++) {
		at += strspn(at, " ");
		bool negative = *at == '-';
		if (negative)
			at++;
		uint64_t value;
		bool there = take_number(&at, 10, UINT64_MAX, &value) == 0;
		/* What stands behind the start time is only told: nothing depends on it. */
		if (!there && field > 22)
			break;
		if (!there)
			return -EBADMSG;
		if (field <= 6 && (negative ? value > 1 : value > INT32_MAX))
			return -EBADMSG;
		if (field == 4)
			s.ppid = (pid_t)value;
		else if (field == 5)
			s.pgrp = negative ? -1 : (pid_t)value;
		else if (field == 6)
			s.session = negative ? -1 : (pid_t)value;
		else if (field == 9)
			s.exiting = value & PROC_FLAG_EXITING;
		else if (field == 14 || field == 15)
			s.cpu_time += value;
		else if (field == 19)
			s.nice = negative ? -(int64_t)(value % 128) : (int64_t)(value % 128);
		else if (field == 22)
			s.start_time = value;
		else if (field == 24 && !negative)
			s.resident = value;
	}
	*ret = s;
	return 0;
}

static int take_limit(const char **at, rlim_t *ret)
{
	const char *s = *at + strspn(*at, " ");
	if (strncmp(s, "unlimited ", 10) == 0) {
		*ret = RLIM_INFINITY;
		*at = s + 9;
		return 0;
	}
	uint64_t value;
	int r = take_number(at, 10, UINT64_MAX, &value);
	if (r == 0)
		*ret = value;
	return r;
}

int proc_limits_parse(const char *text, struct rlimit ret[RLIM_NLIMITS])
{
	enum { NAME_WIDTH = 25 }; /* the kernel pads names, which have blanks inside */
	struct rlimit limits[RLIM_NLIMITS] = {0};
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		text = strchr(text, '\n');
		if (!text || strncmp(++text, "Max ", 4) != 0 || strnlen(text, NAME_WIDTH) < NAME_WIDTH)
			return -EBADMSG;
		const char *at = text + NAME_WIDTH;
		if (*at != ' ' || take_limit(&at, &limits[i].rlim_cur) < 0 || take_limit(&at, &limits[i].rlim_max) < 0)
			return -EBADMSG;
	}
	memcpy(ret, limits, sizeof(limits));
	return 0;
}

int proc_mount_type(const char *text, int mount_id, char *buf, size_t size)
{
	while (*text) {
		const char *end = strchrnul(text, '\n'), *at = text;
		uint64_t id;
		/* Blanks in paths are escaped, so the first " - " is the kernel's own. */
		const char *dash = memmem(text, (size_t)(end - text), " - ", 3);
		if (dash && take_number(&at, 10, INT32_MAX, &id) == 0 && id == (uint64_t)mount_id) {
			size_t len = strcspn(dash + 3, " \n");
			if (len == 0 || len >= size)
				return -ENOENT;
			memcpy(buf, dash + 3, len);
			buf[len] = '\0';
			return 0;
		}
		text = *end ? end + 1 : end;
	}
	return -ENOENT;
}

bool proc_mounts_have(const char *text, const char *name)
{
	size_t len = strlen(name);
	for (; *text; text = *text ? text + 1 : text) {
		const char *end = strchrnul(text, '\n');
		/* The fourth field: ID, parent's ID, device, root. */
		for (int field = 0; field < 3 && text < end; field++)
			text += strcspn(text, " \n") + 1;
		size_t root = text < end ? strcspn(text, " \n") : 0;
		if (root > len && text[root - len - 1] == '/' && memcmp(text + root - len, name, len) == 0)
			return true;
		text = end;
		if (!*text)
			break;
	}
	return false;
}

int proc_map_parse(const char *text, struct proc_map *ret)
{
	struct proc_map m = {.count = 0};
	while (*text) {
		uint64_t field[3];
		for (int i = 0; i < 3; i++)
			if (take_number(&text, 10, UINT32_MAX, &field[i]) < 0)
				return -EBADMSG;
		if (!at_line_end(text) || m.count == PROC_MAP_MAX)
			return -EBADMSG;
		m.range[m.count].inside = (uint32_t)field[0];
		m.range[m.count].outside = (uint32_t)field[1];
		m.range[m.count].count = (uint32_t)field[2];
		m.count++;
		text = strchrnul(text, '\n');
		if (*text)
			text++;
	}
	*ret = m;
	return 0;
}

int proc_map_out(const struct proc_map *m, uint32_t inside, uint32_t *ret)
{
	for (size_t i = 0; i < m->count; i++) {
		if (inside >= m->range[i].inside && inside - m->range[i].inside < m->range[i].count) {
			uint64_t outside = (uint64_t)m->range[i].outside + (inside - m->range[i].inside);
			if (outside >= UINT32_MAX)
				return -ENOENT;
			*ret = (uint32_t)outside;
			return 0;
		}
	}
	return -ENOENT;
}

int proc_map_in(const struct proc_map *m, uint32_t outside, uint32_t *ret)
{
	for (size_t i = 0; i < m->count; i++) {
		if (outside >= m->range[i].outside && outside - m->range[i].outside < m->range[i].count) {
			*ret = m->range[i].inside + (outside - m->range[i].outside);
			return 0;
		}
	}
	return -ENOENT;
}

bool proc_map_is_identity(const struct proc_map *m)
{
	return m->count == 1 && m->range[0].inside == 0 && m->range[0].outside == 0 && m->range[0].count == UINT32_MAX;
}
