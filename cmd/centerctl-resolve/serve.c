/* SPDX-License-Identifier: ISC */
#include "serve.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/engine/image.h"
#include "lib/engine/inspect.h"
#include "lib/oci/account.h"
#include "lib/oci/bundle.h"
#include "lib/oci/docker_profile.h"
#include "stream.h"
#if CENTERCTL_TEST_HOOKS
#include "hooks.h"
#endif

int resolver_refuse_ask(struct answer_error_info *why)
{
	return answer_fail(why, ANSWER_FAILED, "centerctl-resolve was asked something that it does not understand");
}

void resolver_init(struct resolver *r, const struct message *first)
{
	cleanup_ask_http struct ask_http ask = {0};
	bool is_http = ((first->type == ASK_INSPECT || first->type == ASK_LIST || first->type == ASK_IMAGE) &&
			ask_http_decode(first->data, first->len, &ask) == 0) ||
		       stream_decode_http(first, &ask) == 0;
	*r = (struct resolver){.scratch = memfd_create("filter", MFD_CLOEXEC)};
	http_new(is_http ? &ask : NULL, &r->http, &r->http_error);
}

/* Fetches path; 0 with the body of a 200, or -EBADMSG with why set. */
static int fetch(struct resolver *r, const struct ask_http *a, int fd, const char *path, struct buf *body,
		 struct answer_error_info *why)
{
	if (!r->http) {
		*why = r->http_error;
		return -EBADMSG;
	}
	int status = http_get(r->http, a, fd, path, body, why);
	if (status < 0)
		return status;
	if (!buf_text(body))
		return answer_fail(why, ANSWER_FAILED, "out of memory");
	return status == 200 ? 0 : refusal_parse(body->data, body->len, (unsigned int)status, a->word, why);
}

static int answer_inspect(struct resolver *r, const struct message *ask, struct buf *answer,
			  struct answer_error_info *why)
{
	cleanup_ask_http struct ask_http a = {0};
	cleanup_container struct container c = {0};
	cleanup_buf struct buf body = {0};
	char path[ASK_PATH_MAX];
	if (ask_http_decode(ask->data, ask->len, &a) < 0 || ask->fd_count != 1 || !is_container_word(a.word))
		return resolver_refuse_ask(why);
#if CENTERCTL_TEST_HOOKS
	if (hook_run(a.word, ask->fds[0], why))
		return -EBADMSG;
#endif
	ask_path(ASK_INSPECT, a.word, path);
	if (fetch(r, &a, ask->fds[0], path, &body, why) < 0 || inspect_parse(body.data, body.len, a.word, &c, why) < 0)
		return -EBADMSG;
	container_encode(&c, answer);
	return 0;
}

static int answer_image(struct resolver *r, const struct message *ask, struct buf *answer,
			struct answer_error_info *why)
{
	cleanup_ask_http struct ask_http a = {0};
	cleanup_strv char **layers = NULL;
	cleanup_buf struct buf body = {0};
	char path[ASK_PATH_MAX];
	if (ask_http_decode(ask->data, ask->len, &a) < 0 || ask->fd_count != 1 || !is_image_word(a.word))
		return resolver_refuse_ask(why);
	ask_path(ASK_IMAGE, a.word, path);
	int result = fetch(r, &a, ask->fds[0], path, &body, why);
	if (result < 0 && why->kind == ANSWER_NO_SUCH)
		return answer_fail(why, ANSWER_NO_SUCH, "the engine has no image %s", a.word);
	if (result < 0 || image_parse(body.data, body.len, a.word, &layers, why) < 0)
		return -EBADMSG;
	layers_encode(layers, answer);
	return 0;
}

static int read_file(int fd, size_t max, const char *name, char **ret, size_t *ret_len, struct answer_error_info *why)
{
	int r = read_all(fd, max, ret, ret_len);
	if (r == -EFBIG)
		return answer_fail(why, ANSWER_BAD_FILE, "%s is larger than %zu KiB", name, max >> 10);
	if (r < 0)
		return answer_fail(why, ANSWER_BAD_FILE, "%s cannot be read: %s", name, error_name(-r));
	return 0;
}

static int answer_bundle(struct resolver *r, const struct message *ask, struct buf *answer,
			 struct answer_error_info *why)
{
	struct ask_bundle a;
	cleanup_bundle struct bundle b = {0};
	cleanup_free char *text = NULL;
	size_t len = 0;
	if (ask_bundle_decode(ask->data, ask->len, &a) < 0 || ask->fd_count != 1)
		return resolver_refuse_ask(why);
	if (read_file(ask->fds[0], BUNDLE_MAX, "the container's config.json", &text, &len, why) < 0 ||
	    bundle_parse(text, len, &a, r->scratch, &b, why) < 0)
		return -EBADMSG;
	bundle_encode(&b, answer);
	return 0;
}

