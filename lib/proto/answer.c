/* SPDX-License-Identifier: ISC */
#include "answer.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "request.h"
#include "wire.h"

static const uint32_t ID_MAX = UINT32_MAX - 1; /* (uid_t)-1 means "leave it" to every system call that takes one */
static const int64_t PID_LARGEST = 1 << 22;    /* PID_MAX_LIMIT of 64-bit kernels */

const char *container_state_name(enum container_state s)
{
	static const char *const names[] = {"unknown",	  "created",  "running", "paused",
					    "restarting", "removing", "exited",	 "dead"};
	return s < ARRAY_SIZE(names) ? names[s] : "unknown";
}

/* Pieces that several messages have. */

static void put_ids(struct buf *b, const uint32_t *ids, uint32_t count)
{
	wire_put_blob(b, ids, (size_t)count * sizeof(*ids));
}

static uint32_t *read_ids(struct wire *w, uint32_t *ret_count)
{
	size_t len;
	cleanup_free uint32_t *ids = wire_blob(w, ANSWER_GROUPS_MAX * sizeof(*ids), &len);
	uint32_t count = (uint32_t)(len / sizeof(*ids));
	*ret_count = 0;
	if (!ids || len % sizeof(*ids) != 0) {
		w->bad = true;
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (ids[i] > ID_MAX) {
			w->bad = true;
			return NULL;
		}
	}
	*ret_count = count;
	return steal_ptr(ids);
}

static int64_t read_range(struct wire *w, int64_t least, int64_t most)
{
	int64_t value = wire_i64(w);
	if (value >= least && value <= most)
		return value;
	w->bad = true;
	return least;
}

static uint64_t read_capabilities(struct wire *w)
{
	uint64_t mask = wire_u64(w);
	if (mask >> (CAP_LAST_CAP + 1) == 0)
		return mask;
	w->bad = true;
	return 0;
}

static void require(struct wire *w, bool condition)
{
	if (!condition)
		w->bad = true;
}

/* "NAME=value" with a name, each. */
static void require_pairs(struct wire *w, char *const *v)
{
	for (; v && *v; v++)
		require(w, **v != '=' && strchr(*v, '='));
}

/* Whether a terminal shows text as it is. A backslash is no concern here: it is how escapes look. */
static bool is_clean(const char *text)
{
	char flat[ERROR_TEXT_MAX] = "", escaped[ERROR_TEXT_MAX];
	size_t len = strnlen(text, sizeof(flat) - 1);
	for (size_t i = 0; i < len; i++)
		flat[i] = text[i] == '\\' ? '/' : text[i];
	text_escape(escaped, sizeof(escaped), flat, len);
	return strlen(escaped) == len && memcmp(escaped, flat, len) == 0;
}

/* Asks. */

void ask_http_done(struct ask_http *a)
{
	free(a->ca_pem);
	free(a->cert_pem);
	free(a->key_pem);
	*a = (struct ask_http){0};
}

void ask_http_encode(const struct ask_http *a, struct buf *to)
{
	wire_put_str(to, a->word);
	wire_put_str(to, a->host);
	wire_put_u32(to, a->port);
	wire_put_bool(to, a->tls);
	wire_put_bool(to, a->tls_verify);
	wire_put_str(to, a->ca_pem);
	wire_put_str(to, a->cert_pem);
	wire_put_str(to, a->key_pem);
	wire_put_i64(to, a->timeout_ms);
}

/* A host name or address as it may stand in a URL; brackets are put around one with colons. */
static bool is_host(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:";
	return *s && *s != '-' && s[strspn(s, allowed)] == '\0';
}

int ask_http_decode(const void *data, size_t len, struct ask_http *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_ask_http struct ask_http a = {0};
	wire_str_into(&w, a.word, sizeof(a.word));
	wire_str_into(&w, a.host, sizeof(a.host));
	a.port = wire_enum(&w, UINT16_MAX);
	a.tls = wire_bool(&w);
	a.tls_verify = wire_bool(&w);
	a.ca_pem = wire_str(&w, REQUEST_PEM_MAX);
	a.cert_pem = wire_str(&w, REQUEST_PEM_MAX);
	a.key_pem = wire_str(&w, REQUEST_PEM_MAX);
	a.timeout_ms = read_range(&w, 1, ENGINE_TIMEOUT_MS);
	require(&w, a.word[0] == '\0' || is_container_word(a.word) || is_image_word(a.word));
	require(&w, is_host(a.host));
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = a;
	a = (struct ask_http){0};
	return 0;
}

