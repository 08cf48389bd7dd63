/* SPDX-License-Identifier: ISC */
#include "judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/copy_options.h"
#include "lib/client/debug_options.h"
#include "lib/client/exec_values.h"
#include "lib/client/reach_options.h"
#include "line.h"
#include "sftp.h"

void order_done(struct order *o)
{
	exec_options_done(&o->options);
	question_done(&o->question);
}

static int is_of_host(const char *option, struct error *err)
{
	return error_set(err, -EPERM, "%s is not for sessions through ssh: it names a file of the host", option);
}

/* debug's own: the client redirects for itself, and what is of the host is named by toolboxes alone. */
static int check_debug_options(const struct exec_options *o, struct error *err)
{
	const struct request *r = &o->request;
	if (o->output && strcmp(o->output, "-") != 0)
		return error_set(err, -EPERM,
				 "-o (--output) is not for sessions through ssh: it names a file of the host; write "
				 "ssh ... -o - ... >FILE");
	if (o->json && !o->show)
		return error_set(err, -EPERM,
				 "--json is not for sessions through ssh: stdout, stderr and the exit code are ssh's");
	if (r->host_pid)
		return error_set(err, -EPERM, "--host-pid is not for sessions through ssh: name a container");
	if (r->source && strcmp(r->source, "/target") != 0 && !str_starts(r->source, "/target/"))
		return error_set(err, -EPERM,
				 "--source %s is not for sessions through ssh: it is a directory of the host; name one "
				 "in the container, as /target/usr/src",
				 r->source);
	if (r->toolbox && *r->toolbox == '/')
		return is_of_host("--toolbox with a path", err);
	return r->static_tool && *r->static_tool == '/' ? is_of_host("--static with a path", err) : 0;
}

/* Options that name files of the host, or what only its owner may choose. */
static int check_options(const struct exec_options *o, struct error *err)
{
	int r = check_debug_options(o, err);
	if (r < 0)
		return r;
	if (o->env_files)
		return is_of_host("--env-file", err);
	if (o->pid_file)
		return is_of_host("--pid-file", err);
	if (o->engine)
		return error_set(err, -EPERM, "--engine is not for sessions through ssh: the host's owner chooses it");
	if (o->request.preserve_fds > 0)
		return error_set(err, -EPERM, "--preserve-fds is not for sessions through ssh");
	if (target_is_pid(o->request.target))
		return error_set(err, -EPERM, "pid: is not for sessions through ssh: name a container");
	for (char **entry = o->env; entry && *entry; entry++)
		if (!strchr(*entry, '='))
			return error_set(err, -EPERM,
					 "-e %s without a value would be the gate's own variable; write -e %s=VALUE",
					 *entry, *entry);
	return 0;
}

static int set_environment(struct exec_options *o, struct error *err)
{
	for (char **entry = o->env; entry && *entry; entry++)
		if (env_put(&o->request.env, *entry) < 0)
			return error_errno(err, -ENOMEM, "--env");
	return 0;
}

/* The word that names the container; what follows it is the command, behind a -- that is skipped. */
static size_t count_before_command(const struct line *l, const struct exec_options *o)
{
	return l->count - strv_len(o->request.command);
}

static int set_line(struct order *o, const struct line *l, const char *text, size_t before, struct error *err)
{
	if (l->stop == LINE_WHOLE)
		return 0;
	/* What is left of the command's words is not the command. */
	strv_free(o->options.request.command);
	o->options.request.command = NULL;
	line_hint(l, text, o->hint, sizeof(o->hint));
	o->options.request.line = strdup(line_rest(l, text, before));
	return o->options.request.line ? 0 : error_errno(err, -ENOMEM, "the command");
}

static int judge_exec(const struct line *l, const char *text, struct order *o, struct error *err)
{
	int r = exec_options_parse(&o->options, (int)l->count, l->words, err);
	if (r == 0 && o->options.help) {
		o->what = GATE_HELP;
		return 0;
	}
	if (l->stop == LINE_QUOTE || (r < 0 && l->stop == LINE_SHELL)) {
		line_hint(l, text, o->hint, sizeof(o->hint));
		return error_set(err, -EINVAL, "%s", o->hint);
	}
	o->what = GATE_ENTER;
	if (r == 0)
		r = check_options(&o->options, err);
	if (r == 0)
		r = set_environment(&o->options, err);
	return r < 0 ? r : set_line(o, l, text, count_before_command(l, &o->options), err);
}

