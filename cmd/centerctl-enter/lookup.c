/* SPDX-License-Identifier: ISC */
#include "lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "judge.h"
#include "lib/base/suggest.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/priv/engine_gate.h"
#include "lib/priv/hook.h"

bool lookup_matches(const char *word, const struct container *c)
{
	return strcmp(word, c->id) == 0 || strcmp(word, c->name) == 0 || str_starts(c->id, word);
}

void lookup_fill(const struct visit *v, const char *word, int64_t timeout_ms, struct ask_http *ret)
{
	const struct engine *e = &v->request.engine;
	*ret = (struct ask_http){.port = e->port,
				 .tls = e->scheme == ENGINE_TLS,
				 .tls_verify = e->tls_verify,
				 .ca_pem = e->ca_pem,
				 .cert_pem = e->cert_pem,
				 .key_pem = e->key_pem,
				 .timeout_ms = timeout_ms};
	snprintf(ret->word, sizeof(ret->word), "%s", word);
	snprintf(ret->host, sizeof(ret->host), "%.255s", e->scheme == ENGINE_UNIX ? "localhost" : e->host);
}

/*
 * The request is sent from here, at once. In the clear, centerctl-resolve gets one end of a socket pair and
 * engine_gate() stands at the other; with TLS it gets the connection.
 */
int lookup_connect(struct visit *v, const char *path, int64_t deadline, struct lookup_line *ret, struct error *err)
{
	const struct engine *e = &v->request.engine;
	if (e->scheme == ENGINE_NONE)
		return error_set(err, -EINVAL, "no engine was given");
	cleanup_fd int engine = engine_connect(e, v->channel, deadline, err);
	if (engine < 0)
		return engine;
	*ret = LOOKUP_LINE_INIT;
	if (e->scheme == ENGINE_TLS) {
		ret->inner = steal_fd(&engine);
		return 0;
	}
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_errno(err, -errno, "cannot make a socket pair");
	ret->outer = pair[0];
	ret->inner = pair[1];
	ret->engine = steal_fd(&engine);
	int r = engine_send_request(ret->engine, path);
	return r < 0 ? error_errno(err, r, "cannot talk to the engine") : 0;
}

void lookup_line_done(struct lookup_line *l)
{
	close_fd(l->engine);
	close_fd(l->outer);
	close_fd(l->inner);
	*l = LOOKUP_LINE_INIT;
}

/*
 * A watch may go on for days, and the processor time that one centerctl-resolve may use in its life is limited
 * (sandbox_limit_time()). It is an ask of the engine by which a new one gets to know whether there is TLS to speak.
 */
static int refresh_resolver(struct visit *v, struct error *err)
{
	enum { ASKS_MAX = 200 };
	if (v->asked++ < ASKS_MAX)
		return 0;
	v->asked = 1;
	resolver_done(&v->resolver);
	return resolver_start(&v->resolver, v->libexecdir, err);
}

/* One ask whose answer is a message, and soon there. */
static int exchange(struct visit *v, enum ask_type type, const char *path, struct buf *ask, int64_t timeout_ms,
		    struct message *ret, struct answer_error_info *info, struct error *err)
{
	cleanup_lookup_line struct lookup_line line = LOOKUP_LINE_INIT;
	info->kind = ANSWER_FAILED;
	int64_t deadline = now_ms() + timeout_ms;
	int r = refresh_resolver(v, err);
	if (r == 0)
		r = lookup_connect(v, path, deadline, &line, err);
	if (r == 0)
		r = resolver_ask(&v->resolver, type, ask, &line.inner, 1, err);
	if (ask->data)
		explicit_bzero(ask->data, ask->size);
	if (r < 0)
		return r;
	line.inner = close_fd(line.inner);
	if (line.engine >= 0) {
		size_t most = type == ASK_LIST ? ENGINE_LIST_MAX : ENGINE_HEADER_MAX + ENGINE_BODY_MAX * 2;
		r = engine_gate(line.outer, line.engine, v->resolver.sock, path, most, v->channel, deadline, err);
		if (r < 0 && r != -ETIMEDOUT)
			return err->code || r == -ECANCELED ? r : error_errno(err, r, "cannot talk to the engine");
		shutdown(line.outer, SHUT_RDWR);
	}
	if (r == -ETIMEDOUT)
		return error_set(err, r, "the engine did not answer within %d seconds: it may hang, see its log",
				 (int)(timeout_ms / 1000));
	/* centerctl-resolve has the same limit; a little more lets it say why. */
	return resolver_answer(&v->resolver, type, v->channel, deadline + 500, ret, info, err);
}

int lookup_ask(struct visit *v, enum ask_type type, const char *word, struct message *ret,
	       struct answer_error_info *info, struct error *err)
{
	char path[ASK_PATH_MAX];
	struct ask_http ask;
	cleanup_buf struct buf text = {0};
	ask_path(type, word, path);
	lookup_fill(v, word, ENGINE_TIMEOUT_MS, &ask);
	ask_http_encode(&ask, &text);
	return exchange(v, type, path, &text, ENGINE_TIMEOUT_MS, ret, info, err);
}

