/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/copy_options.h"

#define ARGS(...) ((char **)(const char *[]){"cp", __VA_ARGS__, NULL})

static int parse(struct exec_options *o, char **argv, struct error *err)
{
	*o = (struct exec_options){0};
	*err = ERROR_INIT;
	return cp_options_parse(o, (int)strv_len(argv), argv, err);
}

static void an_end_is_in_a_container_or_on_this_side(void **state)
{
	(void)state;
	static const struct {
		const char *word, *target, *path; /* path NULL: refused */
	} cases[] = {
		{"web:/etc", "web", "/etc"}, {"web:etc/x", "web", "/etc/x"},
		{"./a:b", NULL, "./a:b"},    {"/a:b", NULL, "/a:b"},
		{"plain", NULL, "plain"},    {"-", NULL, "-"},
		{"pid:7:/x", "pid:7", "/x"}, {"web:/a:b", "web", "/a:b"},
		{"..:x", NULL, "..:x"},	     {"web:", NULL, NULL},
		{":x", NULL, NULL},	     {"", NULL, NULL},
		{"we b:/x", NULL, NULL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err;
		cleanup_free char *target = NULL, *path = NULL;
		int r = copy_operand(cases[i].word, &target, &path, &err);
		assert_int_equal(r == 0, cases[i].path != NULL);
		if (r < 0)
			continue;
		assert_string_equal(path, cases[i].path);
		assert_int_equal(target == NULL, cases[i].target == NULL);
		if (target)
			assert_string_equal(target, cases[i].target);
	}
}

static void reading_and_writing_are_asked_for_by_where_the_container_is(void **state)
{
	(void)state;
	struct error err;
	struct exec_options o;
	assert_int_equal(parse(&o, ARGS("-L", "web:/a", "b"), &err), 0);
	assert_int_equal(o.request.service, SERVICE_READ);
	assert_string_equal(o.request.target, "web");
	assert_string_equal(o.request.command[0], "/a");
	assert_true(strv_has(o.request.options, "--follow") && strv_has(o.request.options, "--no-xattrs"));
	assert_null(o.copy.from);
	assert_string_equal(o.copy.to, "b");
	exec_options_done(&o);

	assert_int_equal(parse(&o, ARGS("b", "web:/a"), &err), 0);
	assert_int_equal(o.request.service, SERVICE_WRITE);
	assert_true(strv_has(o.request.options, "--no-owner"));
	exec_options_done(&o);

	assert_int_equal(parse(&o, ARGS("-a", "b", "web:/a"), &err), 0);
	assert_int_equal(strv_len(o.request.options), 0);
	exec_options_done(&o);
}

static void a_stream_keeps_what_is_in_it(void **state)
{
	(void)state;
	struct error err;
	struct exec_options o;
	assert_int_equal(parse(&o, ARGS("-", "web:/a"), &err), 0);
	assert_string_equal(o.copy.from, "-");
	assert_int_equal(strv_len(o.request.options), 1);
	assert_string_equal(o.request.options[0], "--into");
	exec_options_done(&o);
	assert_int_equal(parse(&o, ARGS("web:/a", "-"), &err), 0);
	assert_int_equal(strv_len(o.request.options), 0);
	exec_options_done(&o);
}

static void between_containers_there_are_two_requests(void **state)
{
	(void)state;
	struct error err;
	struct exec_options o;
	cleanup_request struct request second = {0};
	assert_int_equal(parse(&o, ARGS("-u", "app", "a:/x", "b:/y"), &err), 0);
	assert_null(o.copy.from);
	assert_null(o.copy.to);
	assert_int_equal(copy_options_second(&o, &second, &err), 0);
	assert_int_equal(second.service, SERVICE_WRITE);
	assert_string_equal(second.target, "b");
	assert_string_equal(second.command[0], "/y");
	assert_string_equal(second.user, "app");
	assert_true(strv_has(second.options, "--no-owner"));
	exec_options_done(&o);
}

static void what_makes_no_sense_is_refused(void **state)
{
	(void)state;
	char **const cases[] = {ARGS("a", "b"),
				ARGS("-", "-"),
				ARGS("web:/a"),
				ARGS("web:/a", "b", "c"),
				ARGS("-L", "-", "web:/a"),
				ARGS("--json", "web:/a", "b"),
				ARGS("a", "web:")};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err;
		struct exec_options o;
		assert_int_equal(parse(&o, cases[i], &err), -EINVAL);
		exec_options_done(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_end_is_in_a_container_or_on_this_side),
		cmocka_unit_test(reading_and_writing_are_asked_for_by_where_the_container_is),
		cmocka_unit_test(a_stream_keeps_what_is_in_it),
		cmocka_unit_test(between_containers_there_are_two_requests),
		cmocka_unit_test(what_makes_no_sense_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
