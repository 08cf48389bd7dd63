/* SPDX-License-Identifier: ISC */
#include "options.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static bool take_flag(const char *word, struct tool_options *o)
{
	bool *flag = str_eq(word, "--tty") ? &o->tty : str_eq(word, "--collecting") ? &o->collecting : NULL;
	if (!flag || *flag)
		return false;
	*flag = true;
	return true;
}

static bool take_value(const char *word, struct tool_options *o)
{
	const struct {
		const char *prefix;
		const char **to;
	} values[] = {
		{"--target=", &o->target}, {"--toolbox=", &o->toolbox}, {"--pid=", &o->pid}, {"--source=", &o->source}};
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		const char *value = str_after(word, values[i].prefix);
		if (value && !*values[i].to && *value) {
			*values[i].to = value;
			return true;
		}
	}
	return false;
}

int tool_options_parse(char **argv, struct tool_options *ret, struct error *err)
{
	struct tool_options o = {0};
	char **at = argv;
	for (; *at && strcmp(*at, "--") != 0; at++)
		if (!take_flag(*at, &o) && !take_value(*at, &o))
			return error_set(
				err, -EINVAL,
				"the toolbox's launcher does not know %s: it and centerctl-enter are not of one "
				"installation",
				*at);
	o.command = *at ? at + 1 : at;
	*ret = o;
	return 0;
}
