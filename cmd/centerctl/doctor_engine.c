/* SPDX-License-Identifier: ISC */
/* Engines: whether they answer, and who may ask them, which is to say: who is root. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "doctor_daemon.h"
#include "doctor_engine.h"
#include "doctor_ping.h"
#include "lib/base/cleanup.h"
#include "lib/base/rootpath.h"
#include "lib/base/text.h"
#include "lib/proto/request.h"

/* Docker 19.03; what came before has other bundles and other words. */
enum { API_MAJOR = 1, API_MINOR = 40 };

static void add_engine(struct doctor *d, const char *path, bool named)
{
	for (size_t i = 0; i < d->engine_count; i++)
		if (strcmp(d->engines[i].path, path) == 0)
			return;
	struct doctor_engine *bigger = reallocarray(d->engines, d->engine_count + 1, sizeof(*bigger));
	char *copy = strdup(path);
	if (bigger)
		d->engines = bigger;
	if (!bigger || !copy) {
		free(copy);
		d->findings.failed = true;
		return;
	}
	struct doctor_engine *new = &d->engines[d->engine_count++];
	*new = (struct doctor_engine){.path = copy, .named = named, .there = access(path, F_OK) == 0};
	new->answers = new->there &&doctor_ping_path(path, &new->ping) == 0;
}

static void add_if_there(struct doctor *d, const char *path)
{
	if (access(path, F_OK) == 0)
		add_engine(d, path, false);
}

/* Of a user who is not root: the engine that is their own. */
static void add_rootless(struct doctor *d)
{
	static const char *const names[] = {"docker.sock", "podman/podman.sock"};
	char path[512];
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "/run/user/%u/%s", (unsigned)geteuid(), names[i]);
		add_if_there(d, path);
	}
}

void doctor_find_engines(struct doctor *d)
{
	const char *url = d->policy ? policy_engine(d->policy) : NULL;
	const char *path = str_after(d->engine ? d->engine : url ? url : "", "unix://");
	daemon_find_all(d);
	if (path)
		add_engine(d, path, true);
	else if (d->policy)
		add_engine(d, engine_local_socket(), true);
	if (d->engine)
		return;
	if (!d->root)
		add_rootless(d);
	add_if_there(d, "/run/docker.sock");
	add_if_there(d, "/run/podman/podman.sock");
}

void doctor_forget_engines(struct doctor *d)
{
	daemon_free_all(d);
	for (size_t i = 0; i < d->engine_count; i++)
		free(d->engines[i].path);
	free(d->engines);
	d->engines = NULL;
	d->engine_count = 0;
}

static void look_at_silence(struct doctor *d, const struct doctor_engine *e)
{
	bool may = d->root || access(e->path, W_OK) == 0 || !e->there;
	if (!may) {
		finding_add(&d->findings, SEVERITY_INFO, "not-checked", e->path, "only root can tell",
			    "not looked at: whether an engine answers at %s", e->path);
		return;
	}
	finding_add(&d->findings, e->named ? SEVERITY_ERROR : SEVERITY_WARNING, "engine-silent", e->path,
		    "nobody who comes in through the policy finds a container", "no engine answers at %s%s", e->path,
		    e->there ? " within 5 seconds" : "");
	finding_fix(&d->findings,
		    "systemctl start docker (or podman.socket); or in %s/centerctl.conf: engine unix://PATH, if its "
		    "socket is elsewhere",
		    CENTERCTL_SYSCONFDIR);
}

static void look_at_answer(struct doctor *d, const struct doctor_engine *e)
{
	const struct ping *p = &e->ping;
	if (!e->answers) {
		look_at_silence(d, e);
	} else if (ping_is_at_least(p, API_MAJOR, API_MINOR)) {
		finding_ok(&d->findings, "engine", e->path, "%s answers at %s, with API %u.%u",
			   *p->server ? p->server : "an engine", e->path, p->major, p->minor);
	} else {
		finding_add(&d->findings, SEVERITY_ERROR, "engine-api", e->path,
			    "what it says of containers, and where it keeps their bundles, is not what centerctl knows",
			    "%s at %s has API %u.%u, which is older than %d.%d", *p->server ? p->server : "the engine",
			    e->path, p->major, p->minor, API_MAJOR, API_MINOR);
		finding_fix(&d->findings, "Docker 19.03 or later, or podman 3.0 or later");
	}
}

static void look_at_answers(struct doctor *d)
{
	for (size_t i = 0; i < d->engine_count; i++)
		look_at_answer(d, &d->engines[i]);
	if (d->engine_count > 0)
		return;
	finding_add(&d->findings, SEVERITY_INFO, "engine-none", "engine", "there is nothing to be entered",
		    "there is no engine: neither /run/docker.sock nor /run/podman/podman.sock");
	finding_fix(&d->findings,
		    "systemctl start docker (or podman.socket); or in %s/centerctl.conf: engine unix://PATH, if its "
		    "socket is elsewhere",
		    CENTERCTL_SYSCONFDIR);
}

static void add_name(struct buf *to, char *const *seen, const char *name)
{
	if (strcmp(name, "root") != 0 && !strv_has(seen, name))
		buf_printf(to, "%s%s", to->len > 0 ? ", " : "", name);
}