void ask_bundle_encode(const struct ask_bundle *a, struct buf *to)
{
	wire_put_bool(to, a->want_seccomp);
	wire_put_u32(to, a->extra);
}

int ask_bundle_decode(const void *data, size_t len, struct ask_bundle *ret)
{
	struct wire w = wire_start(data, len);
	struct ask_bundle a = {.want_seccomp = wire_bool(&w)};
	a.extra = wire_enum(&w, SECCOMP_EXTRA_ALL);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = a;
	return 0;
}

void ask_profile_encode(uint64_t bounding, uint32_t extra, struct buf *to)
{
	wire_put_u64(to, bounding);
	wire_put_u32(to, extra);
}

int ask_profile_decode(const void *data, size_t len, uint64_t *ret_bounding, uint32_t *ret_extra)
{
	struct wire w = wire_start(data, len);
	uint64_t bounding = read_capabilities(&w);
	uint32_t extra = wire_enum(&w, SECCOMP_EXTRA_ALL);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret_bounding = bounding;
	*ret_extra = extra;
	return 0;
}

void ask_user_done(struct ask_user *a)
{
	free(a->user);
	strv_free(a->group_add);
	free(a->own_groups);
	*a = (struct ask_user){0};
}

void ask_user_encode(const struct ask_user *a, struct buf *to)
{
	wire_put_str(to, a->user);
	wire_put_strv(to, a->group_add);
	wire_put_u32(to, a->own_uid);
	wire_put_u32(to, a->own_gid);
	put_ids(to, a->own_groups, a->own_group_count);
	wire_put_bool(to, a->has_passwd);
	wire_put_bool(to, a->has_group);
}

int ask_user_decode(const void *data, size_t len, struct ask_user *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_ask_user struct ask_user a = {0};
	a.user = wire_str(&w, ANSWER_WORD_MAX);
	a.group_add = wire_strv(&w, ANSWER_STRINGS_MAX, ASK_BYTES_MAX);
	a.own_uid = wire_enum(&w, ID_MAX);
	a.own_gid = wire_enum(&w, ID_MAX);
	a.own_groups = read_ids(&w, &a.own_group_count);
	a.has_passwd = wire_bool(&w);
	a.has_group = wire_bool(&w);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = a;
	a = (struct ask_user){0};
	return 0;
}

/* Answers. */

int answer_fail(struct answer_error_info *why, enum answer_error kind, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	why->kind = kind;
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return -EBADMSG;
}

void answer_error_encode(const struct answer_error_info *e, struct buf *to)
{
	char escaped[ERROR_TEXT_MAX];
	const char *text = e->text;
	if (!is_clean(text)) {
		text_escape(escaped, sizeof(escaped), text, strnlen(text, sizeof(e->text)));
		text = escaped;
	}
	wire_put_u32(to, e->kind);
	wire_put_u32(to, e->http_status);
	wire_put_str(to, text);
}

int answer_error_decode(const void *data, size_t len, struct answer_error_info *ret)
{
	struct wire w = wire_start(data, len);
	struct answer_error_info e;
	e.kind = wire_enum(&w, ANSWER_ERROR_MAX);
	e.http_status = wire_enum(&w, 999);
	wire_str_into(&w, e.text, sizeof(e.text));
	require(&w, is_clean(e.text));
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = e;
	return 0;
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
	free(c->pid_mode);
	free(c->network_mode);
	free(c->ipc_mode);
	free(c->userns_mode);
	free(c->cgroup_parent);
	free(c->runtime);
	free(c->apparmor);
	free(c->process_label);
	*c = (struct container){0};
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
}

