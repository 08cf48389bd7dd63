/* SPDX-License-Identifier: ISC */
#include "engine_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

#include "file.h"
#include "lib/base/cleanup.h"

/* A file that is not there leaves *ret NULL. */
static int read_pem(int dirfd, const char *dir, const char *name, char **ret, struct error *err)
{
	int r = file_read(dirfd, name, REQUEST_PEM_MAX, ret);
	if (r == -ENOENT)
		return 0;
	if (r == -EFBIG)
		return error_set(err, r, "%s/%s is larger than %d bytes", dir, name, REQUEST_PEM_MAX);
	return r < 0 ? error_errno(err, r, "cannot read %s/%s", dir, name) : 0;
}

int engine_tls_read(struct engine *e, const char *dir, struct error *err)
{
	cleanup_fd int dirfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return error_errno(err, -errno,
				   "cannot open %s, where the engine's certificates are looked for (see "
				   "DOCKER_CERT_PATH)",
				   dir);
	int r = read_pem(dirfd, dir, "ca.pem", &e->ca_pem, err);
	if (r == 0)
		r = read_pem(dirfd, dir, "cert.pem", &e->cert_pem, err);
	if (r == 0)
		r = read_pem(dirfd, dir, "key.pem", &e->key_pem, err);
	if (r < 0)
		return r;
	if (e->tls_verify && !e->ca_pem)
		return error_set(err, -ENOENT,
				 "there is no ca.pem in %s: the engine's certificate could not be verified "
				 "(see DOCKER_CERT_PATH)",
				 dir);
	if (!e->cert_pem != !e->key_pem)
		return error_set(err, -EINVAL, "of cert.pem and key.pem, %s has only one", dir);
	return 0;
}
