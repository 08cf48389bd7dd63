/* SPDX-License-Identifier: ISC */
/* What engines say of containers (answer.h). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "field.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static const int64_t PID_LARGEST = 1 << 22; /* PID_MAX_LIMIT of 64-bit kernels */

const char *container_state_name(enum container_state s)
{
	static const char *const names[] = {"unknown",	  "created",  "running", "paused",
					    "restarting", "removing", "exited",	 "dead"};
	return s < ARRAY_SIZE(names) ? names[s] : "unknown";
}

static void mount_done(struct container_mount *m)
{
	free(m->type);
	free(m->name);
	free(m->source);
	free(m->destination);
}

void container_done(struct container *c)
{
	free(c->started_at);
	free(c->image_id);
	free(c->image);
	free(c->user);
	free(c->workdir);
	free(c->hostname);
	strv_free(c->env);
	strv_free(c->labels);
	strv_free(c->group_add);
	strv_free(c->binds);
	strv_free(c->device_rules);
	free(c->pid_mode);
	free(c->network_mode);
	free(c->ipc_mode);
	free(c->userns_mode);
	free(c->cgroup_parent);
	free(c->runtime);
	free(c->apparmor);
	free(c->process_label);
	strv_free(c->ports);
	strv_free(c->networks);
	free(c->created_at);
	free(c->health);
	free(c->restart_policy);
	for (uint32_t i = 0; i < c->mount_count; i++)
		mount_done(&c->mounts[i]);
	free(c->mounts);
	*c = (struct container){0};
}

static void mounts_encode(const struct container *c, struct buf *to)
{
	wire_put_u32(to, c->mount_count);
	for (uint32_t i = 0; i < c->mount_count; i++) {
		wire_put_str(to, c->mounts[i].type);
		wire_put_str(to, c->mounts[i].name);
		wire_put_str(to, c->mounts[i].source);
		wire_put_str(to, c->mounts[i].destination);
		wire_put_bool(to, c->mounts[i].writable);
	}
}

/* The destination names files inside a container to programs that do not look twice at it. */
bool is_mount_destination(const char *path)
{
	if (*path != '/')
		return false;
	for (const char *part = path; part; part = strchr(part, '/')) {
		size_t len = strcspn(++part, "/");
		bool dots = *part == '.' && (len == 1 || (len == 2 && part[1] == '.'));
		if (dots || (len == 0 && path[1] != '\0'))
			return false;
	}
	return true;
}

static void mounts_read(struct wire *w, struct container *c)
{
	uint32_t count = wire_enum(w, CONTAINER_MOUNTS_MAX);
	c->mounts = calloc((size_t)count + 1, sizeof(*c->mounts));
	field_require(w, c->mounts);
	for (; c->mount_count < count && !w->bad; c->mount_count++) {
		struct container_mount *m = &c->mounts[c->mount_count];
		m->type = wire_str(w, ANSWER_WORD_MAX);
		m->name = wire_str(w, ANSWER_WORD_MAX);
		m->source = wire_str(w, ANSWER_WORD_MAX);
		m->destination = wire_str(w, ANSWER_WORD_MAX);
		m->writable = wire_bool(w);
		field_require(w, m->destination && is_mount_destination(m->destination));
	}
}

void container_encode(const struct container *c, struct buf *to)
{
	wire_put_str(to, c->id);
	wire_put_str(to, c->name);
	wire_put_u32(to, c->state);
	wire_put_i64(to, c->pid);
	wire_put_i64(to, c->exit_code);
	wire_put_str(to, c->started_at);
	wire_put_str(to, c->image_id);
	wire_put_str(to, c->image);
	wire_put_str(to, c->user);
	wire_put_str(to, c->workdir);
	wire_put_str(to, c->hostname);
	wire_put_strv(to, c->env);
	wire_put_strv(to, c->labels);
	wire_put_strv(to, c->group_add);
	wire_put_strv(to, c->binds);
	wire_put_strv(to, c->device_rules);
	wire_put_str(to, c->pid_mode);
	wire_put_str(to, c->network_mode);
	wire_put_str(to, c->ipc_mode);
	wire_put_str(to, c->userns_mode);
	wire_put_str(to, c->cgroup_parent);
	wire_put_str(to, c->runtime);
	wire_put_str(to, c->apparmor);
	wire_put_str(to, c->process_label);
	wire_put_bool(to, c->privileged);
	wire_put_bool(to, c->tty);
	wire_put_bool(to, c->read_only);
	wire_put_strv(to, c->ports);
	wire_put_strv(to, c->networks);
	wire_put_str(to, c->created_at);
	wire_put_str(to, c->health);
	wire_put_str(to, c->restart_policy);
	mounts_encode(c, to);
}

