/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "config.h"
#include "doctor.h"
#include "lib/base/cleanup.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"
#include "lib/gate/registry_check.h"
#include "lib/policy/lint.h"
#include "lib/proto/request.h"
#include "policy.h"

static const char gate_program[] = CENTERCTL_BINDIR "/centerctl-gate";
static const char enter_program[] = CENTERCTL_LIBEXECDIR "/centerctl-enter";

/* Whether it is there, and root's alone with all directories above it. */
static bool look_at_program(struct doctor *d, const char *path, struct stat *ret)
{
	struct error err;
	cleanup_fd int fd = rootpath_open(path, O_PATH, &err);
	if (fd >= 0 && fstat(fd, ret) == 0)
		return true;
	finding_add(&d->findings, SEVERITY_ERROR,
		    fd == -ENOENT ? "centerctl is not installed completely"
				  : "whoever can change it is root, or whom he wants to be",
		    "%s: %s", path, err.text);
	return false;
}

static void look_at_setuid(struct doctor *d, const struct stat *st)
{
	struct statvfs fs;
	if (!(st->st_mode & S_ISUID)) {
		finding_add(&d->findings, SEVERITY_ERROR, "nobody but root can enter anything, gate accounts included",
			    "%s is not setuid", enter_program);
		finding_mend(&d->findings,
			     "chmod 4711 %s, or for a build without setuid the lines of "
			     "contrib/authorized_keys/sudoers",
			     enter_program);
	}
	if (statvfs(enter_program, &fs) == 0 && (fs.f_flag & ST_NOSUID)) {
		finding_add(&d->findings, SEVERITY_ERROR, "the kernel takes no notice of the setuid bit there",
			    "%s is on a file system that is mounted nosuid", enter_program);
		finding_mend(&d->findings, "mount it without nosuid, or install centerctl elsewhere");
	}
}

static void look_at_programs(struct doctor *d)
{
	struct stat st;
	static const char *const others[] = {gate_program, CENTERCTL_LIBEXECDIR "/centerctl-resolve",
					     CENTERCTL_LIBEXECDIR "/centerctl-account"};
	if (look_at_program(d, enter_program, &st))
		look_at_setuid(d, &st);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		look_at_program(d, others[i], &st);
}

static void look_at_policy(struct doctor *d)
{
	struct error err;
	struct plain_reader state;
	int r = policy_open(NULL, &state, &d->policy, &err);
	if (r == 0)
		return;
	finding_add(&d->findings, SEVERITY_ERROR, "nobody but root can enter anything", "%s", err.text);
	if (r == -ENOENT)
		finding_mend(&d->findings, "write %s, see centerctl.conf(5)", policy_file);
}

static bool answers(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address.sun_path))
		return false;
	strcpy(address.sun_path, path);
	/* A listener whose queue is full is there: it must not make us wait. */
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd >= 0 && (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 || errno == EAGAIN);
}

/* As centerctl-enter chooses it: the policy's, else docker's, else podman's. */
static void look_at_engine(struct doctor *d)
{
	const char *url = d->policy ? policy_engine(d->policy) : NULL;
	const char *path = url ? str_after(url, "unix://") : NULL;
	if (!path)
		path = engine_local_socket();
	if (answers(path))
		return;
	finding_add(&d->findings, SEVERITY_ERROR, "nobody who comes in through the policy finds a container",
		    "no engine answers at %s", path);
	finding_mend(&d->findings, "in %s/centerctl.conf: engine unix://PATH, if its socket is elsewhere; or start it",
		     CENTERCTL_SYSCONFDIR);
}

void doctor_mend_program(struct doctor *d, const char *file, size_t line)
{
	finding_mend(&d->findings, "sed -i '%zus,command=\"[^ \"]*,command=\"%s,' %s", line, gate_program, file);
}

static void tell(void *arg, size_t line, const char *text)
{
	struct doctor *d = arg;
	bool other_program = str_starts(text, "the forced command is not");
	finding_add(&d->findings, other_program ? SEVERITY_ERROR : SEVERITY_WARNING,
		    other_program ? "this key opens nothing" : "this file says who is let in, and what as",
		    "%s:%zu: %s", REGISTRY_PATH, line, text);
	if (other_program)
		doctor_mend_program(d, REGISTRY_PATH, line);
}

static void look_at_registry(struct doctor *d)
{
	struct error err;
	cleanup_registry struct registry r = {0};
	if (registry_open(REGISTRY_PATH, &r, &err) < 0)
		finding_add(&d->findings, SEVERITY_ERROR,
			    "the gate lets nobody in: whoever can write there says who is who", "%s", err.text);
	else if (registry_check(&r, tell, d) < 0)
		d->findings.failed = true;
}

void doctor_look_at_installation(struct doctor *d)
{
	look_at_programs(d);
	look_at_policy(d);
	if (d->policy)
		look_at_engine(d);
	look_at_registry(d);
}

static void add(struct doctor *d, const char *name)
{
	if (!strv_has(d->gates, name) && strv_add(&d->gates, name) < 0)
		d->findings.failed = true;
}

static void add_gate(void *arg, const char *file, unsigned line, const char *name)
{
	(void)file;
	(void)line;
	struct doctor *d = arg;
	if (policy_is_gate(d->policy, name))
		add(d, name);
}

int doctor_find_accounts(struct doctor *d, struct error *err)
{
	bool named = *d->accounts;
	if (d->policy)
		policy_each_account(d->policy, add_gate, d);
	setpwent();
	for (const struct passwd *p; (p = getpwent());)
		if (strcmp(p->pw_shell, gate_program) == 0)
			add(d, p->pw_name);
	endpwent();
	for (char **name = d->gates; !named && name && *name; name++)
		if (strv_add(&d->accounts, *name) < 0)
			d->findings.failed = true;
	return d->findings.failed ? error_errno(err, -ENOMEM, "the list of accounts") : 0;
}
