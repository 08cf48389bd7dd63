/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "doctor.h"
#include "file.h"
#include "lib/base/cleanup.h"
#include "lib/base/rootpath.h"
#include "lib/base/suggest.h"
#include "lib/base/text.h"

enum { GROUPS_MAX = 1024, CONFIG_MAX = 1 << 20 };

static const char gate_program[] = CENTERCTL_BINDIR "/centerctl-gate";

static void look_at_shell(struct doctor *d, const struct passwd *p)
{
	if (strcmp(p->pw_shell, gate_program) == 0)
		return;
	finding_add(
		&d->findings, SEVERITY_ERROR, "gate-shell", p->pw_name,
		"sshd runs forced commands through it, and files that it reads run before; so centerctl-enter believes "
		"no name that this account says",
		"%s: the shell is %s", p->pw_name, *p->pw_shell ? p->pw_shell : "/bin/sh");
	finding_fix(&d->findings, "usermod --shell %s %s", gate_program, p->pw_name);
}

static bool is_quiet(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".hushlogin") == 0;
}

static void look_at_dotfiles(struct doctor *d, const struct passwd *p, int home)
{
	int copy = openat(home, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		close_fd(copy);
		return;
	}
	for (const struct dirent *e; (e = readdir(dir));) {
		if (*e->d_name != '.' || is_quiet(e->d_name))
			continue;
		finding_add(&d->findings, SEVERITY_WARNING, "gate-dotfile", p->pw_name,
			    "sshd reads some of these, and a shell would read the others; the gate needs none",
			    "%s: there is %s/%s", p->pw_name, p->pw_dir, e->d_name);
		finding_fix(&d->findings, "rm -r %s/%s", p->pw_dir, e->d_name);
	}
	closedir(dir);
}

static void look_at_home(struct doctor *d, const struct passwd *p)
{
	struct error err;
	cleanup_fd int home = rootpath_open(p->pw_dir, O_RDONLY | O_DIRECTORY, &err);
	if (home >= 0) {
		look_at_dotfiles(d, p, home);
	} else if (home == -ENOENT) {
		finding_add(&d->findings, SEVERITY_WARNING, "gate-home", p->pw_name,
			    "sshd says so on stderr in every session", "%s: the home %s is not there", p->pw_name,
			    p->pw_dir);
		finding_fix(&d->findings, "install -d -o root -g root -m 755 %s", p->pw_dir);
	} else {
		finding_add(
			&d->findings, SEVERITY_ERROR, "gate-home", p->pw_name,
			"what lies in the home decides who gets in and what runs then; so centerctl-enter believes no "
			"name that this account says",
			"%s: the home: %s", p->pw_name, err.text);
		finding_fix(&d->findings, "chown root:root %s && chmod 755 %s", p->pw_dir, p->pw_dir);
	}
}

static void look_at_groups(struct doctor *d, const struct passwd *p)
{
	static const char *const powerful[] = {"root", "docker", "podman", "lxd",    "incus", "incus-admin",
					       "disk", "sudo",	 "wheel",  "shadow", "adm",   "libvirt"};
	gid_t gids[GROUPS_MAX];
	int count = GROUPS_MAX;
	if (getgrouplist(p->pw_name, p->pw_gid, gids, &count) < 0)
		count = GROUPS_MAX;
	for (int i = 0; i < count; i++) {
		bool powerful_one = gids[i] == 0;
		const struct group *g = getgrgid(gids[i]);
		for (size_t j = 0; g && j < ARRAY_SIZE(powerful); j++)
			powerful_one = powerful_one || strcmp(g->gr_name, powerful[j]) == 0;
		if (!powerful_one && gids[i] == p->pw_gid)
			continue;
		finding_add(&d->findings, powerful_one ? SEVERITY_ERROR : SEVERITY_WARNING, "gate-group", p->pw_name,
			    powerful_one ? "who is in that group is as good as root: past the policy, whatever it says"
					 : "the gate needs no group",
			    "%s is in the group %s (%u)", p->pw_name, g ? g->gr_name : "?", (unsigned)gids[i]);
		if (gids[i] == p->pw_gid)
			finding_fix(&d->findings, "groupadd --system %s; usermod --gid %s %s", p->pw_name, p->pw_name,
				    p->pw_name);
		else
			finding_fix(&d->findings, "gpasswd --delete %s %s", p->pw_name, g ? g->gr_name : "GROUP");
	}
}

/* What to do is the same in all cases: no password, and no lock. */
static void look_at_password(struct doctor *d, const struct passwd *p, bool pam)
{
	const struct spwd *s = getspnam(p->pw_name);
	const char *password = s ? s->sp_pwdp : p->pw_passwd;
	if (*password == '!' && !pam)
		finding_add(&d->findings, SEVERITY_ERROR, "gate-password", p->pw_name,
			    "with UsePAM no, sshd takes that for a locked account: nobody gets in",
			    "%s: the password field begins with !", p->pw_name);
	else if (*password == '\0')
		finding_add(&d->findings, SEVERITY_ERROR, "gate-password", p->pw_name,
			    "anybody may become this account (su, the console)", "%s: there is an empty password",
			    p->pw_name);
	else if (*password != '*' && *password != '!' && strcmp(password, "x") != 0)
		finding_add(&d->findings, SEVERITY_WARNING, "gate-password", p->pw_name,
			    "there should be no way in but keys", "%s: there is a password", p->pw_name);
	else
		return;
	finding_fix(&d->findings, "usermod --password '*' %s", p->pw_name);
}

