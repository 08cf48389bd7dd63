/* SPDX-License-Identifier: ISC */
#include "ns.h"

#include <errno.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hook.h"
#include "lib/base/cleanup.h"
#include "lib/proto/request.h"
#include "sys.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

int ns_clone_flag(unsigned bit)
{
	switch (bit) {
	case NS_MNT:
		return CLONE_NEWNS;
	case NS_UTS:
		return CLONE_NEWUTS;
	case NS_IPC:
		return CLONE_NEWIPC;
	case NS_NET:
		return CLONE_NEWNET;
	case NS_PID:
		return CLONE_NEWPID;
	case NS_USER:
		return CLONE_NEWUSER;
	case NS_CGROUP:
		return CLONE_NEWCGROUP;
	case NS_TIME:
		return CLONE_NEWTIME;
	}
	return 0;
}

static int ns_flags(unsigned bits)
{
	int flags = 0;
	for (unsigned bit = 1; bit <= NS_ALL; bit <<= 1)
		if (bits & bit)
			flags |= ns_clone_flag(bit);
	return flags;
}

/* A refusal of several at once does not say which: each by itself does. Nothing is done with what is entered here. */
static int ns_blame(int pidfd, unsigned bits, int code, struct error *err)
{
	for (unsigned bit = 1; bit <= NS_ALL; bit <<= 1) {
		if (!(bits & bit) || setns(pidfd, ns_clone_flag(bit)) == 0)
			continue;
		int why = -errno;
		const char *name = ns_bit_name(bit);
		if (why == -EINVAL && bit == NS_TIME)
			return sys_missing(err, "setns to a time namespace", "5.8");
		if (why == -EINVAL)
			return sys_missing(err, "setns with a pidfd", "5.8");
		if (why == -EPERM)
			return error_set(err, why,
					 "not permitted to enter the %s namespace of the container: "
					 "CAP_SYS_ADMIN over it is needed, run as root or through sudo",
					 name);
		return error_errno(err, why, "cannot enter the %s namespace of the container", name);
	}
	return error_errno(err, code, "cannot enter the namespaces of the container");
}

static int enter(int pidfd, unsigned bits, struct error *err)
{
	if (bits == 0)
		return 0;
	if (hook_fails("setns"))
		return error_errno(err, -errno, "cannot enter the namespaces of the container");
	if (setns(pidfd, ns_flags(bits)) == 0)
		return 0;
	return ns_blame(pidfd, bits, -errno, err);
}

int ns_enter(int pidfd, unsigned bits, struct error *err)
{
	int r = enter(pidfd, bits & ~(unsigned)NS_USER, err);
	return r < 0 ? r : enter(pidfd, bits & NS_USER, err);
}

int ns_enter_root(int root, struct error *err)
{
	struct stat theirs, now;
	if (fstat(root, &theirs) < 0 || stat("/", &now) < 0)
		return error_errno(err, -errno, "cannot examine the root directory of the container");
	if (theirs.st_dev == now.st_dev && theirs.st_ino == now.st_ino)
		return chdir("/") < 0 ? error_errno(err, -errno, "cannot enter the root directory of the container")
				      : 0;
	if (fchdir(root) < 0 || chroot(".") < 0)
		return error_errno(err, -errno, "cannot enter the root directory of the container");
	return 0;
}
