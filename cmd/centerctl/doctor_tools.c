/* SPDX-License-Identifier: ISC */
/* What sftp and debug need of the host: OpenSSH's sftp-server, and toolboxes that are not out of date. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "doctor.h"
#include "file.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "toolbox.h"

enum { ABOUT_MAX = 64 << 10, LAYERS_MAX = 1 << 20, DAY = 24 * 60 * 60, DAYS_OLD = 180 };

static const char *const servers[] = {"/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server",
				      "/usr/lib/ssh/sftp-server", "/usr/libexec/sftp-server"};

static bool toolbox_has_server(const char *toolbox)
{
	char path[1024];
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
		snprintf(path, sizeof(path), "%s/%s/root%s", toolbox_dir(), toolbox, servers[i]);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

static void look_at_sftp(struct doctor *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++)
		if (access(servers[i], X_OK) == 0) {
			finding_ok(&d->findings, "sftp", servers[i], "sftp is served by %s", servers[i]);
			return;
		}
	DIR *dir = opendir(toolbox_dir());
	bool found = false;
	for (const struct dirent *e; dir && !found && (e = readdir(dir));)
		found = is_toolbox_name(e->d_name) && toolbox_has_server(e->d_name);
	if (dir)
		closedir(dir);
	if (found) {
		finding_ok(&d->findings, "sftp", "sftp-server", "sftp is served by a toolbox's sftp-server");
		return;
	}
	finding_add(&d->findings, SEVERITY_INFO, "sftp", "sftp-server",
		    "sftp, sshfs and scp to containers do not work; centerctl cp does",
		    "there is no sftp-server on this host, nor in a toolbox");
	finding_fix(&d->findings, "apt-get install openssh-sftp-server");
}

/* The value of the line "key: value" in about; cuts the text. */
static const char *about(char *text, const char *key)
{
	for (char *rest = text, *line; rest && (line = strsep(&rest, "\n"));) {
		const char *value = str_after(line, key);
		value = value ? str_after(value, ": ") : NULL;
		if (value)
			return value;
	}
	return NULL;
}

static void look_at_age(struct doctor *d, const char *name, int dir)
{
	struct tm tm = {0};
	cleanup_free char *text = NULL;
	const char *made = file_read(dir, "about", ABOUT_MAX, &text) == 0 ? about(text, "made") : NULL;
	if (!made || !strptime(made, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return;
	int64_t days = ((int64_t)time(NULL) - (int64_t)timegm(&tm)) / DAY;
	if (days < DAYS_OLD) {
		finding_ok(&d->findings, "toolbox", name, "the toolbox %s is %" PRId64 " days old", name, days);
		return;
	}
	finding_add(
		&d->findings, SEVERITY_INFO, "toolbox-old", name,
		"its programs have had no security updates since, and may not know what the containers' compilers make",
		"the toolbox %s was made %" PRId64 " days ago", name, days);
	finding_fix(&d->findings, "centerctl toolbox build %s", name);
}

/* Layers are directories of the engine's: they go when their image goes. */
static void look_at_layers(struct doctor *d, const char *name, int dir)
{
	struct stat st;
	cleanup_free char *text = NULL;
	if (file_read(dir, "layers", LAYERS_MAX, &text) < 0)
		return;
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		if (!*line || (stat(line, &st) == 0 && S_ISDIR(st.st_mode)))
			continue;
		finding_add(&d->findings, SEVERITY_WARNING, "toolbox-stale", name,
			    "debug with it does not work: the image that it was made of has gone, or was built anew",
			    "the toolbox %s: its layer %s is not there", name, line);
		finding_fix(&d->findings, "centerctl toolbox rm %s, then centerctl toolbox add --image IMAGE %s", name,
			    name);
		return;
	}
}

static void look_at_toolboxes(struct doctor *d)
{
	DIR *dir = opendir(toolbox_dir());
	for (const struct dirent *e; dir && (e = readdir(dir));) {
		if (!is_toolbox_name(e->d_name))
			continue;
		cleanup_fd int fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			continue;
		look_at_age(d, e->d_name, fd);
		look_at_layers(d, e->d_name, fd);
	}
	if (dir)
		closedir(dir);
}

const struct doctor_check doctor_tool_checks[] = {
	{"sftp-server", false, look_at_sftp},
	{"the toolboxes", true, look_at_toolboxes},
	{0},
};
