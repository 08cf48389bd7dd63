/* SPDX-License-Identifier: ISC */
/* `centerctl toolbox`: what its words mean. Toolboxes are described in lib/priv/toolbox.h. */
#ifndef CENTERCTL_TOOLBOX_H
#define CENTERCTL_TOOLBOX_H

#include <stdbool.h>

#include "lib/base/error.h"

struct toolbox_options {
	char *directory, *image, *file; /* what is added */
	char *engine;
	bool json, quiet, help;
	char **words; /* what is no option: the word itself, the name, ... */
};

/* The directory of all toolboxes. */
const char *toolbox_dir(void);

/* Each of them returns an exit code, or -errno with an error. */
int toolbox_build(const struct toolbox_options *o, struct error *err);
int toolbox_add(const struct toolbox_options *o, struct error *err);
int toolbox_ls(const struct toolbox_options *o, struct error *err);
int toolbox_rm(const struct toolbox_options *o, struct error *err);

#endif
