/* SPDX-License-Identifier: ISC */
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"
#include "lib/proto/wire.h"
#include "procfs.h"
#include "target.h"

int identity_look_up(uid_t uid, const char *libexecdir, int abort_fd, struct resolver *ret_helper, struct account *ret,
		     struct error *err)
{
	int r = resolver_start_program(ret_helper, libexecdir, "centerctl-account", err);
	if (r < 0)
		return r;
	cleanup_buf struct buf ask = {0};
	cleanup_message struct message m = MESSAGE_INIT;
	wire_put_u32(&ask, uid);
	r = message_send(ret_helper->sock, ACCOUNT_ASK, &ask, NULL, 0);
	if (r == 0)
		r = message_recv(ret_helper->sock, ACCOUNT_BYTES_MAX, 0, abort_fd, now_ms() + IDENTITY_TIMEOUT_MS, &m);
	if (r == -ECANCELED)
		return r;
	if (r == -ETIMEDOUT)
		return error_set(err, r,
				 "the name of user %u could not be looked up within %d seconds: see the name services "
				 "in /etc/nsswitch.conf",
				 (unsigned)uid, IDENTITY_TIMEOUT_MS / 1000);
	if (r < 0 || m.type != ACCOUNT_ANSWER || account_decode(m.data, m.len, ret) < 0)
		return error_set(err, -EIO,
				 "the name of user %u could not be looked up: is centerctl installed completely, and "
				 "do the name services answer (getent passwd %u)",
				 (unsigned)uid, (unsigned)uid);
	return 0;
}

/* One process above us, pinned by its directory in /proc. */
struct ancestor {
	int dir;
	pid_t ppid;
	struct stat exe;
	char path[PATH_MAX];
	struct proc_status status;
};

#define ANCESTOR_INIT ((struct ancestor){.dir = -EBADF})

static void ancestor_done(struct ancestor *a)
{
	close_fd(a->dir);
	proc_status_done(&a->status);
}
#define cleanup_ancestor __attribute__((cleanup(ancestor_done)))

static int read_parent(int dir, pid_t *ret, struct error *err)
{
	cleanup_free char *text = NULL;
	struct proc_stat stat;
	int r = proc_read(dir, "stat", &text, err);
	if (r == 0 && proc_stat_parse(text, &stat) < 0)
		r = error_set(err, -EBADMSG, "/proc/…/stat cannot be understood");
	if (r == 0)
		*ret = stat.ppid;
	return r;
}

static int ancestor_open(struct ancestor *a, int proc, pid_t pid, struct error *err)
{
	char name[16];
	cleanup_free char *text = NULL;
	snprintf(name, sizeof(name), "%d", (int)pid);
	a->dir = proc_open(proc, name, O_PATH | O_DIRECTORY);
	if (a->dir < 0)
		return error_set(err, -EPERM, "the process that asks has lost its parent");
	int r = read_parent(a->dir, &a->ppid, err);
	if (r == 0)
		r = proc_read(a->dir, "status", &text, err);
	if (r == 0 && proc_status_parse(text, &a->status) < 0)
		r = error_set(err, -EBADMSG, "/proc/%d/status cannot be understood", (int)pid);
	if (r < 0)
		return r;
	/* The one magic link that is followed: what it leads to is compared, never executed or read. */
	ssize_t n = readlinkat(a->dir, "exe", a->path, sizeof(a->path) - 1);
	if (n < 0 || fstatat(a->dir, "exe", &a->exe, 0) < 0)
		return error_set(err, -EPERM, "process %d, by which this was started, does not show its program",
				 (int)pid);
	a->path[n] = '\0';
	return 0;
}

static bool has_all_uids(const struct ancestor *a, uid_t uid)
{
	for (int i = 0; i < 4; i++)
		if (a->status.uid[i] != uid)
			return false;
	return true;
}

/* sshd, or what OpenSSH 9.8 and later execute for a session; replaced by an upgrade, its name ends in " (deleted)". */
static bool is_sshd(const struct ancestor *a)
{
	static const char deleted[] = " (deleted)";
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s", a->path);
	size_t len = strlen(path), tail = sizeof(deleted) - 1;
	if (len > tail && strcmp(path + len - tail, deleted) == 0)
		path[len - tail] = '\0';
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	return (str_eq(base, "sshd") || str_eq(base, "sshd-session")) && S_ISREG(a->exe.st_mode) &&
	       a->exe.st_uid == 0 && !(a->exe.st_mode & (S_IWGRP | S_IWOTH));
}

static int check_account(const struct account *a, const char *gate, struct error *err)
{
	if (!str_eq(a->shell, gate))
		return error_set(err, -EPERM, "the login shell of %s is %s and not %s: other programs can run as it",
				 a->name, a->shell, gate);
	struct error why = ERROR_INIT;
	cleanup_fd int home = rootpath_open(a->home, O_PATH | O_DIRECTORY, &why);
	/* What is not there holds no file that something might run. */
	if (home < 0 && home != -ENOENT)
		return error_set(err, -EPERM, "the home directory of %s must be root's: %s", a->name, why.text);
	return 0;
}

static int check_gate(const struct ancestor *a, uid_t uid, const char *gate, struct error *err)
{
	struct stat installed;
	cleanup_fd int fd = rootpath_open(gate, O_PATH, err);
	if (fd < 0)
		return fd;
	if (fstat(fd, &installed) < 0)
		return error_errno(err, -errno, "cannot examine %s", gate);
	if (installed.st_dev != a->exe.st_dev || installed.st_ino != a->exe.st_ino)
		return error_set(err, -EPERM, "asked by %s, not by %s", a->path, gate);
	if (!has_all_uids(a, uid))
		return error_set(err, -EPERM, "%s does not run as the user who asks", gate);
	return 0;
}

int identity_prove_gate(int proc, uid_t uid, const struct account *account, const char *gate, struct error *err)
{
	int r = check_account(account, gate, err);
	if (r < 0)
		return r;
	cleanup_ancestor struct ancestor asker = ANCESTOR_INIT, login = ANCESTOR_INIT, monitor = ANCESTOR_INIT;
	pid_t parent = getppid();
	r = ancestor_open(&asker, proc, parent, err);
	if (r == 0)
		r = check_gate(&asker, uid, gate, err);
	if (r == 0)
		r = ancestor_open(&login, proc, asker.ppid, err);
	if (r == 0)
		r = ancestor_open(&monitor, proc, login.ppid, err);
	if (r < 0)
		return r;
	if (!is_sshd(&login) || !has_all_uids(&login, uid))
		return error_set(err, -EPERM, "%s was started by %s, not by sshd", gate, login.path);
	if (!is_sshd(&monitor) || !has_all_uids(&monitor, 0))
		return error_set(err, -EPERM, "the sshd that started %s is not root's", gate);
	/* The numbers meant the same processes all the while. */
	pid_t again = 0, above = 0;
	if (getppid() != parent || read_parent(asker.dir, &again, err) < 0 || again != asker.ppid ||
	    read_parent(login.dir, &above, err) < 0 || above != login.ppid)
		return error_set(err, -EPERM, "the connection ended");
	return 0;
}
