/* SPDX-License-Identifier: ISC */
/* What an inspection says beyond what an entry needs: for show, backup and restore. Used by inspect.c alone. */
#ifndef CENTERCTL_ENGINE_DESCRIBE_H
#define CENTERCTL_ENGINE_DESCRIBE_H

#include "json.h"
#include "lib/proto/answer.h"

/* Fills ports, networks, created_at, health, restart_policy and mounts; what does not fit marks r as failed. */
void describe_read(struct json_reader *r, const cJSON *root, struct container *c);

#endif
