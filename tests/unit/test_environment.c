/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "cmd/centerctl/environment.h"
#include "lib/base/text.h"

static char *const caller[] = {(char *)"GIVEN=value", (char *)"EMPTY=", (char *)"GIVEN2=other", NULL};

static void a_name_alone_takes_the_callers_value(void **state)
{
	(void)state;
	cleanup_strv char **env = NULL;
	struct error err;
	assert_int_equal(environment_add(&env, "GIVEN", caller, &err), 0);
	assert_int_equal(environment_add(&env, "EMPTY", caller, &err), 0);
	assert_int_equal(environment_add(&env, "GIVE", caller, &err), 0);
	assert_int_equal(environment_add(&env, "X=1=2", caller, &err), 0);
	assert_int_equal(environment_add(&env, "GIVEN=own", caller, &err), 0);
	assert_int_equal(strv_len(env), 3);
	assert_string_equal(env[0], "GIVEN=own");
	assert_string_equal(env[1], "EMPTY=");
	assert_string_equal(env[2], "X=1=2");
	assert_int_equal(environment_add(&env, "", caller, &err), -EINVAL);
	assert_int_equal(environment_add(&env, "=x", caller, &err), -EINVAL);
}

static int add_text(char ***env, const char *text, size_t len, struct error *err)
{
	/* An exact copy, so that ASan sees a read behind it. */
	cleanup_free char *copy = malloc(len ? len : 1);
	memcpy(copy, text, len);
	return environment_add_text(env, "file", copy, len, caller, err);
}
#define TEXT(t) add_text(&env, t, sizeof(t) - 1, &err)

static void a_file_is_read_as_docker_reads_it(void **state)
{
	(void)state;
	cleanup_strv char **env = NULL;
	struct error err;
	assert_int_equal(TEXT("\xef\xbb\xbf"
			      "A=1\r\n\n  # note\n\t B='x' # y \nGIVEN\nABSENT\nE=\nA=2"),
			 0);
	assert_int_equal(strv_len(env), 4);
	assert_string_equal(env[0], "A=2");
	assert_string_equal(env[1], "B='x' # y ");
	assert_string_equal(env[2], "GIVEN=value");
	assert_string_equal(env[3], "E=");
	assert_int_equal(TEXT(""), 0);
	assert_int_equal(TEXT("\xef\xbb\xbf"), 0);
	assert_int_equal(TEXT("\n"), 0);
	assert_int_equal(TEXT("\r"), 0);
	assert_int_equal(strv_len(env), 4);
}

static void errors_name_the_line(void **state)
{
	(void)state;
	cleanup_strv char **env = NULL;
	struct error err;
	assert_int_equal(TEXT("A=1\n#\nB C=1\n"), -EINVAL);
	assert_string_equal(err.text, "file:3: the variable's name \"B C\" has white space in it");
	assert_int_equal(TEXT("NAME \n"), -EINVAL);
	assert_int_equal(TEXT("\n=1"), -EINVAL);
	assert_non_null(strstr(err.text, "file:2: "));
	assert_int_equal(TEXT("A=\0"), -EINVAL);
	assert_non_null(strstr(err.text, "file:1: a NUL byte"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(a_name_alone_takes_the_callers_value),
					   IT(a_file_is_read_as_docker_reads_it), IT(errors_name_the_line)};
	return RUN(tests);
}
