/* SPDX-License-Identifier: ISC */
#include "bundle.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/personality.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/engine/json.h"
#include "lib/proto/request.h"
#include "profile.h"

static const uint64_t ID_MAX = UINT32_MAX - 1;

static uint64_t read_capabilities(struct json_reader *r, const cJSON *sets, const char *name)
{
	uint64_t mask = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, json_array(r, sets, name))
	{
		cap_value_t value;
		if (!cJSON_IsString(item)) {
			json_fail(r, "%s has an entry that is not a string", name);
			return 0;
		}
		/* cap_from_name() takes numbers as well, which a bundle has no business with. */
		if (str_starts(item->valuestring, "CAP_") && cap_from_name(item->valuestring, &value) == 0 &&
		    value >= 0 && value <= CAP_LAST_CAP)
			mask |= UINT64_C(1) << value;
	}
	return mask;
}

static int find_limit(const char *name)
{
	static const struct {
		const char *name;
		int resource;
	} limits[] = {
		{"RLIMIT_AS", RLIMIT_AS},
		{"RLIMIT_CORE", RLIMIT_CORE},
		{"RLIMIT_CPU", RLIMIT_CPU},
		{"RLIMIT_DATA", RLIMIT_DATA},
		{"RLIMIT_FSIZE", RLIMIT_FSIZE},
		{"RLIMIT_LOCKS", RLIMIT_LOCKS},
		{"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
		{"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
		{"RLIMIT_NICE", RLIMIT_NICE},
		{"RLIMIT_NOFILE", RLIMIT_NOFILE},
		{"RLIMIT_NPROC", RLIMIT_NPROC},
		{"RLIMIT_RSS", RLIMIT_RSS},
		{"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
		{"RLIMIT_RTTIME", RLIMIT_RTTIME},
		{"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
		{"RLIMIT_STACK", RLIMIT_STACK},
	};
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (strcmp(name, limits[i].name) == 0)
			return limits[i].resource;
	return -1;
}

static void read_limits(struct json_reader *r, const cJSON *process, struct bundle *b)
{
	unsigned int seen = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, json_array(r, process, "rlimits"))
	{
		int resource = find_limit(json_text(r, item, "type"));
		if (resource < 0 || seen & 1u << resource) {
			json_fail(r, "rlimits has a type that is unknown or stands there twice");
			return;
		}
		struct bundle_limit *limit = &b->limits[b->limit_count++];
		limit->resource = (uint32_t)resource;
		limit->soft = json_uint(r, item, "soft", UINT64_MAX);
		limit->hard = json_uint(r, item, "hard", UINT64_MAX);
		if (limit->soft > limit->hard)
			json_fail(r, "rlimits has a soft limit above its hard one");
		seen |= 1u << resource;
	}
}

static void read_groups(struct json_reader *r, const cJSON *user, struct bundle *b)
{
	const cJSON *array = json_array(r, user, "additionalGids");
	size_t count = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, array) count++;
	b->groups = calloc(count + 1, sizeof(*b->groups));
	if (count > ANSWER_GROUPS_MAX || !b->groups) {
		json_fail(r, "additionalGids has too many entries");
		return;
	}
	cJSON_ArrayForEach(item, array) b->groups[b->group_count++] =
		(gid_t)json_uint_item(r, item, "additionalGids", ID_MAX);
}

/* Entries without a name or a '=' would stop the runtime itself. */
static void check_env(struct json_reader *r, char *const *env)
{
	for (; env && *env; env++)
		if (**env == '=' || !strchr(*env, '='))
			json_fail(r, "env has an entry without a name or a value");
}

static void read_process(struct json_reader *r, const cJSON *process, struct bundle *b)
{
	if (!process)
		json_fail(r, "process is missing");
	const cJSON *user = json_object(r, process, "user");
	if (!json_has(user, "uid") || !json_has(user, "gid"))
		json_fail(r, "process.user is missing");
	b->uid = (uid_t)json_uint(r, user, "uid", ID_MAX);
	b->gid = (gid_t)json_uint(r, user, "gid", ID_MAX);
	b->has_umask = json_has(user, "umask");
	b->umask = (uint32_t)json_uint(r, user, "umask", 0777);
	read_groups(r, user, b);
	b->env = json_strings(r, process, "env", ANSWER_STRINGS_MAX);
	check_env(r, b->env);
	b->cwd = json_copy(r, process, "cwd", ANSWER_WORD_MAX);
	b->terminal = json_bool(r, process, "terminal");
	b->no_new_privileges = json_bool(r, process, "noNewPrivileges");
	b->apparmor = json_copy(r, process, "apparmorProfile", ANSWER_WORD_MAX);
	b->selinux = json_copy(r, process, "selinuxLabel", ANSWER_WORD_MAX);
	b->has_oom_score_adj = json_has(process, "oomScoreAdj");
	b->oom_score_adj = json_int(r, process, "oomScoreAdj", -1000, 1000);
	read_limits(r, process, b);

	const cJSON *sets = json_object(r, process, "capabilities");
	b->has_capabilities = sets;
	b->bounding = read_capabilities(r, sets, "bounding");
	b->permitted = read_capabilities(r, sets, "permitted");
	b->effective = read_capabilities(r, sets, "effective");
	b->inheritable = read_capabilities(r, sets, "inheritable");
	b->ambient = read_capabilities(r, sets, "ambient");
}

static uint32_t read_namespaces(struct json_reader *r, const cJSON *linux_part)
{
	static const struct {
		const char *name;
		enum ns_bit bit;
	} types[] = {{"mount", NS_MNT}, {"uts", NS_UTS},   {"ipc", NS_IPC},	  {"network", NS_NET},
		     {"pid", NS_PID},	{"user", NS_USER}, {"cgroup", NS_CGROUP}, {"time", NS_TIME}};
	uint32_t bits = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, json_array(r, linux_part, "namespaces"))
	{
		const char *type = json_text(r, item, "type");
		uint32_t bit = 0;
		for (size_t i = 0; i < ARRAY_SIZE(types); i++)
			if (strcmp(type, types[i].name) == 0)
				bit = types[i].bit;
		if (bit == 0)
			json_fail(r, "namespaces has a type that is unknown");
		bits |= bit;
	}
	return bits;
}

static void read_personality(struct json_reader *r, const cJSON *linux_part, struct bundle *b)
{
	const cJSON *personality = json_object(r, linux_part, "personality");
	if (!personality)
		return;
	const char *domain = json_text(r, personality, "domain");
	b->has_personality = true;
	if (strcmp(domain, "LINUX32") == 0)
		b->personality = PER_LINUX32;
	else if (strcmp(domain, "LINUX") != 0)
		json_fail(r, "personality has an unknown domain");
}

static void read_linux(struct json_reader *r, const cJSON *linux_part, struct bundle *b)
{
	b->cgroups_path = json_copy(r, linux_part, "cgroupsPath", ANSWER_WORD_MAX);
	b->ns = read_namespaces(r, linux_part);
	read_personality(r, linux_part, b);
}

static void read_bundle(struct json_reader *r, const cJSON *root, struct bundle *b)
{
	if (!str_starts(json_text(r, root, "ociVersion"), "1."))
		json_fail(r, "ociVersion is not 1.x");
	read_process(r, json_object(r, root, "process"), b);
	read_linux(r, json_object(r, root, "linux"), b);
	b->hostname = json_copy(r, root, "hostname", ANSWER_WORD_MAX);
	b->root_path = json_copy(r, json_object(r, root, "root"), "path", ANSWER_WORD_MAX);
	b->annotations = json_pairs(r, root, "annotations", ANSWER_STRINGS_MAX);
}

static int read_seccomp(const cJSON *seccomp, const struct ask_bundle *ask, int scratch, struct bundle *b,
			struct answer_error_info *why)
{
	cleanup_profile struct profile p = {0};
	uint32_t flags;
	int r = profile_parse(seccomp, &p, &flags, why);
	if (r <= 0)
		return r;
	b->has_seccomp = true;
	b->seccomp_flags = flags;
	return ask->want_seccomp ? profile_compile(&p, ask->extra, scratch, &b->filter, &b->filter_len, why) : 0;
}

int bundle_parse(const char *text, size_t len, const struct ask_bundle *ask, int scratch, struct bundle *ret,
		 struct answer_error_info *why)
{
	struct error err = ERROR_INIT;
	struct json_reader r = {.err = &err};
	cleanup_json cJSON *root = NULL;
	cleanup_bundle struct bundle b = {0};
	if (json_parse(text, len, &root, &err) < 0)
		return answer_fail(why, ANSWER_BAD_FILE, "the container's config.json cannot be used: %s", err.text);
	if (!cJSON_IsObject(root))
		json_fail(&r, "it is not an object");
	read_bundle(&r, root, &b);
	const cJSON *seccomp = json_object(&r, json_object(&r, root, "linux"), "seccomp");
	if (r.failed)
		return answer_fail(why, ANSWER_BAD_FILE, "the container's config.json cannot be used: %s", err.text);
	if (seccomp && read_seccomp(seccomp, ask, scratch, &b, why) < 0)
		return -EBADMSG;
	*ret = b;
	b = (struct bundle){0};
	return 0;
}
