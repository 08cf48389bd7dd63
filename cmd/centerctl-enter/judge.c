/* SPDX-License-Identifier: ISC */
#include "judge.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "host_power.h"
#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/priv/census.h"
#include "lib/priv/cgroup.h"
#include "lib/priv/identity.h"

/*
 * A denial is answered at a multiple of this after the start: what took how long on the way (was there such a
 * container, how long is its list of labels) does not show.
 */
enum { DENIAL_STEP_MS = 100 };

static const char config_file[] = CENTERCTL_SYSCONFDIR "/centerctl.conf";
static const char gate_program[] = CENTERCTL_BINDIR "/centerctl-gate";

int judge_deny(struct visit *v, struct error *err, const char *format, ...)
{
	char reason[ERROR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	ledger_deny(v, reason);
	char shown[300];
	text_escape(shown, sizeof(shown), v->request.target, strlen(v->request.target));
	/* The target was found by us then. */
	if (v->request.host_pid > 0)
		snprintf(shown, sizeof(shown), "process %d", (int)v->request.host_pid);
	if (v->request.verb == VERB_LIST)
		return error_set(err, -EACCES, "you may enter no container here");
	return error_set(err, -EACCES, "%s: not permitted, or there is no such container (ls shows what you may enter)",
			 shown);
}

int judge_refused(struct visit *v, struct error *err)
{
	if (!v->subject.gate)
		return judge_deny(v, err, "%s", v->claim[0] ? v->claim : "only a gate reports what it refused");
	ledger_refused(v);
	return 0;
}

void judge_delay(const struct visit *v)
{
	int64_t spent = now_ms() - v->began_ms;
	int64_t left = DENIAL_STEP_MS - spent % DENIAL_STEP_MS;
	struct timespec t = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &t) == EINTR)
		continue;
}

const char *judge_who(struct visit *v)
{
	const struct policy_subject *s = &v->subject;
	if (!visit_is_judged(v))
		return "root";
	if (s->gate && s->key && *s->key)
		snprintf(v->who, sizeof(v->who), "key:%s", s->key);
	else if (s->gate && v->request.identity.cert_id[0])
		snprintf(v->who, sizeof(v->who), "cert:%s", v->request.identity.cert_id);
	else if (s->gate)
		snprintf(v->who, sizeof(v->who), "key:%s", s->fingerprint ? s->fingerprint : "?");
	else if (s->user)
		snprintf(v->who, sizeof(v->who), "user:%s", s->user);
	else
		snprintf(v->who, sizeof(v->who), "user:%u", (unsigned)s->uid);
	return v->who;
}

/* Never the one that the caller named: whoever answers there chooses what is entered. */
static int set_engine(struct visit *v)
{
	const char *url = v->store.policy ? policy_engine(v->store.policy) : NULL;
	const char *path = url ? str_after(url, "unix://") : NULL;
	return request_set_engine(&v->request, path ? path : engine_local_socket());
}

/* What only root may ask for, whatever a rule says. */
static int check_request(struct visit *v, struct error *err)
{
	const struct request *r = &v->request;
	if (str_starts(r->target, "pid:"))
		return error_set(err, -EPERM, "%s: only root may enter by a process number: name the container",
				 r->target);
	if (r->verb == VERB_FACTS || r->as[0])
		return error_set(err, -EPERM, "only root may ask what others may do");
	if (r->verb == VERB_LAYERS)
		return error_set(err, -EPERM, "only root may make toolboxes");
	if (r->toolbox[0] == '/' || r->static_tool[0] == '/')
		return error_set(err, -EPERM,
				 "only root may debug with any directory or program of this host: name a toolbox");
	return 0;
}

static void name_subject(struct visit *v)
{
	struct policy_subject *s = &v->subject;
	*s = (struct policy_subject){.user = v->account.name[0] ? v->account.name : NULL,
				     .uid = v->caller,
				     .groups = v->account.groups,
				     .gids = v->account.gids,
				     .gid_count = v->account.gid_count};
}

/* Believed, it is somebody else who asks. Otherwise it is whoever that account is. */
static void believe_gate(struct visit *v)
{
	struct error why = ERROR_INIT;
	const struct identity *i = &v->request.identity;
	if (!v->subject.user || !policy_is_gate(v->store.policy, v->subject.user)) {
		if (i->key[0] || i->fingerprint[0] || i->cert_id[0])
			snprintf(v->claim, sizeof(v->claim), "this account is not a gate");
		return;
	}
	if (identity_prove_gate(v->proc, v->caller, &v->account, gate_program, &why) < 0) {
		snprintf(v->claim, sizeof(v->claim), "%s", why.text);
		return;
	}
	struct policy_subject *s = &v->subject;
	*s = (struct policy_subject){.gate = true,
				     .uid = v->caller,
				     .key = i->key,
				     .fingerprint = i->certificate ? NULL : i->fingerprint,
				     .principals = i->principals};
	s->has_address = i->address[0] && policy_address_parse(i->address, &s->address) == 0;
}

