/* SPDX-License-Identifier: ISC */
/* VERB_LAYERS: which directories an image of the engine consists of, for `toolbox add --image`. */
#ifndef CENTERCTL_ENTER_LAYERS_H
#define CENTERCTL_ENTER_LAYERS_H

#include "visit.h"

/*
 * Asks the engine about the image that the request names as its target, and sends CHANNEL_LAYERS. For root alone. 0 or
 * -errno.
 */
int layers_send(struct visit *v, struct error *err);

#endif