static int answer_user(struct resolver *r, const struct message *ask, struct buf *answer, struct answer_error_info *why)
{
	(void)r;
	cleanup_ask_user struct ask_user a = {0};
	cleanup_user struct user u = {0};
	cleanup_free char *passwd_text = NULL, *group_text = NULL;
	struct account_file passwd = {0}, group = {0};
	if (ask_user_decode(ask->data, ask->len, &a) < 0 || ask->fd_count != (size_t)a.has_passwd + a.has_group)
		return resolver_refuse_ask(why);
	if (a.has_passwd &&
	    read_file(ask->fds[0], ACCOUNT_FILE_MAX, "the container's /etc/passwd", &passwd_text, &passwd.len, why) < 0)
		return -EBADMSG;
	if (a.has_group && read_file(ask->fds[a.has_passwd], ACCOUNT_FILE_MAX, "the container's /etc/group",
				     &group_text, &group.len, why) < 0)
		return -EBADMSG;
	passwd.text = passwd_text;
	group.text = group_text;
	if (account_find(&a, passwd, group, &u, why) < 0)
		return -EBADMSG;
	user_encode(&u, answer);
	return 0;
}

static int answer_names(struct resolver *r, const struct message *ask, struct buf *answer,
			struct answer_error_info *why)
{
	(void)r;
	uint32_t count;
	cleanup_free uint32_t *uids = NULL;
	cleanup_free char *text = NULL;
	cleanup_strv char **names = NULL;
	struct account_file passwd = {0};
	if (ask_names_decode(ask->data, ask->len, &uids, &count) < 0 || ask->fd_count != 1)
		return resolver_refuse_ask(why);
	if (read_file(ask->fds[0], ACCOUNT_FILE_MAX, "the container's /etc/passwd", &text, &passwd.len, why) < 0)
		return -EBADMSG;
	passwd.text = text;
	if (account_names(passwd, uids, count, &names, why) < 0)
		return -EBADMSG;
	names_encode(names, answer);
	return 0;
}

static int answer_profile(struct resolver *r, const struct message *ask, struct buf *answer,
			  struct answer_error_info *why)
{
	uint64_t bounding;
	uint32_t extra;
	cleanup_profile struct profile p = {0};
	cleanup_bundle struct bundle b = {.has_seccomp = true};
	if (ask_profile_decode(ask->data, ask->len, &bounding, &extra) < 0 || ask->fd_count != 0)
		return resolver_refuse_ask(why);
	if (docker_profile_build(bounding, &p, why) < 0 ||
	    profile_compile(&p, extra, r->scratch, &b.filter, &b.filter_len, why) < 0)
		return -EBADMSG;
	bundle_encode(&b, answer);
	return 0;
}

static const struct {
	enum ask_type type;
	int (*answer)(struct resolver *r, const struct message *ask, struct buf *answer, struct answer_error_info *why);
} asks[] = {
	{ASK_INSPECT, answer_inspect}, {ASK_LIST, stream_list},	      {ASK_BUNDLE, answer_bundle},
	{ASK_USER, answer_user},       {ASK_PROFILE, answer_profile}, {ASK_IMAGE, answer_image},
	{ASK_NAMES, answer_names},     {ASK_LOGS, stream_logs},	      {ASK_EVENTS, stream_events},
};

static int send_error(int sock, const struct answer_error_info *why)
{
	cleanup_buf struct buf payload = {0};
	answer_error_encode(why, &payload);
	return message_send(sock, ANSWER_ERROR, &payload, NULL, 0);
}

int resolver_refuse(int sock, const char *text)
{
	struct answer_error_info why = {0};
	answer_fail(&why, ANSWER_FAILED, "%s", text);
	return send_error(sock, &why);
}

int resolver_answer(struct resolver *r, const struct message *ask, int sock)
{
	struct answer_error_info why = {0};
	cleanup_buf struct buf payload = {0};
	resolver_refuse_ask(&why);
	for (size_t i = 0; i < ARRAY_SIZE(asks); i++) {
		if (ask->type != asks[i].type || asks[i].answer(r, ask, &payload, &why) < 0)
			continue;
		if (payload.failed || payload.len > ANSWER_BYTES_MAX)
			return resolver_refuse(sock, "the answer is too large");
		return message_send(sock, ask->type, &payload, NULL, 0);
	}
	return send_error(sock, &why);
}
