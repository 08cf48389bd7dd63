/* SPDX-License-Identifier: ISC */
/*
 * write [--no-owner] [--into] -- PATH [NAME]: a tar stream from stdin into the directory PATH. Where there is no such
 * directory, the first component of each entry's name becomes the last one of PATH; with --into that is an error.
 * Owners, setuid bits and extended attributes are set as far as whoever runs this may, with --no-owner not at all. With
 * NAME every entry has to be it or below it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inside.h"
#include "lib/base/cleanup.h"
#include "lib/base/say.h"
#include "lib/transfer/destination.h"
#include "lib/transfer/unpack.h"

int inside_unpack(const struct unpack_options *o, struct error *err)
{
	struct transfer_report report = {.say = inside_say};
	int r = unpack(STDIN_FILENO, o, &report, err);
	return r < 0 ? r : report.failed;
}

int write_run(const struct inside *in, struct error *err)
{
	bool into = false;
	struct unpack_options o = {.owners = true, .devices = true, .place_count = 1};
	for (char **option = in->options; *option; option++) {
		if (inside_is_switch(*option, "no-owner"))
			o.owners = false;
		else if (inside_is_switch(*option, "into"))
			into = true;
		else
			return inside_unknown(*option, err);
	}
	if (in->count < 1 || in->count > 2)
		return error_set(err, -EINVAL, "one path to write to has to be named");
	o.asked = in->words[1]; /* NULL, if there is one word */
	cleanup_destination struct destination to = DESTINATION_INIT;
	int r = destination_open(&to, in->words[0], into, err);
	if (r < 0)
		return r;
	const struct unpack_place place = {.name = "", .directory = to.directory};
	o.places = &place;
	destination_apply(&to, &o);
	return inside_unpack(&o, err);
}
