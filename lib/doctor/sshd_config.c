/* SPDX-License-Identifier: ISC */
#include "sshd_config.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/gate/registry.h"

static const char gate_program[] = CENTERCTL_BINDIR "/centerctl-gate";
static const char keys_program[] = CENTERCTL_LIBEXECDIR "/centerctl-keys";

void sshd_config_done(struct sshd_config *c)
{
	strv_free(c->lines);
	c->lines = NULL;
}

int sshd_config_parse(const char *text, struct sshd_config *ret)
{
	*ret = (struct sshd_config){0};
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		cleanup_free char *line = strndup(text, strcspn(text, "\n"));
		if (!line || strv_add(&ret->lines, line) < 0) {
			sshd_config_done(ret);
			return -ENOMEM;
		}
	}
	return 0;
}

static const char *value_of(const char *line, const char *keyword)
{
	const char *rest = str_after(line, keyword);
	return rest && *rest == ' ' ? rest + 1 : NULL;
}

const char *sshd_config_get(const struct sshd_config *c, const char *keyword)
{
	for (char **line = c->lines; line && *line; line++) {
		const char *value = value_of(*line, keyword);
		if (value)
			return strcmp(value, "none") == 0 ? "" : value;
	}
	return "";
}

bool sshd_config_is(const struct sshd_config *c, const char *keyword, const char *value)
{
	return strcmp(sshd_config_get(c, keyword), value) == 0;
}

/* A keyword whose value should be `good`; what is not printed is not known to this sshd, and no finding. */
struct demand {
	const char *id, *keyword, *shown, *good;
	enum severity severity;
	const char *why;
	bool elsewhere; /* the block in contrib says nothing of it */
};

static const char why_forwarding[] = "forwarding reaches services and sockets of this host, past every rule";

static const struct demand demands[] = {
	{"sshd-tunnel", "permittunnel", "PermitTunnel", "no", SEVERITY_ERROR, why_forwarding, false},
	{"sshd-x11", "x11forwarding", "X11Forwarding", "no", SEVERITY_WARNING,
	 "no session needs it, and before OpenSSH 10.0 DisableForwarding does not include it", false},
	{"sshd-agent", "allowagentforwarding", "AllowAgentForwarding", "no", SEVERITY_WARNING,
	 "no session needs it, and before OpenSSH 10.0 DisableForwarding does not include it", false},
	{"sshd-user-environment", "permituserenvironment", "PermitUserEnvironment", "no", SEVERITY_ERROR,
	 "variables that are set from a key's line or a file of the account could be taken for sshd's own", true},
	{"sshd-user-rc", "permituserrc", "PermitUserRC", "no", SEVERITY_WARNING,
	 "sshd runs ~/.ssh/rc before the forced command", false},
	{"sshd-auth-info", "exposeauthinfo", "ExposeAuthInfo", "yes", SEVERITY_WARNING,
	 "the gate cannot see which key was used, and must believe the name in its forced command; certificates and "
	 "fingerprints in the policy do not work",
	 false},
	{"sshd-strict-modes", "strictmodes", "StrictModes", "yes", SEVERITY_WARNING,
	 "sshd does not look at who may write to the files that let people in", true},
	{"sshd-tty", "permittty", "PermitTTY", "yes", SEVERITY_WARNING,
	 "no session can have a terminal, whatever its rule says", true},
	{"sshd-empty-passwords", "permitemptypasswords", "PermitEmptyPasswords", "no", SEVERITY_ERROR,
	 "nobody should get in without a key", true},
};

static void demand(const struct sshd_config *c, const struct demand *d, const char *account, struct findings *f)
{
	const char *value = sshd_config_get(c, d->keyword);
	if (!*value || strcmp(value, d->good) == 0)
		return;
	finding_add(f, d->severity, d->id, account, d->why, "sshd: %s %s, for %s", d->shown, value, account);
	finding_fix(f, "in sshd_config, below Match User %s: %s %s", account, d->shown, d->good);
}