static void container_read(struct wire *w, struct container *c)
{
	wire_str_into(w, c->id, sizeof(c->id));
	wire_str_into(w, c->name, sizeof(c->name));
	c->state = wire_enum(w, STATE_MAX);
	c->pid = field_range(w, 0, PID_LARGEST);
	c->exit_code = field_range(w, INT32_MIN, UINT32_MAX);
	c->started_at = wire_str(w, ANSWER_WORD_MAX);
	c->image_id = wire_str(w, ANSWER_WORD_MAX);
	c->image = wire_str(w, ANSWER_WORD_MAX);
	c->user = wire_str(w, ANSWER_WORD_MAX);
	c->workdir = wire_str(w, ANSWER_WORD_MAX);
	c->hostname = wire_str(w, ANSWER_WORD_MAX);
	c->env = wire_strv(w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
	c->labels = wire_strv(w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
	c->group_add = wire_strv(w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
	c->binds = wire_strv(w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
	c->device_rules = wire_strv(w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
	c->pid_mode = wire_str(w, ANSWER_WORD_MAX);
	c->network_mode = wire_str(w, ANSWER_WORD_MAX);
	c->ipc_mode = wire_str(w, ANSWER_WORD_MAX);
	c->userns_mode = wire_str(w, ANSWER_WORD_MAX);
	c->cgroup_parent = wire_str(w, ANSWER_WORD_MAX);
	c->runtime = wire_str(w, ANSWER_WORD_MAX);
	c->apparmor = wire_str(w, ANSWER_WORD_MAX);
	c->process_label = wire_str(w, ANSWER_WORD_MAX);
	c->privileged = wire_bool(w);
	c->tty = wire_bool(w);
	c->read_only = wire_bool(w);
	c->ports = wire_strv(w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
	c->networks = wire_strv(w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
	c->created_at = wire_str(w, ANSWER_WORD_MAX);
	c->health = wire_str(w, ANSWER_WORD_MAX);
	c->restart_policy = wire_str(w, ANSWER_WORD_MAX);
	mounts_read(w, c);
}

int container_decode(const void *data, size_t len, struct container *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_container struct container c = {0};
	container_read(&w, &c);
	bool has_process = c.state == STATE_RUNNING || c.state == STATE_PAUSED;
	field_require(&w, is_container_id(c.id) && is_container_word(c.name));
	field_require(&w, has_process ? c.pid >= 2 : c.pid == 0);
	field_require_pairs(&w, c.env);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = c;
	c = (struct container){0};
	return 0;
}

void container_list_done(struct container_list *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		free(l->rows[i].image);
		strv_free(l->rows[i].labels);
		free(l->rows[i].status);
	}
	free(l->rows);
	*l = (struct container_list){0};
}

void container_list_encode(const struct container_list *l, struct buf *to)
{
	wire_put_u32(to, l->count);
	for (uint32_t i = 0; i < l->count; i++) {
		wire_put_str(to, l->rows[i].id);
		wire_put_str(to, l->rows[i].name);
		wire_put_str(to, l->rows[i].image);
		wire_put_strv(to, l->rows[i].labels);
		wire_put_u32(to, l->rows[i].state);
		wire_put_str(to, l->rows[i].status);
		wire_put_i64(to, l->rows[i].created);
	}
	wire_put_u32(to, l->left_out);
}

int container_list_decode(const void *data, size_t len, struct container_list *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_container_list struct container_list l = {0};
	l.count = wire_enum(&w, ANSWER_LIST_MAX);
	l.rows = calloc((size_t)l.count + 1, sizeof(*l.rows));
	if (!l.rows)
		return -EBADMSG;
	for (uint32_t i = 0; i < l.count && !w.bad; i++) {
		struct container_row *row = &l.rows[i];
		wire_str_into(&w, row->id, sizeof(row->id));
		wire_str_into(&w, row->name, sizeof(row->name));
		row->image = wire_str(&w, ANSWER_WORD_MAX);
		row->labels = wire_strv(&w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
		row->state = wire_enum(&w, STATE_MAX);
		row->status = wire_str(&w, ANSWER_WORD_MAX);
		row->created = field_range(&w, 0, INT64_MAX);
		field_require(&w, is_container_id(row->id) && is_container_word(row->name));
	}
	l.left_out = wire_enum(&w, ANSWER_LIST_MAX);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = l;
	l = (struct container_list){0};
	return 0;
}
