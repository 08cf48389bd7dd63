/* SPDX-License-Identifier: ISC */
/*
 * backup and restore --volume=NAME=DESTINATION... -- [NAME]...: what is mounted at these places, with names that begin
 * with NAME, as a tar stream on stdout or from stdin. centerctl-enter has them from the engine; without a NAME all are
 * meant.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inside.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/transfer/pack.h"
#include "lib/transfer/unpack.h"

struct volumes {
	char **names;
	char **places;
	bool total;
};

static void volumes_done(struct volumes *v)
{
	strv_free(v->names);
	strv_free(v->places);
}
#define cleanup_volumes __attribute__((cleanup(volumes_done)))

/* A bind mount is named by its destination, with or without the slash before it. */
static bool is_asked(const struct inside *in, const char *name)
{
	for (char **word = in->words; *word; word++)
		if (strcmp(*word + (**word == '/'), name) == 0)
			return true;
	return in->count == 0;
}

static int add(struct volumes *v, const struct inside *in, const char *text, struct error *err)
{
	const char *equals = strchr(text, '=');
	text += *text == '/';
	if (!equals || equals <= text || equals[1] != '/')
		return error_set(err, -EINVAL, "--volume=%s is not NAME=DESTINATION", text);
	cleanup_free char *name = strndup(text, (size_t)(equals - text));
	if (!name)
		return error_errno(err, -ENOMEM, "the volumes");
	if (!is_asked(in, name))
		return 0;
	return strv_add(&v->names, name) < 0 || strv_add(&v->places, equals + 1) < 0
		       ? error_errno(err, -ENOMEM, "the volumes")
		       : 0;
}

static int check_asked(const struct volumes *v, const struct inside *in, struct error *err)
{
	for (char **word = in->words; *word; word++)
		if (!strv_has(v->names, *word + (**word == '/')))
			return error_set(err, -ENOENT, "the container has no volume %s", *word);
	if (strv_len(v->names) == 0)
		return error_set(err, -ENOENT, "the container has no volumes");
	return 0;
}

static int parse(struct volumes *v, const struct inside *in, struct error *err)
{
	for (char **option = in->options; *option; option++) {
		const char *value = inside_value(*option, "volume");
		if (inside_is_switch(*option, "total"))
			v->total = true;
		else if (!value)
			return inside_unknown(*option, err);
		int r = value ? add(v, in, value, err) : 0;
		if (r < 0)
			return r;
	}
	return check_asked(v, in, err);
}

int volumes_backup(const struct inside *in, struct error *err)
{
	cleanup_volumes struct volumes v = {0};
	const struct pack_options o = {.follow = true, .one_file_system = true, .xattrs = true};
	int r = parse(&v, in, err);
	if (r < 0)
		return r;
	size_t count = strv_len(v.names);
	cleanup_free struct pack_path *paths = calloc(count, sizeof(*paths));
	if (!paths)
		return error_errno(err, -ENOMEM, "the volumes");
	for (size_t i = 0; i < count; i++)
		paths[i] = (struct pack_path){.path = v.places[i], .as = v.names[i]};
	return inside_pack(&o, paths, count, v.total, err);
}

/* Splits `text` before its last component, in place. Returns that; what is above is text, which may become empty. */
static char *split_last(char *text)
{
	char *slash = strrchr(text, '/');
	char *last = slash ? slash + 1 : text;
	if (slash && slash > text)
		*slash = '\0';
	return last;
}

/* A file that is mounted by itself: the place is its directory, in which nothing else is written. */
static int open_file_place(struct unpack_place *place, char *name, char *destination)
{
	struct stat st;
	if (stat(destination, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOTDIR;
	char *file = split_last(destination), *entry = split_last(name);
	int fd = open(file == destination + 1 ? "/" : destination, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!str_eq(file, entry)) {
		close(fd);
		return -EINVAL;
	}
	*place = (struct unpack_place){.name = entry == name ? "" : name, .directory = fd, .only = entry};
	return 0;
}

static int open_places(struct volumes *v, struct unpack_place *places, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		int fd = open(v->places[i], O_PATH | O_DIRECTORY | O_CLOEXEC), r = fd < 0 ? -errno : 0;
		if (r == 0)
			places[i] = (struct unpack_place){.name = v->names[i], .directory = fd};
		else if (r == -ENOTDIR)
			r = open_file_place(&places[i], v->names[i], v->places[i]);
		if (r < 0)
			return error_errno(err, r, "cannot open the volume %s at %s", v->names[i], v->places[i]);
	}
	return 0;
}

int volumes_restore(const struct inside *in, struct error *err)
{
	cleanup_volumes struct volumes v = {0};
	int r = parse(&v, in, err);
	if (r < 0)
		return r;
	size_t count = strv_len(v.names);
	cleanup_free struct unpack_place *places = calloc(count, sizeof(*places));
	if (!places)
		return error_errno(err, -ENOMEM, "the volumes");
	const struct unpack_options o = {
		.places = places, .place_count = count, .owners = true, .devices = true, .directories = true};
	r = open_places(&v, places, count, err);
	return r < 0 ? r : inside_unpack(&o, err);
}
