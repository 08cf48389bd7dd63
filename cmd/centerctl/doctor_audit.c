/* SPDX-License-Identifier: ISC */
/* Where records are kept: whether there is a place for the next one, and whether nobody changed the last ones. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "config.h"
#include "doctor.h"
#include "doctor_within.h"
#include "lib/audit/log_verify.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/rootpath.h"
#include "places.h"

enum { VERIFY_MS = 5000, STATFS_MS = 3000, MIB = 1 << 20 };

/* A session whose start cannot be written down does not begin: that much should always be left. */
static const uint64_t LEFT_WARNING = 128 * (uint64_t)MIB, LEFT_ERROR = 16 * (uint64_t)MIB;

static const char why_private[] =
	"who was where, and what was typed there, is root's alone to read; and who can write there "
	"can take back what happened";

static int measure(void *arg, int out)
{
	struct statvfs fs;
	if (statvfs(arg, &fs) < 0)
		return -errno;
	uint64_t left = (uint64_t)fs.f_bavail * fs.f_frsize;
	/* A file system that counts no inodes says 0 of 0. */
	if (fs.f_files > 0 && fs.f_favail == 0)
		left = 0;
	return write_full(out, &left, sizeof(left));
}

static void look_at_space(struct doctor *d, const char *directory)
{
	cleanup_buf struct buf said = {0};
	uint64_t left;
	int r = within(STATFS_MS, measure, (void *)(uintptr_t)directory, &said);
	if (r < 0 || said.len != sizeof(left)) {
		finding_add(&d->findings, SEVERITY_ERROR, "audit-space", directory,
			    "a session whose start cannot be written down does not begin",
			    "%s: its file system does not say how much space is left", directory);
		return;
	}
	memcpy(&left, said.data, sizeof(left));
	if (left >= LEFT_WARNING) {
		finding_ok(&d->findings, "audit-space", directory, "%s: %" PRIu64 " MiB are left", directory,
			   left / MIB);
		return;
	}
	finding_add(&d->findings, left < LEFT_ERROR ? SEVERITY_ERROR : SEVERITY_WARNING, "audit-space", directory,
		    "when the disk is full, nobody but root can enter anything, and sessions that are recorded end",
		    "%s: %" PRIu64 " MiB are left", directory, left / MIB);
	finding_fix(&d->findings, "df %s, then make room, or have the log rotated (contrib has a file for logrotate)",
		    directory);
}

/* The directory of a file, or of a directory that is to be made. */
static void look_at_directory(struct doctor *d, const char *path, enum severity if_open)
{
	struct error err;
	struct stat st;
	cleanup_fd int fd = rootpath_open(path, O_RDONLY | O_DIRECTORY, &err);
	if (fd == -ENOENT) {
		finding_ok(&d->findings, "audit-directory", path, "%s is not there yet: it is made when it is needed",
			   path);
		return;
	}
	if (fd < 0 || fstat(fd, &st) < 0) {
		finding_add(&d->findings, SEVERITY_ERROR, "audit-directory", path, why_private, "%s", err.text);
		finding_fix(&d->findings, "chown root:root %s && chmod 700 %s", path, path);
		return;
	}
	if (st.st_mode & 077) {
		finding_add(&d->findings, if_open, "audit-directory", path, why_private, "%s has the mode %04o", path,
			    st.st_mode & 07777);
		finding_fix(&d->findings, "chmod 700 %s", path);
	} else {
		finding_ok(&d->findings, "audit-directory", path, "%s is root's alone", path);
	}
}

static void look_at_file(struct doctor *d, const char *path)
{
	struct error err;
	struct stat st;
	cleanup_fd int fd = rootpath_open(path, O_RDONLY, &err);
	if (fd == -ENOENT)
		return;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !(st.st_mode & 077) && st.st_nlink == 1)
		return;
	finding_add(&d->findings, fd < 0 || !S_ISREG(st.st_mode) ? SEVERITY_ERROR : SEVERITY_WARNING, "audit-file",
		    path, why_private, fd < 0 ? "%s%s" : "%s: it should be a file of mode 0600 with one name%s",
		    fd < 0 ? err.text : path, "");
	finding_fix(&d->findings, "chown root:root %s && chmod 600 %s", path, path);
}

static void note(void *arg, const char *path, uint64_t line, const char *text)
{
	struct buf *first = arg;
	if (first->len == 0)
		buf_printf(first, "%s:%" PRIu64 ": %s", path, line, text);
}

/* "FINDINGS\nFIRST" */
static int verify(void *arg, int out)
{
	struct error err;
	struct audit_verdict verdict;
	cleanup_buf struct buf first = {0};
	char *paths[] = {arg, NULL}, head[32];
	int r = audit_verify(paths, true, note, &first, &verdict, &err);
	if (r < 0)
		return r;
	int len = snprintf(head, sizeof(head), "%" PRIu64 "\n", verdict.findings);
	r = write_full(out, head, (size_t)len);
	return r == 0 && first.len > 0 ? write_full(out, first.data, first.len) : r;
}

static void look_at_chain(struct doctor *d, char *path)
{
	cleanup_buf struct buf said = {0};
	if (access(path, F_OK) < 0)
		return;
	int r = within(VERIFY_MS, verify, path, &said);
	const char *text = r == 0 ? buf_text(&said) : NULL;
	if (!text) {
		finding_add(&d->findings, SEVERITY_INFO, "audit-chain", path,
			    r == -ETIMEDOUT ? "that takes more than 5 seconds" : "it could not be read",
			    "whether the log is whole was not found out");
		finding_fix(&d->findings, "centerctl audit verify");
	} else if (strtoull(text, NULL, 10) == 0) {
		finding_ok(&d->findings, "audit-chain", path, "%s: its chain is whole", path);
	} else {
		const char *first = strchr(text, '\n');
		finding_add(&d->findings, SEVERITY_ERROR, "audit-chain", path,
			    "somebody changed, took out or put in a line, or the disk lost some",
			    "the chain is broken: %s", first ? first + 1 : "");
		finding_fix(&d->findings, "centerctl audit verify, and compare with syslog's copy (authpriv)");
	}
}

static void look_at_log(struct doctor *d)
{
	struct error err;
	cleanup_free char *path = NULL;
	if (places_audit_file(&path, &err) < 0)
		return;
	char *slash = strrchr(path, '/');
	if (!slash || slash == path)
		return;
	*slash = '\0';
	/* The log itself is closed; its name, size and times are no secret worth a warning. */
	look_at_directory(d, path, SEVERITY_INFO);
	if (access(path, F_OK) == 0)
		look_at_space(d, path);
	*slash = '/';
	look_at_file(d, path);
	look_at_chain(d, path);
}

static bool same_disk(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev;
}

static void look_at_recordings(struct doctor *d)
{
	struct error err;
	cleanup_free char *path = NULL, *log = NULL;
	if (places_record_dir(&path, &err) < 0 || places_audit_file(&log, &err) < 0)
		return;
	look_at_directory(d, path, SEVERITY_ERROR);
	if (access(path, F_OK) == 0 && !same_disk(path, log))
		look_at_space(d, path);
}

const struct doctor_check doctor_audit_checks[] = {
	{"the audit log", true, look_at_log},
	{"the directory of recordings", true, look_at_recordings},
	{0},
};
