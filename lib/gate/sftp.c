/* SPDX-License-Identifier: ISC */
#include "sftp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/reach_options.h"

/* sshd hands a subsystem's command line over as if it had been typed. */
bool gate_sftp_is_subsystem(const struct line *l)
{
	if (l->count == 0 || l->stop != LINE_WHOLE)
		return false;
	const char *word = l->words[0], *name = strrchr(word, '/');
	return strcmp(word, "internal-sftp") == 0 || (*word == '/' && strcmp(name, "/sftp-server") == 0);
}

int gate_sftp_subsystem(const struct line *l, const char *container, struct exec_options *o, struct error *err)
{
	bool read_only = false;
	for (size_t i = 1; i < l->count; i++)
		read_only = read_only || strcmp(l->words[i], "-R") == 0;
	char *argv[] = {(char *)"sftp", (char *)(read_only ? "--read-only" : "--"), (char *)container, NULL};
	return sftp_options_parse(o, 3, argv, err);
}

int gate_sftp_parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	cleanup_exec_options struct exec_options scratch = {0};
	int first = option_parse(sftp_option_table, "sftp", &scratch, argc, argv, err);
	if (first < 0)
		return first;
	if (first >= argc || argv[first][0] != '/')
		return sftp_options_parse(o, argc, argv, err);
	cleanup_free char **words = calloc((size_t)argc + 1, sizeof(*words));
	if (!words)
		return error_errno(err, -ENOMEM, "the command");
	memcpy(words, argv, (size_t)argc * sizeof(*words));
	words[first]++;
	return sftp_options_parse(o, argc, words, err);
}
