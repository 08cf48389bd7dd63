/* SPDX-License-Identifier: ISC */
/* What an entry has beyond the container's own: a toolbox and its launcher for who debugs, or a program in memory. */
#ifndef CENTERCTL_ENTER_TOOL_H
#define CENTERCTL_ENTER_TOOL_H

#include "visit.h"

/* Whether the request can be met at all, before anybody is asked. 0 or -errno. */
int tool_check(const struct visit *v, struct error *err);

/* What the filter must let through beside the container's profile: SECCOMP_TRACE | ... (lib/proto/answer.h). */
uint32_t tool_filter_extra(const struct visit *v);

/* Opens what the request needs of it: v->toolbox and v->room, or v->program. 0 or -errno. */
int tool_open(struct visit *v, struct error *err);

/*
 * Whether the tool has SYS_PTRACE lent. In the initial user namespace that reaches everything that shows in the
 * container's PID namespace, also what an engine's exec has not confined yet, with every capability: who has it there
 * has the host. So it is for root, for containers with a user namespace of their own, and for rules that say
 * `privileged`.
 */
bool tool_lends_trace(const struct visit *v);

/* The capabilities, the command and the environment of v->entry, over what plan.c makes of the container. */
void tool_plan_caps(const struct visit *v, uint64_t own, struct caps *caps);
int tool_plan_argv(struct visit *v);
int tool_plan_environment(struct visit *v);

/* The name of the toolbox or static program, NULL if there is none. */
const char *tool_name(const struct visit *v);

#endif