/* Nothing here is ever read by a shell: neither the container's, which it may not have, nor the toolbox's. */
static int refuse_shell(const struct line *l, const char *text, const char *verb, struct order *o, struct error *err)
{
	line_hint(l, text, o->hint, sizeof(o->hint));
	if (l->stop == LINE_QUOTE)
		return error_set(err, -EINVAL, "%s", o->hint);
	char c = text[l->stop_at];
	char shown[] = {c, '\0'};
	return error_set(err, -EINVAL, "%s goes through no shell: put the %s in single quotes", verb,
			 c == '\n' ? "newline" : shown);
}

static int judge_words(const struct line *l, const char *text,
		       int (*parse)(struct exec_options *o, int argc, char *const argv[], struct error *err),
		       struct order *o, struct error *err)
{
	if (l->stop != LINE_WHOLE)
		return refuse_shell(l, text, l->words[0], o, err);
	int r = parse(&o->options, (int)l->count, l->words, err);
	o->what = r == 0 && o->options.help ? GATE_HELP : GATE_ENTER;
	if (r < 0 || o->what == GATE_HELP)
		return r;
	r = check_options(&o->options, err);
	return r == 0 ? set_environment(&o->options, err) : r;
}

/* One end is a container, the other one the session's own stream. */
static int parse_copy(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	int r = cp_options_parse(o, argc, argv, err);
	const char *here = o->copy.from ? o->copy.from : o->copy.to;
	if (r < 0 || o->help || (here && !o->copy.second_target && strcmp(here, "-") == 0))
		return r;
	return error_set(
		err, -EPERM,
		"through ssh cp is a tar stream, with - for its other end: ssh ... cp CONTAINER:PATH - | tar x, "
		"or tar c FILE | ssh ... cp - CONTAINER:PATH");
}

/* What goes through no shell, and is entered by its own options. */
static const struct {
	const char *name;
	int (*parse)(struct exec_options *o, int argc, char *const argv[], struct error *err);
} word_verbs[] = {
	{"debug", debug_options_parse},	  {"shell", shell_options_parse},     {"cp", parse_copy},
	{"backup", backup_options_parse}, {"restore", restore_options_parse}, {"dial", dial_options_parse},
	{"sftp", gate_sftp_parse},
};

/* The container is known, and behind the first `before` words everything is the command. */
static int judge_command(const char *container, const struct line *l, const char *text, size_t before, struct order *o,
			 struct error *err)
{
	struct request *request = &o->options.request;
	char *argv[] = {(char *)"exec", (char *)"--", (char *)container, NULL};
	int r = exec_options_parse(&o->options, 3, argv, err);
	if (r == 0 && target_is_pid(container))
		r = check_options(&o->options, err);
	if (r < 0)
		return r;
	o->what = GATE_ENTER;
	const char *rest = line_rest(l, text, before);
	if (*rest == '\0') {
		request->fallback = true;
		return 0;
	}
	request->line_first = true;
	request->line = strdup(rest);
	if (l->stop == LINE_WHOLE)
		request->command = strv_copy(l->words + before);
	else
		line_hint(l, text, o->hint, sizeof(o->hint));
	if (!request->line || (l->stop == LINE_WHOLE && !request->command))
		return error_errno(err, -ENOMEM, "the command");
	return 0;
}

/* Where words are missing or too many, perhaps the container is called so. */
static int explain(const char *verb, int r, struct error *err)
{
	struct error why = *err;
	return error_set(err, r, "%s (a container of that name: exec %s ...)", why.text, verb);
}

static int check_question(const struct question *q, struct error *err)
{
	if (q->engine)
		return error_set(err, -EPERM, "--engine is not for sessions through ssh: the host's owner chooses it");
	if (q->request.as)
		return error_set(err, -EPERM, "--as is not for sessions through ssh: it is for root of the host");
	bool by_pid = q->request.target && target_is_pid(q->request.target);
	for (char *const *t = q->targets; t && *t; t++)
		by_pid |= target_is_pid(*t);
	if (by_pid)
		return error_set(err, -EPERM, "pid: is not for sessions through ssh: name a container");
	return 0;
}

static int judge_question(const struct line *l, const struct question_verb *v, struct order *o, struct error *err)
{
	o->what = GATE_ASK;
	o->verb = v;
	o->question.of_others = true;
	int r = question_parse(v, &o->question, (int)l->count, l->words, err);
	if (r == -ENODATA || r == -E2BIG)
		return explain(v->name, r, err);
	if (r < 0)
		return r;
	if (!o->question.help)
		return check_question(&o->question, err);
	o->what = GATE_HELP;
	return 0;
}

