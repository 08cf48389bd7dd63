/* SPDX-License-Identifier: ISC */
#include "inside.h"

#include "lib/base/say.h"

#include <errno.h>
#include <string.h>

#include "lib/base/text.h"

bool inside_is_switch(const char *option, const char *name)
{
	return str_starts(option, "--") && strcmp(option + 2, name) == 0;
}

const char *inside_value(const char *option, const char *name)
{
	const char *rest = str_starts(option, "--") ? str_after(option + 2, name) : NULL;
	return rest && *rest == '=' ? rest + 1 : NULL;
}

int inside_unknown(const char *option, struct error *err)
{
	return error_set(err, -EINVAL, "centerctl-inside does not know the option %s", option);
}

void inside_say(void *unused, const char *text)
{
	(void)unused;
	say(text);
}
