/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/base/error.h"

static void setting_records_code_and_text_and_returns_the_code(void **state)
{
	(void)state;
	struct error err = ERROR_INIT;
	assert_int_equal(error_set(&err, -EACCES, "%s of %d", "one", 2), -EACCES);
	assert_int_equal(err.code, -EACCES);
	assert_string_equal(err.text, "one of 2");
}

static void the_name_of_the_errno_can_be_appended(void **state)
{
	(void)state;
	struct error err = ERROR_INIT;
	assert_int_equal(error_errno(&err, -ENOENT, "cannot open %s", "/x"), -ENOENT);
	assert_string_equal(err.text, "cannot open /x: No such file or directory");
}

static void context_is_put_before_the_text(void **state)
{
	(void)state;
	struct error err = ERROR_INIT;
	error_set(&err, -EPERM, "refused");
	assert_int_equal(error_prepend(&err, "container %s", "web"), -EPERM);
	assert_string_equal(err.text, "container web: refused");
}

static void a_missing_error_is_no_trouble(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, -EIO, "x"), -EIO);
	assert_int_equal(error_errno(NULL, -EIO, "x"), -EIO);
	assert_int_equal(error_prepend(NULL, "x"), 0);
}

static void long_texts_are_cut_and_stay_terminated(void **state)
{
	(void)state;
	char longer[ERROR_TEXT_MAX * 2];
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	struct error err = ERROR_INIT;
	error_set(&err, -EIO, "%s", longer);
	assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
	error_prepend(&err, "context");
	assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
	assert_memory_equal(err.text, "context: aaa", 12);
	error_errno(&err, -EIO, "%s", longer);
	assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
}

static void context_that_leaves_no_room_is_left_out(void **state)
{
	(void)state;
	char longer[ERROR_TEXT_MAX];
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	struct error err = ERROR_INIT;
	error_set(&err, -EIO, "text");
	error_prepend(&err, "%s", longer);
	assert_string_equal(err.text, "text");
}

static void an_unknown_errno_has_a_name_too(void **state)
{
	(void)state;
	assert_string_equal(error_name(99999), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(setting_records_code_and_text_and_returns_the_code),
		IT(the_name_of_the_errno_can_be_appended),
		IT(context_is_put_before_the_text),
		IT(a_missing_error_is_no_trouble),
		IT(long_texts_are_cut_and_stay_terminated),
		IT(context_that_leaves_no_room_is_left_out),
		IT(an_unknown_errno_has_a_name_too),
	};
	return RUN(tests);
}
