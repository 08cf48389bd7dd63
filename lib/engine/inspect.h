/* SPDX-License-Identifier: ISC */
/*
 * The engine's answers, decoded: `GET /containers/WORD/json` of Docker's API, as dockerd 20.10 and later and podman's
 * service speak it. Fields that an engine leaves out are empty. What is not as the API promises is ANSWER_BAD, and so
 * is an answer that contradicts itself.
 */
#ifndef CENTERCTL_ENGINE_INSPECT_H
#define CENTERCTL_ENGINE_INSPECT_H

#include <stddef.h>

#include "lib/proto/answer.h"

/* word is what was asked for: the answer must be about a container of that name, ID, or ID prefix. 0 or -EBADMSG. */
int inspect_parse(const char *body, size_t len, const char *word, struct container *ret, struct answer_error_info *why);

/* Fills why from an answer with another status than 200: kind, status, and the engine's own message, escaped. */
int refusal_parse(const char *body, size_t len, unsigned int status, const char *word, struct answer_error_info *why);

/* Parts of it that other answers have, too. The engine's word for a state. */
enum container_state inspect_state(const char *status);
/* Copies a name without its leading slash. Returns whether it is one that can be asked for. */
bool inspect_copy_name(char *dst, size_t size, const char *name);
/* Returns whether it is a whole ID. */
bool inspect_copy_id(char *dst, const char *id);

#endif