int lookup_event(struct visit *v, int64_t since_ns, int64_t timeout_ms, struct error *err)
{
	enum { LATER_MS = 1000 }; /* it is centerctl-resolve that gives up */
	char path[ASK_PATH_MAX];
	struct ask_events ask = {.since_ns = since_ns};
	struct answer_error_info info;
	cleanup_message struct message m = MESSAGE_INIT;
	cleanup_buf struct buf text = {0};
	events_path("", since_ns, path);
	lookup_fill(v, "", timeout_ms, &ask.http);
	ask_events_encode(&ask, &text);
	int r = exchange(v, ASK_EVENTS, path, &text, timeout_ms + LATER_MS, &m, &info, err);
	return r == -EREMOTEIO && info.kind == ANSWER_TIMEOUT ? -ETIMEDOUT : r;
}

int lookup_again(struct visit *v, struct container *ret, struct error *err)
{
	struct answer_error_info info;
	cleanup_message struct message m = MESSAGE_INIT;
	int r = lookup_ask(v, ASK_INSPECT, v->container.id, &m, &info, err);
	if (r == -EREMOTEIO && info.kind == ANSWER_NO_SUCH)
		return -ENOENT;
	if (r < 0)
		return r;
	if (container_decode(m.data, m.len, ret) < 0 || strcmp(ret->id, v->container.id) != 0)
		return error_set(err, -EBADMSG, "centerctl-resolve sent no proper answer");
	return 0;
}

int lookup_list(struct visit *v, struct container_list *ret, struct error *err)
{
	cleanup_message struct message m = MESSAGE_INIT;
	struct answer_error_info info;
	int r = lookup_ask(v, ASK_LIST, "", &m, &info, err);
	if (r < 0)
		return r;
	if (container_list_decode(m.data, m.len, ret) < 0)
		return error_set(err, -EBADMSG, "centerctl-resolve sent no proper answer");
	return 0;
}

/* "no such container", with the name that was probably meant. */
static int explain_no_such(struct visit *v, struct error *err)
{
	const char *word = v->request.target;
	cleanup_container_list struct container_list list = {0};
	struct error ignored;
	if (lookup_list(v, &list, &ignored) < 0 || list.count == 0)
		return error_set(err, -ENOENT, "no such container: %s", word);
	cleanup_free const char **names = calloc(list.count + 1, sizeof(char *));
	if (!names)
		return -ENOMEM;
	for (uint32_t i = 0; i < list.count; i++)
		names[i] = list.rows[i].name;
	const char *near = suggest_nearest(word, names);
	if (near)
		return error_set(err, -ENOENT, "no such container: %s (did you mean %s?)", word, near);
	return error_set(err, -ENOENT, "no such container: %s (centerctl ls shows those that there are)", word);
}

/* The candidates of a prefix that fits several. */
static int explain_ambiguous(struct visit *v, struct error *err)
{
	cleanup_container_list struct container_list list = {0};
	cleanup_buf struct buf text = {0};
	uint32_t fits = 0;
	struct error ignored;
	if (lookup_list(v, &list, &ignored) < 0)
		list.count = 0;
	for (uint32_t i = 0; i < list.count; i++) {
		if (!str_starts(list.rows[i].id, v->request.target))
			continue;
		if (++fits <= 8)
			buf_printf(&text, "%s%.12s (%s)", fits > 1 ? ", " : "", list.rows[i].id, list.rows[i].name);
	}
	if (fits > 8)
		buf_printf(&text, " and %u more", fits - 8);
	return error_set(err, -ENOTUNIQ,
			 "%s is the beginning of several container IDs: %s; give a longer one, or a name",
			 v->request.target, fits ? buf_text(&text) : "the engine does not say which");
}

static int explain_answer(struct visit *v, const struct answer_error_info *info, int r, struct error *err)
{
	if (r != -EREMOTEIO)
		return r;
	/* Whoever may not enter everything is not told what there is. */
	if (visit_is_judged(v))
		return judge_deny(v, err, "%s", info->text);
	if (info->kind == ANSWER_NO_SUCH)
		return explain_no_such(v, err);
	if (info->kind == ANSWER_AMBIGUOUS)
		return explain_ambiguous(v, err);
	return r;
}

/* Nothing is entered, and nobody inside has to do anything. */
static bool is_looked_at(const struct request *r)
{
	return r->verb == VERB_DESCRIBE || r->verb == VERB_LOGS || r->verb == VERB_WAIT || r->verb == VERB_TOP ||
	       r->verb == VERB_STATS || r->verb == VERB_SIGNAL;
}

/* What the engine alone knows of a container it knows also of one that does not run. */
static bool may_be_over(const struct request *r)
{
	return r->verb == VERB_DESCRIBE || r->verb == VERB_LOGS || r->verb == VERB_WAIT || r->verb == VERB_FACTS;
}

