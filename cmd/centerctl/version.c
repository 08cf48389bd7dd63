/* SPDX-License-Identifier: ISC */
/* `centerctl version`. */
#include "cmd.h"

#include "config.h"
#include "lib/proto/request.h"
#include "lib/client/report.h"

static int version_run(const struct cmd *self, int argc, char **argv)
{
	int code;
	if (cmd_parse_plain(self, argc, argv, &code) < 0)
		return code;
	printf("centerctl %s\n", CENTERCTL_VERSION);
	return report_flush(stdout);
}

const struct cmd cmd_version = {
	.name = "version",
	.usage = "",
	.summary = "Show the version",
	.options = cmd_plain_options,
	.run = version_run,
};
