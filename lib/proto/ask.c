/* SPDX-License-Identifier: ISC */
/* What is asked of centerctl-resolve (answer.h). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "field.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "request.h"

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

static void http_read(struct wire *w, int64_t timeout_max, struct ask_http *a)
{
	wire_str_into(w, a->word, sizeof(a->word));
	wire_str_into(w, a->host, sizeof(a->host));
	a->port = wire_enum(w, UINT16_MAX);
	a->tls = wire_bool(w);
	a->tls_verify = wire_bool(w);
	a->ca_pem = wire_str(w, REQUEST_PEM_MAX);
	a->cert_pem = wire_str(w, REQUEST_PEM_MAX);
	a->key_pem = wire_str(w, REQUEST_PEM_MAX);
	a->timeout_ms = field_range(w, 1, timeout_max);
	field_require(w, a->word[0] == '\0' || is_container_word(a->word) || is_image_word(a->word));
	field_require(w, is_host(a->host));
}

int ask_http_decode(const void *data, size_t len, struct ask_http *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_ask_http struct ask_http a = {0};
	http_read(&w, ENGINE_TIMEOUT_MS, &a);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = a;
	a = (struct ask_http){0};
	return 0;
}

void ask_logs_done(struct ask_logs *a)
{
	ask_http_done(&a->http);
}

void ask_events_done(struct ask_events *a)
{
	ask_http_done(&a->http);
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
	uint64_t bounding = field_capabilities(&w);
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
	field_put_ids(to, a->own_groups, a->own_group_count);
	wire_put_bool(to, a->has_passwd);
	wire_put_bool(to, a->has_group);
}

int ask_user_decode(const void *data, size_t len, struct ask_user *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_ask_user struct ask_user a = {0};
	a.user = wire_str(&w, ANSWER_WORD_MAX);
	a.group_add = wire_strv(&w, ANSWER_STRINGS_MAX, ASK_BYTES_MAX);
	a.own_uid = wire_enum(&w, FIELD_ID_MAX);
	a.own_gid = wire_enum(&w, FIELD_ID_MAX);
	a.own_groups = field_ids(&w, &a.own_group_count);
	a.has_passwd = wire_bool(&w);
	a.has_group = wire_bool(&w);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = a;
	a = (struct ask_user){0};
	return 0;
}

/* Times and counts that the engine understands, too. */
static void query_read(struct wire *w, struct logs_query *q)
{
	q->follow = wire_bool(w);
	q->timestamps = wire_bool(w);
	q->tail = field_range(w, -1, INT32_MAX);
	q->since_ns = field_range(w, 0, INT64_MAX);
	q->until_ns = field_range(w, 0, INT64_MAX);
}

void ask_logs_encode(const struct ask_logs *a, struct buf *to)
{
	ask_http_encode(&a->http, to);
	wire_put_bool(to, a->query.follow);
	wire_put_bool(to, a->query.timestamps);
	wire_put_i64(to, a->query.tail);
	wire_put_i64(to, a->query.since_ns);
	wire_put_i64(to, a->query.until_ns);
	wire_put_bool(to, a->tty);
	wire_put_bool(to, a->strip);
	wire_put_u32(to, a->skip);
}

int ask_logs_decode(const void *data, size_t len, struct ask_logs *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_ask_logs struct ask_logs a = {0};
	http_read(&w, ENGINE_TIMEOUT_MS, &a.http);
	query_read(&w, &a.query);
	a.tty = wire_bool(&w);
	a.strip = wire_bool(&w);
	a.skip = wire_u32(&w);
	field_require(&w, is_container_id(a.http.word) && (a.query.timestamps || (!a.strip && a.skip == 0)));
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = a;
	a = (struct ask_logs){0};
	return 0;
}

void ask_events_encode(const struct ask_events *a, struct buf *to)
{
	ask_http_encode(&a->http, to);
	wire_put_i64(to, a->since_ns);
}

int ask_events_decode(const void *data, size_t len, struct ask_events *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_ask_events struct ask_events a = {0};
	http_read(&w, ENGINE_EVENTS_MS, &a.http);
	a.since_ns = field_range(&w, 0, INT64_MAX);
	field_require(&w, *a.http.word == '\0' || is_container_id(a.http.word));
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret = a;
	a = (struct ask_events){0};
	return 0;
}

void ask_names_encode(const uint32_t *uids, uint32_t count, struct buf *to)
{
	field_put_ids(to, uids, count);
}

int ask_names_decode(const void *data, size_t len, uint32_t **ret_uids, uint32_t *ret_count)
{
	struct wire w = wire_start(data, len);
	uint32_t count;
	cleanup_free uint32_t *uids = field_ids(&w, &count);
	field_require(&w, count <= ASK_NAMES_MAX);
	if (wire_end(&w) < 0)
		return -EBADMSG;
	*ret_uids = steal_ptr(uids);
	*ret_count = count;
	return 0;
}

void ask_path(enum ask_type type, const char *word, char ret[ASK_PATH_MAX])
{
	if (type == ASK_LIST)
		snprintf(ret, ASK_PATH_MAX, "/containers/json?all=true");
	else
		snprintf(ret, ASK_PATH_MAX, "/%s/%s/json", type == ASK_IMAGE ? "images" : "containers", word);
}

static size_t add_time(char path[ASK_PATH_MAX], size_t at, const char *name, int64_t ns)
{
	const int64_t second = 1000000000;
	if (ns == 0)
		return at;
	int n = snprintf(path + at, ASK_PATH_MAX - at, "&%s=%lld.%09lld", name, (long long)(ns / second),
			 (long long)(ns % second));
	return at + (size_t)n;
}

void logs_path(const struct logs_query *q, const char *id, char ret[ASK_PATH_MAX])
{
	char tail[24] = "all";
	if (q->tail >= 0)
		snprintf(tail, sizeof(tail), "%lld", (long long)q->tail);
	int n = snprintf(ret, ASK_PATH_MAX,
			 "/containers/%.64s/logs?stdout=true&stderr=true&follow=%s&timestamps=%s&tail=%s", id,
			 q->follow ? "true" : "false", q->timestamps ? "true" : "false", tail);
	size_t at = add_time(ret, (size_t)n, "since", q->since_ns);
	add_time(ret, at, "until", q->until_ns);
}

/*
 * The filter is {"type":["container"],"container":["ID"]}. Which events count is judged when they have come: the two
 * engines have different words for them, and one that does not know a word may refuse it.
 */
void events_path(const char *id, int64_t since_ns, char ret[ASK_PATH_MAX])
{
	static const char one[] = "%2C%22container%22%3A%5B%22", type[] = "%7B%22type%22%3A%5B%22container%22%5D";
	int n = snprintf(ret, ASK_PATH_MAX, "/events?filters=%s%s%.64s%s%%7D", type, *id ? one : "", id,
			 *id ? "%22%5D" : "");
	add_time(ret, (size_t)n, "since", since_ns);
}