static int check_state(const struct request *r, const struct container *c, struct error *err)
{
	if (may_be_over(r))
		return 0;
	switch (c->state) {
	case STATE_RUNNING:
		return 0;
	case STATE_PAUSED:
		if (is_looked_at(r))
			return 0;
		return error_set(err, -EBUSY, "container %s is paused: unpause it first (docker or podman unpause %s)",
				 c->name, c->name);
	case STATE_RESTARTING:
		return error_set(err, -EAGAIN, "container %s is restarting: its command keeps ending, see its logs",
				 c->name);
	case STATE_CREATED:
		return error_set(err, -ESRCH,
				 "container %s has been created but never started: start it first "
				 "(docker or podman start %s)",
				 c->name, c->name);
	case STATE_EXITED:
		return error_set(err, -ESRCH,
				 "container %s is not running: it exited with code %lld; start it first "
				 "(docker or podman start %s)",
				 c->name, (long long)c->exit_code, c->name);
	case STATE_DEAD:
		return error_set(err, -ESRCH,
				 "container %s is dead: the engine failed to remove it (docker or podman rm -f %s)",
				 c->name, c->name);
	case STATE_REMOVING:
		return error_set(err, -ESRCH, "container %s is being removed", c->name);
	case STATE_UNKNOWN:
		break;
	}
	return error_set(err, -EPROTO, "container %s is in a state that is not known: refusing to enter it", c->name);
}

static int ask_engine(struct visit *v, struct error *err)
{
	const char *word = v->request.target;
	if (!is_container_word(word))
		return error_set(err, -EINVAL, "%s is not a container's name or ID", word);
	cleanup_message struct message m = MESSAGE_INIT;
	struct answer_error_info info;
	int r = lookup_ask(v, ASK_INSPECT, word, &m, &info, err);
	if (r < 0)
		return explain_answer(v, &info, r, err);
	if (container_decode(m.data, m.len, &v->container) < 0)
		return error_set(err, -EBADMSG, "centerctl-resolve sent no proper answer");
	if (!lookup_matches(word, &v->container) && visit_is_judged(v))
		return judge_deny(v, err, "the engine answered with %s (%.12s)", v->container.name, v->container.id);
	if (!lookup_matches(word, &v->container))
		return error_set(err, -EPROTO,
				 "asked for %s, the engine answered with %s (%.12s): refusing to enter another "
				 "container than the one that was named",
				 word, v->container.name, v->container.id);
	r = judge_container(v, err);
	return r < 0 ? r : check_state(&v->request, &v->container, err);
}

/* The engine's PID means something only if this host numbers its processes as the engine does. */
static int explain_foreign_pid(const struct visit *v, struct error *err)
{
	return error_prepend(err,
			     "the engine says that container %s is process %lld, but on this host that process is not: "
			     "the engine runs on another host or in another PID namespace, run centerctl there",
			     v->container.name, (long long)v->container.pid);
}

static int check_engine_target(const struct visit *v, struct error *err)
{
	const struct target *t = &v->target;
	int r = proc_cgroups_prove(&t->cgroups, &t->own_cgroups, v->container.id, err);
	if (r < 0) {
		explain_foreign_pid(v, err);
		return r;
	}
	if (!(target_foreign_ns(t) & NS_MNT))
		return error_set(err, -EPERM,
				 "process %d shares this host's mount namespace, so it is not a container's: "
				 "refusing to enter it as %s",
				 (int)t->pid, v->container.name);
	return 0;
}

static int open_pid(struct visit *v, struct error *err)
{
	uint64_t pid;
	const char *number = str_after(v->request.target, "pid:");
	if (parse_u64(number, INT32_MAX, &pid) < 0 || pid == 0)
		return error_set(err, -EINVAL, "%s: a process ID is expected after pid:", v->request.target);
	int r = target_open(&v->target, v->proc, (pid_t)pid, err);
	if (r < 0)
		return r;
	if (target_foreign_ns(&v->target) == 0)
		return error_set(err, -EINVAL, "process %d is in no container: it shares all namespaces with this one",
				 (int)pid);
	if (v->target.status.seccomp == 1)
		return error_set(err, -EPERM, "process %d is under strict seccomp: nothing could be executed beside it",
				 (int)pid);
	return 0;
}

/* The key of a TLS engine is root there. The command is forked from this process: nothing of it may be left in memory.
 * Where there will be none, the engine is asked again.
 */
static void forget_secrets(struct visit *v)
{
	if (v->request.verb == VERB_LOGS || v->request.verb == VERB_WAIT)
		return;
	str_wipe(&v->request.engine.key_pem);
	str_wipe(&v->request.engine.cert_pem);
}

int lookup_target(struct visit *v, struct error *err)
{
	v->by_pid = str_starts(v->request.target, "pid:");
	if (v->by_pid) {
		forget_secrets(v);
		return open_pid(v, err);
	}
	int r = ask_engine(v, err);
	forget_secrets(v);
	if (r < 0 || v->container.pid == 0)
		return r;
	hook_barrier("answered");
	r = target_open(&v->target, v->proc, (pid_t)v->container.pid, err);
	if (r == -ESRCH || r == -EINVAL) {
		explain_foreign_pid(v, err);
		return r;
	}
	if (r == 0)
		r = check_engine_target(v, err);
	return r;
}
