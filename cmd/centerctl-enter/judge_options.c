/* SPDX-License-Identifier: ISC */
/* What the rule that allows an entry says of the options with which it was asked for. */
#include <errno.h>
#include <string.h>

#include "judge.h"
#include "ledger.h"
#include "lib/base/text.h"

static int check_env(const struct visit *v, struct error *err)
{
	for (char **e = v->request.env; e && *e; e++) {
		size_t len = strcspn(*e, "=");
		if (!policy_env_allowed(v->store.policy, &v->decision, *e, len))
			return error_set(err, -EPERM, "--env %.*s: your rule does not allow this variable (env=)",
					 (int)len, *e);
	}
	return 0;
}

static int check_terminal(const struct visit *v, struct error *err)
{
	const struct request *r = &v->request;
	uint32_t flags = v->decision.with.flags;
	if (r->verb != VERB_EXEC || r->service)
		return 0;
	if ((flags & POLICY_NO_TTY) && r->tty)
		return error_set(err, -EPERM, "your rule allows no terminal here (no-tty): give a command, or use -T");
	if ((flags & POLICY_TTY) && !r->tty)
		return error_set(err, -EPERM, "your rule demands a terminal here (tty): use -t (with ssh: ssh -t)");
	if (!(flags & POLICY_DETACH) && (r->detach || r->detach_keys_len > 0))
		return error_set(err, -EPERM,
				 "--detach, --detach-keys: your rule does not allow to leave a command running "
				 "(detach)");
	return 0;
}

static int check_confinement(const struct visit *v, struct error *err)
{
	const struct request *r = &v->request;
	const struct policy_with *w = &v->decision.with;
	bool any_cap = w->cap_add == UINT64_MAX;
	if (r->privileged && !any_cap)
		return error_set(err, -EPERM, "--privileged: your rule does not allow it (cap-add=ALL)");
	if (r->cap_add & ~w->cap_add)
		return error_set(err, -EPERM, "--cap-add: your rule does not allow these capabilities (cap-add=)");
	if ((r->verb == VERB_EXEC || r->verb == VERB_SHOW) && (NS_ALL & ~r->ns & ~w->ns))
		return error_set(err, -EPERM, "--ns: your rule does not allow to leave these namespaces out (ns=)");
	if (strv_len(r->group_add) > 0 && !w->any_user)
		return error_set(err, -EPERM, "--group-add: your rule does not allow it (as *)");
	if (r->workdir[0] && w->by_run)
		return error_set(err, -EPERM, "--workdir: not where a rule allows certain commands only (run)");
	return 0;
}

/* busybox is whatever its first word says. */
static bool names_itself(const struct request *r)
{
	return strcmp(r->static_tool, "busybox") == 0 ||
	       (strv_len(r->command) > 0 && strcmp(r->command[0], r->static_tool) == 0);
}

/* The rule's first toolbox, unless one is named, which must be among those that it names. */
static int check_toolbox(struct visit *v, struct error *err)
{
	struct request *r = &v->request;
	const struct policy *p = v->store.policy;
	if (!r->debug)
		return 0;
	if (r->writable && !(v->decision.with.flags & POLICY_RW))
		return error_set(err, -EPERM, "--rw: your rule does not allow to write to the container's files (rw)");
	if (r->source[0] && !str_starts(r->source, "/target/"))
		return error_set(err, -EPERM,
				 "--source %s: only root may show a directory of this host to a tool; "
				 "what is in the container stands below /target",
				 r->source);
	/* A pattern is about what argv[0] says, and this program runs whatever it says. */
	if (r->static_tool[0] && v->decision.with.by_run && !names_itself(r))
		return error_set(err, -EPERM,
				 "--static %s: where a rule allows certain commands only (run), the command's "
				 "first word is the program's name",
				 r->static_tool);
	if (!r->static_tool[0] && !r->toolbox[0])
		return str_set(&r->toolbox, policy_toolbox_first(p, &v->decision));
	const char *name = r->static_tool[0] ? r->static_tool : r->toolbox;
	if (!policy_toolbox_allowed(p, &v->decision, name))
		return error_set(err, -EPERM, "toolbox %s: your rule does not allow it (toolbox=)", name);
	return 0;
}

/* "[HOST] PORT", of which the rule must name both; the port is a number there, see service.c. */
static int check_port(const struct visit *v, struct error *err)
{
	char *const *words = v->request.command;
	size_t count = strv_len(words);
	uint64_t port = 0;
	const char *host = count > 1 ? words[0] : "";
	if (count == 0 || parse_u64(words[count - 1], UINT16_MAX, &port) < 0)
		return error_set(err, -EBADMSG, "the request names no port");
	if (policy_port_allowed(v->store.policy, &v->decision, host, (uint16_t)port))
		return 0;
	char shown[128];
	text_escape(shown, sizeof(shown), host, strlen(host));
	return error_set(err, -EPERM, "port %u%s%s: your rule does not allow to connect there (ports=)", (unsigned)port,
			 *host ? " of " : "", shown);
}

static int check_service(const struct visit *v, struct error *err)
{
	const struct request *r = &v->request;
	if (r->service == SERVICE_WRITE && (v->decision.with.flags & POLICY_READ_ONLY))
		return error_set(err, -EPERM, "cp into %s: your rule allows to read alone (read-only)", visit_name(v));
	if (r->service == SERVICE_DIAL)
		return check_port(v, err);
	if (r->verb == VERB_SIGNAL && !policy_signal_allowed(v->store.policy, &v->decision, r->signal))
		return error_set(err, -EPERM, "signal %u: your rule does not allow it (signals=)", (unsigned)r->signal);
	return 0;
}

/* Here the caller may enter, so that a refusal may say what it is about. */
int judge_options(struct visit *v, struct error *err)
{
	int r = check_env(v, err);
	if (r == 0)
		r = check_toolbox(v, err);
	if (r == 0)
		r = check_service(v, err);
	if (r == 0)
		r = check_terminal(v, err);
	if (r == 0)
		r = check_confinement(v, err);
	if (r < 0)
		ledger_deny(v, err->text);
	return r;
}
