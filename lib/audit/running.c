/* SPDX-License-Identifier: ISC */
#include "running.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/wire.h"
#include "place.h"

enum { LOCK_WAIT_MS = 2000, TEXT_MAX = 4096, FILE_MAX = 8 * TEXT_MAX };

void running_done(struct running *r)
{
	char **const texts[] = {&r->who,  &r->container_id, &r->container_name, &r->as_user,
				&r->verb, &r->address,	    &r->slot,		&r->recording};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		cleanup_free_function(texts[i]);
	*r = (struct running){0};
}

void running_list_free(struct running *list, int count)
{
	for (int i = 0; i < count; i++)
		running_done(&list[i]);
	free(list);
}

static void put_text(struct buf *b, const char *text)
{
	wire_put_blob(b, text ? text : "", text ? strnlen(text, TEXT_MAX) : 0);
}

static void encode(const struct running *r, struct buf *b)
{
	wire_put_i64(b, r->pid);
	wire_put_u64(b, r->pid_start);
	wire_put_i64(b, r->wall_ms);
	const char *const texts[] = {r->who,  r->container_id, r->container_name, r->as_user,
				     r->verb, r->address,      r->slot,		  r->recording};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		put_text(b, texts[i]);
}

static int decode(const char *session, const char *data, size_t len, struct running *ret)
{
	struct wire w = wire_start(data, len);
	struct running r = {.pid = (pid_t)wire_i64(&w)};
	memcpy(r.session, session, sizeof(r.session));
	r.pid_start = wire_u64(&w);
	r.wall_ms = wire_i64(&w);
	char **const texts[] = {&r.who,	 &r.container_id, &r.container_name, &r.as_user,
				&r.verb, &r.address,	  &r.slot,	     &r.recording};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		*texts[i] = wire_str(&w, TEXT_MAX);
	int e = wire_end(&w);
	if (e < 0)
		running_done(&r);
	else
		*ret = r;
	return e;
}

/* The directory, locked: as long as this is open nobody else counts, comes or looks. */
static int open_locked(const char *rundir, struct error *err)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/sessions", rundir);
	cleanup_fd int dir = place_open_dir(path, true, true, err);
	if (dir < 0)
		return dir;
	int r = place_lock(dir, LOCK_EX, now_ms() + LOCK_WAIT_MS);
	return r < 0 ? error_errno(err, r, "cannot lock %s", path) : steal_fd(&dir);
}

/*
 * The session of that name, if it lives. A file that can be locked belongs to one that was killed, and is removed; what
 * cannot be read is a session all the same, but one that says nothing of itself.
 */
static bool read_one(int dir, const char *name, struct running *ret)
{
	cleanup_fd int fd = place_open_file(dir, name, name, O_RDONLY, NULL);
	if (fd < 0)
		return false;
	if (flock(fd, LOCK_SH | LOCK_NB) == 0) {
		unlinkat(dir, name, 0);
		return false;
	}
	cleanup_free char *data = NULL;
	size_t len;
	if (read_all(fd, FILE_MAX, &data, &len) < 0 || decode(name, data, len, ret) < 0) {
		*ret = (struct running){0};
		memcpy(ret->session, name, sizeof(ret->session));
	}
	return true;
}

/* Calls visit, which takes over what it gets, for each that lives. 0, or the first error. */
static int each(int dir, int (*visit)(void *arg, struct running *r), void *arg)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	if (!list) {
		int e = -errno;
		close_fd(copy);
		return e;
	}
	int e = 0;
	for (struct dirent *d; e == 0 && (d = readdir(list));) {
		struct running r;
		if (audit_is_session_id(d->d_name) && read_one(dir, d->d_name, &r))
			e = visit(arg, &r);
	}
	closedir(list);
	return e;
}

struct count {
	const char *slot;
	uint32_t count;
};

static int count_one(void *arg, struct running *r)
{
	struct count *c = arg;
	/* One that cannot be read counts for everybody. */
	c->count += !r->slot || str_eq(r->slot, c->slot);
	running_done(r);
	return 0;
}

/* The file is locked before it says anything: who finds it unlocked finds a session that has died. */
static int make_file(int dir, const struct running *r, struct error *err)
{
	cleanup_buf struct buf data = {0};
	encode(r, &data);
	cleanup_fd int fd = place_open_file(dir, r->session, r->session, O_RDWR | O_CREAT | O_EXCL, err);
	if (fd < 0)
		return fd;
	int e = flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
	if (e == 0)
		e = data.failed ? -ENOMEM : write_full(fd, data.data, data.len);
	if (e == 0)
		return steal_fd(&fd);
	unlinkat(dir, r->session, 0);
	return error_errno(err, e, "cannot note the session among those that run");
}

int running_enter(const char *rundir, const struct running *r, uint32_t limit, struct error *err)
{
	struct count c = {.slot = r->slot ? r->slot : ""};
	if (!audit_is_session_id(r->session))
		return error_set(err, -EINVAL, "%s is no session's ID", r->session);
	cleanup_fd int dir = open_locked(rundir, err);
	if (dir < 0)
		return dir;
	int e = limit > 0 ? each(dir, count_one, &c) : 0;
	if (e < 0)
		return error_errno(err, e, "cannot count the sessions that run");
	if (limit > 0 && c.count >= limit)
		return error_set(err, -EUSERS, "%u sessions of this rule run already, and no more are allowed",
				 c.count);
	return make_file(dir, r, err);
}

void running_leave(const char *rundir, const char *session, int fd)
{
	char path[PATH_MAX];
	if (audit_is_session_id(session) &&
	    (size_t)snprintf(path, sizeof(path), "%s/sessions/%s", rundir, session) < sizeof(path))
		unlink(path);
	close_fd(fd);
}

struct gather {
	struct running *list;
	int count, room;
};

static int gather_one(void *arg, struct running *r)
{
	struct gather *g = arg;
	if (g->count == g->room) {
		int room = g->room ? g->room * 2 : 16;
		struct running *bigger = reallocarray(g->list, (size_t)room, sizeof(*bigger));
		if (!bigger) {
			running_done(r);
			return -ENOMEM;
		}
		g->list = bigger;
		g->room = room;
	}
	g->list[g->count++] = *r;
	return 0;
}

int running_list(const char *rundir, struct running **ret, struct error *err)
{
	struct gather g = {0};
	cleanup_fd int dir = open_locked(rundir, err);
	if (dir < 0)
		return dir;
	int e = each(dir, gather_one, &g);
	if (e < 0) {
		running_list_free(g.list, g.count);
		return error_errno(err, e, "cannot list the sessions that run");
	}
	*ret = g.list;
	return g.count;
}
