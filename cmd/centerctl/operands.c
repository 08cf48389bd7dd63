/* SPDX-License-Identifier: ISC */
#include "operands.h"

#include <errno.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

int operands_parse(const struct cmd *cmd, void *options, const bool *help, int argc, char **argv, char ***ret_words,
		   struct error *err)
{
	cleanup_strv char **words = NULL;
	while (argc > 1) {
		int first = option_parse(cmd->options, cmd->name, options, argc, argv, err);
		if (first < 0)
			return first;
		if (*help)
			return 0;
		if (first >= argc)
			break;
		if (strv_add(&words, argv[first]) < 0)
			return error_errno(err, -ENOMEM, "%s", cmd->name);
		argc -= first;
		argv += first;
	}
	int r = cmd_check_operands(cmd, (int)strv_len(words), err);
	if (r == 0)
		*ret_words = steal_ptr(words);
	return r;
}
