/* SPDX-License-Identifier: ISC */
#include "service_options.h"

#include <errno.h>

int service_options_parse(struct exec_options *o, const struct option_def *table, const char *verb,
			  enum service service, int argc, char *const argv[], struct error *err)
{
	struct request *r = &o->request;
	int first = option_parse(table, verb, o, argc, argv, err);
	if (first < 0 || o->help)
		return first < 0 ? first : 0;
	if (o->json && !o->show)
		return error_set(err, -EINVAL, "--json is only for --show: write --show --json");
	r->verb = o->show ? VERB_SHOW : VERB_EXEC;
	r->service = service;
	r->ns = NS_ALL;
	o->tty = CHOICE_NO;
	return first;
}
