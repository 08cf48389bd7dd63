/* SPDX-License-Identifier: ISC */
/* How an engine was told to listen, from its command line and from daemon.json. Pure functions. */
#ifndef CENTERCTL_DOCTOR_ENGINE_CONFIG_H
#define CENTERCTL_DOCTOR_ENGINE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

struct engine_config {
	char **hosts; /* as they were written: unix://PATH, tcp://ADDRESS:PORT, fd://, ADDRESS:PORT */
	bool tls, tls_verify;
	char *ca, *cert;   /* --tlscacert, --tlscert; NULL: not given */
	char *group;	   /* of the socket; NULL: not given */
	char *remap;	   /* --userns-remap; NULL: not given, or empty */
	char *config_file; /* --config-file; NULL: not given */
};

void engine_config_done(struct engine_config *c);
#define cleanup_engine_config __attribute__((cleanup(engine_config_done)))

/*
 * Adds what dockerd's (podman's) command line says; words that it does not know are passed over, as they may be of a
 * later version. 0 or -ENOMEM.
 */
int engine_config_add_words(struct engine_config *c, char *const *argv);
int engine_config_add_podman_words(struct engine_config *c, char *const *argv);

/* Adds what daemon.json says. 0, -EBADMSG with a text, or -ENOMEM. */
int engine_config_add_json(struct engine_config *c, const char *text, size_t len, struct error *err);

/* Whether a host is a TCP address: with tcp://, or without any scheme, as dockerd takes it. */
bool engine_host_is_tcp(const char *host);

/* The words of /proc/PID/cmdline, NULL-terminated, the caller's; NULL if memory ran out. */
char **engine_words(const char *data, size_t len);

#endif