static void container_read(struct wire *w, struct container *c)
{
	wire_str_into(w, c->id, sizeof(c->id));
	wire_str_into(w, c->name, sizeof(c->name));
	c->state = wire_enum(w, STATE_MAX);
	c->pid = read_range(w, 0, PID_LARGEST);
	c->exit_code = read_range(w, INT32_MIN, UINT32_MAX);
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
}

int container_decode(const void *data, size_t len, struct container *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_container struct container c = {0};
	container_read(&w, &c);
	bool has_process = c.state == STATE_RUNNING || c.state == STATE_PAUSED;
	require(&w, is_container_id(c.id) && is_container_word(c.name));
	require(&w, has_process ? c.pid >= 2 : c.pid == 0);
	require_pairs(&w, c.env);
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
	}
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
		require(&w, is_container_id(row->id) && is_container_word(row->name));
	}
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = l;
	l = (struct container_list){0};
	return 0;
}

void bundle_done(struct bundle *b)
{
	free(b->groups);
	strv_free(b->env);
	free(b->cwd);
	free(b->apparmor);
	free(b->selinux);
	free(b->cgroups_path);
	free(b->hostname);
	free(b->root_path);
	strv_free(b->annotations);
	free(b->filter);
	*b = (struct bundle){0};
}

static void limits_encode(const struct bundle *b, struct buf *to)
{
	wire_put_u32(to, b->limit_count);
	for (uint32_t i = 0; i < b->limit_count; i++) {
		wire_put_u32(to, b->limits[i].resource);
		wire_put_u64(to, b->limits[i].soft);
		wire_put_u64(to, b->limits[i].hard);
	}
}

static void limits_read(struct wire *w, struct bundle *b)
{
	uint32_t seen = 0;
	b->limit_count = wire_enum(w, BUNDLE_LIMITS_MAX);
	for (uint32_t i = 0; i < b->limit_count && !w->bad; i++) {
		struct bundle_limit *l = &b->limits[i];
		l->resource = wire_enum(w, RLIM_NLIMITS - 1);
		l->soft = wire_u64(w);
		l->hard = wire_u64(w);
		require(w, l->soft <= l->hard && !(seen & 1u << l->resource));
		seen |= 1u << l->resource;
	}
}

static void filter_read(struct wire *w, struct bundle *b)
{
	size_t len;
	const size_t most = BPF_MAXINSNS * sizeof(*b->filter);
	b->has_seccomp = wire_bool(w);
	b->seccomp_flags = wire_u32(w);
	cleanup_free struct sock_filter *filter = wire_blob(w, most, &len);
	require(w, (b->seccomp_flags & ~(SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW)) == 0);
	require(w, len % sizeof(*filter) == 0 && (b->has_seccomp || (len == 0 && b->seccomp_flags == 0)));
	if (w->bad || len == 0)
		return;
	b->filter_len = (uint32_t)(len / sizeof(*filter));
	b->filter = steal_ptr(filter);
}

void bundle_encode(const struct bundle *b, struct buf *to)
{
	wire_put_u32(to, b->uid);
	wire_put_u32(to, b->gid);
	put_ids(to, b->groups, b->group_count);
	wire_put_bool(to, b->has_umask);
	wire_put_u32(to, b->umask);
	wire_put_strv(to, b->env);
	wire_put_str(to, b->cwd);
	wire_put_bool(to, b->terminal);
	wire_put_u64(to, b->bounding);
	wire_put_u64(to, b->permitted);
	wire_put_u64(to, b->effective);
	wire_put_u64(to, b->inheritable);
	wire_put_u64(to, b->ambient);
	wire_put_bool(to, b->has_capabilities);
	wire_put_bool(to, b->no_new_privileges);
	wire_put_str(to, b->apparmor);
	wire_put_str(to, b->selinux);
	wire_put_bool(to, b->has_oom_score_adj);
	wire_put_i64(to, b->oom_score_adj);
	wire_put_bool(to, b->has_personality);
	wire_put_u32(to, b->personality);
	limits_encode(b, to);
	wire_put_str(to, b->cgroups_path);
	wire_put_str(to, b->hostname);
	wire_put_str(to, b->root_path);
	wire_put_u32(to, b->ns);
	wire_put_strv(to, b->annotations);
	wire_put_bool(to, b->has_seccomp);
	wire_put_u32(to, b->seccomp_flags);
	wire_put_blob(to, b->filter, (size_t)b->filter_len * sizeof(*b->filter));
}