char *doctor_members(gid_t gid)
{
	cleanup_buf struct buf names = {0};
	const struct group *g = getgrgid(gid);
	cleanup_strv char **members = g ? strv_copy(g->gr_mem) : NULL;
	for (char **name = members; name && *name; name++)
		add_name(&names, NULL, *name);
	setpwent();
	for (const struct passwd *p; (p = getpwent());)
		if (p->pw_gid == gid)
			add_name(&names, members, p->pw_name);
	endpwent();
	const char *text = names.len > 0 ? buf_text(&names) : NULL;
	return text ? strdup(text) : NULL;
}

static const char why_socket[] =
	"who may ask an engine is root, past every rule: a container that it makes may have the host's files";

static void look_at_group(struct doctor *d, const char *path, const struct stat *st)
{
	const struct group *g = getgrgid(st->st_gid);
	cleanup_free char *name = strdup(g ? g->gr_name : "?"), *members = doctor_members(st->st_gid);
	if (!name)
		return;
	if (!members) {
		finding_ok(&d->findings, "engine-socket", path, "%s is for root and the group %s, in which nobody is",
			   path, name);
		return;
	}
	finding_add(&d->findings, SEVERITY_WARNING, "engine-group", path, why_socket,
		    "%s is open to the group %s: these are root: %s", path, name, members);
	finding_fix(&d->findings,
		    "gpasswd --delete USER %s, for each who is not meant to be root; give them a rule in "
		    "%s/centerctl.conf instead",
		    name, CENTERCTL_SYSCONFDIR);
}

/* Whoever can write to a directory above it can put a socket of their own there. */
static void look_at_directory(struct doctor *d, const char *path)
{
	struct error err;
	cleanup_free char *copy = strdup(path);
	char *slash = copy ? strrchr(copy, '/') : NULL;
	if (!slash || slash == copy)
		return;
	*slash = '\0';
	cleanup_free char *real = realpath(copy, NULL);
	cleanup_fd int fd = real ? rootpath_open(real, O_PATH | O_DIRECTORY, &err) : -ENOENT;
	if (fd >= 0 || fd == -ENOENT || fd == -EACCES)
		return;
	finding_add(&d->findings, SEVERITY_ERROR, "engine-socket-directory", path,
		    "who can put another socket there chooses which container is entered", "%s: %s", path, err.text);
	finding_fix(&d->findings, "chown root:root DIRECTORY && chmod go-w DIRECTORY, for what is named there");
}

static void look_at_socket(struct doctor *d, const struct doctor_engine *e)
{
	struct stat st;
	if (stat(e->path, &st) < 0)
		return;
	if (!S_ISSOCK(st.st_mode)) {
		finding_add(&d->findings, SEVERITY_ERROR, "engine-socket", e->path, "no engine can answer there",
			    "%s is not a socket", e->path);
		return;
	}
	look_at_directory(d, e->path);
	if (st.st_uid != 0 && d->root) {
		finding_add(&d->findings, SEVERITY_ERROR, "engine-socket-owner", e->path,
			    "who can answer there chooses which container is entered", "%s belongs to user %u", e->path,
			    (unsigned)st.st_uid);
		finding_fix(&d->findings, "chown root %s, and see who made it", e->path);
	}
	if (st.st_mode & 002) {
		finding_add(&d->findings, SEVERITY_ERROR, "engine-socket-mode", e->path, why_socket,
			    "%s is open to every account of this host (%04o)", e->path, st.st_mode & 07777);
		finding_fix(&d->findings,
			    "chmod 660 %s, and SocketMode=0660 where it is made (systemctl edit docker.socket)",
			    e->path);
	} else if ((st.st_mode & 020) && st.st_gid != 0) {
		look_at_group(d, e->path, &st);
	} else {
		finding_ok(&d->findings, "engine-socket", e->path, "%s is for its owner alone", e->path);
	}
}

static void look_at_sockets(struct doctor *d)
{
	for (size_t i = 0; i < d->engine_count; i++)
		look_at_socket(d, &d->engines[i]);
}

static void look_at_configs(struct doctor *d)
{
	for (size_t i = 0; i < d->daemon_count; i++) {
		if (!d->daemons[i].config_error)
			continue;
		finding_add(&d->findings, SEVERITY_ERROR, "engine-config", d->daemons[i].name,
			    "who can change it is root; and what it says was not looked at",
			    "%s: its configuration: %s", d->daemons[i].name, d->daemons[i].config_error);
		finding_fix(&d->findings, "chown root:root FILE && chmod go-w FILE, or mend what is named there");
	}
}

const struct doctor_check doctor_engine_checks[] = {
	{"whether engines answer", false, look_at_answers},
	{"the engines' sockets", false, look_at_sockets},
	{"the engines' configuration", true, look_at_configs},
	{"TCP ports of engines", false, doctor_look_at_ports},
	{"what engines are told to listen on", true, doctor_look_at_listening},
	{"docker.socket and podman.socket", false, doctor_look_at_units},
	{"DOCKER_HOST", false, doctor_look_at_docker_host},
	{"certificates of engines and their clients", false, doctor_look_at_certificates},
	{"userns-remap, and subordinate IDs", false, doctor_look_at_subids},
	{0},
};
