/* SPDX-License-Identifier: ISC */
#include "profile.h"

#include <ctype.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/engine/json.h"

enum { RULES_MAX = 20000, ARGS_MAX = 20000, ARCHS_MAX = 32, NAME_SHOWN = 64 };

void profile_done(struct profile *p)
{
	free(p->archs);
	free(p->rules);
	free(p->args);
	*p = (struct profile){0};
}

int profile_add_arch(struct profile *p, uint32_t arch, struct answer_error_info *why)
{
	for (size_t i = 0; i < p->arch_count; i++)
		if (p->archs[i] == arch)
			return 0;
	uint32_t *bigger = reallocarray(p->archs, p->arch_count + 1, sizeof(*bigger));
	if (!bigger || p->arch_count == ARCHS_MAX)
		return answer_fail(why, ANSWER_SECCOMP, "the seccomp profile has too many architectures");
	p->archs = bigger;
	p->archs[p->arch_count++] = arch;
	return 0;
}

/* Makes room for more entries in an array that doubles. */
static void *grow(void *array, size_t count, size_t more, size_t *size, size_t entry)
{
	if (*size - count >= more)
		return array;
	size_t wanted = *size ? *size * 2 : 512;
	while (wanted - count < more)
		wanted *= 2;
	void *bigger = reallocarray(array, wanted, entry);
	if (bigger)
		*size = wanted;
	return bigger;
}

int profile_add_rule(struct profile *p, const char *name, uint32_t action, const struct scmp_arg_cmp *args,
		     size_t arg_count, struct answer_error_info *why)
{
	if (p->rule_count >= RULES_MAX || p->arg_count + arg_count > ARGS_MAX)
		return answer_fail(why, ANSWER_SECCOMP, "the seccomp profile has too many rules");
	struct seccomp_rule *rules = grow(p->rules, p->rule_count, 1, &p->rule_size, sizeof(*rules));
	if (!rules)
		return answer_fail(why, ANSWER_FAILED, "out of memory");
	p->rules = rules;
	if (arg_count > 0) {
		struct scmp_arg_cmp *all = grow(p->args, p->arg_count, arg_count, &p->arg_size, sizeof(*all));
		if (!all)
			return answer_fail(why, ANSWER_FAILED, "out of memory");
		p->args = all;
		memcpy(p->args + p->arg_count, args, arg_count * sizeof(*args));
	}
	p->rules[p->rule_count++] = (struct seccomp_rule){
		.name = name,
		.action = action,
		.first_arg = (uint32_t)p->arg_count,
		.arg_count = (uint32_t)arg_count,
	};
	p->arg_count += arg_count;
	return 0;
}

/* Parsing. */

