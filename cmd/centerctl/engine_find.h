/* SPDX-License-Identifier: ISC */
/*
 * Which engine to ask, and how to reach it: --engine, else DOCKER_HOST, else Docker's current context, else the socket
 * of Docker or podman.
 */
#ifndef CENTERCTL_ENGINE_FIND_H
#define CENTERCTL_ENGINE_FIND_H

#include "lib/base/error.h"
#include "lib/proto/request.h"

/*
 * url is --engine's, or NULL; env is the caller's environment. What *ret holds is freed with the request that it is
 * part of, after a failure too, which is -errno with a text. On success it is complete.
 */
int engine_find(const char *url, char *const *env, struct engine *ret, struct error *err);

/* The first of the sockets, NULL-terminated, that exists; NULL if none does. */
const char *engine_find_socket(const char *const *sockets);

#endif
