/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/centerctl/docker_context.h"

static char dir[] = "/tmp/centerctl-context.XXXXXX";

static void put(const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int make(void **state)
{
	static const char *const dirs[] = {
		"contexts",	"contexts/meta",   "contexts/meta/aa",	    "contexts/meta/bb",
		"contexts/tls", "contexts/tls/aa", "contexts/tls/aa/docker"};
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		char path[256];
		snprintf(path, sizeof(path), "%s/%s", dir, dirs[i]);
		if (mkdir(path, 0700) < 0)
			return -1;
	}
	return 0;
}

static int clear(void **state)
{
	(void)state;
	char command[256];
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void the_current_context_is_named_in_the_configuration(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *name; /* NULL: none */
		int code;
	} cases[] = {
		{"{}", NULL, 0},
		{"{\"currentContext\":\"lab\"}", "lab", 0},
		{"{\"currentContext\":\"default\"}", NULL, 0},
		{"{\"currentContext\":\"\"}", NULL, 0},
		{"{\"currentContext\":7}", NULL, 0},
		{"{\"CURRENTCONTEXT\":\"lab\"}", NULL, 0},
		{"", NULL, -EBADMSG},
		{"[]", NULL, -EBADMSG},
		{"{\"currentContext\":\"lab\"", NULL, -EBADMSG},
		{"{} x", NULL, -EBADMSG},
	};
	struct error err;
	char *name = NULL;
	assert_int_equal(docker_context_current("/nothing/here", &name, &err), 0);
	assert_null(name);
	assert_int_equal(docker_context_current(dir, &name, &err), 0);
	assert_null(name);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put("config.json", cases[i].text);
		assert_int_equal(docker_context_current(dir, &name, &err), cases[i].code);
		if (cases[i].name)
			assert_string_equal(name, cases[i].name);
		else
			assert_null(name);
		free(name);
	}
}

static void a_context_is_found_by_its_name(void **state)
{
	(void)state;
	struct error err;
	struct docker_context c = {0};
	put("contexts/meta/aa/meta.json",
	    "{\"Name\":\"lab\",\"Endpoints\":{\"docker\":{\"Host\":\"unix:///lab\",\"SkipTLSVerify\":true}}}");
	put("contexts/meta/bb/meta.json", "no JSON");
	assert_int_equal(docker_context_load(dir, "lab", &c, &err), 0);
	assert_string_equal(c.host, "unix:///lab");
	assert_true(c.skip_verify);
	assert_null(c.tls_dir);
	docker_context_done(&c);

	put("contexts/tls/aa/docker/ca.pem", "");
	assert_int_equal(docker_context_load(dir, "lab", &c, &err), 0);
	assert_non_null(strstr(c.tls_dir, "/contexts/tls/aa/docker"));
	docker_context_done(&c);

	assert_int_equal(docker_context_load(dir, "LAB", &c, &err), -ENOENT);
	assert_int_equal(docker_context_load(dir, "aa", &c, &err), -ENOENT);
	assert_int_equal(docker_context_load("/nothing/here", "lab", &c, &err), -ENOENT);
	assert_null(c.host);
}

static void a_context_without_an_engine_is_an_error(void **state)
{
	(void)state;
	static const char *const bad[] = {"{\"Name\":\"x\"}", "{\"Name\":\"x\",\"Endpoints\":[]}",
					  "{\"Name\":\"x\",\"Endpoints\":{\"docker\":null}}",
					  "{\"Name\":\"x\",\"Endpoints\":{\"docker\":{\"Host\":\"\"}}}",
					  "{\"Name\":\"x\",\"Endpoints\":{\"docker\":{\"Host\":3}}}"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct error err;
		struct docker_context c = {0};
		put("contexts/meta/bb/meta.json", bad[i]);
		assert_int_equal(docker_context_load(dir, "x", &c, &err), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(the_current_context_is_named_in_the_configuration),
					   IT(a_context_is_found_by_its_name),
					   IT(a_context_without_an_engine_is_an_error)};
	return cmocka_run_group_tests(tests, make, clear);
}
