/* SPDX-License-Identifier: ISC */
#include "question.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answers.h"
#include "exec_values.h"
#include "lib/base/cleanup.h"
#include "lib/base/signal_name.h"
#include "lib/base/text.h"
#include "log_time.h"

enum { INTERVAL_MIN_MS = 200, INTERVAL_MAX_MS = 86400000, TARGETS_MAX = 64, SESSION_ID_MAX = 64 };

static const uint64_t PID_LIMIT = 1 << 22; /* the kernel's PID_MAX_LIMIT */

void question_done(struct question *q)
{
	request_done(&q->request);
	strv_free(q->targets);
	listing_filter_done(&q->filter);
	free(q->format);
	free(q->engine);
	*q = (struct question){0};
}

static int set_filter(void *options, const char *value, struct error *err)
{
	return listing_filter_add(&((struct question *)options)->filter, value, err);
}

static int set_interval(void *options, const char *value, struct error *err)
{
	struct question *q = options;
	int64_t *to = &q->request.interval_ms;
	if (parse_duration(value, to) < 0 || *to < INTERVAL_MIN_MS || *to > INTERVAL_MAX_MS)
		return error_set(err, -EINVAL, "--interval %s: seconds are expected, from 0.2 on, as 2 or 0.5", value);
	return 0;
}

static int set_timeout(void *options, const char *value, struct error *err)
{
	int r = parse_duration(value, &((struct question *)options)->request.timeout_ms);
	if (r < 0)
		return error_set(err, r, "--timeout %s: not a duration such as 500ms, 30, 30s, 1.5m, 2h or 1d", value);
	return 0;
}

static int set_signal(void *options, const char *value, struct error *err)
{
	int number = signal_parse(value);
	if (strcmp(value, "0") == 0)
		return error_set(
			err, -EINVAL,
			"--signal 0: no signal is sent to see whether a process is there: centerctl top tells");
	if (number < 0)
		return error_set(
			err, -EINVAL,
			"--signal %s: write a name as HUP or RTMIN+3 (kill -l has them), or a number from 1 to "
			"%d",
			value, SIGNAL_MAX);
	((struct question *)options)->request.signal = (uint32_t)number;
	return 0;
}

static int set_tail(void *options, const char *value, struct error *err)
{
	uint64_t lines;
	struct request *r = &((struct question *)options)->request;
	r->tail = -1;
	/* -1 is what kubectl and podman call all. */
	if (strcmp(value, "all") == 0 || strcmp(value, "-1") == 0)
		return 0;
	if (parse_u64(value, INT32_MAX, &lines) < 0)
		return error_set(err, -EINVAL, "--tail %s: a number of lines is expected, or all", value);
	r->tail = (int64_t)lines;
	return 0;
}

static int set_time(struct question *q, const char *option, const char *value, int64_t *to, struct error *err)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	int r = log_time_parse(value, (int64_t)now.tv_sec * 1000000000 + now.tv_nsec, !q->of_others, to, err);
	return r < 0 ? error_prepend(err, "%s", option) : 0;
}

static int set_since(void *options, const char *value, struct error *err)
{
	struct question *q = options;
	return set_time(q, "--since", value, &q->request.since_ns, err);
}

static int set_until(void *options, const char *value, struct error *err)
{
	struct question *q = options;
	return set_time(q, "--until", value, &q->request.until_ns, err);
}

#define ROW_JSON                                                                 \
	{                                                                        \
		0, "json", NULL, "As JSON", OPTION_SWITCH(struct question, json) \
	}
#define ROW_FORMAT(letter)                                                               \
	{                                                                                \
		letter, "format", "table|json", "The same as --json, in docker's words", \
			OPTION_TEXT(struct question, format)                             \
	}
#define ROWS_END                                                                             \
	{'H', "engine", "URL", "The engine that runs the container (root only)",             \
	 OPTION_TEXT(struct question, engine)},                                              \
		{'h', "help", NULL, "Show this help", OPTION_SWITCH(struct question, help)}, \
	{                                                                                    \
		0                                                                            \
	}