static int parse_action(const char *name, bool has_errno, uint32_t errnum, uint32_t *ret, struct answer_error_info *why)
{
	const uint32_t code = has_errno ? errnum : EPERM;
	const struct {
		const char *name;
		uint32_t action;
	} actions[] = {
		{"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW},
		{"SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(code)},
		{"SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD},
		{"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD},
		{"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS},
		{"SCMP_ACT_TRAP", SCMP_ACT_TRAP},
		{"SCMP_ACT_TRACE", SCMP_ACT_TRACE(code)},
		{"SCMP_ACT_LOG", SCMP_ACT_LOG},
	};
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (strcmp(name, actions[i].name) == 0) {
			*ret = actions[i].action;
			return 0;
		}
	}
	if (strcmp(name, "SCMP_ACT_NOTIFY") == 0)
		return answer_fail(why, ANSWER_SECCOMP,
				   "the seccomp profile has SCMP_ACT_NOTIFY: its agent serves the container's own "
				   "processes only, so nothing that enters can be confined by it");
	char shown[NAME_SHOWN];
	text_escape(shown, sizeof(shown), name, strlen(name));
	return answer_fail(why, ANSWER_SECCOMP, "the seccomp profile has an unknown action %s", shown);
}

static int parse_arch(struct profile *p, const char *name, struct answer_error_info *why)
{
	char lower[NAME_SHOWN] = "";
	const char *rest = str_after(name, "SCMP_ARCH_");
	for (size_t i = 0; rest && rest[i] && i < sizeof(lower) - 1; i++)
		lower[i] = (char)tolower((unsigned char)rest[i]);
	uint32_t arch = rest ? seccomp_arch_resolve_name(lower) : 0;
	if (arch == 0) {
		char shown[NAME_SHOWN];
		text_escape(shown, sizeof(shown), name, strlen(name));
		return answer_fail(why, ANSWER_SECCOMP, "the seccomp profile has an unknown architecture %s", shown);
	}
	return profile_add_arch(p, arch, why);
}

static bool parse_operator(const char *name, enum scmp_compare *ret)
{
	static const struct {
		const char *name;
		enum scmp_compare op;
	} operators[] = {
		{"SCMP_CMP_NE", SCMP_CMP_NE},
		{"SCMP_CMP_LT", SCMP_CMP_LT},
		{"SCMP_CMP_LE", SCMP_CMP_LE},
		{"SCMP_CMP_EQ", SCMP_CMP_EQ},
		{"SCMP_CMP_GE", SCMP_CMP_GE},
		{"SCMP_CMP_GT", SCMP_CMP_GT},
		{"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ},
	};
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (strcmp(name, operators[i].name) == 0) {
			*ret = operators[i].op;
			return true;
		}
	}
	return false;
}

enum { CALL_ARGS_MAX = 64 };

/* The conditions of one entry of `syscalls`. Returns their number; r has failed where one cannot be understood. */
static size_t parse_args(struct json_reader *r, const cJSON *call, struct scmp_arg_cmp *args)
{
	size_t n = 0;
	const cJSON *item;
	cJSON_ArrayForEach(item, json_array(r, call, "args"))
	{
		if (n == CALL_ARGS_MAX || !cJSON_IsObject(item)) {
			json_fail(r, "args has too many entries, or one that is not an object");
			return n;
		}
		struct scmp_arg_cmp *arg = &args[n++];
		*arg = (struct scmp_arg_cmp){
			.arg = (unsigned int)json_uint(r, item, "index", 5),
			.datum_a = json_uint(r, item, "value", UINT64_MAX),
			.datum_b = json_uint(r, item, "valueTwo", UINT64_MAX),
		};
		if (!parse_operator(json_text(r, item, "op"), &arg->op))
			json_fail(r, "args has an unknown operator");
	}
	return n;
}

/*
 * Conditions on different arguments must all hold. Where two look at the same argument, runc makes a rule of each, so
 * that one is enough: profiles from before this was specified rely on it.
 */
static bool is_alternatives(const struct scmp_arg_cmp *args, size_t count)
{
	unsigned int seen = 0;
	for (size_t i = 0; i < count; i++) {
		if (seen & 1u << args[i].arg)
			return true;
		seen |= 1u << args[i].arg;
	}
	return false;
}

static int add_call(struct profile *p, const char *name, uint32_t action, const struct scmp_arg_cmp *args, size_t count,
		    struct answer_error_info *why)
{
	if (!is_alternatives(args, count))
		return profile_add_rule(p, name, action, args, count, why);
	int r = 0;
	for (size_t i = 0; i < count && r == 0; i++)
		r = profile_add_rule(p, name, action, &args[i], 1, why);
	return r;
}

static int parse_call(struct json_reader *r, const cJSON *call, struct profile *p, struct answer_error_info *why)
{
	if (!cJSON_IsObject(call))
		json_fail(r, "syscalls has an entry that is not an object");
	struct scmp_arg_cmp args[CALL_ARGS_MAX];
	size_t count = parse_args(r, call, args);
	uint32_t errnum = (uint32_t)json_uint(r, call, "errnoRet", UINT16_MAX);
	const char *action_name = json_text(r, call, "action");
	const cJSON *names = json_array(r, call, "names");
	if (r->failed)
		return answer_fail(why, ANSWER_SECCOMP, "the seccomp profile cannot be used: %s", r->err->text);
	uint32_t action;
	int result = parse_action(action_name, json_has(call, "errnoRet"), errnum, &action, why);
	const cJSON *name;
	cJSON_ArrayForEach(name, names)
	{
		if (result < 0)
			break;
		if (!cJSON_IsString(name) || !*name->valuestring)
			return answer_fail(why, ANSWER_SECCOMP, "the seccomp profile has a rule without a name");
		result = add_call(p, name->valuestring, action, args, count, why);
	}
	return result;
}

static int parse_flags(struct json_reader *r, const cJSON *seccomp, uint32_t *ret, struct answer_error_info *why)
{
	*ret = 0;
	const cJSON *flag;
	cJSON_ArrayForEach(flag, json_array(r, seccomp, "flags"))
	{
		const char *name = cJSON_IsString(flag) ? flag->valuestring : "";
		if (strcmp(name, "SECCOMP_FILTER_FLAG_LOG") == 0) {
			*ret |= SECCOMP_FILTER_FLAG_LOG;
		} else if (strcmp(name, "SECCOMP_FILTER_FLAG_SPEC_ALLOW") == 0) {
			*ret |= SECCOMP_FILTER_FLAG_SPEC_ALLOW;
		} else if (strcmp(name, "SECCOMP_FILTER_FLAG_TSYNC") != 0) {
			/* TSYNC is about threads, and what enters has one. */
			char shown[NAME_SHOWN];
			text_escape(shown, sizeof(shown), name, strlen(name));
			return answer_fail(why, ANSWER_SECCOMP, "the seccomp profile has an unknown flag %s", shown);
		}
	}
	return 0;
}

int profile_parse(const cJSON *seccomp, struct profile *ret, uint32_t *ret_flags, struct answer_error_info *why)
{
	struct error err = ERROR_INIT;
	struct json_reader r = {.err = &err};
	cleanup_profile struct profile p = {0};
	const char *default_name = json_text(&r, seccomp, "defaultAction");
	const cJSON *calls = json_array(&r, seccomp, "syscalls");
	const cJSON *archs = json_array(&r, seccomp, "architectures");
	uint32_t errnum = (uint32_t)json_uint(&r, seccomp, "defaultErrnoRet", UINT16_MAX);
	int result = parse_flags(&r, seccomp, ret_flags, why);
	if (r.failed)
		return answer_fail(why, ANSWER_SECCOMP, "the seccomp profile cannot be used: %s", err.text);
	if (!*default_name && (!calls || !calls->child))
		return 0;
	if (result == 0)
		result = parse_action(default_name, json_has(seccomp, "defaultErrnoRet"), errnum, &p.default_action,
				      why);
	const cJSON *item;
	cJSON_ArrayForEach(item, archs)
	{
		if (result == 0)
			result = parse_arch(&p, cJSON_IsString(item) ? item->valuestring : "", why);
	}
	cJSON_ArrayForEach(item, calls)
	{
		if (result == 0)
			result = parse_call(&r, item, &p, why);
	}
	if (result < 0)
		return result;
	*ret = p;
	p = (struct profile){0};
	return 1;
}
