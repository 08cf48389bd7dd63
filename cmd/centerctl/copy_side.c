/* SPDX-License-Identifier: ISC */
#include "copy_side.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "confine.h"
#include "lib/client/report.h"
#include "lib/transfer/pack.h"
#include "lib/transfer/sink.h"
#include "lib/transfer/unpack.h"

static void say(void *unused, const char *text)
{
	(void)unused;
	report_text(text);
}

int copy_side_pack(int fd, const char *path, bool follow, bool archive, bool total, struct transfer_count *count)
{
	struct error err = ERROR_INIT;
	const struct pack_options o = {.follow = follow, .xattrs = archive, .careful = true};
	const struct pack_path what = {.path = path};
	struct transfer_report report = {.say = say, .count = count};
	if (total)
		pack_count(&o, &what, 1, &report);
	int r = pack(fd, &o, &what, 1, &report, &err);
	if (r == -EPIPE)
		return SIDE_CUT;
	return r < 0 ? report_error(&err) : report.failed;
}

int copy_side_unpack(int fd, const struct destination *to, const char *asked, bool archive,
		     struct transfer_count *count)
{
	struct error err = ERROR_INIT;
	const struct unpack_place place = {.name = "", .directory = to->directory};
	struct unpack_options o = {
		.places = &place, .place_count = 1, .owners = archive, .strict = true, .asked = asked};
	struct transfer_report report = {.say = say, .count = count};
	destination_apply(to, &o);
	o.mask = umask(0);
	int r = confine_below(to->directory, &err);
	if (r == 0)
		r = unpack(fd, &o, &report, &err);
	if (r == -ENODATA)
		return SIDE_CUT;
	return r < 0 ? report_error(&err) : report.failed;
}

int copy_side_pump(int from, int to, struct transfer_count *count)
{
	const struct transfer_report report = {.count = count};
	fcntl(from, F_SETPIPE_SZ, SINK_PIPE);
	fcntl(to, F_SETPIPE_SZ, SINK_PIPE);
	for (;;) {
		ssize_t n = splice(from, NULL, to, NULL, SINK_PIPE, SPLICE_F_MOVE | SPLICE_F_MORE);
		if (n == 0)
			return EXIT_SUCCESS;
		if (n < 0 && errno != EINTR)
			return SIDE_CUT;
		if (n > 0)
			transfer_add(&report, (uint64_t)n, 0);
	}
}
