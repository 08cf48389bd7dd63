/* SPDX-License-Identifier: ISC */
/* What a container may do with devices, beside those that stand in it: rules of the devices controller. */
#ifndef CENTERCTL_PRIV_DEVICES_H
#define CENTERCTL_PRIV_DEVICES_H

#include <stdbool.h>

/*
 * Whether one of these lines, "TYPE MAJOR:MINOR ACCESS" as devices.list of cgroup v1 and the engines have them, lets
 * disks be read or written: of block devices, of all, or of the character devices by which SCSI disks are reached. To
 * make nodes alone, which every container may, reaches nothing. Pure.
 */
bool devices_give_disks(const char *text);

#endif