static int judge_stranger(struct visit *v, struct error *err)
{
	if (!v->store.policy)
		return error_set(err, -EPERM,
				 "only root may enter containers here: to let others in, root writes %s, see "
				 "centerctl.conf(5)",
				 config_file);
	int r = cgroups_leave_delegated(v->proc, err);
	if (r < 0)
		return r;
	r = identity_look_up(v->caller, v->libexecdir, v->channel, &v->helper, &v->account, err);
	resolver_dismiss(&v->helper);
	if (r < 0)
		return r;
	name_subject(v);
	believe_gate(v);
	if (v->request.verb == VERB_REFUSED)
		return 0;
	r = check_request(v, err);
	if (r < 0)
		ledger_deny(v, err->text);
	if (r == 0 && set_engine(v) < 0)
		r = -ENOMEM;
	if (r < 0)
		return r;
	if (!policy_may(v->store.policy, &v->subject, time(NULL), v->account.utc_offset))
		return judge_deny(v, err, "no rule allows this caller anything now");
	return 0;
}

int judge_caller(struct visit *v, struct error *err)
{
	int r = audit_session_id(v->ledger.session);
	if (r < 0)
		return error_errno(err, r, "cannot make a session ID");
	r = policy_store_open(&v->store, config_file, visit_rundir(), err);
	if (r == 0)
		r = ledger_prepare(v);
	if (r < 0)
		return r;
	if (visit_is_judged(v))
		return judge_stranger(v, err);
	v->asks_for_other = v->request.as[0] != '\0';
	/* What others may do is a question about their engine. */
	bool theirs = v->asks_for_other || v->request.verb == VERB_FACTS;
	if (theirs && v->request.engine.scheme == ENGINE_NONE && set_engine(v) < 0)
		return -ENOMEM;
	if (!v->asks_for_other)
		return 0;
	if (!v->store.policy)
		return error_set(err, -ENOENT, "there is no %s yet: nobody but root may enter anything", config_file);
	return policy_subject_parse(v->request.as, &v->as_room, &v->subject, err);
}

static struct policy_target target_of(const struct container *c)
{
	return (struct policy_target){.id = c->id, .name = c->name, .image = c->image, .labels = c->labels};
}

static void decide(struct visit *v, enum policy_verb verb, char *const *argv, bool uid_known)
{
	v->right = verb;
	struct policy_target target = target_of(&v->container);
	struct policy_ask ask = {.verb = verb,
				 .user = v->request.user,
				 .own_user = v->container.user,
				 .uid_known = uid_known,
				 .uid = v->user.uid,
				 .argv = argv,
				 .now = time(NULL),
				 .utc_offset = v->account.utc_offset};
	policy_decide(v->store.policy, &v->subject, &target, &ask, &v->decision);
}

/* What a shell is to read becomes the container's sh -c, as it is. */
static int use_line(struct request *r)
{
	char *const argv[] = {(char *)"sh", (char *)"-c", r->line, NULL};
	char **command = strv_copy(argv);
	if (!command)
		return -ENOMEM;
	strv_free(r->command);
	r->command = command;
	return 0;
}

/* Those that are a right of their own, whatever else is typed; 0: the words decide. */
static enum policy_verb own_right(const struct request *r)
{
	static const enum policy_verb services[SERVICE_MAX + 1] = {
		[SERVICE_READ] = POLICY_CP,	    [SERVICE_WRITE] = POLICY_CP,  [SERVICE_BACKUP] = POLICY_BACKUP,
		[SERVICE_RESTORE] = POLICY_RESTORE, [SERVICE_SFTP] = POLICY_SFTP, [SERVICE_DIAL] = POLICY_DIAL,
	};
	static const enum policy_verb verbs[VERB_MAX + 1] = {
		[VERB_DESCRIBE] = POLICY_SHOW, [VERB_TOP] = POLICY_TOP,	  [VERB_LOGS] = POLICY_LOGS,
		[VERB_SIGNAL] = POLICY_SIGNAL, [VERB_WAIT] = POLICY_WAIT, [VERB_STATS] = POLICY_STATS,
		[VERB_DIFF] = POLICY_DIFF,
	};
	return verbs[r->verb] ? verbs[r->verb] : services[r->service];
}

/* To be told of it, any right to a container does. */
static int choose_any(struct visit *v)
{
	for (unsigned right = 1; right < POLICY_VERBS_ALL && !v->decision.allow; right <<= 1)
		decide(v, (enum policy_verb)right, NULL, false);
	return 0;
}