static void judge_forwarding(const struct sshd_config *c, const char *account, struct findings *f)
{
	static const char *const kinds[][2] = {{"allowtcpforwarding", "AllowTcpForwarding"},
					       {"allowstreamlocalforwarding", "AllowStreamLocalForwarding"}};
	if (sshd_config_is(c, "disableforwarding", "yes"))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *value = sshd_config_get(c, kinds[i][0]);
		if (!*value || strcmp(value, "no") == 0)
			continue;
		finding_add(f, SEVERITY_ERROR, "sshd-forwarding", account, why_forwarding, "sshd: %s %s, for %s",
			    kinds[i][1], value, account);
		finding_fix(f, "in sshd_config, below Match User %s: DisableForwarding yes", account);
	}
	if (sshd_config_is(c, "gatewayports", "yes") || sshd_config_is(c, "gatewayports", "clientspecified")) {
		finding_add(f, SEVERITY_WARNING, "sshd-forwarding", account, why_forwarding,
			    "sshd: GatewayPorts %s, for %s", sshd_config_get(c, "gatewayports"), account);
		finding_fix(f, "in sshd_config, below Match User %s: GatewayPorts no", account);
	}
}

/* Names that a client must not be able to set, with what they could be taken for. */
static void judge_pattern(const char *pattern, const char *account, struct findings *f)
{
	static const char *const sshds[] = {"SSH_ORIGINAL_COMMAND", "SSH_USER_AUTH", "SSH_CONNECTION"};
	static const char *const loaders[] = {
		"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GLIBC_TUNABLES", "BASH_ENV", "ENV", "PATH", "IFS"};
	for (size_t i = 0; i < ARRAY_SIZE(sshds); i++)
		if (fnmatch(pattern, sshds[i], 0) == 0) {
			finding_add(f, SEVERITY_ERROR, "sshd-environment", account,
				    "what a client sets there the gate would take for sshd's own word, and a key "
				    "without a forced command could claim any name",
				    "sshd: AcceptEnv %s lets clients set %s, for %s", pattern, sshds[i], account);
			finding_fix(f, "AcceptEnv with names alone, as AcceptEnv LANG LC_* CENTERCTL_CONTAINER");
			return;
		}
	for (size_t i = 0; i < ARRAY_SIZE(loaders); i++)
		if (fnmatch(pattern, loaders[i], 0) == 0) {
			finding_add(f, SEVERITY_WARNING, "sshd-environment", account,
				    "the gate looks at none of it, but sshd's own helpers would",
				    "sshd: AcceptEnv %s lets clients set %s, for %s", pattern, loaders[i], account);
			finding_fix(f, "AcceptEnv with names alone, as AcceptEnv LANG LC_* CENTERCTL_CONTAINER");
			return;
		}
}

/* Older versions print all patterns in one line. */
static void judge_environment(const struct sshd_config *c, const char *account, struct findings *f)
{
	for (char **line = c->lines; line && *line; line++) {
		const char *value = value_of(*line, "acceptenv");
		while (value && *value) {
			size_t len = strcspn(value, " ");
			cleanup_free char *pattern = strndup(value, len);
			if (pattern)
				judge_pattern(pattern, account, f);
			value += len;
			value += strspn(value, " ");
		}
	}
}

static bool is_gate_command(const char *command)
{
	size_t len = sizeof(gate_program) - 1;
	return strncmp(command, gate_program, len) == 0 && (command[len] == '\0' || command[len] == ' ');
}

static void judge_command(const struct sshd_config *c, const char *account, struct findings *f)
{
	const char *forced = sshd_config_get(c, "forcecommand"), *root = sshd_config_get(c, "chrootdirectory");
	if (*forced && !is_gate_command(forced)) {
		finding_add(f, SEVERITY_ERROR, "sshd-command", account,
			    "sshd runs it instead of what stands before each key", "sshd: ForceCommand %s, for %s",
			    forced, account);
		finding_fix(f, "in sshd_config, below Match User %s: ForceCommand none", account);
	}
	if (*root) {
		finding_add(f, SEVERITY_ERROR, "sshd-chroot", account,
			    "centerctl-enter and the configuration are not to be found in there",
			    "sshd: ChrootDirectory %s, for %s", root, account);
		finding_fix(f, "in sshd_config, below Match User %s: ChrootDirectory none", account);
	}
}

static bool serves_registry(const struct sshd_config *c)
{
	cleanup_free char *files = strdup(sshd_config_get(c, "authorizedkeysfile"));
	for (char *rest = files, *word; rest && (word = strsep(&rest, " "));)
		if (strcmp(word, REGISTRY_PATH) == 0)
			return true;
	return str_starts(sshd_config_get(c, "authorizedkeyscommand"), keys_program);
}

