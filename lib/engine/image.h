/* SPDX-License-Identifier: ISC */
/*
 * Where an image's files stand: `GET /images/WORD/json` of Docker's API, as dockerd and podman's service speak it. Only
 * overlay keeps the layers of an image as directories that can be mounted again.
 */
#ifndef CENTERCTL_ENGINE_IMAGE_H
#define CENTERCTL_ENGINE_IMAGE_H

#include <stddef.h>

#include "lib/proto/answer.h"

/*
 * The directories of its layers, the top one first, for layers_encode(); the caller frees them. word is what was asked
 * for. 0, or -EBADMSG with why set: ANSWER_FAILED for an image that is kept otherwise.
 */
int image_parse(const char *body, size_t len, const char *word, char ***ret, struct answer_error_info *why);

#endif