static void bundle_read(struct wire *w, struct bundle *b)
{
	b->uid = wire_enum(w, ID_MAX);
	b->gid = wire_enum(w, ID_MAX);
	b->groups = read_ids(w, &b->group_count);
	b->has_umask = wire_bool(w);
	b->umask = wire_enum(w, 0777);
	b->env = wire_strv(w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
	b->cwd = wire_str(w, ANSWER_WORD_MAX);
	b->terminal = wire_bool(w);
	b->bounding = read_capabilities(w);
	b->permitted = read_capabilities(w);
	b->effective = read_capabilities(w);
	b->inheritable = read_capabilities(w);
	b->ambient = read_capabilities(w);
	b->has_capabilities = wire_bool(w);
	b->no_new_privileges = wire_bool(w);
	b->apparmor = wire_str(w, ANSWER_WORD_MAX);
	b->selinux = wire_str(w, ANSWER_WORD_MAX);
	b->has_oom_score_adj = wire_bool(w);
	b->oom_score_adj = read_range(w, -1000, 1000);
	b->has_personality = wire_bool(w);
	b->personality = wire_u32(w);
	limits_read(w, b);
	b->cgroups_path = wire_str(w, ANSWER_WORD_MAX);
	b->hostname = wire_str(w, ANSWER_WORD_MAX);
	b->root_path = wire_str(w, ANSWER_WORD_MAX);
	b->ns = wire_enum(w, NS_ALL);
	b->annotations = wire_strv(w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
	filter_read(w, b);
}

int bundle_decode(const void *data, size_t len, struct bundle *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_bundle struct bundle b = {0};
	bundle_read(&w, &b);
	require(&w, b.personality == PER_LINUX || b.personality == PER_LINUX32);
	require_pairs(&w, b.env);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = b;
	b = (struct bundle){0};
	return 0;
}

void user_done(struct user *u)
{
	free(u->groups);
	free(u->name);
	free(u->home);
	free(u->shell);
	*u = (struct user){0};
}

void user_encode(const struct user *u, struct buf *to)
{
	wire_put_u32(to, u->uid);
	wire_put_u32(to, u->gid);
	put_ids(to, u->groups, u->group_count);
	wire_put_str(to, u->name);
	wire_put_str(to, u->home);
	wire_put_str(to, u->shell);
}

int user_decode(const void *data, size_t len, struct user *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_user struct user u = {0};
	u.uid = wire_enum(&w, ID_MAX);
	u.gid = wire_enum(&w, ID_MAX);
	u.groups = read_ids(&w, &u.group_count);
	u.name = wire_str(&w, ANSWER_WORD_MAX);
	u.home = wire_str(&w, ANSWER_WORD_MAX);
	u.shell = wire_str(&w, ANSWER_WORD_MAX);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = u;
	u = (struct user){0};
	return 0;
}

void layers_encode(char *const *layers, struct buf *to)
{
	wire_put_strv(to, layers);
}

int layers_decode(const void *data, size_t len, char ***ret)
{
	struct wire w = wire_start(data, len);
	cleanup_strv char **layers = wire_strv(&w, ANSWER_LAYERS_MAX, ANSWER_BYTES_MAX);
	require(&w, strv_len(layers) > 0);
	for (char **l = layers; l && *l; l++)
		require(&w, **l == '/' && strlen(*l) <= ANSWER_WORD_MAX);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = steal_ptr(layers);
	return 0;
}

void ask_path(enum ask_type type, const char *word, char ret[ASK_PATH_MAX])
{
	if (type == ASK_LIST)
		snprintf(ret, ASK_PATH_MAX, "/containers/json?all=true");
	else
		snprintf(ret, ASK_PATH_MAX, "/%s/%s/json", type == ASK_IMAGE ? "images" : "containers", word);
}
