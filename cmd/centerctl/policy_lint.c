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

struct found {
	char *file, *text;
	unsigned line;
	size_t number; /* in the order in which they were found */
};

struct findings {
	size_t count;
	struct found *list;
	char **seen;
	const struct policy *policy;
	const struct registry *registry;
	bool host; /* the policy is this host's, whose accounts are known */
	bool failed;
};

static void tell(void *arg, const char *file, unsigned line, const char *text)
{
	struct findings *f = arg;
	if ((f->count & (f->count - 1)) == 0) {
		struct found *bigger = realloc(f->list, (f->count ? f->count * 2 : 1) * sizeof(*bigger));
		f->failed = f->failed || !bigger;
		if (!bigger)
			return;
		f->list = bigger;
	}
	struct found *new = &f->list[f->count];
	*new = (struct found){strdup(file), strdup(text), line, f->count};
	f->count++;
	f->failed = f->failed || !new->file || !new->text;
}

/* The registry is behind the files of the policy. */
static int compare(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int r = (strcmp(x->file, REGISTRY_PATH) == 0) - (strcmp(y->file, REGISTRY_PATH) == 0);
	if (r == 0)
		r = strcmp(x->file, y->file);
	if (r == 0)
		r = (x->line > y->line) - (x->line < y->line);
	return r != 0 ? r : (x->number > y->number) - (x->number < y->number);
}

static void print(struct findings *f)
{
	if (f->count > 1)
		qsort(f->list, f->count, sizeof(*f->list), compare);
	for (size_t i = 0; i < f->count; i++) {
		if (*f->list[i].file)
			printf("%s:%u: ", f->list[i].file, f->list[i].line);
		policy_print(f->list[i].text, strlen(f->list[i].text), stdout);
		putchar('\n');
	}
}

static void findings_free(struct findings *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->list[i].file);
		free(f->list[i].text);
	}
	free(f->list);
	strv_free(f->seen);
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
	if (!is_new(arg, name))
		return;
	const struct passwd *pw = getpwnam(name);
	if (!pw && ((struct findings *)arg)->host) {
		snprintf(text, sizeof(text), "%s%s: this host has no such account", *file ? "user:" : "gate ", name);
		tell(arg, file, line, text);
	}
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

static void lint_group(void *arg, const char *file, unsigned line, const char *name)
{
	char text[512];
	if (!is_new(arg, name) || getgrnam(name))
		return;
	snprintf(text, sizeof(text), "group:%s: this host has no such group", name);
	tell(arg, file, line, text);
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

/* By name, by fingerprint or by *. */
static void lint_unnamed(struct findings *f)
{
	size_t len, named = 0;
	unsigned number = 0;
	for (const char *line = registry_next_line(f->registry, NULL, &len); line && named < NAMES_MAX;
	     line = registry_next_line(f->registry, line, &len)) {
		char fingerprint[KEY_FINGERPRINT_SIZE], text[512];
		cleanup_authkey struct authkey key = {0};
		number++;
		if (authkey_parse(line, len, &key, NULL) < 0 || key.authority || !key.name)
			continue;
		named++;
		key_fingerprint(&key.key, fingerprint);
		const struct policy_subject s = {
			.gate = true, .uid = (uid_t)-1, .key = key.name, .fingerprint = fingerprint};
		if (policy_has_subject(f->policy, &s))
			continue;
		snprintf(text, sizeof(text), "%s: no rule is for this key, which opens nothing", key.name);
		tell(f, REGISTRY_PATH, number, text);
	}
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
	f->policy = p;
	lint_unnamed(f);
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
	f->host = !file;
	policy_lint(p, now, offset, tell, f);
	policy_each_account(p, lint_account, f);
	forget_names(f);
	if (f->host)
		policy_each_group(p, lint_group, f);
	forget_names(f);
	if (!file)
		r = lint_registry(p, f, err);
	forget_names(f);
	return r;
}

int policy_lint_installed(size_t *ret_count, struct buf *first, struct error *err)
{
	__attribute__((cleanup(findings_free))) struct findings f = {0};
	int r = lint(NULL, &f, err);
	if (r == 0 && f.failed)
		r = error_errno(err, -ENOMEM, "policy lint");
	if (r < 0)
		return r;
	if (f.count > 1)
		qsort(f.list, f.count, sizeof(*f.list), compare);
	if (f.count > 0 && *f.list[0].file)
		buf_printf(first, "%s:%u: ", f.list[0].file, f.list[0].line);
	if (f.count > 0)
		buf_puts(first, f.list[0].text);
	*ret_count = f.count;
	return first->failed ? error_errno(err, -ENOMEM, "policy lint") : 0;
}

static int lint_run(const struct cmd *self, int argc, char **argv)
{
	struct error err;
	__attribute__((cleanup(findings_free))) struct findings f = {0};
	int code;
	int first = cmd_parse_plain(self, argc, argv, &code);
	if (first < 0)
		return code;
	if (lint(first < argc ? argv[first] : NULL, &f, &err) < 0)
		return report_error(&err);
	if (f.failed) {
		error_errno(&err, -ENOMEM, "policy lint");
		return report_error(&err);
	}
	print(&f);
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
		 "good as root; and without FILE, names that this host does not have, keys in the registry that lack\n"
		 "restrict, and those that no rule is for.\n\n"
		 "Exit code: 0 without a finding, 1 with one, 125 if the policy has errors.\n",
	.run = lint_run,
};
