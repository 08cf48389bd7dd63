/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bpf.h"
#include "lib/base/io.h"
#include "lib/engine/json.h"
#include "lib/oci/bundle.h"
#include "lib/oci/docker_profile.h"
#include "lib/oci/profile.h"

static const uint32_t EPERM_ANSWER = SECCOMP_RET_ERRNO | EPERM, ENOSYS_ANSWER = SECCOMP_RET_ERRNO | ENOSYS;

static int scratch;
static struct answer_error_info why;

static int make_scratch(void **state)
{
	(void)state;
	scratch = memfd_create("scratch", MFD_CLOEXEC);
	return scratch < 0;
}

static int drop_scratch(void **state)
{
	(void)state;
	scratch = close_fd(scratch);
	return 0;
}

struct filter {
	struct sock_filter *code;
	uint32_t len;
	uint32_t flags;
};

static void filter_done(struct filter *f)
{
	free(f->code);
}
#define cleanup_filter __attribute__((cleanup(filter_done)))

/* Parses and compiles the text of linux.seccomp. Returns 1, 0 or -EBADMSG. */
static int compile(const char *text, struct filter *ret)
{
	cleanup_json cJSON *root = NULL;
	cleanup_profile struct profile p = {0};
	struct error err = ERROR_INIT;
	why = (struct answer_error_info){0};
	if (json_parse(text, strlen(text), &root, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	int r = profile_parse(root, &p, &ret->flags, &why);
	if (r == 1 && profile_compile(&p, 0, scratch, &ret->code, &ret->len, &why) < 0)
		return -EBADMSG;
	return r;
}

static uint32_t ask_arch(const struct filter *f, uint32_t arch, long nr, uint64_t a, uint64_t b)
{
	struct seccomp_data data = {.nr = (int)nr, .arch = arch, .args = {a, b}};
	return bpf_run(f->code, f->len, &data);
}

#define NATIVE(f, nr, a, b) ask_arch(f, AUDIT_ARCH_X86_64, nr, a, b)

static void assert_compiles(const char *text, struct filter *ret)
{
	if (compile(text, ret) != 1)
		fail_msg("%s: %s", text, why.text);
}

#define RULES(rules) \
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],\"syscalls\":[" rules "]}"
#define ALLOW(names, args) "{\"names\":[" names "],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[" args "]}"

static void allowed_calls_are_allowed_and_others_get_eperm(void **state)
{
	(void)state;
	cleanup_filter struct filter f = {0};
	assert_compiles(RULES(ALLOW("\"read\",\"openat2\"", "")), &f);
	assert_int_equal(NATIVE(&f, SYS_read, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(NATIVE(&f, SYS_write, 0, 0), EPERM_ANSWER);
}

static void calls_newer_than_the_profile_get_enosys(void **state)
{
	(void)state;
	cleanup_filter struct filter f = {0};
	assert_compiles(RULES(ALLOW("\"read\",\"openat2\"", "")), &f);
	assert_int_equal(NATIVE(&f, SYS_openat2, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(NATIVE(&f, SYS_openat2 + 1, 0, 0), ENOSYS_ANSWER);
	assert_int_equal(NATIVE(&f, 9999, 0, 0), ENOSYS_ANSWER);
}

static void a_default_that_lets_through_has_no_enosys(void **state)
{
	(void)state;
	static const char *const defaults[] = {"ALLOW", "LOG", "TRACE"};
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		char text[256];
		cleanup_filter struct filter f = {0};
		snprintf(text, sizeof(text),
			 "{\"defaultAction\":\"SCMP_ACT_%s\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
			 "\"syscalls\":[{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_ERRNO\"}]}",
			 defaults[i]);
		assert_compiles(text, &f);
		assert_int_not_equal(NATIVE(&f, 9999, 0, 0), ENOSYS_ANSWER);
		assert_int_equal(NATIVE(&f, SYS_mkdir, 0, 0), EPERM_ANSWER);
	}
}

static void calls_of_other_architectures_are_killed(void **state)
{
	(void)state;
	cleanup_filter struct filter f = {0};
	assert_compiles(RULES(ALLOW("\"read\"", "")), &f);
	assert_int_equal(ask_arch(&f, AUDIT_ARCH_I386, 3, 0, 0), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(ask_arch(&f, AUDIT_ARCH_AARCH64, 63, 0, 0), SECCOMP_RET_KILL_THREAD);
}

static void x32_is_an_architecture_of_its_own(void **state)
{
	(void)state;
	const long x32_read = SYS_read | 1L << 30;
	cleanup_filter struct filter without = {0}, with = {0};
	assert_compiles(RULES(ALLOW("\"read\"", "")), &without);
	assert_int_equal(NATIVE(&without, x32_read, 0, 0), SECCOMP_RET_KILL_THREAD);
	assert_compiles(
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\","
		"\"SCMP_ARCH_X32\"],\"syscalls\":[" ALLOW("\"read\",\"close\"", "") "]}",
		&with);
	assert_int_equal(NATIVE(&with, x32_read, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(NATIVE(&with, (1L << 30) + 2000, 0, 0), ENOSYS_ANSWER);
	assert_int_equal(NATIVE(&with, SYS_read, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(NATIVE(&with, SYS_write, 0, 0), EPERM_ANSWER);
	assert_int_equal(ask_arch(&with, AUDIT_ARCH_I386, 3, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(ask_arch(&with, AUDIT_ARCH_I386, 5, 0, 0), EPERM_ANSWER);
	assert_int_equal(ask_arch(&with, AUDIT_ARCH_I386, 7, 0, 0), ENOSYS_ANSWER);
}

static void each_action_gives_its_answer(void **state)
{
	(void)state;
	static const struct {
		const char *action;
		uint32_t answer;
	} actions[] = {
		{"\"SCMP_ACT_KILL\"", SECCOMP_RET_KILL_THREAD},
		{"\"SCMP_ACT_KILL_THREAD\"", SECCOMP_RET_KILL_THREAD},
		{"\"SCMP_ACT_KILL_PROCESS\"", SECCOMP_RET_KILL_PROCESS},
		{"\"SCMP_ACT_TRAP\"", SECCOMP_RET_TRAP},
		{"\"SCMP_ACT_ERRNO\"", SECCOMP_RET_ERRNO | EPERM},
		{"\"SCMP_ACT_ERRNO\",\"errnoRet\":95", SECCOMP_RET_ERRNO | 95},
		{"\"SCMP_ACT_ERRNO\",\"errnoRet\":0", SECCOMP_RET_ERRNO},
		{"\"SCMP_ACT_TRACE\"", SECCOMP_RET_TRACE | EPERM},
		{"\"SCMP_ACT_TRACE\",\"errnoRet\":7", SECCOMP_RET_TRACE | 7},
		{"\"SCMP_ACT_LOG\"", SECCOMP_RET_LOG},
		{"\"SCMP_ACT_ALLOW\"", SECCOMP_RET_ALLOW},
	};
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		char text[256];
		cleanup_filter struct filter f = {0};
		snprintf(text, sizeof(text),
			 "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mkdir\"],\"action\":%s}]}",
			 actions[i].action);
		assert_compiles(text, &f);
		assert_int_equal(NATIVE(&f, SYS_mkdir, 0, 0), actions[i].answer);
		assert_int_equal(NATIVE(&f, SYS_rmdir, 0, 0), SECCOMP_RET_ALLOW);
	}
}

static void the_default_has_an_errno_of_its_own(void **state)
{
	(void)state;
	cleanup_filter struct filter f = {0};
	assert_compiles(
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"architectures\":[\"SCMP_ARCH_X86_64\"],"
		"\"syscalls\":[" ALLOW("\"openat2\"", "") ",{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_ERRNO\"}]}",
		&f);
	assert_int_equal(NATIVE(&f, SYS_rmdir, 0, 0), ENOSYS_ANSWER);
	assert_int_equal(NATIVE(&f, SYS_mkdir, 0, 0), EPERM_ANSWER);
}

static void conditions_have_all_operators(void **state)
{
	(void)state;
	static const struct {
		const char *op;
		uint64_t yes, no;
	} ops[] = {{"NE", 6, 5}, {"LT", 4, 5}, {"LE", 5, 6}, {"EQ", 5, 4}, {"GE", 5, 4}, {"GT", 6, 5}};
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		char text[512];
		cleanup_filter struct filter f = {0};
		snprintf(text, sizeof(text),
			 RULES(ALLOW("\"mkdir\"", "{\"index\":0,\"value\":5,\"op\":\"SCMP_CMP_%s\"}")), ops[i].op);
		assert_compiles(text, &f);
		assert_int_equal(NATIVE(&f, SYS_mkdir, ops[i].yes, 0), SECCOMP_RET_ALLOW);
		assert_int_equal(NATIVE(&f, SYS_mkdir, ops[i].no, 0), EPERM_ANSWER);
	}
}

static void conditions_compare_all_64_bits(void **state)
{
	(void)state;
	cleanup_filter struct filter f = {0};
	assert_compiles(RULES(ALLOW("\"mkdir\"",
				    "{\"index\":0,\"value\":18446744073709551615,\"valueTwo\":18446744073709551613,"
				    "\"op\":\"SCMP_CMP_MASKED_EQ\"}")),
			&f);
	assert_int_equal(NATIVE(&f, SYS_mkdir, UINT64_MAX - 2, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(NATIVE(&f, SYS_mkdir, UINT64_MAX, 0), EPERM_ANSWER);
	assert_int_equal(NATIVE(&f, SYS_mkdir, UINT32_MAX - 2, 0), EPERM_ANSWER);
}

static void conditions_on_different_arguments_must_all_hold(void **state)
{
	(void)state;
	cleanup_filter struct filter f = {0};
	assert_compiles(RULES(ALLOW("\"socket\"", "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"},{\"index\":1,"
						  "\"value\":2,\"op\":\"SCMP_CMP_EQ\"}")),
			&f);
	assert_int_equal(NATIVE(&f, SYS_socket, 1, 2), SECCOMP_RET_ALLOW);
	assert_int_equal(NATIVE(&f, SYS_socket, 1, 3), EPERM_ANSWER);
	assert_int_equal(NATIVE(&f, SYS_socket, 2, 2), EPERM_ANSWER);
}

static void conditions_on_one_argument_are_alternatives(void **state)
{
	(void)state;
	cleanup_filter struct filter f = {0};
	assert_compiles(RULES(ALLOW("\"personality\"", "{\"index\":0,\"value\":0,\"op\":\"SCMP_CMP_EQ\"},{\"index\":0,"
						       "\"value\":8,\"op\":\"SCMP_CMP_EQ\"}")),
			&f);
	assert_int_equal(NATIVE(&f, SYS_personality, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(NATIVE(&f, SYS_personality, 8, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(NATIVE(&f, SYS_personality, 9, 0), EPERM_ANSWER);
}

static void names_that_nobody_knows_are_passed_over(void **state)
{
	(void)state;
	cleanup_filter struct filter f = {0};
	assert_compiles(RULES(ALLOW("\"nosuchcall\",\"read\"", "")), &f);
	assert_int_equal(NATIVE(&f, SYS_read, 0, 0), SECCOMP_RET_ALLOW);
}

static void a_profile_without_anything_filters_nothing(void **state)
{
	(void)state;
	struct filter f = {0};
	assert_int_equal(compile("{}", &f), 0);
	assert_int_equal(compile("{\"syscalls\":[]}", &f), 0);
	assert_int_equal(compile("{\"architectures\":[\"SCMP_ARCH_X86\"]}", &f), 0);
}

static void a_profile_of_nothing_but_a_default_answers_with_it(void **state)
{
	(void)state;
	cleanup_filter struct filter f = {0}, redundant = {0};
	assert_compiles("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":95}", &f);
	assert_int_equal(NATIVE(&f, SYS_read, 0, 0), SECCOMP_RET_ERRNO | 95);
	assert_compiles("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[" ALLOW("\"read\"", "") "]}", &redundant);
	assert_int_equal(NATIVE(&redundant, SYS_read, 0, 0), SECCOMP_RET_ALLOW);
}

static void flags_are_taken_over(void **state)
{
	(void)state;
	cleanup_filter struct filter f = {0};
	assert_compiles("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\",\"SECCOMP_FILTER_"
			"FLAG_TSYNC\"]}",
			&f);
	assert_int_equal(f.flags, SECCOMP_FILTER_FLAG_LOG);
}

static void what_cannot_be_reproduced_is_refused_by_name(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} wrong[] = {
		{RULES("{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_NOTIFY\"}"), "its agent"},
		{"{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}", "its agent"},
		{"{\"defaultAction\":\"scmp_act_allow\"}", "scmp_act_allow"},
		{"{\"defaultAction\":7}", "defaultAction"},
		{"{\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}", "action"},
		{RULES("{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_\\u001bX\"}"), "SCMP_ACT_\\x1bX"},
		{RULES("{\"names\":[\"mkdir\"]}"), "action"},
		{RULES("{\"names\":[7],\"action\":\"SCMP_ACT_ALLOW\"}"), "name"},
		{RULES("{\"names\":[\"\"],\"action\":\"SCMP_ACT_ALLOW\"}"), "name"},
		{RULES("{\"names\":\"mkdir\",\"action\":\"SCMP_ACT_ALLOW\"}"), "names"},
		{RULES("7"), "object"},
		{RULES("{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":65536}"), "errnoRet"},
		{RULES("{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":-1}"), "errnoRet"},
		{RULES(ALLOW("\"mkdir\"", "{\"index\":6,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}")), "index"},
		{RULES(ALLOW("\"mkdir\"", "{\"index\":0,\"value\":1,\"op\":\"EQ\"}")), "operator"},
		{RULES(ALLOW("\"mkdir\"", "{\"index\":0,\"value\":1.5,\"op\":\"SCMP_CMP_EQ\"}")), "value"},
		{"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_VAX\"]}", "SCMP_ARCH_VAX"},
		{"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"x86_64\"]}", "x86_64"},
		{"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_S390X\"]}", "architecture"},
		{"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"SECCOMP_FILTER_FLAG_NEW_LISTENER\"]}",
		 "NEW_LISTENER"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct filter f = {0};
		assert_int_equal(compile(wrong[i].text, &f), -EBADMSG);
		assert_int_equal(why.kind, ANSWER_SECCOMP);
		if (!strstr(why.text, wrong[i].says))
			fail_msg("%s: %s", wrong[i].text, why.text);
	}
}

/* Docker's default profile, and the one that a real dockerd wrote for a container with default capabilities. */

static void the_default_profile_is_the_one_of_a_real_container(void **state)
{
	(void)state;
	char *text;
	size_t len;
	int fd = open(CORPUS "/bundle/docker-20.10.json", O_RDONLY | O_CLOEXEC);
	assert_int_equal(read_all(fd, BUNDLE_MAX, &text, &len), 0);
	close(fd);
	cleanup_bundle struct bundle b = {0};
	assert_int_equal(bundle_parse(text, len, &(struct ask_bundle){.want_seccomp = true}, scratch, &b, &why), 0);
	free(text);

	cleanup_profile struct profile p = {0};
	cleanup_filter struct filter ours = {0}, theirs = {.code = b.filter, .len = b.filter_len};
	b.filter = NULL;
	assert_int_equal(docker_profile_build(b.bounding, &p, &why), 0);
	assert_int_equal(profile_compile(&p, 0, scratch, &ours.code, &ours.len, &why), 0);
	static const uint32_t archs[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_ARM};
	static const uint64_t values[] = {
		0, 8, 0x20000, 0x20008, 0xffffffff, 1, CLONE_NEWUSER, CLONE_NEWNS | SIGCHLD, SIGCHLD, UINT64_MAX};
	for (size_t a = 0; a < ARRAY_SIZE(archs); a++)
		for (long nr = 0; nr < 600; nr++)
			for (size_t v = 0; v < ARRAY_SIZE(values); v++)
				for (long x32 = 0; x32 < 2; x32++)
					assert_int_equal(ask_arch(&ours, archs[a], nr | x32 << 30, values[v], 0),
							 ask_arch(&theirs, archs[a], nr | x32 << 30, values[v], 0));
}

static void compile_default(uint64_t bounding, struct filter *ret)
{
	cleanup_profile struct profile p = {0};
	assert_int_equal(docker_profile_build(bounding, &p, &why), 0);
	assert_int_equal(profile_compile(&p, 0, scratch, &ret->code, &ret->len, &why), 0);
}

static void capabilities_open_the_calls_that_belong_to_them(void **state)
{
	(void)state;
	static const struct {
		int capability;
		long nr;
	} pairs[] = {{CAP_SYS_ADMIN, SYS_mount},
		     {CAP_SYS_ADMIN, SYS_clone3},
		     {CAP_SYS_CHROOT, SYS_chroot},
		     {CAP_SYS_MODULE, SYS_init_module},
		     {CAP_SYS_PTRACE, SYS_kcmp},
		     {CAP_SYS_TIME, SYS_settimeofday},
		     {CAP_SYS_BOOT, SYS_reboot},
		     {CAP_SYSLOG, SYS_syslog},
		     {CAP_SYS_RAWIO, SYS_iopl},
		     {CAP_SYS_NICE, SYS_mbind},
		     {CAP_SYS_PACCT, SYS_acct},
		     {CAP_SYS_TTY_CONFIG, SYS_vhangup},
		     {CAP_DAC_READ_SEARCH, SYS_open_by_handle_at}};
	cleanup_filter struct filter none = {0};
	compile_default(0, &none);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		cleanup_filter struct filter f = {0};
		compile_default(UINT64_C(1) << pairs[i].capability, &f);
		assert_int_equal(NATIVE(&f, pairs[i].nr, 0, 0), SECCOMP_RET_ALLOW);
		assert_int_not_equal(NATIVE(&none, pairs[i].nr, 0, 0), SECCOMP_RET_ALLOW);
	}
	assert_int_equal(NATIVE(&none, SYS_clone3, 0, 0), ENOSYS_ANSWER);
	assert_int_equal(NATIVE(&none, SYS_clone, CLONE_NEWUSER, 0), EPERM_ANSWER);
	assert_int_equal(NATIVE(&none, SYS_clone, SIGCHLD, 0), SECCOMP_RET_ALLOW);
}

/* What debugging adds. */

enum { EXTRA_NR_END = 700 };

struct extra_arch {
	uint32_t audit, scmp;
	long bit; /* of x32 */
};
static const struct extra_arch extra_archs[] = {
	{AUDIT_ARCH_X86_64, SCMP_ARCH_X86_64, 0}, {AUDIT_ARCH_X86_64, SCMP_ARCH_X32, 1L << 30},
	{AUDIT_ARCH_I386, SCMP_ARCH_X86, 0},	  {AUDIT_ARCH_AARCH64, SCMP_ARCH_AARCH64, 0},
	{AUDIT_ARCH_ARM, SCMP_ARCH_ARM, 0},
};

static bool names_call(const char *const *names, uint32_t scmp, long nr)
{
	for (; *names; names++)
		if (seccomp_syscall_resolve_name_arch(scmp, *names) == nr)
			return true;
	return false;
}

/* Every call of every architecture is answered as without extra, but for those of names, which are allowed. */
static void compare_extra(const struct profile *p, uint32_t extra, const char *const *names)
{
	static const uint64_t values[] = {0, 1, 5, 8, SIGCHLD, CLONE_NEWUSER, 0xffffffff, UINT64_MAX};
	cleanup_filter struct filter plain = {0}, with = {0};
	size_t opened = 0;
	assert_int_equal(profile_compile(p, 0, scratch, &plain.code, &plain.len, &why), 0);
	assert_int_equal(profile_compile(p, extra, scratch, &with.code, &with.len, &why), 0);
	for (size_t i = 0; i < ARRAY_SIZE(extra_archs) * EXTRA_NR_END * ARRAY_SIZE(values); i++) {
		const struct extra_arch *a = &extra_archs[i / EXTRA_NR_END / ARRAY_SIZE(values)];
		long nr = (long)(i / ARRAY_SIZE(values) % EXTRA_NR_END) | a->bit;
		uint64_t value = values[i % ARRAY_SIZE(values)];
		uint32_t before = ask_arch(&plain, a->audit, nr, value, value);
		uint32_t after = ask_arch(&with, a->audit, nr, value, value);
		bool has_arch = a->scmp == SCMP_ARCH_X86_64;
		for (size_t k = 0; k < p->arch_count; k++)
			has_arch |= p->archs[k] == a->scmp;
		bool opens = has_arch && names_call(names, a->scmp, nr);
		opened += opens && before != after;
		if (after != (opens ? SECCOMP_RET_ALLOW : before))
			fail_msg("arch %x call %lx(%llx): %x without, %x with", a->audit, nr, (unsigned long long)value,
				 before, after);
	}
	assert_true(opened > 0);
}

static const char *const trace_names[] = {
	"ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_open", "pidfd_getfd", NULL};
static const char *const perf_names[] = {"perf_event_open", NULL};
static const char *const all_names[] = {"ptrace",     "process_vm_readv", "process_vm_writev", "kcmp",
					"pidfd_open", "pidfd_getfd",	  "perf_event_open",   NULL};

static void compare_extras(const char *text)
{
	cleanup_json cJSON *root = NULL;
	cleanup_profile struct profile p = {0};
	struct error err = ERROR_INIT;
	uint32_t flags;
	if (json_parse(text, strlen(text), &root, &err) < 0 || profile_parse(root, &p, &flags, &why) != 1)
		fail_msg("%s: %s%s", text, err.text, why.text);
	compare_extra(&p, SECCOMP_TRACE, trace_names);
	compare_extra(&p, SECCOMP_PERF, perf_names);
	compare_extra(&p, SECCOMP_EXTRA_ALL, all_names);
}

#define CONDITION	 "{\"index\":0,\"value\":5,\"op\":\"SCMP_CMP_EQ\"}"
#define REFUSE(names)	 "{\"names\":[" names "],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":95}"
#define OF(archs, rules) "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[" archs "],\"syscalls\":[" rules "]}"

static void debugging_opens_a_tracer_s_calls_and_changes_no_other(void **state)
{
	(void)state;
	cleanup_profile struct profile docker = {0};
	assert_int_equal(docker_profile_build(0xa80425fb, &docker, &why), 0);
	compare_extra(&docker, SECCOMP_TRACE, trace_names);
	compare_extra(&docker, SECCOMP_PERF, perf_names);
	compare_extra(&docker, SECCOMP_EXTRA_ALL, all_names);
	/* Numbers above all that the profile names: those are ENOSYS, except the ones that are opened. */
	compare_extras(RULES(ALLOW("\"read\"", "")));
	compare_extras(OF("\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"", ALLOW("\"read\",\"kill\"", "")));
	compare_extras(OF("\"SCMP_ARCH_AARCH64\",\"SCMP_ARCH_ARM\"", ALLOW("\"read\",\"openat2\"", "")));
	compare_extras(OF("", ALLOW("\"read\"", "")));
	/* What the profile says of these calls does not count: not the refusal, not the condition. */
	compare_extras(
		RULES(REFUSE("\"ptrace\",\"kcmp\"") "," ALLOW("\"perf_event_open\",\"ptrace\",\"clone\"", CONDITION)));
	compare_extras(RULES("{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_KILL\",\"args\":[" CONDITION "]}"));
	static const char *const defaults[] = {"ALLOW", "LOG", "TRACE", "KILL", "TRAP"};
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		char text[512];
		snprintf(text, sizeof(text),
			 "{\"defaultAction\":\"SCMP_ACT_%s\",\"architectures\":[\"SCMP_ARCH_X86_64\"],\"syscalls\":"
			 "[" REFUSE("\"ptrace\",\"mkdir\",\"perf_event_open\"") "]}",
			 defaults[i]);
		compare_extras(text);
	}
}

/* The interpreter is ours; the kernel must take the program and say the same. */

static int probe(const struct filter *f)
{
	struct sock_fprog program = {.len = (unsigned short)f->len, .filter = f->code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return 10;
	if (syscall(SYS_mkdir, "", 0) >= 0 || errno != 95)
		return 11;
	if (syscall(SYS_personality, 8L) >= 0 || errno != EPERM)
		return 12;
	if (syscall(SYS_rmdir, "") >= 0 || errno != ENOENT)
		return 13;
	return 0;
}

static void the_kernel_takes_the_filter_and_agrees(void **state)
{
	(void)state;
	cleanup_filter struct filter f = {0};
	assert_compiles("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mkdir\"],\"action\":\"SCMP_"
			"ACT_ERRNO\",\"errnoRet\":95},"
			"{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":0,\"value\":8,"
			"\"op\":\"SCMP_CMP_EQ\"}]}]}",
			&f);
	pid_t pid = fork();
	if (pid == 0)
		_exit(probe(&f));
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(allowed_calls_are_allowed_and_others_get_eperm),
		IT(calls_newer_than_the_profile_get_enosys),
		IT(a_default_that_lets_through_has_no_enosys),
		IT(calls_of_other_architectures_are_killed),
		IT(x32_is_an_architecture_of_its_own),
		IT(each_action_gives_its_answer),
		IT(the_default_has_an_errno_of_its_own),
		IT(conditions_have_all_operators),
		IT(conditions_compare_all_64_bits),
		IT(conditions_on_different_arguments_must_all_hold),
		IT(conditions_on_one_argument_are_alternatives),
		IT(names_that_nobody_knows_are_passed_over),
		IT(a_profile_without_anything_filters_nothing),
		IT(a_profile_of_nothing_but_a_default_answers_with_it),
		IT(flags_are_taken_over),
		IT(what_cannot_be_reproduced_is_refused_by_name),
		IT(the_default_profile_is_the_one_of_a_real_container),
		IT(capabilities_open_the_calls_that_belong_to_them),
		IT(debugging_opens_a_tracer_s_calls_and_changes_no_other),
		IT(the_kernel_takes_the_filter_and_agrees),
	};
	return cmocka_run_group_tests(tests, make_scratch, drop_scratch);
}
