/* SPDX-License-Identifier: ISC */
/*
 * centerctl-keys: sshd's AuthorizedKeysCommand. It prints the registry's line for one key, and only for an account
 * whose shell is centerctl-gate: the same line would let its owner in as anybody else, with what centerctl-gate gives
 * to that account.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/report.h"
#include "lib/client/stdfds.h"
#include "lib/gate/registry.h"
#include "lib/proto/request.h"

static const char gate_program[] = CENTERCTL_BINDIR "/centerctl-gate";

static bool is_gate_account(const char *name)
{
	const struct passwd *p = getpwnam(name);
	return p && p->pw_uid != 0 && strcmp(p->pw_shell, gate_program) == 0;
}

/* Every line has to be read for it: prefer the key. */
static const char *find_fingerprint(const struct registry *r, const char *wanted, size_t *ret_len)
{
	size_t len;
	for (const char *line = registry_next_line(r, NULL, &len); line; line = registry_next_line(r, line, &len)) {
		char fingerprint[KEY_FINGERPRINT_SIZE];
		cleanup_authkey struct authkey k = {0};
		if (authkey_parse(line, len, &k, NULL) < 0 || k.authority)
			continue;
		key_fingerprint(&k.key, fingerprint);
		if (strcmp(fingerprint, wanted) == 0) {
			*ret_len = len;
			return line;
		}
	}
	return NULL;
}

static const char *find(const struct registry *r, int argc, char **argv, size_t *ret_len)
{
	cleanup_key struct key k = {0};
	if (argc == 3)
		return find_fingerprint(r, argv[2], ret_len);
	/* A certificate is let in by who signed it, not by its key's line. */
	if (key_parse_text(argv[2], strlen(argv[2]), argv[3], strlen(argv[3]), &k, NULL) < 0 || k.cert)
		return NULL;
	return registry_find_line(r, &k, ret_len);
}

static int check_words(int argc, char **argv, struct error *err)
{
	if (argc == 4 || (argc == 3 && str_starts(argv[2], "SHA256:")))
		return 0;
	return error_set(err, -EINVAL,
			 "usage: centerctl-keys ACCOUNT TYPE KEY | ACCOUNT FINGERPRINT, in sshd_config: "
			 "AuthorizedKeysCommand %s/centerctl-keys %%u %%t %%k",
			 CENTERCTL_LIBEXECDIR);
}

int main(int argc, char **argv)
{
	struct error err;
	cleanup_registry struct registry r = {0};
	size_t len;
	if (stdfds_open() < 0)
		return EXIT_OURS;
	if (check_words(argc, argv, &err) < 0 || registry_open(REGISTRY_PATH, &r, &err) < 0)
		return report_error(&err);
	const char *line = is_gate_account(argv[1]) ? find(&r, argc, argv, &len) : NULL;
	if (line)
		printf("%.*s\n", (int)len, line);
	return report_flush(stdout);
}
