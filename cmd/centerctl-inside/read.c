/* SPDX-License-Identifier: ISC */
/*
 * read [--follow] [--one-file-system] [--no-xattrs] [--total] -- PATH...: these as a tar stream on stdout. Names begin
 * with the path's last component; with "./" where the path ends in "/.". --total: the first line on stderr is
 * "total BYTES FILES".
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "inside.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/say.h"
#include "lib/transfer/pack.h"

struct options {
	struct pack_options pack;
	bool total;
};

static int parse(struct options *o, char *const *options, struct error *err)
{
	o->pack.xattrs = true;
	for (; *options; options++) {
		if (inside_is_switch(*options, "follow"))
			o->pack.follow = true;
		else if (inside_is_switch(*options, "one-file-system"))
			o->pack.one_file_system = true;
		else if (inside_is_switch(*options, "no-xattrs"))
			o->pack.xattrs = false;
		else if (inside_is_switch(*options, "total"))
			o->total = true;
		else
			return inside_unknown(*options, err);
	}
	return 0;
}

int inside_pack(const struct pack_options *o, const struct pack_path *paths, size_t count, bool total,
		struct error *err)
{
	struct transfer_count counted = {0};
	struct transfer_report report = {.say = inside_say, .count = &counted};
	if (total) {
		char line[64];
		pack_count(o, paths, count, &report);
		int n = snprintf(line, sizeof(line), "total %" PRIu64 " %" PRIu64 "\n", (uint64_t)counted.total_bytes,
				 (uint64_t)counted.total_files);
		(void)!write_full(STDERR_FILENO, line, (size_t)n);
	}
	int r = pack(STDOUT_FILENO, o, paths, count, &report, err);
	if (r == -EPIPE) { /* who reads has enough, as head(1) does, or has said itself what is wrong */
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	return r < 0 ? r : report.failed;
}

int read_run(const struct inside *in, struct error *err)
{
	struct options o = {0};
	int r = parse(&o, in->options, err);
	if (r < 0)
		return r;
	if (in->count == 0)
		return error_set(err, -EINVAL, "no path to read was named");
	cleanup_free struct pack_path *paths = calloc((size_t)in->count, sizeof(*paths));
	if (!paths)
		return error_errno(err, -ENOMEM, "cannot read");
	for (int i = 0; i < in->count; i++)
		paths[i].path = in->words[i];
	return inside_pack(&o.pack, paths, (size_t)in->count, o.total, err);
}
