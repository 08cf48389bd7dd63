/* SPDX-License-Identifier: ISC */
#include "docker_context.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { CONFIG_MAX = 4 << 20, META_MAX = 1 << 18 };

static void json_done(cJSON **json)
{
	cJSON_Delete(*json);
}
#define cleanup_json __attribute__((cleanup(json_done)))

static void dir_done(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}
#define cleanup_dir __attribute__((cleanup(dir_done)))

void docker_context_done(struct docker_context *c)
{
	free(c->host);
	free(c->tls_dir);
	*c = (struct docker_context){0};
}

/* 0, -EBADMSG for what is no JSON object, or as file_read(). */
static int read_json(int dirfd, const char *path, size_t max, cJSON **ret)
{
	cleanup_free char *text = NULL;
	int r = file_read(dirfd, path, max, &text);
	if (r < 0)
		return r;
	*ret = cJSON_ParseWithOpts(text, NULL, true);
	return cJSON_IsObject(*ret) ? 0 : -EBADMSG;
}

static int cannot_read(struct error *err, int code, const char *dir, const char *path)
{
	if (code == -EBADMSG)
		return error_set(err, code,
				 "Docker's %s/%s is not a JSON object: repair it, or say which engine to use "
				 "with --engine",
				 dir, path);
	return error_errno(err, code, "cannot read Docker's %s/%s", dir, path);
}

int docker_context_current(const char *dir, char **ret_name, struct error *err)
{
	cleanup_json cJSON *config = NULL;
	*ret_name = NULL;
	cleanup_fd int dirfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = dirfd < 0 ? -errno : read_json(dirfd, "config.json", CONFIG_MAX, &config);
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0)
		return cannot_read(err, r, dir, "config.json");
	const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(config, "currentContext"));
	if (!name || !*name || strcmp(name, "default") == 0)
		return 0;
	*ret_name = strdup(name);
	return *ret_name ? 0 : error_errno(err, -ENOMEM, "the context's name");
}

static bool has_file(int dirfd, const char *hash, const char *name)
{
	char path[512];
	snprintf(path, sizeof(path), "contexts/tls/%s/docker/%s", hash, name);
	return faccessat(dirfd, path, F_OK, 0) == 0;
}

/* hash is the name of the context's directory, which is the same below meta/ and tls/. */
static int fill(const cJSON *meta, const char *dir, int dirfd, const char *hash, struct docker_context *ret)
{
	const cJSON *docker =
		cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(meta, "Endpoints"), "docker");
	const char *host = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(docker, "Host"));
	if (!host || !*host)
		return -EINVAL;
	ret->skip_verify = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(docker, "SkipTLSVerify"));
	ret->host = strdup(host);
	if (!ret->host)
		return -ENOMEM;
	if (!has_file(dirfd, hash, "ca.pem") && !has_file(dirfd, hash, "cert.pem"))
		return 0;
	if (asprintf(&ret->tls_dir, "%s/contexts/tls/%s/docker", dir, hash) < 0) {
		ret->tls_dir = NULL;
		return -ENOMEM;
	}
	return 0;
}

/*
 * 1 if this directory below contexts/meta holds the context, 0 if not. The directory's name is a hash of the context's;
 * docker compares neither, and a file that is no context (or broken) is another context's trouble.
 */
static int try_directory(const char *dir, int dirfd, const char *hash, const char *name, struct docker_context *ret)
{
	char path[512];
	cleanup_json cJSON *meta = NULL;
	if (hash[0] == '.')
		return 0;
	snprintf(path, sizeof(path), "contexts/meta/%s/meta.json", hash);
	if (read_json(dirfd, path, META_MAX, &meta) < 0)
		return 0;
	if (!str_eq(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(meta, "Name")), name))
		return 0;
	int r = fill(meta, dir, dirfd, hash, ret);
	return r < 0 ? r : 1;
}

/* 1 found, 0 not found, or -errno. */
static int scan(const char *dir, const char *name, struct docker_context *ret)
{
	cleanup_fd int dirfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return errno == ENOENT ? 0 : -errno;
	int fd = openat(dirfd, "contexts/meta", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	cleanup_dir DIR *list = fdopendir(fd);
	if (!list) {
		close_fd(fd);
		return -ENOMEM;
	}
	int found = 0;
	for (struct dirent *e; found == 0 && (e = readdir(list));)
		found = try_directory(dir, dirfd, e->d_name, name, ret);
	return found;
}

int docker_context_load(const char *dir, const char *name, struct docker_context *ret, struct error *err)
{
	cleanup_docker_context struct docker_context found = {0};
	int r = scan(dir, name, &found);
	if (r == 0)
		return error_set(err, -ENOENT,
				 "there is no Docker context \"%s\" in %s; see docker context ls, or say "
				 "which engine to use with --engine",
				 name, dir);
	if (r == -EINVAL)
		return error_set(err, r, "the Docker context \"%s\" in %s has no docker endpoint", name, dir);
	if (r < 0)
		return error_errno(err, r, "cannot read the Docker context \"%s\" in %s", name, dir);
	*ret = found;
	found = (struct docker_context){0};
	return 0;
}
