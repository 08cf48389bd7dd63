/* SPDX-License-Identifier: ISC */
/* Engine addresses as docker and podman spell them. */
#ifndef CENTERCTL_ENGINE_URL_H
#define CENTERCTL_ENGINE_URL_H

#include "lib/base/error.h"
#include "lib/proto/request.h"

enum { ENGINE_PORT_PLAIN = 2375, ENGINE_PORT_TLS = 2376 };

/*
 * unix:///PATH, tcp://HOST[:PORT], http://HOST[:PORT] (as tcp), https://HOST[:PORT]; IPv6 addresses in brackets. On
 * success the scheme and path, or host and port, of *ret are set: ENGINE_TCP may still become ENGINE_TLS, and the port
 * is 0 if none was written. Otherwise -EINVAL, -ENOTSUP (a scheme that cannot work here, with the reason) or -ENOMEM.
 */
int engine_url_parse(const char *url, struct engine *ret, struct error *err);

#endif
