/* SPDX-License-Identifier: ISC */
/* Labels as AppArmor and SELinux write them; the machines that run the tests need neither. */
#include "test.h"

#include <errno.h>

#include "lib/priv/lsm.h"

#define CONTEXT "system_u:system_r:container_t:s0:c1,c2"

static int plan(const char *init, const char *apparmor, const char *selinux, struct lsm_label *ret)
{
	struct error err = ERROR_INIT;
	int r = lsm_plan(init, "unconfined", apparmor, selinux, ret, &err);
	assert_true(r == 0 || err.text[0]);
	return r;
}

static void without_a_label_there_is_nothing_to_write(void **state)
{
	(void)state;
	struct lsm_label l;
	assert_int_equal(plan("", "", "", &l), 0);
	assert_null(l.file);
	assert_int_equal(plan("unconfined", "", "", &l), 0);
	assert_null(l.file);
	assert_int_equal(plan("kernel", "unconfined", "", &l), 0);
	assert_null(l.file);
}

static void takes_the_profile_of_init(void **state)
{
	(void)state;
	struct lsm_label l;
	assert_int_equal(plan("docker-default (enforce)", "docker-default", "", &l), 0);
	assert_string_equal(l.text, "exec docker-default");
	assert_int_equal(plan("docker-default (enforce)", "", "", &l), 0);
	assert_string_equal(l.text, "exec docker-default");
	assert_int_equal(plan("docker-default (enforce)", "unconfined", "", &l), 0);
	assert_string_equal(l.text, "exec docker-default");
	assert_int_equal(plan("unconfined", "docker-default", "", &l), 0);
	assert_string_equal(l.text, "exec docker-default");
}

static void refuses_to_choose_between_two_confinements(void **state)
{
	(void)state;
	struct lsm_label l;
	assert_int_equal(plan("docker-default (enforce)", "other", "", &l), -EACCES);
	assert_int_equal(plan("", "docker-default", "", &l), -EACCES);
	assert_int_equal(plan(CONTEXT, "", "system_u:system_r:spc_t:s0", &l), -EACCES);
}

static void takes_the_context_of_init(void **state)
{
	(void)state;
	struct lsm_label l;
	assert_int_equal(plan(CONTEXT, "", CONTEXT, &l), 0);
	assert_string_equal(l.text, CONTEXT);
	assert_int_equal(plan(CONTEXT, "", "", &l), 0);
	assert_string_equal(l.text, CONTEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(without_a_label_there_is_nothing_to_write), IT(takes_the_profile_of_init),
					   IT(refuses_to_choose_between_two_confinements),
					   IT(takes_the_context_of_init)};
	return RUN(tests);
}
