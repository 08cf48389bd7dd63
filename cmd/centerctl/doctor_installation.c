/* SPDX-License-Identifier: ISC */
/* The installed programs and directories: whose they are, and what they permit. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "config.h"
#include "doctor.h"
#include "lib/base/cleanup.h"
#include "lib/base/rootpath.h"

static const char enter_program[] = CENTERCTL_LIBEXECDIR "/centerctl-enter";

static const char why_owned[] = "whoever can change it is root, or whom he wants to be";

/* What is installed as what; `mode` is the most that it should permit, and what people need is in it. */
struct installed {
	const char *path;
	mode_t mode;
	bool optional; /* a build or a package may leave it out */
};

static const struct installed programs[] = {
	{CENTERCTL_BINDIR "/centerctl", 0755, false},
	{CENTERCTL_BINDIR "/centerctl-gate", 0711, false},
	{CENTERCTL_LIBEXECDIR "/centerctl-enter", 04711, false},
	{CENTERCTL_LIBEXECDIR "/centerctl-resolve", 0711, false},
	{CENTERCTL_LIBEXECDIR "/centerctl-account", 0711, false},
	{CENTERCTL_LIBEXECDIR "/centerctl-keys", 0755, false},
	{CENTERCTL_LIBEXECDIR "/centerctl-inside", 0755, false},
	{CENTERCTL_LIBEXECDIR "/centerctl-sftp", 0711, true},
	{CENTERCTL_LIBEXECDIR "/centerctl-names.so", 0644, true},
	{CENTERCTL_LIBEXECDIR "/toolbox-build", 0755, true},
	{CENTERCTL_LIBEXECDIR "/toolbox/.centerctl/centerctl-tool", 0755, false},
};

/* Made when they are needed, but for the first two. */
static const struct installed directories[] = {
	{CENTERCTL_BINDIR, 0755, false},
	{CENTERCTL_LIBEXECDIR, 0755, false},
	{CENTERCTL_SYSCONFDIR, 0755, true},
	{CENTERCTL_STATEDIR, 0755, true},
	{CENTERCTL_STATEDIR "/toolbox", 0755, true},
	{CENTERCTL_RUNDIR, 0700, true},
};

/* Whether it is there, and root's alone with all directories above it. */
static bool is_roots(struct doctor *d, const struct installed *i, int flags, struct stat *ret)
{
	struct error err;
	cleanup_fd int fd = rootpath_open(i->path, O_PATH | flags, &err);
	if (fd >= 0 && fstat(fd, ret) == 0)
		return true;
	if (fd == -ENOENT && i->optional)
		return false;
	if (fd == -EACCES && !d->root) {
		finding_add(&d->findings, SEVERITY_INFO, "not-checked", i->path, "only root can tell",
			    "not looked at: %s", i->path);
		return false;
	}
	finding_add(&d->findings, SEVERITY_ERROR, fd == -ENOENT ? "program-missing" : "program-owner", i->path,
		    fd == -ENOENT ? "centerctl is not installed completely" : why_owned, "%s: %s", i->path, err.text);
	if (fd == -ENOENT)
		finding_fix(&d->findings, "install centerctl again");
	else
		finding_fix(&d->findings, "chown root:root FILE && chmod go-w FILE, for what is named there");
	return false;
}

static void look_at_mode(struct doctor *d, const struct installed *i, const struct stat *st)
{
	mode_t mode = st->st_mode & 07777;
	if (mode & 06000 & ~i->mode) {
		finding_add(&d->findings, SEVERITY_ERROR, "program-setuid", i->path,
			    "only centerctl-enter is made to be run with other rights than its caller's",
			    "%s is setuid or setgid (%04o)", i->path, mode);
		finding_fix(&d->findings, "chmod %o %s", i->mode, i->path);
	} else if (i->mode & 0111 & ~mode) {
		finding_add(&d->findings, SEVERITY_ERROR, "program-mode", i->path,
			    "others than root cannot run it, gate accounts included", "%s has the mode %04o", i->path,
			    mode);
		finding_fix(&d->findings, "chmod %o %s", i->mode, i->path);
	} else if (mode & 0777 & ~i->mode) {
		finding_add(&d->findings, SEVERITY_WARNING, "program-mode", i->path,
			    "what can be read can be dumped and traced from its first instruction on",
			    "%s has the mode %04o", i->path, mode);
		finding_fix(&d->findings, "chmod %o %s", i->mode, i->path);
	} else {
		finding_ok(&d->findings, "program", i->path, "%s is root's, with the mode %04o", i->path, mode);
	}
}

static void look_at_setuid(struct doctor *d, const struct stat *st)
{
	struct statvfs fs;
	if (!(st->st_mode & S_ISUID)) {
		finding_add(&d->findings, SEVERITY_ERROR, "program-not-setuid", enter_program,
			    "nobody but root can enter anything, gate accounts included", "%s is not setuid",
			    enter_program);
		finding_fix(&d->findings,
			    "chmod 4711 %s, or for a build without setuid the lines of "
			    "contrib/authorized_keys/sudoers",
			    enter_program);
	}
	if (statvfs(enter_program, &fs) == 0 && (fs.f_flag & (ST_NOSUID | ST_NOEXEC))) {
		finding_add(&d->findings, SEVERITY_ERROR, "program-nosuid", enter_program,
			    "the kernel takes no notice of the setuid bit there, or runs nothing",
			    "%s is on a file system that is mounted %s", enter_program,
			    fs.f_flag & ST_NOSUID ? "nosuid" : "noexec");
		finding_fix(&d->findings,
			    "mount -o remount,suid,exec on the mount point that findmnt -T %s names, or install "
			    "centerctl elsewhere",
			    enter_program);
	}
}

static void look_at_programs(struct doctor *d)
{
	struct stat st;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (!is_roots(d, &programs[i], 0, &st))
			continue;
		look_at_mode(d, &programs[i], &st);
		if (strcmp(programs[i].path, enter_program) == 0)
			look_at_setuid(d, &st);
	}
}

static void look_at_directory(struct doctor *d, const struct installed *i, mode_t mode)
{
	if (mode & 0777 & ~i->mode) {
		finding_add(&d->findings, SEVERITY_WARNING, "directory-mode", i->path,
			    "what runs, and what is kept of policies and filters, is root's alone to see",
			    "%s has the mode %04o", i->path, mode);
		finding_fix(&d->findings, "chmod %o %s", i->mode, i->path);
	} else {
		finding_ok(&d->findings, "directory", i->path, "%s is root's, with the mode %04o", i->path, mode);
	}
}

static void look_at_directories(struct doctor *d)
{
	struct stat st;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (is_roots(d, &directories[i], O_DIRECTORY, &st))
			look_at_directory(d, &directories[i], st.st_mode & 07777);
}

static void look_at_build(struct doctor *d)
{
	if (CENTERCTL_TEST_HOOKS)
		finding_add(&d->findings, SEVERITY_INFO, "program-hooks", "centerctl",
			    "barriers and overrides for tests are in it: never install such a build",
			    "this build has test hooks");
}

const struct doctor_check doctor_program_checks[] = {
	{"the installed programs", false, look_at_programs},
	{"the directories", false, look_at_directories},
	{"the build", false, look_at_build},
	{0},
};