static int judge_word(const struct line *l, enum gate_what what, struct order *o, struct error *err)
{
	/* `help exec` is helped by all of it. */
	if (l->count > 1 && what != GATE_HELP)
		return error_set(err, -EINVAL, "%s takes no more words; a container of that name: exec %s ...",
				 l->words[0], l->words[0]);
	o->what = what;
	return 0;
}

/* The first word is one of the gate's verbs: those may grow, so that a container is safest behind `exec`. */
static int judge_verb(const struct line *l, const char *text, struct order *o, struct error *err)
{
	const char *word = l->words[0];
	if (strcmp(word, "exec") == 0)
		return judge_exec(l, text, o, err);
	for (size_t i = 0; i < ARRAY_SIZE(word_verbs); i++)
		if (strcmp(word, word_verbs[i].name) == 0)
			return judge_words(l, text, word_verbs[i].parse, o, err);
	if (l->stop != LINE_WHOLE) {
		line_hint(l, text, o->hint, sizeof(o->hint));
		return error_set(err, -EINVAL, "%s", o->hint);
	}
	const struct question_verb *question = question_find(word);
	if (question)
		return judge_question(l, question, o, err);
	if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return judge_word(l, GATE_HELP, o, err);
	if (strcmp(word, "version") == 0 || strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		return judge_word(l, GATE_VERSION, o, err);
	if (strcmp(word, "which") == 0 || strcmp(word, "toolbox") == 0 || strcmp(word, "forward") == 0)
		return error_set(err, -EINVAL,
				 "%s is not for sessions through ssh: it is about the host; a container of that name: "
				 "exec %s ...",
				 word, word);
	return error_set(err, -EINVAL, "unknown option %s: options stand behind exec, as in exec -u USER CONTAINER",
			 word);
}

static bool is_verb(const char *word)
{
	static const char *const verbs[] = {"exec", "help", "version", "which", "toolbox", "forward"};
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(word, verbs[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(word_verbs); i++)
		if (strcmp(word, word_verbs[i].name) == 0)
			return true;
	return *word == '-' || question_find(word);
}

/* Containers may be called so, and are entered then: what the word may have meant is said only after a denial. */
static void hint_no_verb(const char *word, struct order *o)
{
	static const char *const words[] = {"audit",   "centerctl", "doctor",	"docker", "end",    "images", "inspect",
					    "keys",    "kill",	    "kubectl",	"podman", "policy", "ps",     "replay",
					    "restart", "run",	    "sessions", "start",  "stop",   "watch"};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(word, words[i]) == 0)
			snprintf(o->hint, sizeof(o->hint),
				 "%s is no verb here, and was taken for a container's name: help shows the verbs",
				 word);
}

static int judge_unbound(const struct line *l, const char *text, struct order *o, struct error *err)
{
	if (l->count == 0 && l->stop == LINE_WHOLE)
		return 0;
	if (l->count == 0) {
		line_hint(l, text, o->hint, sizeof(o->hint));
		return error_set(err, -EINVAL, "%s", o->hint);
	}
	if (is_verb(l->words[0]))
		return judge_verb(l, text, o, err);
	hint_no_verb(l->words[0], o);
	return judge_command(l->words[0], l, text, 1, o, err);
}

/* Which container it is about may be for whoever has the list to find out. */
static int judge_subsystem(const struct line *l, const char *container, struct order *o, struct error *err)
{
	o->what = container ? GATE_ENTER : GATE_SFTP;
	if (!container)
		return 0;
	int r = gate_sftp_subsystem(l, container, &o->options, err);
	return r == 0 ? check_options(&o->options, err) : r;
}

int gate_judge(const char *line, const char *container, struct order *ret, struct error *err)
{
	cleanup_line struct line l = {0};
	cleanup_order struct order o = {0};
	const char *text = line ? line : "";
	int r = line_split(text, &l, err);
	if (r < 0)
		return r;
	if (gate_sftp_is_subsystem(&l))
		r = judge_subsystem(&l, container, &o, err);
	else
		r = container ? judge_command(container, &l, text, 0, &o, err) : judge_unbound(&l, text, &o, err);
	if (r < 0)
		return r;
	*ret = o;
	o = (struct order){0};
	return 0;
}
