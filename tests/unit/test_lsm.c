/* SPDX-License-Identifier: ISC */
/* Labels as AppArmor and SELinux write them; the machines that run the tests need neither. */
#include "test.h"

#include <errno.h>

#include "lib/priv/lsm.h"

#define CONTEXT "system_u:system_r:container_t:s0:c1,c2"

static int plan(const char *init, const char *apparmor, const char *selinux, bool unconfined, struct lsm_label *ret)
{
	struct error err = ERROR_INIT;
	int r = lsm_plan(init, "unconfined", apparmor, selinux, unconfined, ret, &err);
	assert_true(r == 0 || err.text[0]);
	return r;
}

static void without_a_label_there_is_nothing_to_write(void **state)
{
	(void)state;
	struct lsm_label l;
	assert_int_equal(plan("", "", "", false, &l), 0);
	assert_null(l.file);
	assert_int_equal(plan("unconfined", "", "", false, &l), 0);
	assert_null(l.file);
	assert_int_equal(plan("kernel", "unconfined", "", false, &l), 0);
	assert_null(l.file);
}

static void takes_the_profile_of_init(void **state)
{
	(void)state;
	struct lsm_label l;
	assert_int_equal(plan("docker-default (enforce)", "docker-default", "", false, &l), 0);
	assert_string_equal(l.text, "exec docker-default");
	assert_int_equal(plan("docker-default (enforce)", "", "", false, &l), 0);
	assert_string_equal(l.text, "exec docker-default");
	assert_int_equal(plan("docker-default (enforce)", "unconfined", "", false, &l), 0);
	assert_string_equal(l.text, "exec docker-default");
	assert_int_equal(plan("unconfined", "docker-default", "", false, &l), 0);
	assert_string_equal(l.text, "exec docker-default");
}

static void refuses_to_choose_between_two_confinements(void **state)
{
	(void)state;
	struct lsm_label l;
	assert_int_equal(plan("docker-default (enforce)", "other", "", false, &l), -EACCES);
	assert_int_equal(plan("", "docker-default", "", false, &l), -EACCES);
	assert_int_equal(plan(CONTEXT, "", "system_u:system_r:spc_t:s0", false, &l), -EACCES);
}

static void takes_the_context_of_init(void **state)
{
	(void)state;
	struct lsm_label l;
	assert_int_equal(plan(CONTEXT, "", CONTEXT, false, &l), 0);
	assert_string_equal(l.text, CONTEXT);
	assert_int_equal(plan(CONTEXT, "", "", false, &l), 0);
	assert_string_equal(l.text, CONTEXT);
}

static void privileged_is_unconfined_only_where_it_was_asked_for(void **state)
{
	(void)state;
	struct lsm_label l;
	assert_int_equal(plan("docker-default (enforce)", "docker-default", "", true, &l), 0);
	assert_string_equal(l.text, "exec unconfined");
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(without_a_label_there_is_nothing_to_write), IT(takes_the_profile_of_init),
					   IT(refuses_to_choose_between_two_confinements),
					   IT(takes_the_context_of_init),
					   IT(privileged_is_unconfined_only_where_it_was_asked_for)};
	return RUN(tests);
}