/* Tries what was typed in the order in which it may be meant. */
static int choose(struct visit *v)
{
	struct request *r = &v->request;
	bool has_command = strv_len(r->command) > 0;
	if (r->verb == VERB_WHICH)
		return choose_any(v);
	if (own_right(r)) {
		decide(v, own_right(r), NULL, false);
		return 0;
	}
	if (r->debug) {
		decide(v, POLICY_DEBUG, has_command ? r->command : NULL, false);
		return 0;
	}
	if (r->line[0] && (r->line_first || !has_command)) {
		decide(v, POLICY_SHELL, NULL, false);
		v->ledger.shell = v->decision.allow;
		if (v->decision.allow)
			return use_line(r);
	}
	if (has_command) {
		decide(v, POLICY_EXEC, r->command, false);
	} else if (!r->line[0]) {
		decide(v, POLICY_SHELL, NULL, false);
		v->ledger.shell = v->decision.allow;
		/* To be shown what an entry would be, any right to enter does. */
		if (r->verb == VERB_SHOW && !v->decision.allow)
			decide(v, POLICY_EXEC, NULL, false);
	}
	return 0;
}

static int deny_by_rule(struct visit *v, struct error *err)
{
	if (v->claim[0])
		return judge_deny(v, err, "%s; as this account itself: %s", v->claim,
				  v->decision.file ? "denied by a rule" : "no rule matches");
	return judge_deny(v, err, "%s", v->decision.file ? "denied by a rule" : "no rule matches");
}

/* A few digits would tell which IDs there are, by whether they are the beginning of one or of several. */
static bool is_meant(const struct visit *v)
{
	enum { PREFIX_MIN = 12 };
	return strcmp(v->request.target, v->container.name) == 0 || strlen(v->request.target) >= PREFIX_MIN;
}

int judge_container(struct visit *v, struct error *err)
{
	if (visit_is_judged(v) && !is_meant(v))
		return judge_deny(v, err, "only the beginning of an ID was given, and a short one");
	if (!visit_is_judged(v))
		return v->request.line[0] && strv_len(v->request.command) == 0 ? use_line(&v->request) : 0;
	if (choose(v) < 0)
		return -ENOMEM;
	if (!v->decision.allow)
		return deny_by_rule(v, err);
	if (v->decision.user && !v->request.user[0] && str_set(&v->request.user, v->decision.user) < 0)
		return -ENOMEM;
	const struct policy_with *w = &v->decision.with;
	if (w->timeout_ms && (!v->request.timeout_ms || v->request.timeout_ms > w->timeout_ms))
		v->request.timeout_ms = w->timeout_ms, v->ledger.timed_by_rule = true;
	return judge_options(v, err);
}

/* Who may trace in a PID namespace may trace all that is in it. */
static int judge_reach(struct visit *v, struct error *err)
{
	if (!v->request.debug || (v->decision.with.flags & POLICY_PRIVILEGED) ||
	    !(target_foreign_ns(&v->target) & NS_PID) || !census_is_shared(&v->target, v->container.id))
		return 0;
	error_set(err, -EPERM,
		  "processes of another container are in the PID namespace of %s, and could be traced from it, "
		  "which your rule does not allow (privileged)",
		  visit_name(v));
	ledger_deny(v, err->text);
	return -EPERM;
}

/*
 * Of this process, or of the host's first one: whoever started us may have been put into another network. Where that
 * one has more capabilities than we, it cannot be looked at, ptrace(2).
 */
static bool has_host_network(const struct visit *v)
{
	struct stat first;
	if (!(target_foreign_ns(&v->target) & NS_NET))
		return true;
	return fstatat(v->proc, "1/ns/net", &first, 0) == 0 && first.st_ino == target_ns_inode(&v->target, NS_NET);
}

/* What listens on the host's own loopback relies on nobody else being there. */
static int judge_dial(struct visit *v, struct error *err)
{
	if (v->request.service != SERVICE_DIAL || (v->decision.with.flags & POLICY_PRIVILEGED) || !has_host_network(v))
		return 0;
	error_set(err, -EPERM,
		  "%s has the network of this host, whose ports your rule does not allow to connect to (privileged)",
		  visit_name(v));
	ledger_deny(v, err->text);
	return -EPERM;
}

int judge_entry(struct visit *v, struct error *err)
{
	if (!visit_is_judged(v))
		return 0;
	uint32_t rule = v->decision.rule;
	bool typed = (v->right == POLICY_EXEC || v->right == POLICY_DEBUG) && strv_len(v->request.command) > 0;
	decide(v, v->right, typed ? v->request.command : NULL, true);
	if (!v->decision.allow)
		return deny_by_rule(v, err);
	/* Another rule's obligations would not have been looked at. */
	if (v->decision.rule != rule)
		return judge_deny(v, err, "the user's number leads to another rule than the user's name");
	cleanup_buf struct buf power = {0};
	host_power_tell(v, &power);
	if (power.len && !(v->decision.with.flags & POLICY_PRIVILEGED)) {
		error_set(err, -EPERM, "%s is as good as this host, which your rule does not allow (privileged): %s",
			  visit_name(v), buf_text(&power) ? buf_text(&power) : "");
		ledger_deny(v, err->text);
		return -EPERM;
	}
	int r = judge_reach(v, err);
	return r == 0 ? judge_dial(v, err) : r;
}