#define ROWS_WATCH                                                                              \
	{'w', "watch", NULL, "Tell it again and again", OPTION_SWITCH(struct question, watch)}, \
	{                                                                                       \
		'n', "interval", "SECONDS", "With -w: how often (default: 2)", set_interval     \
	}

const struct option_def ls_option_table[] = {
	{'a', "all", NULL, "Those too that do not run", OPTION_SWITCH(struct question, filter.all)},
	{'f', "filter", "KEY=VALUE", "Only those of this name, image (patterns), state, or that I can VERB",
	 set_filter},
	ROW_FORMAT(0),
	{0, "json", NULL, "As JSON", OPTION_SWITCH(struct question, json)},
	{'q', "quiet", NULL, "Names alone", OPTION_SWITCH(struct question, quiet)},
	{'w', "watch", NULL, "Tell it again whenever something changes", OPTION_SWITCH(struct question, watch)},
	{0, "as", "SUBJECT", "What somebody else may enter: key:NAME, user:NAME, ... (root only)",
	 OPTION_TEXT(struct question, request.as)},
	ROWS_END,
};

const struct option_def show_option_table[] = {ROW_FORMAT('f'), ROW_JSON, ROWS_END};

const struct option_def logs_option_table[] = {
	{'f', "follow", NULL, "Go on as it is written, across restarts", OPTION_SWITCH(struct question, follow)},
	{'n', "tail", "N|all", "The last N lines (default: all)", set_tail},
	{0, "since", "TIME", "From then on: 10m (ago), 2026-01-31T10:00, or seconds since 1970", set_since},
	{0, "until", "TIME", "Up to then", set_until},
	{'t', "timestamps", NULL, "Put the time before each line", OPTION_SWITCH(struct question, timestamps)},
	ROWS_END,
};

const struct option_def signal_option_table[] = {
	{'s', "signal", "SIGNAL", "By name or number: HUP, SIGHUP, 1, RTMIN+3 (default: TERM)", set_signal},
	{0, "all", NULL, "To every process of the container", OPTION_SWITCH(struct question, every)},
	ROW_JSON,
	ROWS_END,
};

const struct option_def top_option_table[] = {ROW_JSON, ROWS_WATCH, ROWS_END};

const struct option_def stats_option_table[] = {
	ROW_FORMAT(0),
	ROW_JSON,
	ROWS_WATCH,
	{0, "no-stream", NULL, "Once, as without -w: for scripts of docker's", OPTION_SWITCH(struct question, once)},
	ROWS_END,
};

const struct option_def wait_option_table[] = {
	{0, "timeout", "DURATION", "Wait no longer than this; the exit code is 124 then", set_timeout},
	ROW_JSON,
	ROWS_END,
};

const struct option_def diff_option_table[] = {ROW_JSON, ROWS_END};

static int take_target(struct question *q, const char *word, struct error *err)
{
	int r = target_check(word, err);
	if (r < 0)
		return r;
	return str_set(&q->request.target, word) < 0 ? error_errno(err, -ENOMEM, "%s", word) : 0;
}

static int take_several(struct question *q, char *const words[], struct error *err)
{
	if (strv_len(words) > TARGETS_MAX)
		return error_set(err, -E2BIG, "more than %d containers at once", TARGETS_MAX);
	for (size_t i = 0; words && words[i]; i++) {
		int r = target_check(words[i], err);
		if (r < 0)
			return r;
		for (size_t j = 0; j < i; j++)
			if (strcmp(words[j], words[i]) == 0)
				return error_set(err, -EINVAL, "%s stands there twice", words[i]);
	}
	if (words && !(q->targets = strv_copy(words)))
		return error_errno(err, -ENOMEM, "the containers");
	return 0;
}

static int take_interval(struct question *q, struct error *err)
{
	q->request.watch = q->watch;
	if (q->request.interval_ms && !q->watch)
		return error_set(err, -EINVAL, "-n (--interval) is for -w (--watch)");
	return 0;
}

