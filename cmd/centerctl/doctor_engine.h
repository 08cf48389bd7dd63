/* SPDX-License-Identifier: ISC */
/* Checks of engines that have files of their own. */
#ifndef CENTERCTL_DOCTOR_ENGINE_H
#define CENTERCTL_DOCTOR_ENGINE_H

#include "doctor.h"

/* doctor_listen.c */
void doctor_look_at_ports(struct doctor *d);
void doctor_look_at_listening(struct doctor *d);
void doctor_look_at_units(struct doctor *d);
void doctor_look_at_docker_host(struct doctor *d);

/* doctor_certificate.c */
void doctor_look_at_certificates(struct doctor *d);

/* doctor_subid.c */
void doctor_look_at_subids(struct doctor *d);

#endif
