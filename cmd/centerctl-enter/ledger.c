/* SPDX-License-Identifier: ISC */
#include "ledger.h"
#include "asked.h"
#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "channel.h"
#include "config.h"
#include "judge.h"
#include "lib/audit/log.h"
#include "lib/audit/running.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"

static int64_t clock_ms(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void stamp(const struct visit *v, struct audit_event *e, enum audit_kind kind)
{
	*e = (struct audit_event){
		.kind = kind, .wall_ms = clock_ms(CLOCK_REALTIME), .monotonic_ms = clock_ms(CLOCK_BOOTTIME)};
	memcpy(e->session, v->ledger.session, sizeof(e->session));
}

/* The login uid stays what it was at login, whatever sudo and su made of it since: pam_loginuid(8). */
static void find_login(const struct visit *v, struct audit_event *e)
{
	cleanup_free char *text = NULL;
	uint64_t uid;
	if (proc_read(v->proc, "self/loginuid", &text, NULL) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	e->has_login = parse_u64(text, UINT32_MAX - 1, &uid) == 0;
	e->login_uid = e->has_login ? (uid_t)uid : 0;
}

static const char *verb_name(const struct visit *v)
{
	switch (v->request.verb) {
	case VERB_EXEC:
		if (v->request.debug)
			return "debug";
		if (v->request.service)
			return service_name(v->request.service);
		return v->ledger.shell || strv_len(v->request.command) == 0 ? "shell" : "exec";
	case VERB_SHOW:
		return "show";
	case VERB_LIST:
		return "list";
	case VERB_FACTS:
		return "facts";
	case VERB_REFUSED:
		return "refused";
	case VERB_TOP:
		return "top";
	case VERB_WHICH:
		return "which";
	case VERB_LAYERS:
		return "layers";
	case VERB_DESCRIBE:
		return "show";
	case VERB_LOGS:
		return "logs";
	case VERB_SIGNAL:
		return "signal";
	case VERB_WAIT:
		return "wait";
	case VERB_STATS:
		return "stats";
	case VERB_DIFF:
		return "diff";
	case VERB_NONE:
		break;
	}
	return "none";
}

/* What the denied or begun session is about, as far as it is known by now. */
static void describe(struct visit *v, struct audit_event *e, char *rule, size_t rule_size)
{
	const struct identity *i = &v->request.identity;
	const struct container *c = &v->container;
	find_login(v, e);
	e->uid = v->caller;
	e->user = v->account.name;
	e->gate = v->subject.gate;
	e->key = i->key;
	e->fingerprint = i->fingerprint;
	e->cert_id = i->cert_id;
	e->principals = i->principals;
	e->address = i->address;
	e->port = i->port;
	e->verb = verb_name(v);
	e->target = v->request.target;
	e->container_id = c->id;
	e->container_name = c->name;
	e->image = c->image;
	e->image_digest = c->image_id;
	e->pid = v->target.pid;
	e->pid_start = v->target.start_time;
	e->as_user = v->request.user;
	/* Of who debugs or copies, without what is put around it. */
	bool put_around = v->request.debug || v->request.service || v->request.verb == VERB_SIGNAL;
	e->argv = v->argv && !put_around ? v->argv : v->request.command;
	e->toolbox = tool_name(v);
	strv_free(v->ledger.options);
	v->ledger.options = NULL;
	/* What there is no memory for is missing here, and nothing will start. */
	(void)asked_options(&v->request, &v->ledger.options);
	e->options = v->ledger.options;
	e->tty = v->request.tty;
	e->ns = v->ns;
	if (v->decision.file) {
		snprintf(rule, rule_size, "%s:%u", v->decision.file, (unsigned)v->decision.line);
		e->rule = rule;
	}
}

/* To the log if there is a configuration, which is what makes one; to syslog in any case. */
static int write_event(const struct visit *v, const struct audit_event *e, bool sync, struct error *err)
{
	const char *path = v->ledger.audit_file;
	int r = path ? audit_log_append(path, e, sync, err) : 0;
	audit_syslog(e);
	return r;
}

int ledger_prepare(struct visit *v)
{
	if (!v->store.policy)
		return 0;
	const char *path = policy_audit_file(v->store.policy);
	return str_set(&v->ledger.audit_file, path ? path : CENTERCTL_LOGDIR "/audit.jsonl");
}

void ledger_deny(struct visit *v, const char *reason)
{
	struct audit_event e;
	char rule[4200];
	stamp(v, &e, AUDIT_DENY);
	describe(v, &e, rule, sizeof(rule));
	e.decision = "deny";
	e.reason = reason;
	/* Denied it is in any case. */
	(void)write_event(v, &e, false, NULL);
}

void ledger_refused(struct visit *v)
{
	struct audit_event e;
	char rule[4200];
	char *const typed[] = {v->request.line, NULL};
	stamp(v, &e, AUDIT_DENY);
	describe(v, &e, rule, sizeof(rule));
	e.target = NULL;
	e.argv = typed;
	e.decision = "deny";
	e.reason = v->request.target;
	(void)write_event(v, &e, false, NULL);
}

void ledger_told(struct visit *v)
{
	struct audit_event e;
	char rule[4200];
	if (!visit_is_judged(v))
		return;
	stamp(v, &e, AUDIT_START);
	describe(v, &e, rule, sizeof(rule));
	e.decision = "allow";
	(void)write_event(v, &e, false, NULL);
}

static const char *record_dir(const struct visit *v)
{
	const char *dir = v->store.policy ? policy_record_dir(v->store.policy) : NULL;
	return dir ? dir : CENTERCTL_LOGDIR "/sessions";
}

static bool is_recorded(const struct visit *v)
{
	return visit_is_judged(v) && (v->decision.with.flags & POLICY_RECORD) && v->request.tty && !v->request.detach;
}

/* A list is of all rules together, so that none of them says how many may be watched. */
enum { WATCHED_LISTS_MAX = 16 };

static int take_place(struct visit *v, struct error *err)
{
	char slot[ERROR_TEXT_MAX + 64], user[16] = "";
	bool lists = v->request.verb == VERB_LIST;
	uint32_t limit = lists ? WATCHED_LISTS_MAX : v->decision.with.sessions;
	if (lists)
		snprintf(slot, sizeof(slot), "%s list", judge_who(v));
	else
		snprintf(slot, sizeof(slot), "%s %u", judge_who(v), (unsigned)v->decision.rule);
	if (!lists)
		snprintf(user, sizeof(user), "%u", (unsigned)v->user.uid);
	struct running r = {.pid = getpid(),
			    .wall_ms = clock_ms(CLOCK_REALTIME),
			    .who = (char *)(uintptr_t)judge_who(v),
			    .container_id = v->container.id,
			    .container_name = (char *)(uintptr_t)visit_name(v),
			    .as_user = v->user.name && v->user.name[0] ? v->user.name : user,
			    .verb = (char *)(uintptr_t)verb_name(v),
			    .address = v->request.identity.address,
			    .slot = slot,
			    .recording = v->ledger.recording};
	memcpy(r.session, v->ledger.session, sizeof(r.session));
	cleanup_free char *text = NULL;
	struct proc_stat stat;
	if (proc_read(v->proc, "self/stat", &text, NULL) == 0 && proc_stat_parse(text, &stat) == 0)
		r.pid_start = stat.start_time;
	v->ledger.running = running_enter(visit_rundir(), &r, limit, err);
	if (v->ledger.running >= 0)
		return 0;
	if (v->ledger.running == -EUSERS) {
		error_set(err, -EUSERS, "%s %u %s at once, and that many are running: end one first",
			  lists ? "everybody may watch" : "your rule allows", (unsigned)limit,
			  lists ? "lists" : "sessions");
		ledger_deny(v, err->text);
	}
	return v->ledger.running;
}

static int start_recording(struct visit *v, struct session *s, struct error *err)
{
	cleanup_buf struct buf title = {0};
	buf_printf(&title, "%s in %s", judge_who(v), visit_name(v));
	struct recorder_setup setup = {.directory = record_dir(v),
				       .session = v->ledger.session,
				       .rows = v->request.rows,
				       .cols = v->request.cols,
				       .wall_ms = clock_ms(CLOCK_REALTIME),
				       .term = v->request.term,
				       .title = buf_text(&title),
				       .argv = v->argv};
	int r = recorder_open(&setup, &v->ledger.recorder, err);
	if (r < 0)
		return error_prepend(err, "this session is to be recorded, and cannot be");
	s->recorder = v->ledger.recorder;
	s->record_input = v->decision.with.flags & POLICY_RECORD_INPUT;
	return 0;
}

static int write_start(struct visit *v, struct error *err)
{
	struct audit_event e;
	char rule[4200];
	stamp(v, &e, AUDIT_START);
	describe(v, &e, rule, sizeof(rule));
	/* What is only told is told to nobody inside. */
	e.has_as_uid = v->argv != NULL;
	e.as_uid = v->user.uid;
	e.decision = visit_is_judged(v) ? "allow" : "root";
	e.record = v->ledger.recorder != NULL;
	if (v->claim[0])
		e.reason = v->claim;
	int r = write_event(v, &e, true, err);
	if (r < 0)
		return error_prepend(err, "nothing is entered without an audit record, which cannot be written");
	v->ledger.open = true;
	v->ledger.began_ms = now_ms();
	return 0;
}

/* A configuration is what asks for all this; without one, root is written to syslog alone. */
int ledger_open(struct visit *v, struct session *s, struct error *err)
{
	if (!v->ledger.audit_file)
		return write_start(v, err);
	if (is_recorded(v)) {
		cleanup_buf struct buf path = {0};
		buf_printf(&path, "%s/%s.cast", record_dir(v), v->ledger.session);
		if (!buf_text(&path) || str_set(&v->ledger.recording, path.data) < 0)
			return -ENOMEM;
	}
	int r = take_place(v, err);
	if (r == 0 && is_recorded(v))
		r = start_recording(v, s, err);
	if (r == 0)
		r = write_start(v, err);
	return r;
}

int ledger_stay(struct visit *v, struct error *err)
{
	return v->ledger.audit_file ? take_place(v, err) : 0;
}

int ledger_open_step(struct visit *v, struct error *err)
{
	return write_start(v, err);
}

static const char *end_reason(const struct session_result *result)
{
	if (!result)
		return "not-started";
	switch (result->end) {
	case SESSION_EXITED:
		return "exit";
	case SESSION_TIMED_OUT:
		return "timeout";
	case SESSION_IDLE:
		return "idle";
	case SESSION_HUNG_UP:
		return "client-gone";
	case SESSION_ENDED:
		return "ended";
	case SESSION_UNRECORDED:
		return "recording";
	case SESSION_DETACHED:
		return "detached";
	}
	return "unknown";
}

void ledger_close(struct visit *v, const struct session_result *result, int code)
{
	struct ledger *l = &v->ledger;
	struct audit_event e;
	struct error err = ERROR_INIT;
	if (!l->open)
		return;
	l->open = false;
	bool complete = result && result->end != SESSION_UNRECORDED;
	int r = recorder_close(l->recorder, complete);
	l->recorder = NULL;
	stamp(v, &e, AUDIT_END);
	e.duration_ms = now_ms() - l->began_ms;
	e.reason = r < 0 && complete ? "recording" : end_reason(result);
	e.exited = !result || WIFEXITED(result->status) || result->end == SESSION_DETACHED;
	e.number = !result ? code : WIFEXITED(result->status) ? WEXITSTATUS(result->status) : WTERMSIG(result->status);
	for (int i = 0; result && i < FLOW_COUNT; i++) {
		e.relayed[i] = result->relayed[i];
		e.bytes[i] = result->bytes[i];
	}
	if (write_event(v, &e, true, &err) < 0 && v->channel >= 0)
		channel_warn(v->channel, "the end of this session could not be recorded: %s", err.text);
}

void ledger_done(struct visit *v)
{
	struct ledger *l = &v->ledger;
	recorder_close(l->recorder, false);
	l->recorder = NULL;
	if (l->running >= 0)
		running_leave(visit_rundir(), l->session, l->running);
	l->running = -EBADF;
	cleanup_free_function(&l->recording);
	cleanup_free_function(&l->audit_file);
	strv_free(l->options);
	l->options = NULL;
}
