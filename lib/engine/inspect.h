/* SPDX-License-Identifier: ISC */
/*
 * The engine's answers, decoded: `GET /containers/WORD/json` and `GET /containers/json?all=true` of Docker's API, as
 * dockerd 20.10 and later and podman's service speak it. Fields that an engine leaves out are empty. What is not as
 * the API promises is ANSWER_BAD, and so is an answer that contradicts itself.
 */
#ifndef CENTERCTL_ENGINE_INSPECT_H
#define CENTERCTL_ENGINE_INSPECT_H

#include <stddef.h>

#include "lib/proto/answer.h"

/* word is what was asked for: the answer must be about a container of that name, ID, or ID prefix. 0 or -EBADMSG. */
int inspect_parse(const char *body, size_t len, const char *word, struct container *ret, struct answer_error_info *why);

/* Containers without a usable name (podman's infrastructure, one that is being removed) are left out. */
int list_parse(const char *body, size_t len, struct container_list *ret, struct answer_error_info *why);

/* Fills why from an answer with another status than 200: kind, status, and the engine's own message, escaped. */
int refusal_parse(const char *body, size_t len, unsigned int status, const char *word, struct answer_error_info *why);

#endif
