/* SPDX-License-Identifier: ISC */
/*
 * Docker's contexts: which engine `docker` would talk to. The files are the caller's own, so cJSON reads them here;
 * what an engine or a container says is never parsed in this program.
 */
#ifndef CENTERCTL_DOCKER_CONTEXT_H
#define CENTERCTL_DOCKER_CONTEXT_H

#include <stdbool.h>

#include "lib/base/error.h"

struct docker_context {
	char *host;    /* Endpoints.docker.Host */
	char *tls_dir; /* directory with ca.pem, cert.pem and key.pem; NULL if the context has none */
	bool skip_verify;
};

void docker_context_done(struct docker_context *c);
#define cleanup_docker_context __attribute__((cleanup(docker_context_done)))

/*
 * The name of the context that config.json in dir makes current. *ret_name is NULL if there is no such file, or if it
 * names none or "default". 0 or -errno with a text.
 */
int docker_context_current(const char *dir, char **ret_name, struct error *err);

/*
 * Finds the context by the Name in contexts/meta/.../meta.json below dir. 0, -ENOENT, -EINVAL or -errno, with a text.
 * *ret is set only on success.
 */
int docker_context_load(const char *dir, const char *name, struct docker_context *ret, struct error *err);

#endif
