/* SPDX-License-Identifier: ISC */
/*
 * Files of /proc/PID, of which a container chooses parts. The first byte says which file the rest is. What is accepted
 * must keep to what the parsers promise: an owner's ID comes from the path, and a mapped ID is never -1.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/priv/bundle.h"
#include "lib/priv/lsm.h"
#include "lib/priv/proc_cgroup.h"
#include "lib/priv/procfs.h"

static void try_cgroups(const char *text)
{
	cleanup_proc_cgroups struct proc_cgroups c = {.count = 0};
	if (proc_cgroups_parse(text, &c) < 0)
		return;
	for (size_t i = 0; i < c.count; i++) {
		char id[65];
		size_t len;
		MUST(c.line[i].path[0] == '/');
		if (!proc_cgroup_owner(c.line[i].path, id, &len))
			continue;
		MUST(is_container_id(id));
		MUST(len <= strlen(c.line[i].path));
		struct error err = ERROR_INIT;
		/* If the whole is proved to be this container's, no line may name another. */
		if (proc_cgroups_prove(&c, NULL, id, &err) < 0)
			continue;
		for (size_t j = 0; j < c.count; j++) {
			char other[65];
			MUST(!proc_cgroup_owner(c.line[j].path, other, &len) || strcmp(other, id) == 0);
		}
	}
}

static void try_status(const char *text)
{
	cleanup_proc_status struct proc_status s = {0};
	if (proc_status_parse(text, &s) == 0)
		MUST(s.group_count <= PROC_GROUPS_MAX && s.ns_depth <= PROC_NS_DEPTH_MAX && s.seccomp <= 2);
}

static void try_map(const char *text)
{
	struct proc_map m;
	uint32_t out, in;
	if (proc_map_parse(text, &m) < 0)
		return;
	for (uint32_t id = 0; id < 70000; id += 997)
		if (proc_map_out(&m, id, &out) == 0)
			MUST(out != UINT32_MAX);
	if (m.count > 0)
		proc_map_in(&m, m.range[0].outside, &in);
}

static void try_label(const char *text)
{
	struct lsm_label label;
	struct error err = ERROR_INIT;
	const char *middle = strchr(text, '\n');
	cleanup_free char *init = strndup(text, middle ? (size_t)(middle - text) : strlen(text));
	if (strlen(init) < 4000)
		lsm_plan(init, "unconfined", middle ? middle + 1 : "", "", &label, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	cleanup_free char *text = strndup((const char *)data + 1, len - 1);
	struct proc_stat stat;
	struct rlimit limits[RLIM_NLIMITS];
	switch (data[0]) {
	case 'c':
		try_cgroups(text);
		break;
	case 's':
		try_status(text);
		break;
	case 'm':
		try_map(text);
		break;
	case 't':
		(void)proc_stat_parse(text, &stat);
		break;
	case 'l':
		(void)proc_limits_parse(text, limits);
		break;
	case 'a':
		try_label(text);
		break;
	case 'o': {
		cleanup_free char *copy = calloc(1, len + 1);
		memcpy(copy, data + 1, len - 1);
		const char *value = bundle_conmon_option(copy, len - 1, "-b");
		MUST(!value || (value >= copy && value < copy + len));
		break;
	}
	default:
		break;
	}
	return 0;
}
