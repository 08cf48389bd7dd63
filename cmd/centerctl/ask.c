/* SPDX-License-Identifier: ISC */
#include "ask.h"

#include <errno.h>
#include <unistd.h>

#include "engine_find.h"
#include "lib/client/exec_request.h"
#include "lib/client/report.h"
#include "lib/client/session.h"

extern char **environ;

int ask_set_engine(const char *url, bool for_others, struct engine *ret, struct error *err)
{
	if (for_others && !url)
		return 0;
	if (geteuid() == 0)
		return engine_find(url, environ, ret, err);
	if (!url)
		return 0;
	return error_set(err, -EPERM, "--engine is for root alone: others use the engine that centerctl.conf names");
}

int ask_enter(const struct request *r,
	      int (*reply)(void *arg, uint32_t type, const void *data, size_t len, struct error *err), void *arg)
{
	struct error err;
	cleanup_buf struct buf request = {0};
	struct session_setup setup = {.reply = reply, .reply_arg = arg};
	int code = exec_request_encode(r, &request, &err);
	if (code == 0)
		code = session_run(&setup, &request, &err);
	return code < 0 ? report_error(&err) : code;
}
