/* SPDX-License-Identifier: ISC */
/* The certificates for an engine behind TLS. */
#ifndef CENTERCTL_ENGINE_TLS_H
#define CENTERCTL_ENGINE_TLS_H

#include "lib/base/error.h"
#include "lib/proto/request.h"

/*
 * Reads ca.pem, cert.pem and key.pem in dir into *e, whose tls_verify says whether ca.pem must be there; cert.pem and
 * key.pem come together or not at all. 0, -EINVAL or -errno, with a text.
 */
int engine_tls_read(struct engine *e, const char *dir, struct error *err);

#endif