/* pam_unix and sshd itself let nobody in from that day on, whatever key there is. */
static void look_at_expiry(struct doctor *d, const struct passwd *p)
{
	const struct spwd *s = getspnam(p->pw_name);
	if (!s || s->sp_expire <= 0 || s->sp_expire > (long)(time(NULL) / (24 * 60 * 60)))
		return;
	finding_add(&d->findings, SEVERITY_ERROR, "gate-expired", p->pw_name, "sshd lets nobody in",
		    "%s: the account has expired", p->pw_name);
	finding_fix(&d->findings, "usermod --expiredate '' %s", p->pw_name);
}

/* Whether a line of the file begins with the word, or has it somewhere behind blanks; comments are none. */
static bool has_line(const char *path, const char *word, bool whole)
{
	cleanup_free char *text = NULL;
	if (file_read(AT_FDCWD, path, CONFIG_MAX, &text) < 0)
		return false;
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));)
		if (*line != '#' && (whole ? strcmp(line, word) == 0 : strstr(line, word) != NULL))
			return true;
	return false;
}

static void look_at_shells(struct doctor *d, const struct passwd *p)
{
	if (!has_line("/etc/pam.d/sshd", "pam_shells", false) || has_line("/etc/shells", p->pw_shell, true))
		return;
	finding_add(&d->findings, SEVERITY_ERROR, "gate-shells", p->pw_name,
		    "/etc/pam.d/sshd uses pam_shells, which refuses accounts with other shells",
		    "%s: its shell is not in /etc/shells", p->pw_name);
	finding_fix(&d->findings, "echo %s >>/etc/shells", p->pw_shell);
}

static void look_at_cron(struct doctor *d, const struct passwd *p)
{
	static const char *const directories[] = {"/var/spool/cron/crontabs", "/var/spool/cron",
						  "/var/spool/cron/tabs"};
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		char path[512];
		snprintf(path, sizeof(path), "%s/%s", directories[i], p->pw_name);
		if (access(path, F_OK) < 0)
			continue;
		finding_add(&d->findings, SEVERITY_ERROR, "gate-cron", p->pw_name,
			    "nothing but the gate should ever run as this account", "%s has a crontab, %s", p->pw_name,
			    path);
		finding_fix(&d->findings, "crontab -r -u %s", p->pw_name);
	}
}

static void look_at_policy(struct doctor *d, const char *name)
{
	if (!d->policy || policy_is_gate(d->policy, name))
		return;
	finding_add(&d->findings, SEVERITY_ERROR, "gate-policy", name,
		    "rules for keys and principals hold for sessions of such accounts alone",
		    "%s: the policy does not name it as a gate", name);
	finding_fix(&d->findings, "in %s/centerctl.conf: gate %s", CENTERCTL_SYSCONFDIR, name);
}

/* A word that is near to no gate was still meant as one of them. */
static void mend_with_other(struct doctor *d, const char *name)
{
	const char *near = d->gates ? suggest_nearest(name, (const char *const *)d->gates) : NULL;
	if (!near && d->gates)
		near = d->gates[0];
	if (near)
		finding_fix(&d->findings, "did you mean %s? centerctl doctor %s", near, near);
	else
		finding_fix(&d->findings,
			    "contrib/authorized_keys/gate-account center, which makes an account of its own");
}

bool doctor_is_gate(struct doctor *d, const char *name)
{
	const struct passwd *p = getpwnam(name);
	if (!p)
		finding_add(&d->findings, SEVERITY_ERROR, "gate-missing", name, "keys open nothing without it",
			    "there is no account %s", name);
	else if (p->pw_uid == 0)
		finding_add(&d->findings, SEVERITY_ERROR, "gate-root", name,
			    "root needs no rule: every key would open everything",
			    "%s is root, and can be no gate account", name);
	else if (!strv_has(d->gates, name))
		finding_add(&d->findings, SEVERITY_ERROR, "gate-none", name,
			    "no gate directive of the policy names it, and its shell is not centerctl-gate",
			    "%s is no gate account", name);
	else
		return true;
	if (!p && strv_has(d->gates, name))
		finding_fix(&d->findings, "contrib/authorized_keys/gate-account %s", name);
	else
		mend_with_other(d, name);
	return false;
}

void doctor_look_at_account(struct doctor *d, const char *name, const struct sshd_config *config)
{
	const struct passwd *p = getpwnam(name);
	if (!p)
		return;
	/* getpwnam(3) has one room for all its answers. */
	cleanup_free char *dir = strdup(p->pw_dir), *shell = strdup(p->pw_shell), *password = strdup(p->pw_passwd);
	struct passwd copy = *p;
	copy.pw_name = (char *)name;
	copy.pw_dir = dir;
	copy.pw_shell = shell;
	copy.pw_passwd = password;
	if (!dir || !shell || !password) {
		d->findings.failed = true;
		return;
	}
	look_at_policy(d, name);
	look_at_shell(d, &copy);
	look_at_home(d, &copy);
	look_at_groups(d, &copy);
	look_at_password(d, &copy, !config || sshd_config_is(config, "usepam", "yes"));
	look_at_expiry(d, &copy);
	if (config && sshd_config_is(config, "usepam", "yes"))
		look_at_shells(d, &copy);
	look_at_cron(d, &copy);
}
