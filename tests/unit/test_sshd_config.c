/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/gate/registry.h"
#include "lib/doctor/sshd_config.h"

/* As `sshd -T` prints them where all is well. */
static const char *const good[] = {
	"usepam yes",
	"permittunnel no",
	"x11forwarding no",
	"allowagentforwarding no",
	"allowtcpforwarding yes",
	"allowstreamlocalforwarding yes",
	"disableforwarding yes",
	"gatewayports no",
	"permituserenvironment no",
	"permituserrc no",
	"permitemptypasswords no",
	"exposeauthinfo yes",
	"strictmodes yes",
	"forcecommand none",
	"chrootdirectory none",
	"trustedusercakeys none",
	"authorizedkeysfile " REGISTRY_PATH,
	"authorizedkeyscommand none",
	"authorizedkeyscommanduser none",
	"clientaliveinterval 30",
	"acceptenv LANG",
	"acceptenv LC_*",
	"acceptenv CENTERCTL_CONTAINER",
};

/* The good one with one line replaced (by its keyword), or one more. */
static void judge(const char *line, struct findings *f)
{
	char text[4096] = "";
	size_t len = line ? strcspn(line, " ") : 0;
	bool more = line && str_starts(line, "acceptenv");
	cleanup_sshd_config struct sshd_config c = {0};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		bool replaced = line && !more && strncmp(good[i], line, len + 1) == 0;
		strcat(strcat(text, replaced ? line : good[i]), "\n");
	}
	if (more)
		strcat(strcat(text, line), "\n");
	findings_done(f);
	assert_int_equal(sshd_config_parse(text, &c), 0);
	sshd_config_judge(&c, "center", f);
	assert_false(f->failed);
}

static void a_good_configuration_has_no_findings(void **state)
{
	(void)state;
	cleanup_findings struct findings f = {0};
	judge(NULL, &f);
	if (f.count > 0)
		fail_msg("%s", f.list[0].what);
	assert_int_equal(findings_worst(&f), SEVERITY_OK);
}

static void each_weakness_is_found(void **state)
{
	(void)state;
	static const struct {
		const char *line, *what;
		enum severity severity;
		size_t count;
	} cases[] = {
		{"disableforwarding no", "AllowTcpForwarding yes", SEVERITY_ERROR, 2},
		{"permittunnel point-to-point", "PermitTunnel point-to-point", SEVERITY_ERROR, 1},
		{"x11forwarding yes", "X11Forwarding yes", SEVERITY_WARNING, 1},
		{"allowagentforwarding yes", "AllowAgentForwarding yes", SEVERITY_WARNING, 1},
		{"permituserenvironment yes", "PermitUserEnvironment yes", SEVERITY_ERROR, 1},
		{"permituserenvironment A_*", "PermitUserEnvironment A_*", SEVERITY_ERROR, 1},
		{"permituserrc yes", "PermitUserRC yes", SEVERITY_WARNING, 1},
		{"exposeauthinfo no", "ExposeAuthInfo no", SEVERITY_WARNING, 1},
		{"strictmodes no", "StrictModes no", SEVERITY_WARNING, 1},
		{"permitemptypasswords yes", "PermitEmptyPasswords yes", SEVERITY_ERROR, 1},
		{"forcecommand /bin/sh", "ForceCommand /bin/sh", SEVERITY_ERROR, 1},
		{"forcecommand " CENTERCTL_BINDIR "/centerctl-gateway", "ForceCommand", SEVERITY_ERROR, 1},
		{"chrootdirectory /srv", "ChrootDirectory /srv", SEVERITY_ERROR, 1},
		{"authorizedkeysfile .ssh/authorized_keys", "not the registry", SEVERITY_ERROR, 1},
		{"authorizedkeysfile none", "not the registry", SEVERITY_ERROR, 1},
		{"clientaliveinterval 0", "ClientAliveInterval 0", SEVERITY_WARNING, 1},
		{"acceptenv *", "AcceptEnv *", SEVERITY_ERROR, 1},
		{"acceptenv SSH_*", "AcceptEnv SSH_*", SEVERITY_ERROR, 1},
		{"acceptenv SSH_USER_AUT?", "SSH_USER_AUTH", SEVERITY_ERROR, 1},
		{"acceptenv LANG *_COMMAND", "SSH_ORIGINAL_COMMAND", SEVERITY_ERROR, 1},
		{"acceptenv LD_*", "LD_PRELOAD", SEVERITY_WARNING, 1},
		{"acceptenv PATH", "PATH", SEVERITY_WARNING, 1},
	};
	cleanup_findings struct findings f = {0};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		judge(cases[i].line, &f);
		if (f.count != cases[i].count || findings_worst(&f) != cases[i].severity ||
		    !strstr(f.list[0].what, cases[i].what))
			fail_msg("%s: %zu: %s", cases[i].line, f.count, f.count ? f.list[0].what : "");
		assert_non_null(f.list[0].fix);
	}
}

