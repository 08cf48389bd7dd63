/* SPDX-License-Identifier: ISC */
#include "creds.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hook.h"
#include "lib/base/cleanup.h"
#include "sanitize.h"

int creds_become(uid_t uid, gid_t gid, const gid_t *groups, size_t count, enum creds_step *ret_step)
{
	*ret_step = CREDS_GROUPS;
	if (uid == (uid_t)-1 || gid == (gid_t)-1)
		return -EINVAL;
	for (size_t i = 0; i < count; i++)
		if (groups[i] == (gid_t)-1)
			return -EINVAL;
	if (hook_fails("setgroups") || (!hook_skips("setgroups") && setgroups(count, groups) < 0))
		return -errno;
	*ret_step = CREDS_GID;
	if (hook_fails("setresgid") || (!hook_skips("setresgid") && setresgid(gid, gid, gid) < 0))
		return -errno;
	*ret_step = CREDS_UID;
	if (prctl(PR_SET_KEEPCAPS, 1) < 0)
		return -errno;
	if (hook_fails("setresuid") || (!hook_skips("setresuid") && setresuid(uid, uid, uid) < 0))
		return -errno;
	return prctl(PR_SET_KEEPCAPS, 0) < 0 ? -errno : 0;
}

static int compare_gid(const void *a, const void *b)
{
	gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;
	return x < y ? -1 : x > y;
}

/* The kernel keeps supplementary groups sorted. */
static int prove_groups(const gid_t *groups, size_t count)
{
	int have = getgroups(0, NULL);
	if (have < 0)
		return -errno;
	if ((size_t)have != count)
		return -EPERM;
	cleanup_free gid_t *now = calloc(count + 1, sizeof(gid_t));
	cleanup_free gid_t *wanted = calloc(count + 1, sizeof(gid_t));
	if (!now || !wanted)
		return -ENOMEM;
	if (getgroups(have, now) != have)
		return -EPERM;
	if (count > 0)
		memcpy(wanted, groups, count * sizeof(gid_t));
	qsort(wanted, count, sizeof(gid_t), compare_gid);
	qsort(now, count, sizeof(gid_t), compare_gid);
	return memcmp(now, wanted, count * sizeof(gid_t)) == 0 ? 0 : -EPERM;
}

int creds_prove(uid_t uid, gid_t gid, const gid_t *groups, size_t count)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;
	if (hook_fails("creds-prove"))
		return -errno;
	if (getresuid(&ruid, &euid, &suid) < 0 || getresgid(&rgid, &egid, &sgid) < 0)
		return -errno;
	if (ruid != uid || euid != uid || suid != uid || rgid != gid || egid != gid || sgid != gid)
		return -EPERM;
	if (uid != 0 && (setresuid(0, 0, 0) == 0 || setuid(0) == 0 || seteuid(0) == 0))
		return -EPERM;
	return prove_groups(groups, count);
}

/* setfsuid(2) takes and gives those capabilities that are about files; this one is not among them. */
static int set_resource(bool effective)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	const uint32_t bit = UINT32_C(1) << CAP_SYS_RESOURCE;
	if (syscall(SYS_capget, &head, data) < 0)
		return -errno;
	if (effective)
		data[0].effective |= bit & data[0].permitted;
	else
		data[0].effective &= ~bit;
	return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

int creds_write_as(uid_t uid)
{
	setfsuid(uid);
	int r = setfsuid((uid_t)-1) == (int)uid ? set_resource(uid == 0) : -EPERM;
	/* A change of IDs sets it to what fs.suid_dumpable says: proc(5). */
	return r < 0 ? r : sanitize_dumpable();
}
