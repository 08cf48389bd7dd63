/* SPDX-License-Identifier: ISC */
#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "lib/base/cleanup.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

int sys_openat2(int dir, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};
	for (int tries = 0;; tries++) {
		int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN || tries >= 32)
			return fd;
	}
}

int sys_sealed_copy(int fd, const char *name)
{
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	/* Linux 6.3 wants to be told, where vm.memfd_noexec is set; older ones refuse what they do not know. */
	cleanup_fd int copy = memfd_create(name, flags | MFD_EXEC);
	if (copy < 0 && errno == EINVAL)
		copy = memfd_create(name, flags);
	struct stat st;
	if (copy < 0 || fstat(fd, &st) < 0)
		return -errno;
	for (off_t left = st.st_size; left > 0;) {
		ssize_t n = sendfile(copy, fd, NULL, (size_t)left);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		left -= n;
	}
	if (fcntl(copy, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return -errno;
	return steal_fd(&copy);
}

int sys_close_from(unsigned first)
{
	return syscall(SYS_close_range, first, UINT_MAX, 0) < 0 ? -errno : 0;
}

void sys_kill_child(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	for (int i = 0; i < 2000 && waitpid(pid, NULL, WNOHANG) == 0; i++)
		usleep(250);
}

int sys_missing(struct error *err, const char *call, const char *since)
{
	struct utsname name;
	if (uname(&name) < 0)
		return error_set(err, -ENOSYS, "this kernel lacks %s: Linux %s or later is needed", call, since);
	return error_set(err, -ENOSYS, "kernel %s is too old: it lacks %s, Linux %s or later is needed", name.release,
			 call, since);
}
