/* SPDX-License-Identifier: ISC */
/* `centerctl ls`: which containers the caller may enter, as whom, to do what. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ask.h"
#include "cmd.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/listing_print.h"
#include "lib/client/report.h"

struct ls_options {
	bool json, quiet, help;
	char *as, *engine;
};

static int set_json(void *options, const char *value, struct error *err)
{
	(void)err;
	((struct ls_options *)options)->json = value == OPTION_ON;
	return 0;
}

static int set_quiet(void *options, const char *value, struct error *err)
{
	(void)err;
	((struct ls_options *)options)->quiet = value == OPTION_ON;
	return 0;
}

static int set_help(void *options, const char *value, struct error *err)
{
	(void)err;
	((struct ls_options *)options)->help = value == OPTION_ON;
	return 0;
}

static int set_as(void *options, const char *value, struct error *err)
{
	int r = str_set(&((struct ls_options *)options)->as, value);
	return r < 0 ? error_errno(err, r, "--as") : 0;
}

static int set_engine(void *options, const char *value, struct error *err)
{
	int r = str_set(&((struct ls_options *)options)->engine, value);
	return r < 0 ? error_errno(err, r, "--engine") : 0;
}

static const struct option_def ls_option_table[] = {
	{'q', "quiet", NULL, "Names alone", set_quiet},
	{0, "json", NULL, "A JSON array", set_json},
	{0, "as", "SUBJECT", "What somebody else may enter: key:NAME, user:NAME, ... (root only)", set_as},
	{'H', "engine", "URL", "The engine to ask (root only)", set_engine},
	{'h', "help", NULL, "Show this help", set_help},
	{0},
};

struct reply {
	struct listing listing;
	bool there;
};

static int take_listing(void *arg, uint32_t type, const void *data, size_t len, struct error *err)
{
	(void)err;
	struct reply *reply = arg;
	if (type != CHANNEL_LIST || reply->there)
		return -EBADMSG;
	int r = listing_decode(data, len, &reply->listing);
	reply->there = r == 0;
	return r;
}

static int check(const struct ls_options *o, struct error *err)
{
	if (o->json && o->quiet)
		return error_set(err, -EINVAL, "--json and -q (--quiet) contradict each other");
	if (o->as && geteuid() != 0)
		return error_set(err, -EPERM, "--as is for root alone");
	return 0;
}

static int print(const struct ls_options *o, const struct listing *l)
{
	struct error err;
	cleanup_buf struct buf text = {0};
	int r = listing_print(l, o->json ? LISTING_JSON : o->quiet ? LISTING_NAMES : LISTING_TABLE, &text);
	if (r == 0)
		r = write_full(STDOUT_FILENO, text.data, text.len);
	if (r == 0)
		return EXIT_SUCCESS;
	error_errno(&err, r, "cannot write the list");
	return report_error(&err);
}

static int list(const struct ls_options *o, struct error *err)
{
	cleanup_request struct request ask = {.verb = VERB_LIST};
	struct reply reply = {0};
	int r = ask_set_engine(o->engine, o->as, &ask.engine, err);
	if (r == 0 && o->as)
		r = str_set(&ask.as, o->as) < 0 ? error_errno(err, -ENOMEM, "--as") : 0;
	if (r == 0)
		r = ask_enter(&ask, take_listing, &reply);
	if (r == EXIT_SUCCESS)
		r = reply.there ? print(o, &reply.listing) : error_set(err, -EBADMSG, "centerctl-enter sent no list");
	listing_done(&reply.listing);
	return r;
}

static int ls_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct ls_options o = {0};
	int r = option_parse(self->options, self->name, &o, argc, argv, &err);
	if (r >= 0 && o.help) {
		r = help_print_cmd(self, stdout);
	} else {
		if (r >= 0)
			r = cmd_check_operands(self, argc - r, &err);
		if (r == 0)
			r = check(&o, &err);
		if (r == 0)
			r = list(&o, &err);
		if (r < 0)
			r = report_error(&err);
	}
	free(o.as);
	free(o.engine);
	return r;
}

const struct cmd cmd_ls = {
	.name = "ls",
	.usage = "[OPTIONS]",
	.summary = "List the containers that you may enter, as whom, for what",
	.options = ls_option_table,
	.run = ls_run,
};
