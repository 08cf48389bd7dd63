/* SPDX-License-Identifier: ISC */
/*
 * How long the certificates of engines, and of those who ask them, last. `openssl x509` reads them, as nobody: a
 * certificate is a stranger's DER, and a library for it would be the largest thing that centerctl links.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "doctor_daemon.h"
#include "doctor_engine.h"
#include "doctor_within.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { OPENSSL_MS = 5000, DAYS_WARNING = 30, DAY = 24 * 60 * 60, CERTIFICATE_MAX = 1 << 20 };

static const char *const openssls[] = {"/usr/bin/openssl", "/bin/openssl", "/usr/local/bin/openssl", NULL};

/* "notAfter=Nov 24 13:25:18 2026 GMT" */
static int parse_end(const char *text, int64_t *ret)
{
	struct tm tm = {0};
	const char *date = str_after(text, "notAfter=");
	const char *end = date ? strptime(date, "%b %d %H:%M:%S %Y", &tm) : NULL;
	if (!end)
		return -EBADMSG;
	*ret = timegm(&tm);
	return 0;
}

static int ask_end(const char *openssl, int fd, int64_t *ret)
{
	cleanup_buf struct buf said = {0};
	char *argv[] = {(char *)(uintptr_t)openssl, (char *)"x509", (char *)"-noout", (char *)"-enddate", NULL};
	int r = within_run(OPENSSL_MS, argv, fd, &said);
	const char *text = r == 0 ? buf_text(&said) : NULL;
	return text ? parse_end(text, ret) : -EBADMSG;
}

static void judge(struct doctor *d, const char *path, const char *whose, int64_t left)
{
	if (left >= (int64_t)DAYS_WARNING * DAY) {
		finding_ok(&d->findings, "certificate", path, "%s lasts another %" PRId64 " days", path, left / DAY);
		return;
	}
	int64_t days = (left <= 0 ? -left : left) / DAY;
	finding_add(&d->findings, left <= 0 ? SEVERITY_ERROR : SEVERITY_WARNING,
		    left <= 0 ? "certificate-expired" : "certificate-ending", path,
		    "when it has ended, nobody can ask that engine any more, and people turn the check off",
		    left <= 0 ? "%s: the certificate of %s ended %" PRId64 " day%s ago"
			      : "%s: the certificate of %s ends in %" PRId64 " day%s",
		    path, whose, days, days == 1 ? "" : "s");
	finding_fix(&d->findings, "make a new one, as https://docs.docker.com/engine/security/protect-access/ says, "
				  "and restart the engine");
}

/* fd is taken. */
static void look_at(struct doctor *d, const char *path, const char *whose, int given)
{
	int64_t end;
	struct stat st;
	cleanup_fd int fd = given;
	const char *openssl = within_find(openssls);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > CERTIFICATE_MAX)
		return;
	if (!openssl) {
		finding_add(&d->findings, SEVERITY_INFO, "not-checked", path, "there is no openssl on this host",
			    "not looked at: when %s ends", path);
		finding_fix(&d->findings, "apt-get install openssl");
	} else if (ask_end(openssl, fd, &end) < 0) {
		finding_add(&d->findings, SEVERITY_WARNING, "certificate-unreadable", path,
			    "who needs it will find no certificate either",
			    "%s: openssl x509 finds no certificate in it", path);
	} else {
		judge(d, path, whose, end - (int64_t)time(NULL));
	}
}

static void look_at_daemon(struct doctor *d, const struct doctor_daemon *daemon)
{
	const char *const files[] = {daemon->config.cert, daemon->config.ca};
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct error err;
		int fd = files[i] ? daemon_open(daemon, files[i], &err) : -ENOENT;
		if (fd >= 0) {
			look_at(d, files[i], daemon->name, fd);
		} else if (files[i] && d->root) {
			finding_add(&d->findings, fd == -EPERM ? SEVERITY_ERROR : SEVERITY_WARNING, "certificate-file",
				    files[i], "who can change it says who may ask the engine", "%s: %s", daemon->name,
				    err.text);
			finding_fix(&d->findings, "chown root:root FILE && chmod go-w FILE, for what is named there");
		}
	}
}

/* A link of somebody's may lead to a device, and to open one can already be an action. */
static int open_file(const char *path)
{
	struct stat st;
	char again[32];
	cleanup_fd int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -EINVAL;
	snprintf(again, sizeof(again), "/proc/self/fd/%d", fd);
	return open(again, O_RDONLY | O_CLOEXEC);
}

/* Those of whoever calls doctor, as docker finds them. */
static void look_at_own(struct doctor *d, const char *directory)
{
	static const char *const names[] = {"cert.pem", "ca.pem"};
	for (size_t i = 0; directory && *directory && i < ARRAY_SIZE(names); i++) {
		cleanup_free char *path = NULL;
		if (asprintf(&path, "%s/%s", directory, names[i]) < 0)
			return;
		int fd = open_file(path);
		if (fd >= 0)
			look_at(d, path, "clients", fd);
	}
}

void doctor_look_at_certificates(struct doctor *d)
{
	cleanup_free char *home = NULL;
	const char *own = getenv("HOME"), *given = getenv("DOCKER_CERT_PATH");
	for (size_t i = 0; i < d->daemon_count; i++)
		look_at_daemon(d, &d->daemons[i]);
	if (asprintf(&home, "%s/.docker", own ? own : "") < 0)
		return;
	if (own && *own)
		look_at_own(d, home);
	if (given && strcmp(given, home) != 0)
		look_at_own(d, given);
}