static int take_format(struct question *q, struct error *err)
{
	if (q->format && strcmp(q->format, "table") != 0 && strcmp(q->format, "json") != 0)
		return error_set(err, -EINVAL,
				 "--format %s: it is table or json; what a template would pick, jq picks out of --json",
				 q->format);
	if (q->format && q->json && strcmp(q->format, "table") == 0)
		return error_set(err, -EINVAL, "--json and --format table contradict each other");
	q->json |= q->format && strcmp(q->format, "json") == 0;
	return 0;
}

static int ls_take(struct question *q, char *const words[], struct error *err)
{
	(void)words;
	q->request.watch = q->watch;
	int r = take_format(q, err);
	if (r < 0)
		return r;
	if (q->json && q->quiet)
		return error_set(err, -EINVAL, "--json and -q (--quiet) contradict each other");
	return 0;
}

static int show_take(struct question *q, char *const words[], struct error *err)
{
	int r = take_format(q, err);
	return r < 0 ? r : take_target(q, words[0], err);
}

static int logs_take(struct question *q, char *const words[], struct error *err)
{
	struct request *r = &q->request;
	r->watch = q->follow;
	r->timestamps = q->timestamps;
	if (r->since_ns && r->until_ns && r->since_ns > r->until_ns)
		return error_set(err, -EINVAL, "--since is later than --until: there is nothing between");
	return take_target(q, words[0], err);
}

static int signal_take(struct question *q, char *const words[], struct error *err)
{
	uint64_t pid;
	struct request *r = &q->request;
	r->all = q->every;
	if (words[1] && q->every)
		return error_set(err, -EINVAL, "--all and a process contradict each other");
	if (words[1] && !isdigit((unsigned char)*words[0]) && signal_parse(words[0]) > 0)
		return error_set(err, -EINVAL, "%s is taken for a container's name: write signal -s %s %s", words[0],
				 words[0], words[1]);
	if (words[1] && !isdigit((unsigned char)*words[1]) && signal_parse(words[1]) > 0)
		return error_set(err, -EINVAL,
				 "%s is taken for the number of a process in the container: write signal -s %s %s",
				 words[1], words[1], words[0]);
	if (words[1] && (parse_u64(words[1], PID_LIMIT, &pid) < 0 || pid == 0))
		return error_set(err, -EINVAL,
				 "\"%s\" is not the number of a process in the container: centerctl top %s tells them",
				 words[1], words[0]);
	if (words[1] && str_set(&r->pid, words[1]) < 0)
		return error_errno(err, -ENOMEM, "%s", words[1]);
	return take_target(q, words[0], err);
}

static int top_take(struct question *q, char *const words[], struct error *err)
{
	int r = take_interval(q, err);
	return r < 0 ? r : take_target(q, words[0], err);
}

static int stats_take(struct question *q, char *const words[], struct error *err)
{
	int r = take_interval(q, err);
	if (r == 0)
		r = take_format(q, err);
	if (r == 0 && q->once && q->watch)
		r = error_set(err, -EINVAL, "--no-stream and -w (--watch) contradict each other");
	return r < 0 ? r : take_several(q, words, err);
}

/* An ID is what `centerctl sessions` shows, or the beginning of it. */
static int diff_take(struct question *q, char *const words[], struct error *err)
{
	const char *id = words[1];
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
	if (id && (!*id || strlen(id) > SESSION_ID_MAX || strspn(id, plain) != strlen(id)))
		return error_set(err, -EINVAL, "\"%s\" is no session's ID: centerctl sessions tells them", id);
	if (id && str_set(&q->request.session, id) < 0)
		return error_errno(err, -ENOMEM, "%s", id);
	return take_target(q, words[0], err);
}

