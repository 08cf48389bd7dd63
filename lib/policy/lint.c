/* SPDX-License-Identifier: ISC */
#include "lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "glob.h"
#include "lib/base/cleanup.h"
#include "lib/proto/request.h"
#include "match.h"
#include "render.h"
#include "shadow.h"
#include "shells.h"

struct lint {
	const struct policy *p;
	int64_t local;
	policy_finding *tell;
	void *arg;
};

static void __attribute__((format(printf, 3, 4)))
tell(const struct lint *l, const struct policy_rule *r, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	l->tell(l->arg, r ? block_text(l->p, r->file) : "", r ? r->line : 0, text);
}

struct kinds {
	bool any, accounts, keys;
};

static struct kinds subject_kinds(const struct policy *p, const struct policy_rule *r)
{
	struct kinds k = {0};
	struct policy_subject_item it;
	for (struct block_list l = block_list(p, r->subjects); block_next(&l, &it, sizeof(it));) {
		k.any |= it.kind == SUBJECT_ANY;
		k.keys |= it.kind >= SUBJECT_KEY;
		k.accounts |= it.kind >= SUBJECT_USER && it.kind <= SUBJECT_GID;
	}
	return k;
}

static bool has_gates(const struct policy *p)
{
	return block_list(p, p->gates).left > 0;
}

static void lint_subjects(const struct lint *l, const struct policy_rule *r)
{
	struct kinds k = subject_kinds(l->p, r);
	const struct policy_extra *e = block_extra(l->p, r);
	if (r->allow && k.any)
		tell(l, r, "* lets everybody in: every account of this host%s",
		     has_gates(l->p) ? ", and every key of its gates" : "");
	if (k.keys && !k.any && !k.accounts && !has_gates(l->p))
		tell(l, r,
		     "never matches: keys and principals are those of gate accounts, and there is no gate directive");
	if (e->from && !k.keys && (!k.any || !has_gates(l->p)))
		tell(l, r, "never matches: from is about the client's address, which only sessions of gates have");
}

static void lint_targets(const struct lint *l, const struct policy_rule *r)
{
	struct policy_target_item it;
	for (struct block_list list = block_list(l->p, r->targets); block_next(&list, &it, sizeof(it));) {
		if (!r->allow || (it.kind != TARGET_LABEL && it.kind != TARGET_COMPOSE))
			continue;
		struct buf shown = {0};
		render_target(&shown, l->p, &it);
		tell(l, r, "%s: whoever makes an image or starts a container chooses its labels",
		     shown.len ? buf_text(&shown) : "");
		buf_done(&shown);
	}
}

static void lint_time(const struct lint *l, const struct policy_rule *r)
{
	const struct policy_extra *e = block_extra(l->p, r);
	struct buf date = {0};
	if (!e->until || l->local < e->until)
		return;
	render_end(&date, e->until);
	tell(l, r, "never matches any more: it ended %s", date.len ? buf_text(&date) : "");
	buf_done(&date);
}

/* Words compare as words: only root's number is known. */
static void lint_users(const struct lint *l, const struct policy_rule *r)
{
	struct block_list users = block_list(l->p, r->users);
	for (const char *user; !r->allow && (user = block_next_text(l->p, &users));) {
		if (strcmp(user, "*") == 0 || match_user_is_root(user))
			continue;
		tell(l, r,
		     "as %s: the same user under another name or number is not denied; name who is allowed instead",
		     user);
		return;
	}
}

static void lint_with(const struct lint *l, const struct policy_rule *r)
{
	const struct policy_extra *e = block_extra(l->p, r);
	static const char host[] = "whoever enters so is as good as root on the host";
	if (e->ns & (NS_MNT | NS_PID | NS_USER))
		tell(l, r, "ns= without %s: %s",
		     e->ns & NS_MNT   ? "the container's mnt"
		     : e->ns & NS_PID ? "the container's pid"
				      : "the container's user",
		     host);
	struct block_list users = block_list(l->p, r->users);
	for (const char *user; (r->flags & POLICY_PRIVILEGED) && (user = block_next_text(l->p, &users));) {
		if (strcmp(user, "*") != 0 && !match_user_is_root(user))
			continue;
		tell(l, r, "as %s with privileged: %s", user, host);
		break;
	}
	if (e->cap_add)
		tell(l, r, "cap-add=: the command may have more power than the container; with many capabilities, %s",
		     host);
}

static void lint_debug(const struct lint *l, const struct policy_rule *r)
{
	const struct policy_extra *e = block_extra(l->p, r);
	if (!r->allow || r->verbs & POLICY_DEBUG)
		return;
	if (e->toolboxes)
		tell(l, r, "toolbox= never counts: the rule is not for debug");
	if (r->flags & POLICY_RW)
		tell(l, r, "rw never counts: it is about debug --rw, and the rule is not for debug");
}

