/* SPDX-License-Identifier: ISC */
/* `centerctl policy check|explain|lint`. */
#include "policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config.h"
#include "lib/base/cleanup.h"
#include "lib/base/suggest.h"
#include "lib/base/text.h"
#include "lib/client/report.h"
#include "lib/policy/explain.h"

const char policy_file[] = CENTERCTL_SYSCONFDIR "/centerctl.conf";

int policy_open(const char *file, struct plain_reader *state, struct policy **ret, struct error *err)
{
	*state = (struct plain_reader){.rooted = !file};
	struct policy_reader reader = plain_reader(state);
	int r = policy_load(file ? file : policy_file, &reader, ret, err);
	if (r == -ENOENT && !file && state->files == 0)
		return error_set(err, r, "there is no %s: nobody but root may enter anything; see centerctl.conf(5)",
				 policy_file);
	return r;
}

int64_t policy_now(int32_t *ret_offset)
{
	time_t now = time(NULL);
	struct tm tm = {0};
	localtime_r(&now, &tm);
	*ret_offset = (int32_t)tm.tm_gmtoff;
	return now;
}

void policy_print(const char *text, size_t len, FILE *to)
{
	while (len > 0) {
		uint32_t code = 0;
		size_t n = utf8_sequence((const unsigned char *)text, len, &code);
		if (n > 0 && (code == '\n' || (code >= 0x20 && (code < 0x7f || code >= 0xa0))))
			fwrite(text, 1, n, to);
		else
			fprintf(to, "\\x%02x", (unsigned char)*text);
		text += n ? n : 1;
		len -= n ? n : 1;
	}
}

static int check_run(const struct cmd *self, int argc, char **argv)
{
	int code;
	int first = cmd_parse_plain(self, argc, argv, &code);
	if (first < 0)
		return code;
	struct error err;
	struct plain_reader state;
	cleanup_free struct policy *p = NULL;
	const char *file = first < argc ? argv[first] : NULL;
	if (policy_open(file, &state, &p, &err) < 0)
		return report_error(&err);
	size_t rules = policy_rule_count(p);
	printf("%s: no errors (%zu rule%s in %zu file%s)\n", file ? file : policy_file, rules, rules == 1 ? "" : "s",
	       state.files, state.files == 1 ? "" : "s");
	return report_flush(stdout);
}

static const struct cmd policy_check = {
	.name = "policy check",
	.usage = "[FILE]",
	.summary = "Look for errors in a policy",
	.max_operands = 1,
	.options = cmd_plain_options,
	.notes = "Without FILE it is the installed one, and it is checked that only root can change it.\n\n"
		 "Exit code: 0, or 125 with the first error.\n",
	.run = check_run,
};

static const struct cmd *const subcommands[] = {&policy_check, &policy_explain_cmd, &policy_lint_cmd, NULL};

static const struct cmd *find_subcommand(const char *word, struct error *err)
{
	const char *names[ARRAY_SIZE(subcommands)] = {NULL};
	for (size_t i = 0; subcommands[i]; i++) {
		names[i] = str_after(subcommands[i]->name, "policy ");
		if (strcmp(names[i], word) == 0)
			return subcommands[i];
	}
	const char *near = suggest_nearest(word, names);
	error_set(err, -EINVAL, "unknown word \"%s\" behind policy%s%s%s; it is check, explain or lint", word,
		  near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
	return NULL;
}

static int policy_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	int code;
	int first = cmd_parse_plain(self, argc, argv, &code);
	if (first < 0)
		return code;
	const struct cmd *sub = find_subcommand(argv[first], &err);
	return sub ? sub->run(sub, argc - first, argv + first) : report_error(&err);
}

const struct cmd cmd_policy = {
	.name = "policy",
	.usage = "check|explain|lint [ARG...]",
	.summary = "Check, explain and question who may enter what",
	.min_operands = 1,
	.max_operands = -1,
	.has_words = true,
	.options = cmd_plain_options,
	.notes = "  policy check [FILE]     Look for errors\n"
		 "  policy explain ...      Say which rule decides, and why\n"
		 "  policy lint [FILE]      Name what is probably not meant\n\n"
		 "Each has a --help of its own; centerctl.conf(5) has the language.\n",
	.run = policy_run,
};
