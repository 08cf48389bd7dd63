/* SPDX-License-Identifier: ISC */
/*
 * Which cgroups a process is in, and to which container they belong. Pure functions over the text of /proc/PID/cgroup,
 * since a container chooses the paths below its own. What does not read as cgroups(7) says is -EBADMSG.
 */
#ifndef CENTERCTL_PRIV_PROC_CGROUP_H
#define CENTERCTL_PRIV_PROC_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

enum { PROC_CGROUPS_MAX = 32 };

/* One line per hierarchy. */
struct proc_cgroup {
	uint32_t hierarchy; /* 0 is v2 */
	char *controllers;  /* "cpu,cpuacct", "name=systemd", "" for v2 */
	char *path;	    /* begins with "/" */
};

struct proc_cgroups {
	struct proc_cgroup line[PROC_CGROUPS_MAX];
	size_t count;
};

/* Owns its strings. */
void proc_cgroups_done(struct proc_cgroups *c);
#define cleanup_proc_cgroups __attribute__((cleanup(proc_cgroups_done)))
/* 0, -EBADMSG, or -ENOMEM; *ret is set only on success. */
int proc_cgroups_parse(const char *text, struct proc_cgroups *ret);

/*
 * The container to whom a cgroup path belongs, by the runtimes' grammar: the outermost component that reads ID,
 * docker-ID.scope, libpod-ID, libpod-ID.scope, crio-ID.scope or cri-containerd-ID.scope, with ID of 64 hexadecimal
 * digits. What stands below it was made inside the container, and may imitate anything. Copies the ID; *ret_len is the
 * length of the path up to and including that component. Returns false if there is no such component.
 */
bool proc_cgroup_owner(const char *path, char ret_id[65], size_t *ret_len);

/*
 * Proves that a process with these cgroups belongs to container id. `own` are the cgroups of this process: if we run
 * inside a container ourselves, its part of the paths does not count. Every hierarchy that names a container must name
 * this one, and at least one must. Returns 0, or -ENOENT if none names a container, or -EXDEV if one names another,
 * with the reason in err.
 */
int proc_cgroups_prove(const struct proc_cgroups *c, const struct proc_cgroups *own, const char *id, struct error *err);

#endif
