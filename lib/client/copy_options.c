/* SPDX-License-Identifier: ISC */
#include "copy_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exec_values.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "service_options.h"

static int add_volume(void *options, const char *value, struct error *err)
{
	struct exec_options *o = options;
	if (!*value)
		return error_set(err, -EINVAL, "--volume: the name of a volume is empty");
	return strv_add(&o->request.command, value) < 0 ? error_errno(err, -ENOMEM, "--volume") : 0;
}

const struct option_def cp_option_table[] = {
	{'a', "archive", NULL, "Keep owners (by number), setuid bits and extended attributes",
	 OPTION_SWITCH(struct exec_options, copy.archive)},
	{'L', "follow-link", NULL, "If SRC is a symbolic link, copy what it leads to",
	 OPTION_SWITCH(struct exec_options, copy.follow)},
	{'q', "quiet", NULL, "Show no progress", OPTION_SWITCH(struct exec_options, copy.quiet)},
	SERVICE_ROWS,
	EXEC_ROWS_END,
};

const struct option_def backup_option_table[] = {
	{0, "volume", "VOLUME", "Only this one, by its name or by where it is mounted (may be repeated)", add_volume},
	SERVICE_ROWS,
	EXEC_ROWS_END,
};

const struct option_def restore_option_table[] = {
	{0, "volume", "VOLUME", "Only this one, by its name or by where it is mounted (may be repeated)", add_volume},
	SERVICE_ROWS,
	EXEC_ROWS_END,
};

/* Where the path begins, or NULL. */
static const char *find_path(const char *word)
{
	const char *number = str_after(word, "pid:");
	if (*word == '.' || *word == '/')
		return NULL;
	if (number) {
		size_t digits = strspn(number, "0123456789");
		if (digits > 0 && number[digits] == ':')
			return number + digits + 1;
	}
	const char *colon = strchr(word, ':');
	return colon ? colon + 1 : NULL;
}

int copy_operand(const char *word, char **ret_target, char **ret_path, struct error *err)
{
	const char *path = find_path(word);
	if (!*word)
		return error_set(err, -EINVAL, "a path is empty");
	if (!path) {
		*ret_path = strdup(word);
		return *ret_path ? 0 : error_errno(err, -ENOMEM, "cp");
	}
	cleanup_free char *target = strndup(word, (size_t)(path - word) - 1);
	if (!target)
		return error_errno(err, -ENOMEM, "cp");
	int r = target_check(target, err);
	if (r < 0)
		return error_prepend(err, "%s (a path on this side with a colon is written ./a:b)", word);
	if (!*path)
		return error_set(err, -EINVAL, "%s: which path in %s? Its root is %s:/", word, target, target);
	if (asprintf(ret_path, "%s%s", *path == '/' ? "" : "/", path) < 0) {
		*ret_path = NULL;
		return error_errno(err, -ENOMEM, "cp");
	}
	*ret_target = steal_ptr(target);
	return 0;
}

static int volumes_parse(struct exec_options *o, const struct option_def *table, const char *verb, enum service service,
			 int argc, char *const argv[], struct error *err)
{
	int first = service_options_parse(o, table, verb, service, argc, argv, err);
	if (first < 0 || o->help)
		return first < 0 ? first : 0;
	if (argc - first != 1)
		return error_set(err, -EINVAL,
				 "%s takes one container: %s [OPTIONS] TARGET %sFILE, with --volume for volumes", verb,
				 verb, service == SERVICE_BACKUP ? ">" : "<");
	return exec_options_set_target(o, argv[first], err);
}

int backup_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	return volumes_parse(o, backup_option_table, "backup", SERVICE_BACKUP, argc, argv, err);
}

int restore_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	return volumes_parse(o, restore_option_table, "restore", SERVICE_RESTORE, argc, argv, err);
}

static bool is_stream(const char *local)
{
	return local && str_eq(local, "-");
}

/* Streams keep what is in them, as with tar(1). */
static int add_options(const struct exec_options *o, struct request *r)
{
	const struct copy *c = &o->copy;
	int result = 0;
	if (r->service == SERVICE_READ) {
		if (c->follow)
			result = strv_add(&r->options, "--follow");
		if (result == 0 && !c->archive && !is_stream(c->to))
			result = strv_add(&r->options, "--no-xattrs");
		return result;
	}
	if (is_stream(c->from))
		result = strv_add(&r->options, "--into");
	else if (!c->archive)
		result = strv_add(&r->options, "--no-owner");
	return result;
}

static int set_words(struct request *r, const char *target, const char *path, struct error *err)
{
	return str_set(&r->target, target) < 0 || strv_add(&r->command, path) < 0 ? error_errno(err, -ENOMEM, "cp") : 0;
}

static int check_ends(const struct exec_options *o, const char *from_target, const char *to_target, struct error *err)
{
	if (!from_target && !to_target)
		return error_set(
			err, -EINVAL,
			"neither is in a container: write TARGET:PATH for one of them (and ./a:b for a path on this "
			"side with a colon)");
	if (is_stream(o->copy.from) && o->copy.follow)
		return error_set(err, -EINVAL, "-L (--follow-link) is about SRC, and a stream has none to follow");
	return 0;
}

static int take_ends(struct exec_options *o, char *const words[2], struct error *err)
{
	cleanup_free char *from_target = NULL, *to_target = NULL, *from = NULL, *to = NULL;
	struct request *r = &o->request;
	int result = copy_operand(words[0], &from_target, &from, err);
	if (result == 0)
		result = copy_operand(words[1], &to_target, &to, err);
	if (result < 0)
		return result;
	r->service = from_target ? SERVICE_READ : SERVICE_WRITE;
	result = from_target ? set_words(r, from_target, from, err) : to_target ? set_words(r, to_target, to, err) : 0;
	if (!from_target)
		o->copy.from = steal_ptr(from);
	if (!to_target)
		o->copy.to = steal_ptr(to);
	if (from_target && to_target) {
		o->copy.second_target = steal_ptr(to_target);
		o->copy.second_path = steal_ptr(to);
	}
	if (result == 0)
		result = check_ends(o, from_target, o->copy.to ? NULL : "", err);
	if (result == 0 && add_options(o, r) < 0)
		result = error_errno(err, -ENOMEM, "cp");
	return result;
}

int cp_options_parse(struct exec_options *o, int argc, char *const argv[], struct error *err)
{
	int first = service_options_parse(o, cp_option_table, "cp", SERVICE_READ, argc, argv, err);
	if (first < 0 || o->help)
		return first < 0 ? first : 0;
	if (argc - first != 2)
		return error_set(
			err, -EINVAL,
			"cp takes a source and a destination: cp [OPTIONS] TARGET:PATH PATH, or PATH TARGET:PATH");
	return take_ends(o, argv + first, err);
}

int copy_options_second(const struct exec_options *o, struct request *ret, struct error *err)
{
	ret->verb = o->request.verb;
	ret->service = SERVICE_WRITE;
	ret->ns = NS_ALL;
	ret->stdin_open = true;
	if (o->request.user && str_set(&ret->user, o->request.user) < 0)
		return error_errno(err, -ENOMEM, "cp");
	if (add_options(o, ret) < 0)
		return error_errno(err, -ENOMEM, "cp");
	return set_words(ret, o->copy.second_target, o->copy.second_path, err);
}
