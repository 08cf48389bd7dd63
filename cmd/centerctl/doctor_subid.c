/* SPDX-License-Identifier: ISC */
/* userns-remap and rootless engines: the IDs of the host that a container's root has. */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor_daemon.h"
#include "doctor_engine.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/doctor/subid.h"

enum { WHOLE = 65536 };

static const char *const files[] = {"/etc/subuid", "/etc/subgid"};

/* An account of the host whose ID lies in the range: files of that account would be a container's. */
static bool find_account(const struct subid *range, char *ret, size_t size)
{
	bool found = false;
	setpwent();
	for (const struct passwd *p; !found && (p = getpwent());) {
		found = p->pw_uid >= range->first && p->pw_uid - range->first < range->count;
		if (found)
			snprintf(ret, size, "%s", p->pw_name);
	}
	endpwent();
	return found;
}

static void look_at_overlaps(struct doctor *d, const char *file, const struct subid_table *t)
{
	for (size_t i = 0; i < t->count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct subid *a = &t->list[j], *b = &t->list[i];
			if (!subid_overlaps(a, b) || strcmp(a->owner, b->owner) == 0)
				continue;
			finding_add(&d->findings, SEVERITY_WARNING, "subid-overlap", file,
				    "containers of the one may read, write and signal what is the other's",
				    "%s: the ranges of %s (line %u) and %s (line %u) overlap", file, a->owner, a->line,
				    b->owner, b->line);
			finding_fix(&d->findings, "give %s a range of its own in %s, and restart its engine", b->owner,
				    file);
			return;
		}
}

static void look_at_accounts(struct doctor *d, const char *file, const struct subid_table *t)
{
	char account[256];
	for (size_t i = 0; i < t->count; i++) {
		const struct subid *range = &t->list[i];
		if (!find_account(range, account, sizeof(account)))
			continue;
		finding_add(&d->findings, SEVERITY_WARNING, "subid-account", file,
			    "containers with that range may have the account's ID on this host",
			    "%s:%u: in the range of %s lies the account %s", file, range->line, range->owner, account);
		finding_fix(&d->findings, "give %s another range in %s, and restart its engine", range->owner, file);
		return;
	}
}

static void look_at_file(struct doctor *d, const char *file)
{
	struct error err;
	cleanup_free char *text = NULL;
	cleanup_subid struct subid_table t = {0};
	const struct doctor_daemon ours = {.our_files = true};
	int r = daemon_read(&ours, file, &text, &err);
	if (r == -ENOENT)
		return;
	if (r < 0) {
		finding_add(&d->findings, SEVERITY_ERROR, "subid-file", file,
			    "who can change it chooses whose files a container has", "%s", err.text);
		finding_fix(&d->findings, "chown root:root %s && chmod 644 %s", file, file);
		return;
	}
	if (subid_parse(text, &t) < 0) {
		d->findings.failed = true;
		return;
	}
	if (t.bad) {
		finding_add(&d->findings, SEVERITY_WARNING, "subid-line", file, "engines may stop reading there",
			    "%s:%u: this line is not NAME:FIRST:COUNT", file, t.bad);
		finding_fix(&d->findings, "see subuid(5)");
	}
	look_at_overlaps(d, file, &t);
	if (strcmp(file, files[0]) == 0)
		look_at_accounts(d, file, &t);
}

/* "default", USER or USER:GROUP, each by name or by number. The name in subgid is the group's, or the user's. */
static const char *remapped(const char *remap, bool group, char *room, size_t size)
{
	size_t user = strcspn(remap, ":");
	if (strcmp(remap, "default") == 0)
		return "dockremap";
	snprintf(room, size, "%.*s", (int)(group && remap[user] ? strlen(remap) : user), remap);
	return group && remap[user] ? room + user + 1 : room;
}

