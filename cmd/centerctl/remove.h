/* SPDX-License-Identifier: ISC */
#ifndef CENTERCTL_REMOVE_H
#define CENTERCTL_REMOVE_H

/*
 * Removes `name` in the directory `at`, with all that is in it. No symbolic link is followed and no mount is crossed:
 * -EXDEV at the first one, where what was found before is gone. 0 if there is nothing of that name; -errno.
 */
int remove_tree(int at, const char *name);

#endif
