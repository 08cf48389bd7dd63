/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "lib/tool/refusal.h"

static const uint64_t ptrace_bit = UINT64_C(1) << CAP_SYS_PTRACE;

/* A process that may be traced by root with the capability; each case takes one thing away. */
static struct trace_facts willing(void)
{
	return (struct trace_facts){.target = "web",
				    .pid = 7,
				    .exists = true,
				    .name = "server",
				    .state = 'S',
				    .has_memory = true,
				    .parent = 1,
				    .userns = USERNS_SAME,
				    .our_effective = ptrace_bit,
				    .our_permitted = ptrace_bit,
				    .yama = -1,
				    .ptrace_errno = ESRCH};
}

static struct trace_facts denied(void)
{
	struct trace_facts f = willing();
	f.memory_errno = EACCES;
	f.our_effective = f.our_permitted = 0;
	f.our_uid = f.owner = f.uids[0] = f.uids[1] = f.uids[2] = 1000;
	return f;
}

static void refuses(const struct trace_facts *f, int code, const char *cause)
{
	struct error err = ERROR_INIT;
	assert_int_equal(refusal_judge(f, &err), code);
	if (!strstr(err.text, cause))
		fail_msg("\"%s\" does not say \"%s\"", err.text, cause);
	assert_null(strchr(err.text, '\n'));
}

static void what_can_be_traced_is_not_refused(void **state)
{
	(void)state;
	struct error err;
	struct trace_facts f = willing();
	assert_int_equal(refusal_judge(&f, &err), 0);
	/* The kernel's word counts, whatever else would seem to be in the way. */
	f.yama = 2;
	f.userns = USERNS_OTHER;
	f.uids[1] = 5;
	f.our_effective = 0;
	assert_int_equal(refusal_judge(&f, &err), 0);
}

static void memory_that_a_file_mode_shuts_is_missed_only_where_it_is_needed(void **state)
{
	(void)state;
	struct error err;
	struct trace_facts f = willing();
	f.our_uid = 1000;
	f.memory_is_shut = true;
	assert_int_equal(refusal_judge(&f, &err), 0);
	f.needs_memory = true;
	refuses(&f, -EPERM, "this session is of user 1000: use -u 0");
}

static void there_has_to_be_something_to_trace(void **state)
{
	(void)state;
	struct trace_facts f = willing();
	f.exists = false;
	refuses(&f, -ESRCH, "no process 7 in web");
	f = willing();
	f.self = true;
	refuses(&f, -ESRCH, "the tool itself");
	f = willing();
	f.state = 'Z';
	f.has_memory = false;
	refuses(&f, -ESRCH, "has ended");
	f = willing();
	f.has_memory = false;
	refuses(&f, -EPERM, "thread of the kernel");
}

static void another_tracer_is_named(void **state)
{
	(void)state;
	struct trace_facts f = willing();
	f.tracer = 12;
	strcpy(f.tracer_name, "strace");
	refuses(&f, -EBUSY, "already traced by process 12 (strace)");
	f = willing();
	f.state = 't';
	refuses(&f, -EBUSY, "traced from outside of web");
	f = willing();
	f.seize_errno = EPERM;
	refuses(&f, -EBUSY, "traced from outside of web");
}

static void a_filter_is_told_from_a_missing_right(void **state)
{
	(void)state;
	static const int codes[] = {EPERM, EACCES, ENOSYS};
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct trace_facts f = willing();
		f.ptrace_errno = codes[i];
		refuses(&f, -EPERM, "seccomp filter");
	}
}

static void yama_is_named_with_its_value(void **state)
{
	(void)state;
	struct trace_facts f = denied();
	f.yama = 1;
	refuses(&f, -EPERM, "ptrace_scope is 1");
	f.our_effective = ptrace_bit;
	f.yama = 3;
	refuses(&f, -EPERM, "ptrace_scope is 3");
}

static void what_the_kernel_asks_is_gone_through_in_its_order(void **state)
{
	(void)state;
	struct trace_facts f = denied();
	f.userns = USERNS_OTHER;
	refuses(&f, -EPERM, "another user namespace");
	f = denied();
	f.uids[2] = 0;
	refuses(&f, -EPERM, "runs as user 0");
	f = denied();
	f.owner = 0;
	refuses(&f, -EPERM, "not dumpable");
	f = denied();
	f.permitted = 1 << CAP_CHOWN;
	refuses(&f, -EPERM, "capabilities that this session has not");
	f = denied();
	refuses(&f, -EPERM, "is of the same user: a security module");
	f.our_effective = ptrace_bit;
	f.owner = 0;
	refuses(&f, -EPERM, "has CAP_SYS_PTRACE: a security module");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(memory_that_a_file_mode_shuts_is_missed_only_where_it_is_needed),
		IT(what_can_be_traced_is_not_refused),
		IT(there_has_to_be_something_to_trace),
		IT(another_tracer_is_named),
		IT(a_filter_is_told_from_a_missing_right),
		IT(yama_is_named_with_its_value),
		IT(what_the_kernel_asks_is_gone_through_in_its_order),
	};
	return RUN(tests);
}
