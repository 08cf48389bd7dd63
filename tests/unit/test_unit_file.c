/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/doctor/unit_file.h"

static void values_add_up_and_an_empty_one_takes_them_away(void **state)
{
	(void)state;
	cleanup_strv char **v = NULL;
	assert_int_equal(
		unit_file_add(
			"# x\n[Unit]\nListenStream=no\n[Socket]\n ListenStream = /run/docker.sock \nListenStream=2375\n"
			"ListenStreams=no\n[Install]\nListenStream=no",
			"Socket", "ListenStream", &v),
		0);
	assert_int_equal(strv_len(v), 2);
	assert_string_equal(v[0], "/run/docker.sock");
	assert_string_equal(v[1], "2375");
	assert_int_equal(unit_file_add("[Socket]\nListenStream=\nListenStream=a\n", "Socket", "ListenStream", &v), 0);
	assert_int_equal(strv_len(v), 1);
	assert_string_equal(v[0], "a");
	assert_int_equal(unit_file_add("[Socket]\nListenStream=", "Socket", "ListenStream", &v), 0);
	assert_null(v);
}

static void a_line_goes_on_behind_a_backslash(void **state)
{
	(void)state;
	cleanup_strv char **v = NULL;
	assert_int_equal(
		unit_file_add("[Service]\nExecStart=/usr/bin/dockerd \\\n  -H fd:// \\\n", "Service", "ExecStart", &v),
		0);
	assert_int_equal(strv_len(v), 1);
	cleanup_strv char **words = unit_file_words(v[0]);
	assert_int_equal(strv_len(words), 3);
	assert_string_equal(words[2], "fd://");
}

static void a_command_line_has_prefixes_and_quotes(void **state)
{
	(void)state;
	cleanup_strv char **words = unit_file_words("-@/bin/x \"a b\" 'c'd  ''");
	assert_int_equal(strv_len(words), 4);
	assert_string_equal(words[0], "/bin/x");
	assert_string_equal(words[1], "a b");
	assert_string_equal(words[2], "cd");
	assert_string_equal(words[3], "");
}

static void ports_are_told_from_paths(void **state)
{
	(void)state;
	assert_true(unit_listen_is_tcp("2375") && unit_listen_is_tcp("0.0.0.0:2375") &&
		    unit_listen_is_tcp("[::1]:2375"));
	assert_false(unit_listen_is_tcp("/run/docker.sock") || unit_listen_is_tcp("@name") ||
		     unit_listen_is_tcp("%t/docker.sock") || unit_listen_is_tcp("vsock:2:1") || unit_listen_is_tcp(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(values_add_up_and_an_empty_one_takes_them_away),
		IT(a_line_goes_on_behind_a_backslash),
		IT(a_command_line_has_prefixes_and_quotes),
		IT(ports_are_told_from_paths),
	};
	return RUN(tests);
}