static void what_serves_the_registry_is_good(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"authorizedkeysfile .ssh/x " REGISTRY_PATH,
		"forcecommand " CENTERCTL_BINDIR "/centerctl-gate",
		"forcecommand " CENTERCTL_BINDIR "/centerctl-gate anna",
		"acceptenv LANG LC_* CENTERCTL_CONTAINER",
	};
	cleanup_findings struct findings f = {0};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		judge(lines[i], &f);
		assert_int_equal(f.count, 0);
	}
	cleanup_sshd_config struct sshd_config c = {0};
	assert_int_equal(sshd_config_parse("authorizedkeysfile none\nauthorizedkeyscommand " CENTERCTL_LIBEXECDIR
					   "/centerctl-keys %u %t %k\nauthorizedkeyscommanduser root\n"
					   "acceptenv CENTERCTL_CONTAINER\n",
					   &c),
			 0);
	sshd_config_judge(&c, "center", &f);
	assert_int_equal(f.count, 1);
	assert_non_null(strstr(f.list[0].what, "runs as root"));
}

static void a_block_that_is_missing_is_one_finding(void **state)
{
	(void)state;
	cleanup_findings struct findings f = {0};
	cleanup_sshd_config struct sshd_config c = {0}, d = {0};
	assert_int_equal(sshd_config_parse("authorizedkeysfile .ssh/authorized_keys\nexposeauthinfo no\n"
					   "disableforwarding no\nallowtcpforwarding yes\nx11forwarding yes\n"
					   "clientaliveinterval 0\nacceptenv LANG\n",
					   &c),
			 0);
	sshd_config_judge(&c, "center", &f);
	assert_int_equal(f.count, 1);
	assert_non_null(strstr(f.list[0].fix, "10-centerctl.conf /etc/ssh/sshd_config.d/"));
	findings_done(&f);
	assert_int_equal(sshd_config_parse("authorizedkeysfile " REGISTRY_PATH "\ndisableforwarding yes\n", &d), 0);
	sshd_config_judge(&d, "center", &f);
	assert_int_equal(f.count, 1);
	assert_non_null(strstr(f.list[0].what, "no AcceptEnv CENTERCTL_CONTAINER"));
	assert_int_equal(findings_worst(&f), SEVERITY_INFO);
}

static void key_files_are_absolute(void **state)
{
	(void)state;
	cleanup_sshd_config struct sshd_config c = {0}, none = {0};
	assert_int_equal(sshd_config_parse("authorizedkeysfile .ssh/a %h/b /etc/%u/c%% /d\n", &c), 0);
	cleanup_strv char **files = sshd_config_files(&c, "authorizedkeysfile", "center", "/home/center");
	static const char *const expected[] = {"/home/center/.ssh/a", "/home/center/b", "/etc/center/c%", "/d"};
	assert_int_equal(strv_len(files), ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_string_equal(files[i], expected[i]);
	assert_int_equal(sshd_config_parse("authorizedkeysfile none\n", &none), 0);
	cleanup_strv char **nothing = sshd_config_files(&none, "authorizedkeysfile", "center", "/");
	assert_non_null(nothing);
	assert_null(*nothing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(a_good_configuration_has_no_findings),
		IT(each_weakness_is_found),
		IT(what_serves_the_registry_is_good),
		IT(a_block_that_is_missing_is_one_finding),
		IT(key_files_are_absolute),
	};
	return RUN(tests);
}