static void look_at_remap(struct doctor *d, const struct doctor_daemon *daemon, size_t which)
{
	char room[256];
	struct error err;
	uint64_t number = UINT64_MAX, total = 0;
	cleanup_free char *text = NULL;
	cleanup_subid struct subid_table t = {0};
	const char *name = remapped(daemon->config.remap, which == 1, room, sizeof(room)), *file = files[which];
	int r = daemon_read(daemon, file, &text, &err);
	if (r < 0 && r != -ENOENT)
		return;
	if (text && subid_parse(text, &t) < 0) {
		d->findings.failed = true;
		return;
	}
	const struct passwd *p = getpwnam(name);
	if (p)
		number = p->pw_uid;
	total = subid_total(&t, name, number);
	if (total >= WHOLE) {
		finding_ok(&d->findings, "remap", file, "%s: %s has %" PRIu64 " IDs in %s", daemon->name, name, total,
			   file);
		return;
	}
	finding_add(&d->findings, total == 0 ? SEVERITY_ERROR : SEVERITY_WARNING,
		    total == 0 ? "remap-missing" : "remap-short", file,
		    total == 0
			    ? "the engine does not start, or starts no container"
			    : "files of images with higher IDs cannot be unpacked, and users of containers are missing",
		    "%s has --userns-remap %s, and %s gives %s %" PRIu64 " IDs", daemon->name, daemon->config.remap,
		    file, name, total);
	finding_fix(&d->findings,
		    "usermod --add-subuids FIRST-LAST --add-subgids FIRST-LAST %s, 65536 IDs that nobody else has",
		    name);
}

/* Rootless engines get their IDs by these. */
static void look_at_helpers(struct doctor *d)
{
	static const char *const helpers[] = {"/usr/bin/newuidmap", "/usr/bin/newgidmap"};
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++) {
		struct stat st;
		if (stat(helpers[i], &st) == 0)
			continue;
		finding_add(&d->findings, SEVERITY_WARNING, "rootless-helper", helpers[i],
			    "a rootless engine has one user ID for all of a container", "there is no %s", helpers[i]);
		finding_fix(&d->findings, "apt-get install uidmap");
	}
}

static void look_at_rootless(struct doctor *d)
{
	const struct passwd *p = getpwuid(geteuid());
	const struct doctor_daemon ours = {.our_files = true};
	cleanup_free char *name = p ? strdup(p->pw_name) : NULL;
	for (size_t i = 0; name && i < ARRAY_SIZE(files); i++) {
		struct error err;
		cleanup_free char *text = NULL;
		cleanup_subid struct subid_table t = {0};
		if (daemon_read(&ours, files[i], &text, &err) == 0 && subid_parse(text, &t) < 0)
			d->findings.failed = true;
		if (subid_total(&t, name, geteuid()) >= WHOLE)
			continue;
		finding_add(&d->findings, SEVERITY_WARNING, "rootless-ids", files[i],
			    "a rootless engine needs them for the users of its containers",
			    "%s has fewer than 65536 IDs in %s", name, files[i]);
		finding_fix(&d->findings, "sudo usermod --add-subuids FIRST-LAST --add-subgids FIRST-LAST %s", name);
	}
	look_at_helpers(d);
}

/* Others than root cannot see in which /etc an engine of root's looks. */
static void look_at_remaps(struct doctor *d)
{
	for (size_t i = 0; i < d->daemon_count; i++) {
		if (!d->daemons[i].config.remap)
			continue;
		for (size_t which = 0; d->root && which < ARRAY_SIZE(files); which++)
			look_at_remap(d, &d->daemons[i], which);
		if (!d->root)
			finding_add(&d->findings, SEVERITY_INFO, "not-checked", d->daemons[i].name,
				    "only root can tell", "not looked at: userns-remap of %s", d->daemons[i].name);
	}
}

void doctor_look_at_subids(struct doctor *d)
{
	char own[64];
	snprintf(own, sizeof(own), "/run/user/%u/", (unsigned)geteuid());
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		look_at_file(d, files[i]);
	look_at_remaps(d);
	for (size_t i = 0; !d->root && i < d->engine_count; i++)
		if (str_starts(d->engines[i].path, own)) {
			look_at_rootless(d);
			return;
		}
}