/* Items of `with` that are about rights which the rule does not give. */
static void lint_reach(const struct lint *l, const struct policy_rule *r)
{
	static const char never[] = "never counts: the rule is not for";
	const struct policy_extra *e = block_extra(l->p, r);
	struct policy_ports ports;
	if (e->ports && !(r->verbs & POLICY_DIAL))
		tell(l, r, "ports= %s dial", never);
	if (e->signals && !(r->verbs & POLICY_SIGNAL))
		tell(l, r, "signals= %s signal", never);
	for (struct block_list list = block_list(l->p, e->ports); block_next(&list, &ports, sizeof(ports));) {
		char high[16] = "";
		if (strcmp(block_text(l->p, ports.host), "*") != 0)
			continue;
		if (ports.high != ports.low)
			snprintf(high, sizeof(high), "-%u", ports.high);
		tell(l, r, "ports=*/%u%s: whoever dials reaches there whatever the container's network does", ports.low,
		     high);
	}
}

static void lint_read_only(const struct lint *l, const struct policy_rule *r)
{
	static const uint16_t writing[] = {POLICY_EXEC, POLICY_SHELL, POLICY_DEBUG, POLICY_RESTORE};
	if (!(r->flags & POLICY_READ_ONLY))
		return;
	if (!(r->verbs & (POLICY_CP | POLICY_SFTP)))
		tell(l, r, "read-only never counts: the rule is for neither cp nor sftp");
	for (size_t i = 0; r->verbs & (POLICY_CP | POLICY_SFTP) && i < ARRAY_SIZE(writing); i++) {
		struct buf verb = {0};
		if (!(r->verbs & writing[i]))
			continue;
		render_verbs(&verb, writing[i]);
		tell(l, r,
		     "read-only: it is about cp and sftp alone; with %s, which the rule is for, files can be changed",
		     verb.len ? buf_text(&verb) : "");
		buf_done(&verb);
		return;
	}
}

/* `as` is about who enters. */
static void lint_told(const struct lint *l, const struct policy_rule *r)
{
	if (r->verbs & ~POLICY_VERBS_TOLD || !r->users || match_users_have(l->p, r, "*"))
		return;
	if (r->allow)
		tell(l, r, "as never counts: what the rule is for enters nothing");
	else
		tell(l, r, "never denies anything: what it is for enters nothing, as nobody; leave as out");
}

static void lint_runs(const struct lint *l, const struct policy_rule *r)
{
	struct block_list runs = block_list(l->p, r->runs), words;
	for (const char *text; (text = block_next_run(l->p, &runs, &words));) {
		const char *why = shells_in_pattern(l->p, words);
		if (why)
			tell(l, r, "run \"%s\": %s", text, why);
	}
}

static void lint_rule(const struct lint *l, uint32_t i)
{
	const struct policy_rule *r = &block_rules(l->p)[i], *other;
	if ((other = shadow_find(l->p, i)))
		tell(l, r, "never decides: what it matches, the rule in %s:%u decides before",
		     block_text(l->p, other->file), other->line);
	lint_subjects(l, r);
	lint_targets(l, r);
	lint_time(l, r);
	lint_users(l, r);
	lint_with(l, r);
	lint_debug(l, r);
	lint_reach(l, r);
	lint_read_only(l, r);
	lint_told(l, r);
	lint_runs(l, r);
}

void policy_lint(const struct policy *p, int64_t now, int32_t utc_offset, policy_finding *tell_finding, void *arg)
{
	struct lint l = {.p = p, .local = now + utc_offset, .tell = tell_finding, .arg = arg};
	if (p->rule_count == 0)
		tell(&l, NULL, "there is no rule: nobody but root may enter anything");
	for (uint32_t i = 0; i < p->rule_count; i++)
		lint_rule(&l, i);
}

static void each_subject(const struct policy *p, enum subject_kind kind,
			 void (*f)(void *arg, const char *file, unsigned line, const char *name), void *arg)
{
	const struct policy_rule *rules = block_rules(p);
	struct policy_subject_item it;
	for (uint32_t i = 0; i < p->rule_count; i++)
		for (struct block_list l = block_list(p, rules[i].subjects); block_next(&l, &it, sizeof(it));)
			if (it.kind == kind)
				f(arg, block_text(p, rules[i].file), rules[i].line, block_text(p, it.value));
}

void policy_each_key(const struct policy *p, void (*f)(void *arg, const char *file, unsigned line, const char *name),
		     void *arg)
{
	each_subject(p, SUBJECT_KEY, f, arg);
}

void policy_each_account(const struct policy *p,
			 void (*f)(void *arg, const char *file, unsigned line, const char *name), void *arg)
{
	struct block_list gates = block_list(p, p->gates);
	for (const char *name; (name = block_next_text(p, &gates));)
		f(arg, "", 0, name);
	each_subject(p, SUBJECT_USER, f, arg);
}

void policy_each_group(const struct policy *p, void (*f)(void *arg, const char *file, unsigned line, const char *name),
		       void *arg)
{
	each_subject(p, SUBJECT_GROUP, f, arg);
}

bool policy_has_subject(const struct policy *p, const struct policy_subject *s)
{
	for (uint32_t i = 0; i < p->rule_count; i++)
		if (match_subject(p, &block_rules(p)[i], s))
			return true;
	return false;
}
