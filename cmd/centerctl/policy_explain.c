/* SPDX-License-Identifier: ISC */
/* `centerctl policy explain`: which rule decides, and why none before it did. */
#include "lib/policy/explain.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "lib/base/cleanup.h"
#include "lib/base/signal_name.h"
#include "lib/base/suggest.h"
#include "lib/base/text.h"
#include "lib/client/exec_values.h"
#include "lib/client/report.h"
#include "lib/policy/verbs.h"
#include "lib/policy/when.h"
#include "lib/proto/listing.h"
#include "policy.h"

struct explain_options {
	char *as, *from, *user, *file, *engine, *image, *own_user, *id;
	char **labels;
	enum policy_verb verb; /* 0: by what follows the target */
	bool has_time, help;
	int64_t local; /* --at */
};

static void options_done(struct explain_options *o)
{
	char **const texts[] = {&o->as, &o->from, &o->user, &o->file, &o->engine, &o->image, &o->own_user, &o->id};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(*texts[i]);
	strv_free(o->labels);
}

#define SET_TEXT(field)                                                             \
	static int set_##field(void *options, const char *value, struct error *err) \
	{                                                                           \
		struct explain_options *o = options;                                \
		int r = str_set(&o->field, value);                                  \
		return r < 0 ? error_errno(err, r, "--" #field) : 0;                \
	}
SET_TEXT(as)
SET_TEXT(from)
SET_TEXT(user)
SET_TEXT(file)
SET_TEXT(engine)
SET_TEXT(image)
SET_TEXT(own_user)
SET_TEXT(id)

static int add_label(void *options, const char *value, struct error *err)
{
	if (!strchr(value, '='))
		return error_set(err, -EINVAL, "--label %s: expected KEY=VALUE", value);
	int r = strv_add(&((struct explain_options *)options)->labels, value);
	return r < 0 ? error_errno(err, r, "--label") : 0;
}

static int set_for(void *options, const char *value, struct error *err)
{
	for (unsigned i = 0; i < POLICY_VERB_COUNT; i++) {
		if (strcmp(value, policy_verb_names[i]) != 0)
			continue;
		((struct explain_options *)options)->verb = (enum policy_verb)(1u << i);
		return 0;
	}
	const char *near = suggest_nearest(value, policy_verb_names);
	return error_set(err, -EINVAL, "--for %s: expected exec, shell, logs, ... (centerctl.conf(5) has all)%s%s%s",
			 value, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static int set_at(void *options, const char *value, struct error *err)
{
	struct explain_options *o = options;
	if (when_parse_date(value, false, &o->local) < 0)
		return error_set(err, -EINVAL, "--at %s: expected a date, as 2027-01-31T18:00", value);
	o->has_time = true;
	return 0;
}

static const struct option_def explain_option_table[] = {
	{0, "as", "SUBJECT", "Who asks: key:NAME, principal:NAME, user:NAME, ... (default: you)", set_as},
	{0, "from", "ADDRESS", "From where an SSH client comes", set_from},
	{'u', "user", "USER[:GROUP]", "The user that is asked for", set_user},
	{0, "for", "VERB", "exec, shell, logs, ... (default: exec with a command, else shell)", set_for},
	{0, "at", "DATE", "When, in local time: 2027-01-31T18:00 (default: now)", set_at},
	{0, "file", "FILE", "This policy instead of the installed one", set_file},
	{0, "label", "KEY=VALUE", "A label of the container; no engine is asked then", add_label},
	{0, "image", "IMAGE", "The container's image; no engine is asked then", set_image},
	{0, "id", "ID", "The container's full ID; no engine is asked then", set_id},
	{0, "own-user", "USER", "The container's own user; no engine is asked then", set_own_user},
	{'H', "engine", "URL", "The engine to ask (root only)", set_engine},
	{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct explain_options, help)},
	{0},
};

/* The caller, as centerctl-enter would see them. */
struct self {
	char name[256];
	char **groups;
	gid_t gids[1024];
};

static int name_self(struct self *self, struct policy_subject *s, struct error *err)
{
	const struct passwd *pw = getpwuid(getuid());
	if (getuid() == 0)
		return error_set(err, -EINVAL, "root needs no rule: say for whom with --as, as in --as key:dev-laptop");
	snprintf(self->name, sizeof(self->name), "%s", pw ? pw->pw_name : "");
	int count = getgroups(ARRAY_SIZE(self->gids) - 1, self->gids);
	if (count < 0)
		return error_errno(err, -errno, "your groups");
	self->gids[count++] = getgid();
	for (int i = 0; i < count; i++) {
		const struct group *g = getgrgid(self->gids[i]);
		if (g && strv_add(&self->groups, g->gr_name) < 0)
			return error_errno(err, -ENOMEM, "your groups");
	}
	*s = (struct policy_subject){.user = pw ? self->name : NULL,
				     .uid = getuid(),
				     .groups = self->groups,
				     .gids = self->gids,
				     .gid_count = (size_t)count};
	return 0;
}

static int set_address(const struct explain_options *o, struct policy_subject *s, struct error *err)
{
	if (!o->from)
		return 0;
	if (!s->gate)
		return error_set(err, -EINVAL,
				 "--from: only sessions of gates have an address, those of key: and principal:");
	s->has_address = true;
	if (policy_address_parse(o->from, &s->address) == 0)
		return 0;
	return error_set(err, -EINVAL, "--from %s: expected an address, as 192.0.2.7", o->from);
}

struct facts_reply {
	struct facts facts;
	bool there;
};

static int take_facts(void *arg, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)err;
	struct facts_reply *reply = arg;
	int r = type == CHANNEL_FACTS ? facts_decode(data, len, &reply->facts) : -EBADMSG;
	reply->there = r == 0;
	return r;
}

/* Facts of the real container, if there is one and we may ask; what happens otherwise is said on stderr. */
static int ask_facts(const struct explain_options *o, const char *target, struct facts_reply *reply, struct error *err)
{
	bool by_hand = o->labels || o->image || o->id || o->own_user;
	if (by_hand || geteuid() != 0) {
		if (!by_hand)
			report_warning("only root may ask what the container is: nothing but its name is assumed; see "
				       "--label, "
				       "--image, --id and --own-user");
		return 0;
	}
	cleanup_request struct request ask = {.verb = VERB_FACTS, .ns = NS_ALL};
	if (str_set(&ask.target, target) < 0)
		return error_errno(err, -ENOMEM, "%s", target);
	if (ask_set_engine(o->engine, true, &ask.engine, err) < 0)
		report_error(err);
	else
		ask_enter(&ask, take_facts, reply);
	if (!reply->there)
		report_warning(
			"so nothing but the container's name is assumed; see --label, --image, --id and --own-user");
	return 0;
}

static void set_target(const struct explain_options *o, const char *name, struct facts_reply *reply,
		       struct policy_target *t)
{
	const struct facts *f = &reply->facts;
	if (reply->there)
		*t = (struct policy_target){.id = f->id, .name = f->name, .image = f->image, .labels = f->labels};
	else
		*t = (struct policy_target){
			.id = o->id ? o->id : "", .name = name, .image = o->image ? o->image : "", .labels = o->labels};
}

static void say_power(const struct facts_reply *reply, const struct policy_decision *d, struct buf *to)
{
	if (!d->allow || !reply->there || !reply->facts.host_power[0])
		return;
	bool may = d->with.flags & POLICY_PRIVILEGED;
	buf_printf(to, "the container is as good as the host (%s)%s\n", reply->facts.host_power,
		   may ? "" : ", and the rule lacks privileged: denied");
}

/* What the words behind the target are, for verbs that run none: [HOST] PORT, or a signal. */
static int judge_words(const struct policy *p, const struct policy_ask *a, char **words, struct policy_decision *d,
		       struct buf *to, struct error *err)
{
	const char *host = strv_len(words) == 2 ? words[0] : "", *last = words[host == words[0]];
	uint64_t port = 0;
	bool is_signal = a->verb == POLICY_SIGNAL, may;
	if (!*words || (a->verb != POLICY_DIAL && !is_signal))
		return 0;
	if (is_signal && (strv_len(words) > 1 || signal_parse(last) < 0))
		return error_set(err, -EINVAL, "%s: expected one signal, as HUP or 34", last);
	if (!is_signal && (strv_len(words) > 2 || parse_u64(last, UINT16_MAX, &port) < 0 || port == 0))
		return error_set(err, -EINVAL, "%s: expected [HOST] PORT", last);
	if (!d->allow)
		return 0;
	may = is_signal ? policy_signal_allowed(p, d, (uint32_t)signal_parse(last))
			: policy_port_allowed(p, d, host, (uint16_t)port);
	if (!may)
		buf_printf(to, "%s %s%s%s is not among %s of the rule: denied\n", is_signal ? "signal" : "port", last,
			   *host ? " of " : "", host, is_signal ? "the signals" : "the ports");
	d->allow = may;
	return 0;
}

static int explain(const struct explain_options *o, const struct policy *p, const struct policy_subject *s,
		   const char *target, char **command, struct error *err)
{
	struct facts_reply reply = {0};
	struct policy_target t;
	struct policy_decision d;
	cleanup_buf struct buf text = {0};
	int32_t offset;
	int64_t now = policy_now(&offset);
	int r = ask_facts(o, target, &reply, err);
	if (r < 0)
		return r;
	set_target(o, target, &reply, &t);
	const struct policy_ask a = {.verb = o->verb	? o->verb
					     : *command ? POLICY_EXEC
							: POLICY_SHELL,
				     .user = o->user,
				     .own_user = reply.there ? reply.facts.user : o->own_user,
				     .argv = *command ? command : NULL,
				     .now = o->has_time ? o->local - offset : now,
				     .utc_offset = offset};
	policy_explain(p, s, &t, &a, &d, &text);
	r = judge_words(p, &a, command, &d, &text, err);
	bool told = a.verb & POLICY_VERBS_TOLD;
	if (!told)
		say_power(&reply, &d, &text);
	bool allow =
		d.allow && (told || !reply.there || !reply.facts.host_power[0] || d.with.flags & POLICY_PRIVILEGED);
	facts_done(&reply.facts);
	if (r < 0)
		return r;
	if (text.failed)
		return error_errno(err, -ENOMEM, "the explanation");
	policy_print(text.data, text.len, stdout);
	r = report_flush(stdout);
	return r == EXIT_SUCCESS && !allow ? 1 : r;
}

/* words: TARGET, perhaps --, COMMAND. */
static int explain_words(const struct explain_options *o, char **words, struct error *err)
{
	struct policy_subject s = {0};
	struct policy_as room;
	struct self self = {0};
	struct plain_reader state;
	cleanup_free struct policy *p = NULL;
	char **command = words + 1;
	if (*command && strcmp(*command, "--") == 0)
		command++;
	else if (*command && **command == '-')
		return error_set(err, -EINVAL, "%s: options stand before %s, and a command that begins so behind --",
				 *command, words[0]);
	int r = o->as ? policy_subject_parse(o->as, &room, &s, err) : name_self(&self, &s, err);
	if (r == 0)
		r = set_address(o, &s, err);
	if (r == 0)
		r = target_check(words[0], err);
	if (r == 0 && target_is_pid(words[0]))
		r = error_set(err, -EINVAL, "%s: only root may enter by a process number, and root needs no rule",
			      words[0]);
	if (r == 0)
		r = policy_open(o->file, &state, &p, err);
	if (r == 0)
		r = explain(o, p, &s, words[0], command, err);
	strv_free(self.groups);
	return r;
}

static int explain_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct explain_options o = {0};
	int r = option_parse(self->options, self->name, &o, argc, argv, &err);
	int first = r;
	if (r >= 0 && o.help) {
		r = help_print_cmd(self, stdout);
	} else {
		if (r >= 0)
			r = cmd_check_operands(self, argc - first, &err);
		if (r == 0)
			r = explain_words(&o, argv + first, &err);
		if (r < 0)
			r = report_error(&err);
	}
	options_done(&o);
	return r;
}

const struct cmd policy_explain_cmd = {
	.name = "policy explain",
	.usage = "[OPTIONS] TARGET [-- COMMAND [ARG...]]",
	.summary = "Say which rule decides, and why none before it did",
	.min_operands = 1,
	.max_operands = -1,
	.options = explain_option_table,
	.notes = "Without COMMAND it is about the user's shell. With --for dial it is [HOST] PORT, with --for signal a "
		 "signal.\n\n"
		 "Exit code: 0 allowed, 1 denied, 125 centerctl failed or the policy has errors.\n",
	.run = explain_run,
};
