/* SPDX-License-Identifier: ISC */
#include "places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/cleanup.h"
#include "lib/policy/plain_reader.h"
#include "lib/policy/policy.h"

static const char config_file[] = CENTERCTL_SYSCONFDIR "/centerctl.conf";

int places_demand_root(const char *what, struct error *err)
{
	return geteuid() == 0 ? 0 : error_set(err, -EPERM, "only root may see %s: use sudo", what);
}

const char *places_rundir(void)
{
#if CENTERCTL_TEST_HOOKS
	const char *other = getenv("CENTERCTL_TEST_RUNDIR");
	if (other)
		return other;
#endif
	return CENTERCTL_RUNDIR;
}

/* What `directive` gives in the policy, as a copy; or `otherwise`. */
static int from_policy(const char *(*directive)(const struct policy *), const char *otherwise, char **ret,
		       struct error *err)
{
	cleanup_free struct policy *policy = NULL;
	if (access(config_file, F_OK) == 0) {
		struct plain_reader state = {.rooted = true};
		struct policy_reader reader = plain_reader(&state);
		int r = policy_load(config_file, &reader, &policy, err);
		if (r < 0)
			return r;
	}
	const char *given = policy ? directive(policy) : NULL;
	*ret = strdup(given ? given : otherwise);
	return *ret ? 0 : error_errno(err, -ENOMEM, "%s", otherwise);
}

int places_audit_file(char **ret, struct error *err)
{
	return from_policy(policy_audit_file, CENTERCTL_LOGDIR "/audit.jsonl", ret, err);
}

int places_record_dir(char **ret, struct error *err)
{
	return from_policy(policy_record_dir, CENTERCTL_LOGDIR "/sessions", ret, err);
}

int places_engine(char **ret, struct error *err)
{
	return from_policy(policy_engine, "", ret, err);
}