static void judge_keys(const struct sshd_config *c, const char *account, struct findings *f)
{
	bool command = str_starts(sshd_config_get(c, "authorizedkeyscommand"), keys_program);
	if (!serves_registry(c) && !*sshd_config_get(c, "trustedusercakeys")) {
		finding_add(f, SEVERITY_ERROR, "sshd-registry", account,
			    "keys that are added with centerctl keys add open nothing",
			    "sshd: AuthorizedKeysFile %s, which is not the registry, for %s",
			    sshd_config_get(c, "authorizedkeysfile"), account);
		finding_fix(f, "in sshd_config, below Match User %s: AuthorizedKeysFile %s", account, REGISTRY_PATH);
	}
	if (command && !sshd_config_is(c, "authorizedkeyscommanduser", "nobody")) {
		finding_add(f, SEVERITY_WARNING, "sshd-keys-command", account, "it needs no right of anybody's",
			    "sshd: centerctl-keys runs as %s", sshd_config_get(c, "authorizedkeyscommanduser"));
		finding_fix(f, "in sshd_config: AuthorizedKeysCommandUser nobody");
	}
}

static void judge_silence(const struct sshd_config *c, const char *account, struct findings *f)
{
	if (!sshd_config_is(c, "clientaliveinterval", "0"))
		return;
	finding_add(f, SEVERITY_WARNING, "sshd-silence", account,
		    "a session whose client has vanished from the net is not noticed for hours, and what it started "
		    "goes on",
		    "sshd: ClientAliveInterval 0, for %s", account);
	finding_fix(f, "in sshd_config, below Match User %s: ClientAliveInterval 20", account);
}

/* What a client needs for `SetEnv CENTERCTL_CONTAINER=...`. */
static void note_environment(const struct sshd_config *c, const char *account, struct findings *f)
{
	for (char **line = c->lines; line && *line; line++)
		if (value_of(*line, "acceptenv") && strstr(*line, "CENTERCTL_CONTAINER"))
			return;
	finding_add(f, SEVERITY_INFO, "sshd-container", account,
		    "a client's SetEnv CENTERCTL_CONTAINER=NAME has no effect",
		    "sshd: there is no AcceptEnv CENTERCTL_CONTAINER, for %s", account);
	finding_fix(f, "in sshd_config, below Match User %s: AcceptEnv CENTERCTL_CONTAINER", account);
}

/* One or two settings may be somebody's choice; without all of these, sshd has not read the block, or not for this one.
 */
static bool block_is_missing(const struct sshd_config *c)
{
	return !serves_registry(c) && !*sshd_config_get(c, "trustedusercakeys") &&
	       sshd_config_is(c, "exposeauthinfo", "no") && sshd_config_is(c, "disableforwarding", "no");
}

static void find_block_missing(const char *account, struct findings *f)
{
	finding_add(f, SEVERITY_ERROR, "sshd-block", account,
		    "keys that are added with centerctl keys add open nothing, and sshd permits what no session needs",
		    "sshd: nothing of the Match block of contrib/authorized_keys holds for %s", account);
	finding_fix(f,
		    "install -m 644 contrib/authorized_keys/10-centerctl.conf /etc/ssh/sshd_config.d/, with Match User "
		    "%s; then sshd -t && systemctl reload ssh",
		    account);
}

void sshd_config_judge(const struct sshd_config *c, const char *account, struct findings *f)
{
	bool missing = block_is_missing(c);
	if (missing)
		find_block_missing(account, f);
	else
		judge_forwarding(c, account, f);
	for (size_t i = 0; i < ARRAY_SIZE(demands); i++)
		if (!missing || demands[i].elsewhere)
			demand(c, &demands[i], account, f);
	judge_environment(c, account, f);
	judge_command(c, account, f);
	if (missing)
		return;
	judge_keys(c, account, f);
	judge_silence(c, account, f);
	note_environment(c, account, f);
}

static void expand(const char *word, const char *account, const char *home, struct buf *to)
{
	if (*word != '/' && !str_starts(word, "%h"))
		buf_printf(to, "%s/", home);
	for (; *word; word++) {
		if (*word != '%' || !word[1])
			buf_add(to, word, 1);
		else if (*++word == 'h')
			buf_puts(to, home);
		else if (*word == 'u')
			buf_puts(to, account);
		else
			buf_add(to, word, 1);
	}
}

char **sshd_config_files(const struct sshd_config *c, const char *keyword, const char *account, const char *home)
{
	char **list = calloc(1, sizeof(*list));
	cleanup_free char *files = strdup(sshd_config_get(c, keyword));
	for (char *rest = files, *word; list && rest && (word = strsep(&rest, " "));) {
		cleanup_buf struct buf path = {0};
		if (!*word)
			continue;
		expand(word, account, home, &path);
		const char *text = buf_text(&path);
		if (!text || strv_add(&list, text) < 0) {
			strv_free(list);
			return NULL;
		}
	}
	return list;
}
