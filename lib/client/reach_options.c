/* SPDX-License-Identifier: ISC */
#include "reach_options.h"

#include <errno.h>
#include <string.h>

#include "lib/base/text.h"
#include "port.h"
#include "service_options.h"

static int set_read_only(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (value != OPTION_ON)
		return 0;
	return strv_add(&o->request.options, "--read-only") < 0 ? error_errno(err, -ENOMEM, "--read-only") : 0;
}

const struct option_def dial_option_table[] = {
	SERVICE_ROWS,
	EXEC_ROWS_END,
};

const struct option_def sftp_option_table[] = {
	{0, "read-only", NULL, "Refuse every change", set_read_only},
	SERVICE_ROWS,
	EXEC_ROWS_END,
};

int dial_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	int first = service_options_parse(o, dial_option_table, "dial", SERVICE_DIAL, argc, argv, err);
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
	int first = service_options_parse(o, sftp_option_table, "sftp", SERVICE_SFTP, argc, argv, err);
	if (first < 0 || o->help)
		return first < 0 ? first : 0;
	if (argc - first < 1 || argc - first > 2)
		return error_set(err, -EINVAL,
				 "sftp takes a container, and a directory in it: sftp [OPTIONS] TARGET [DIR]");
	int r = exec_options_set_target(o, argv[first], err);
	return r < 0 ? r : exec_options_set_command(o, argv + first + 1, err);
}