static const struct question_verb verbs[] = {
	{"ls", "[OPTIONS]", VERB_LIST, 0, 0, ls_option_table, ls_take, ls_answer},
	{"show", "[OPTIONS] TARGET", VERB_DESCRIBE, 1, 1, show_option_table, show_take, show_answer},
	{"logs", "[OPTIONS] TARGET", VERB_LOGS, 1, 1, logs_option_table, logs_take, logs_answer},
	{"signal", "[OPTIONS] TARGET [PID]", VERB_SIGNAL, 1, 2, signal_option_table, signal_take, signal_answer},
	{"top", "[OPTIONS] TARGET", VERB_TOP, 1, 1, top_option_table, top_take, top_answer},
	{"stats", "[OPTIONS] [TARGET...]", VERB_STATS, 0, -1, stats_option_table, stats_take, stats_answer},
	{"wait", "[OPTIONS] TARGET...", VERB_WAIT, 1, -1, wait_option_table, take_several, wait_answer},
	{"diff", "[OPTIONS] TARGET [SESSION]", VERB_DIFF, 1, 2, diff_option_table, diff_take, diff_answer},
};

const struct question_verb *question_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int no_ps(const char *word, struct error *err)
{
	return error_set(err, -EINVAL,
			 "%s: the options of ps are not taken; top has columns of its own, and more with --json", word);
}

/* kill(1)'s -9, -HUP and -SIGTERM: a letter alone, as in -H URL, is an option. */
static bool is_signal(const char *word)
{
	return word[0] == '-' && (isdigit((unsigned char)word[1]) || (isupper((unsigned char)word[1]) && word[2])) &&
	       (strcmp(word, "-0") == 0 || signal_parse(word + 1) > 0);
}

static bool is_letter_of(const struct option_def *table, char letter)
{
	for (; table->name; table++)
		if (letter && table->letter == letter)
			return true;
	return false;
}

/* Options of other programs that stand for something here. 1: one was taken; 0: it is none; or -errno. */
static int take_habit(const struct question_verb *v, struct question *q, bool first, const char *word,
		      struct error *err)
{
	/* Behind a target, kill(1) takes -1 for all processes: nothing is guessed there. */
	if (v->verb == VERB_SIGNAL && first && is_signal(word)) {
		int r = set_signal(q, word + 1, err);
		return r < 0 ? r : 1;
	}
	if (v->verb == VERB_TOP && word[0] == '-' && word[1] && word[1] != '-' && !is_letter_of(v->options, word[1]))
		return no_ps(word, err);
	return 0;
}

static int check_count(const struct question_verb *v, char *const words[], int count, struct error *err)
{
	bool fewer = count < v->min;
	/* ps(1) takes its options without a dash, too: docker's top web aux. */
	if (count > 1 && v->verb == VERB_TOP)
		return no_ps(words[1], err);
	if (!fewer && (v->max < 0 || count <= v->max))
		return 0;
	return error_set(err, fewer ? -ENODATA : -E2BIG, "%s %s: centerctl %s %s; see centerctl %s --help", v->name,
			 fewer ? "needs more words" : "takes fewer words", v->name, v->usage, v->name);
}

int question_parse(const struct question_verb *v, struct question *q, int argc, char *const argv[], struct error *err)
{
	cleanup_strv char **words = NULL;
	q->request.verb = v->verb;
	q->request.ns = NS_ALL;
	q->request.tail = -1;
	if (v->verb == VERB_SIGNAL)
		q->request.signal = SIGTERM;
	while (argc > 1) {
		int habit = take_habit(v, q, !words, argv[1], err);
		if (habit < 0)
			return habit;
		argc -= habit;
		argv += habit;
		if (habit > 0)
			continue;
		int first = option_parse(v->options, v->name, q, argc, argv, err);
		if (first < 0 || q->help)
			return first < 0 ? first : 0;
		if (first >= argc)
			break;
		if (strv_add(&words, argv[first]) < 0)
			return error_errno(err, -ENOMEM, "%s", v->name);
		argc -= first;
		argv += first;
	}
	int r = check_count(v, words, (int)strv_len(words), err);
	return r < 0 ? r : v->take(q, words, err);
}

bool question_needs_no_engine(const struct question *q)
{
	if (q->request.target)
		return target_is_pid(q->request.target);
	for (char *const *t = q->targets; t && *t; t++)
		if (!target_is_pid(*t))
			return false;
	return q->targets != NULL;
}
