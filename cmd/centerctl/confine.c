/* SPDX-License-Identifier: ISC */
#include "confine.h"

#include <errno.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/cleanup.h"

/* struct landlock_ruleset_attr up to ABI 6; older kernels take a longer one if the rest is zero. */
struct rights {
	uint64_t fs, net, scoped;
};

/* Of the first ABI, which cannot let anything be linked from one directory to another, no use is made. */
static int rights_of(long abi, struct rights *ret)
{
	if (abi < 2)
		return -ENOSYS;
	const int fs = abi >= 5 ? 16 : abi >= 3 ? 15 : 14;
	*ret = (struct rights){
		.fs = (UINT64_C(1) << fs) - 1,
		.net = abi >= 4 ? 3 : 0,
		.scoped = abi >= 6 ? 3 : 0,
	};
	return 0;
}

static int restrict_to(const struct rights *rights, int directory)
{
	cleanup_fd int set = (int)syscall(SYS_landlock_create_ruleset, rights, sizeof(*rights), 0);
	const struct landlock_path_beneath_attr below = {
		.allowed_access = rights->fs & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE,
		.parent_fd = directory,
	};
	if (set < 0 || syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &below, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, set, 0) < 0)
		return -errno;
	return 0;
}

int confine_below(int directory, struct error *err)
{
	struct rights rights;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_errno(err, -errno, "cannot set no_new_privs");
	if (rights_of(syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION), &rights) < 0)
		return 0;
	int r = restrict_to(&rights, directory);
	return r < 0 ? error_errno(err, r, "cannot shut off what unpacks from other directories") : 0;
}
