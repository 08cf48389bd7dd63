/* SPDX-License-Identifier: ISC */
#include "answer.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>

#include "field.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "request.h"

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
	field_require(&w, is_clean(e.text));
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = e;
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
		field_require(w, l->soft <= l->hard && !(seen & 1u << l->resource));
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
	field_require(w, (b->seccomp_flags & ~(SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW)) == 0);
	field_require(w, len % sizeof(*filter) == 0 && (b->has_seccomp || (len == 0 && b->seccomp_flags == 0)));
	if (w->bad || len == 0)
		return;
	b->filter_len = (uint32_t)(len / sizeof(*filter));
	b->filter = steal_ptr(filter);
}

void bundle_encode(const struct bundle *b, struct buf *to)
{
	wire_put_u32(to, b->uid);
	wire_put_u32(to, b->gid);
	field_put_ids(to, b->groups, b->group_count);
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
	b->uid = wire_enum(w, FIELD_ID_MAX);
	b->gid = wire_enum(w, FIELD_ID_MAX);
	b->groups = field_ids(w, &b->group_count);
	b->has_umask = wire_bool(w);
	b->umask = wire_enum(w, 0777);
	b->env = wire_strv(w, ANSWER_STRINGS_MAX, ANSWER_BYTES_MAX);
	b->cwd = wire_str(w, ANSWER_WORD_MAX);
	b->terminal = wire_bool(w);
	b->bounding = field_capabilities(w);
	b->permitted = field_capabilities(w);
	b->effective = field_capabilities(w);
	b->inheritable = field_capabilities(w);
	b->ambient = field_capabilities(w);
	b->has_capabilities = wire_bool(w);
	b->no_new_privileges = wire_bool(w);
	b->apparmor = wire_str(w, ANSWER_WORD_MAX);
	b->selinux = wire_str(w, ANSWER_WORD_MAX);
	b->has_oom_score_adj = wire_bool(w);
	b->oom_score_adj = field_range(w, -1000, 1000);
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
	field_require(&w, b.personality == PER_LINUX || b.personality == PER_LINUX32);
	field_require_pairs(&w, b.env);
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
	field_put_ids(to, u->groups, u->group_count);
	wire_put_str(to, u->name);
	wire_put_str(to, u->home);
	wire_put_str(to, u->shell);
}

int user_decode(const void *data, size_t len, struct user *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_user struct user u = {0};
	u.uid = wire_enum(&w, FIELD_ID_MAX);
	u.gid = wire_enum(&w, FIELD_ID_MAX);
	u.groups = field_ids(&w, &u.group_count);
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
	field_require(&w, strv_len(layers) > 0);
	for (char **l = layers; l && *l; l++)
		field_require(&w, **l == '/' && strlen(*l) <= ANSWER_WORD_MAX);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = steal_ptr(layers);
	return 0;
}

void logs_end_encode(const struct logs_end *e, struct buf *to)
{
	wire_put_i64(to, e->last_ns);
	wire_put_u32(to, e->last_count);
	wire_put_bool(to, e->cut);
}

int logs_end_decode(const void *data, size_t len, struct logs_end *ret)
{
	struct wire w = wire_start(data, len);
	struct logs_end e = {.last_ns = field_range(&w, 0, INT64_MAX)};
	e.last_count = wire_u32(&w);
	e.cut = wire_bool(&w);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = e;
	return 0;
}

void names_encode(char *const *names, struct buf *to)
{
	wire_put_strv(to, names);
}

int names_decode(const void *data, size_t len, uint32_t count, char ***ret)
{
	struct wire w = wire_start(data, len);
	cleanup_strv char **names = wire_strv(&w, ASK_NAMES_MAX, ANSWER_BYTES_MAX);
	field_require(&w, strv_len(names) == count);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = steal_ptr(names);
	return 0;
}
