/* SPDX-License-Identifier: ISC */
#include "request.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "wire.h"

const char *ns_bit_name(enum ns_bit bit)
{
	static const char *const names[] = {"mnt", "uts", "ipc", "net", "pid", "user", "cgroup", "time"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (bit == 1u << i)
			return names[i];
	return "?";
}

static void engine_done(struct engine *e)
{
	free(e->path);
	free(e->host);
	free(e->ca_pem);
	free(e->cert_pem);
	free(e->key_pem);
}

static void identity_done(struct identity *i)
{
	free(i->key);
	free(i->fingerprint);
	free(i->cert_id);
	strv_free(i->principals);
	free(i->address);
}

static bool is_socket(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

const char *engine_local_socket(void)
{
	static const char docker[] = "/run/docker.sock", podman[] = "/run/podman/podman.sock";
	return is_socket(docker) || !is_socket(podman) ? docker : podman;
}

int request_set_engine(struct request *r, const char *path)
{
	engine_done(&r->engine);
	r->engine = (struct engine){.scheme = ENGINE_UNIX};
	return str_set(&r->engine.path, path);
}

void request_done(struct request *r)
{
	identity_done(&r->identity);
	free(r->line);
	free(r->as);
	free(r->target);
	engine_done(&r->engine);
	strv_free(r->command);
	strv_free(r->env);
	free(r->user);
	strv_free(r->group_add);
	free(r->workdir);
	free(r->term);
	free(r->toolbox);
	free(r->static_tool);
	free(r->pid);
	free(r->source);
	strv_free(r->options);
	free(r->session);
	*r = (struct request){0};
}

static void engine_encode(const struct engine *e, struct buf *to)
{
	wire_put_u32(to, e->scheme);
	wire_put_str(to, e->path);
	wire_put_str(to, e->host);
	wire_put_u32(to, e->port);
	wire_put_blob(to, &e->addr, e->addr_len);
	wire_put_bool(to, e->tls_verify);
	wire_put_str(to, e->ca_pem);
	wire_put_str(to, e->cert_pem);
	wire_put_str(to, e->key_pem);
}

static void engine_decode(struct wire *w, struct engine *e)
{
	e->scheme = wire_enum(w, ENGINE_SCHEME_MAX);
	e->path = wire_str(w, REQUEST_WORD_MAX);
	e->host = wire_str(w, REQUEST_WORD_MAX);
	e->port = wire_enum(w, UINT16_MAX);
	size_t len;
	cleanup_free void *addr = wire_blob(w, sizeof(e->addr), &len);
	if (addr)
		memcpy(&e->addr, addr, len);
	e->addr_len = (socklen_t)len;
	e->tls_verify = wire_bool(w);
	e->ca_pem = wire_str(w, REQUEST_PEM_MAX);
	e->cert_pem = wire_str(w, REQUEST_PEM_MAX);
	e->key_pem = wire_str(w, REQUEST_PEM_MAX);
}

static void identity_encode(const struct identity *i, struct buf *to)
{
	wire_put_str(to, i->key);
	wire_put_str(to, i->fingerprint);
	wire_put_str(to, i->cert_id);
	wire_put_strv(to, i->principals);
	wire_put_bool(to, i->certificate);
	wire_put_str(to, i->address);
	wire_put_u32(to, i->port);
}

static void identity_decode(struct wire *w, struct identity *i)
{
	i->key = wire_str(w, REQUEST_IDENTITY_MAX);
	i->fingerprint = wire_str(w, REQUEST_IDENTITY_MAX);
	i->cert_id = wire_str(w, REQUEST_IDENTITY_MAX);
	i->principals = wire_strv(w, REQUEST_PRINCIPALS_MAX, REQUEST_WORD_MAX);
	i->certificate = wire_bool(w);
	i->address = wire_str(w, REQUEST_IDENTITY_MAX);
	i->port = wire_enum(w, UINT16_MAX);
}

void request_encode(const struct request *r, struct buf *to)
{
	wire_put_u32(to, r->verb);
	wire_put_str(to, r->target);
	engine_encode(&r->engine, to);
	wire_put_strv(to, r->command);
	wire_put_str(to, r->line);
	wire_put_bool(to, r->line_first);
	identity_encode(&r->identity, to);
	wire_put_str(to, r->as);
	wire_put_strv(to, r->env);
	wire_put_str(to, r->user);
	wire_put_strv(to, r->group_add);
	wire_put_str(to, r->workdir);
	wire_put_str(to, r->term);
	wire_put_bool(to, r->tty);
	wire_put_bool(to, r->stdin_open);
	wire_put_bool(to, r->detach);
	wire_put_bool(to, r->privileged);
	wire_put_u64(to, r->cap_add);
	wire_put_u32(to, r->preserve_fds);
	wire_put_u32(to, r->ns);
	wire_put_bool(to, r->ns_explicit);
	wire_put_i64(to, r->timeout_ms);
	wire_put_u32(to, r->rows);
	wire_put_u32(to, r->cols);
	wire_put_blob(to, r->detach_keys, r->detach_keys_len);
	wire_put_bool(to, r->debug);
	wire_put_str(to, r->toolbox);
	wire_put_str(to, r->static_tool);
	wire_put_bool(to, r->fallback);
	wire_put_bool(to, r->writable);
	wire_put_str(to, r->pid);
	wire_put_i64(to, r->host_pid);
	wire_put_str(to, r->source);
	wire_put_bool(to, r->collecting);
	wire_put_u32(to, r->service);
	wire_put_strv(to, r->options);
	wire_put_bool(to, r->watch);
	wire_put_i64(to, r->interval_ms);
	wire_put_bool(to, r->all);
	wire_put_u32(to, r->signal);
	wire_put_str(to, r->session);
	wire_put_i64(to, r->tail);
	wire_put_i64(to, r->since_ns);
	wire_put_i64(to, r->until_ns);
	wire_put_bool(to, r->timestamps);
}

static void request_read(struct wire *w, struct request *r)
{
	r->verb = wire_enum(w, VERB_MAX);
	r->target = wire_str(w, REQUEST_WORD_MAX);
	engine_decode(w, &r->engine);
	r->command = wire_strv(w, REQUEST_STRINGS_MAX, REQUEST_BYTES_MAX);
	r->line = wire_str(w, REQUEST_LINE_MAX);
	r->line_first = wire_bool(w);
	identity_decode(w, &r->identity);
	r->as = wire_str(w, REQUEST_WORD_MAX);
	r->env = wire_strv(w, REQUEST_STRINGS_MAX, REQUEST_BYTES_MAX);
	r->user = wire_str(w, REQUEST_WORD_MAX);
	r->group_add = wire_strv(w, REQUEST_GROUPS_MAX, REQUEST_WORD_MAX);
	r->workdir = wire_str(w, REQUEST_WORD_MAX);
	r->term = wire_str(w, REQUEST_WORD_MAX);
	r->tty = wire_bool(w);
	r->stdin_open = wire_bool(w);
	r->detach = wire_bool(w);
	r->privileged = wire_bool(w);
	r->cap_add = wire_u64(w);
	r->preserve_fds = wire_u32(w);
	r->ns = wire_enum(w, NS_ALL);
	r->ns_explicit = wire_bool(w);
	r->timeout_ms = wire_i64(w);
	r->rows = (uint16_t)wire_enum(w, UINT16_MAX);
	r->cols = (uint16_t)wire_enum(w, UINT16_MAX);
	size_t len;
	cleanup_free void *keys = wire_blob(w, sizeof(r->detach_keys), &len);
	if (keys)
		memcpy(r->detach_keys, keys, len);
	r->detach_keys_len = (uint32_t)len;
	r->debug = wire_bool(w);
	r->toolbox = wire_str(w, REQUEST_WORD_MAX);
	r->static_tool = wire_str(w, REQUEST_WORD_MAX);
	r->fallback = wire_bool(w);
	r->writable = wire_bool(w);
	r->pid = wire_str(w, REQUEST_WORD_MAX);
	r->host_pid = wire_i64(w);
	r->source = wire_str(w, REQUEST_WORD_MAX);
	r->collecting = wire_bool(w);
	r->service = wire_enum(w, SERVICE_MAX);
	r->options = wire_strv(w, 64, 4096);
	r->watch = wire_bool(w);
	r->interval_ms = wire_i64(w);
	r->all = wire_bool(w);
	r->signal = wire_enum(w, 64);
	r->session = wire_str(w, REQUEST_IDENTITY_MAX);
	r->tail = wire_i64(w);
	r->since_ns = wire_i64(w);
	r->until_ns = wire_i64(w);
	r->timestamps = wire_bool(w);
}

bool is_service_option(const char *word)
{
	size_t len = strlen(word);
	const char *value = strchr(word, '=');
	size_t name = value ? (size_t)(value - word) : len;
	if (len > 64 || !str_starts(word, "--") || name < 3)
		return false;
	if (strspn(word + 2, "abcdefghijklmnopqrstuvwxyz0123456789-") < name - 2)
		return false;
	for (const char *c = word + name; *c; c++)
		if (*c <= ' ' || *c > '~')
			return false;
	return true;
}

const char *service_name(enum service s)
{
	static const char *const names[] = {NULL, "cp", "cp", "backup", "restore", "sftp", "dial"};
	return names[s];
}

static bool is_entry(const struct request *r)
{
	return r->verb == VERB_EXEC || r->verb == VERB_SHOW;
}

/* What changes what is asked for belongs to one verb: with another it must not choose another right. */
static bool is_of_its_verb(const struct request *r)
{
	bool watches = r->verb == VERB_LIST || r->verb == VERB_TOP || r->verb == VERB_STATS || r->verb == VERB_LOGS;
	if ((r->service || r->debug || r->line_first || r->toolbox[0] || r->static_tool[0] || r->fallback) &&
	    !is_entry(r))
		return false;
	if (r->service && r->debug)
		return false;
	if (r->line[0] && !is_entry(r) && r->verb != VERB_REFUSED)
		return false;
	if (r->host_pid > 0 && r->verb != VERB_WHICH && !r->debug)
		return false;
	return (!r->watch || watches) && (!r->all || r->verb == VERB_SIGNAL) &&
	       (!r->session[0] || r->verb == VERB_DIFF) && (r->signal == 0 || r->verb == VERB_SIGNAL);
}

/* What no caller of ours sends. */
static bool is_sound(const struct request *r)
{
	const int64_t ten_years_ms = INT64_C(315576000000);
	if (r->verb == VERB_NONE || r->host_pid < 0 || r->host_pid > INT32_MAX)
		return false;
	if (r->timeout_ms < 0 || r->timeout_ms > ten_years_ms)
		return false;
	if (r->interval_ms != 0 && (r->interval_ms < 200 || r->interval_ms > 86400000))
		return false;
	if (r->tail < -1 || r->since_ns < 0 || r->until_ns < 0 || (r->verb == VERB_SIGNAL && r->signal == 0))
		return false;
	for (char **option = r->options; option && *option; option++)
		if (!is_service_option(*option))
			return false;
	return is_of_its_verb(r);
}

int request_decode(const void *data, size_t len, struct request *ret)
{
	struct wire w = wire_start(data, len);
	cleanup_request struct request r = {0};
	request_read(&w, &r);
	if (wire_end(&w) < 0 || !is_sound(&r))
		return -EBADMSG;
	*ret = r;
	r = (struct request){0};
	return 0;
}
