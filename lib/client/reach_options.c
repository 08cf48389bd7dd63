/* SPDX-License-Identifier: ISC */
#include "reach_options.h"

#include <errno.h>
#include <string.h>

#include "exec_setters.h"
#include "lib/base/text.h"
#include "port.h"

static int set_read_only(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (value != OPTION_ON)
		return 0;
	return strv_add(&o->request.options, "--read-only") < 0 ? error_errno(err, -ENOMEM, "--read-only") : 0;
}

/* What every such service takes. */
#define REACH_ROWS                                                                                            \
	{'u', "user", "USER[:GROUP]", "Run as this user of the container, by name or number", exec_set_user}, \
		{0, "show", NULL, "Show what would be entered, and enter nothing",                            \
		 OPTION_SWITCH(struct exec_options, show)},                                                   \
	{                                                                                                     \
		0, "json", NULL, "With --show: as JSON", OPTION_SWITCH(struct exec_options, json)             \
	}

const struct option_def dial_option_table[] = {
	REACH_ROWS,
	EXEC_ROWS_END,
};

const struct option_def sftp_option_table[] = {
	{0, "read-only", NULL, "Refuse every change", set_read_only},
	REACH_ROWS,
	EXEC_ROWS_END,
};

/* The index of the first operand, 0 with --help, or -errno. */
static int parse(struct exec_options *o, const struct option_def *table, const char *verb, enum service service,
		 int argc, char *const argv[], struct error *err)
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

int dial_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	int first = parse(o, dial_option_table, "dial", SERVICE_DIAL, argc, argv, err);
	if (first < 0 || o->help)
		return first < 0 ? first : 0;
	if (argc - first != 2)
		return error_set(
			err, -EINVAL,
			"dial takes a container and a port: dial [OPTIONS] TARGET [HOST:]PORT, as in dial web 80");
	int r = exec_options_set_target(o, argv[first], err);
	return r < 0 ? r : port_words(argv[first + 1], &o->request.command, err);
}

int sftp_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	int first = parse(o, sftp_option_table, "sftp", SERVICE_SFTP, argc, argv, err);
	if (first < 0 || o->help)
		return first < 0 ? first : 0;
	if (argc - first < 1 || argc - first > 2)
		return error_set(err, -EINVAL,
				 "sftp takes a container, and a directory in it: sftp [OPTIONS] TARGET [DIR]");
	int r = exec_options_set_target(o, argv[first], err);
	return r < 0 ? r : exec_options_set_command(o, argv + first + 1, err);
}
