/* SPDX-License-Identifier: ISC */
/*
 * A policy file. The input has several, after each line "%%" the next: the first is the main one, the others are 1, 2,
 * ... in a directory beside it. Whatever is accepted must be a block that attaches, can be explained and questioned,
 * and stays so when a word of it is damaged.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/policy/explain.h"
#include "lib/policy/lint.h"

enum { PARTS_MAX = 8, READS_MAX = 100 };

struct input {
	const char *text[PARTS_MAX];
	size_t len[PARTS_MAX], count, reads;
};

static struct input split_input(const char *data, size_t len)
{
	struct input in = {0};
	while (in.count < PARTS_MAX) {
		const char *end = memmem(data, len, "\n%%\n", 4);
		in.text[in.count] = data;
		in.len[in.count++] = end ? (size_t)(end - data) + 1 : len;
		if (!end)
			break;
		len -= (size_t)(end - data) + 4;
		data = end + 4;
	}
	return in;
}

static int read_part(void *arg, const char *path, char **ret_text, size_t *ret_len, struct error *err)
{
	struct input *in = arg;
	const char *name = strrchr(path, '/');
	size_t i = strcmp(path, "/etc/c") == 0 ? 0 : (size_t)((name ? name[1] : path[0]) - '0');
	/* Parts that include all others would be read for long. */
	if (i >= in->count || ++in->reads > READS_MAX)
		return error_errno(err, -ENOENT, "%s", path);
	*ret_text = malloc(in->len[i] ? in->len[i] : 1);
	*ret_len = in->len[i];
	memcpy(*ret_text, in->text[i], in->len[i]);
	return 0;
}

static int list_parts(void *arg, const char *directory, char ***ret_names, struct error *err)
{
	const struct input *in = arg;
	char name[] = "0";
	(void)directory;
	(void)err;
	for (size_t i = 1; i < in->count; i++) {
		name[0] = (char)('0' + i);
		MUST(strv_add(ret_names, name) == 0);
	}
	return 0;
}

static void ignore(void *arg, const char *file, unsigned line, const char *text)
{
	(void)arg;
	MUST(file && text && *text && (line > 0 || !*file));
}

static void question(const struct policy *p)
{
	char *labels[] = {(char *)"a=b", (char *)"com.docker.compose.project=shop",
			  (char *)"com.docker.compose.service=web", NULL};
	char *argv[] = {(char *)"true", (char *)"x", NULL};
	struct policy_target t = {.id = "0123456789abcdef", .name = "web", .image = "nginx:1", .labels = labels};
	struct policy_subject s = {.gate = true, .key = "k", .has_address = true};
	struct policy_ask a = {.verb = POLICY_EXEC, .own_user = "app", .argv = argv, .now = 1800000000};
	struct policy_decision d;
	struct policy_grant *g;
	cleanup_buf struct buf text = {0};
	policy_explain(p, &s, &t, &a, &d, &text);
	policy_env_allowed(p, &d, "LANG", 4);
	policy_toolbox_allowed(p, &d, policy_toolbox_first(p, &d));
	policy_port_allowed(p, &d, "db", 80);
	policy_signal_allowed(p, &d, 64);
	policy_may(p, &s, 0, 0);
	policy_is_gate(p, "x");
	int count = policy_grants(p, &s, &t, 0, 0, &g);
	policy_grants_free(g, count);
}

static void check_damaged(const struct policy *p, size_t len)
{
	size_t size = policy_size(p);
	cleanup_free char *copy = malloc(size);
	memcpy(copy, p, size);
	copy[len * 7 % size] ^= (char)(1 << len % 8);
	const struct policy *damaged = policy_attach(copy, size);
	if (damaged)
		question(damaged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = split_input((const char *)data, len);
	struct policy_reader reader = {read_part, list_parts, &in};
	struct error err = ERROR_INIT;
	cleanup_free struct policy *p = NULL;
	if (len > 1 << 16)
		return 0;
	int r = policy_load("/etc/c", &reader, &p, &err);
	if (r < 0) {
		MUST(err.code == r && *err.text && !p);
		return 0;
	}
	MUST(policy_attach(p, policy_size(p)) == p);
	question(p);
	if (policy_rule_count(p) < 1000)
		policy_lint(p, 1800000000, 0, ignore, NULL);
	check_damaged(p, len);
	return 0;
}
