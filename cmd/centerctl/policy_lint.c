/* SPDX-License-Identifier: ISC */
/* `centerctl policy lint`: rules, keys and accounts that deserve a second look. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/report.h"
#include "lib/gate/registry_check.h"
#include "lib/policy/explain.h"
#include "lib/policy/lint.h"
#include "policy.h"

/* Whoever is in one of these can make a container that has the whole host. */
static const char *const root_groups[] = {"docker", "podman", "lxd", "incus", "incus-admin", "disk", NULL};

/* Looking names up may ask a server. */
enum { NAMES_MAX = 1000, GROUPS_MAX = 1024 };

struct findings {
	size_t count;
	char **seen;
	const struct registry *registry;
};

static void tell(void *arg, const char *file, unsigned line, const char *text)
{
	((struct findings *)arg)->count++;
	if (*file)
		printf("%s:%u: ", file, line);
	policy_print(text, strlen(text), stdout);
	putchar('\n');
}

static bool is_new(struct findings *f, const char *name)
{
	return strv_len(f->seen) < NAMES_MAX && !strv_has(f->seen, name) && strv_add(&f->seen, name) == 0;
}

static void lint_account(void *arg, const char *file, unsigned line, const char *name)
{
	gid_t groups[GROUPS_MAX];
	int count = GROUPS_MAX;
	char text[512];
	const struct passwd *pw = is_new(arg, name) ? getpwnam(name) : NULL;
	if (!pw || getgrouplist(name, pw->pw_gid, groups, &count) < 0)
		return;
	for (int i = 0; i < count; i++) {
		const struct group *g = getgrgid(groups[i]);
		for (size_t j = 0; g && root_groups[j]; j++) {
			if (strcmp(g->gr_name, root_groups[j]) != 0)
				continue;
			snprintf(text, sizeof(text),
				 "%s is in the group %s, which is as good as root: no rule restrains it", name,
				 g->gr_name);
			tell(arg, file, line, text);
			return;
		}
	}
}

static void lint_key(void *arg, const char *file, unsigned line, const char *name)
{
	struct findings *f = arg;
	cleanup_authkey struct authkey key = {0};
	char text[512];
	if (!is_new(f, name) || registry_find_name(f->registry, name, &key) != 0)
		return;
	snprintf(text, sizeof(text), "key:%s: no key has this name in %s", name, REGISTRY_PATH);
	tell(arg, file, line, text);
}

static void lint_registry_line(void *arg, size_t line, const char *text)
{
	tell(arg, REGISTRY_PATH, (unsigned)line, text);
}

/* Keys may as well be kept elsewhere: without a registry there is nothing to compare. */
static int lint_registry(const struct policy *p, struct findings *f, struct error *err)
{
	cleanup_registry struct registry r = {0};
	int result = registry_open(REGISTRY_PATH, &r, err);
	if (result < 0 || r.len == 0)
		return result;
	if (registry_check(&r, lint_registry_line, f) < 0)
		return error_errno(err, -ENOMEM, "%s", REGISTRY_PATH);
	f->registry = &r;
	policy_each_key(p, lint_key, f);
	f->registry = NULL;
	return 0;
}

static void forget_names(struct findings *f)
{
	strv_free(f->seen);
	f->seen = NULL;
}

static int lint(const char *file, struct findings *f, struct error *err)
{
	int32_t offset;
	int64_t now = policy_now(&offset);
	struct plain_reader state;
	cleanup_free struct policy *p = NULL;
	int r = policy_open(file, &state, &p, err);
	if (r < 0)
		return r;
	policy_lint(p, now, offset, tell, f);
	policy_each_account(p, lint_account, f);
	forget_names(f);
	if (!file)
		r = lint_registry(p, f, err);
	forget_names(f);
	return r;
}

static int lint_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	struct findings f = {0};
	int code;
	int first = cmd_parse_plain(self, argc, argv, &code);
	if (first < 0)
		return code;
	if (lint(first < argc ? argv[first] : NULL, &f, &err) < 0)
		return report_error(&err);
	code = report_flush(stdout);
	return code == EXIT_SUCCESS && f.count > 0 ? 1 : code;
}

const struct cmd policy_lint_cmd = {
	.name = "policy lint",
	.usage = "[FILE]",
	.summary = "Name what a policy allows and probably does not mean",
	.max_operands = 1,
	.options = cmd_plain_options,
	.notes = "Rules that never decide, that anybody matches, or that give more than they seem to; accounts that "
		 "are as\n"
		 "good as root; and without FILE, keys in the registry that lack restrict.\n\n"
		 "Exit code: 0 without a finding, 1 with one, 125 if the policy has errors.\n",
	.run = lint_run,
};
