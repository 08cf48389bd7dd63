/* SPDX-License-Identifier: ISC */
/* The engines' processes, and how they were told to listen. */
#ifndef CENTERCTL_DOCTOR_DAEMON_H
#define CENTERCTL_DOCTOR_DAEMON_H

#include <sys/types.h>

#include "doctor.h"
#include "lib/doctor/engine_config.h"

struct doctor_daemon {
	pid_t pid; /* 0: docker is set up here, and does not run */
	char name[40];
	bool podman;
	bool our_files, our_net; /* in our mount and network namespace */
	struct engine_config config;
	char *config_error; /* why daemon.json was not read; NULL: it was, or there is none */
};

/*
 * All of this host's own: of root's (without root of one's own, too), in our PID namespace, so that what runs in a
 * container counts for nothing.
 */
void daemon_find_all(struct doctor *d);
void daemon_free_all(struct doctor *d);

/*
 * Opens a file as that process sees it: root's alone. Returns the descriptor or -errno, with err set. Only what is in
 * our mount namespace has its whole path looked at.
 */
int daemon_open(const struct doctor_daemon *daemon, const char *path, struct error *err);
/* And its whole content, which the caller frees. 0 or -errno. */
int daemon_read(const struct doctor_daemon *daemon, const char *path, char **ret, struct error *err);

/* The values of a key in a systemd unit, with its drop-ins: the caller's, NULL if there are none. */
char **daemon_unit(const char *unit, const char *section, const char *key);

#endif
