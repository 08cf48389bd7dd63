/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/doctor/engine_config.h"

static void read_words(const char *data, size_t len, struct engine_config *c)
{
	cleanup_strv char **words = engine_words(data, len);
	assert_non_null(words);
	engine_config_done(c);
	assert_int_equal(engine_config_add_words(c, words), 0);
}

#define WORDS(text, c) read_words(text, sizeof(text) - 1, c)

static void every_way_to_write_an_option_counts(void **state)
{
	(void)state;
	static const char one[] = "dockerd\0-H\0tcp://0.0.0.0:2375\0", two[] = "dockerd\0-H=tcp://0.0.0.0:2375",
			  three[] = "dockerd\0-Htcp://0.0.0.0:2375\0", four[] = "dockerd\0--host\0tcp://0.0.0.0:2375\0",
			  five[] = "dockerd\0--host=tcp://0.0.0.0:2375\0";
	const struct {
		const char *text;
		size_t len;
	} all[] = {{one, sizeof(one)},
		   {two, sizeof(two)},
		   {three, sizeof(three)},
		   {four, sizeof(four)},
		   {five, sizeof(five)}};
	cleanup_engine_config struct engine_config c = {0};
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		read_words(all[i].text, all[i].len - 1, &c);
		assert_int_equal(strv_len(c.hosts), 1);
		assert_string_equal(c.hosts[0], "tcp://0.0.0.0:2375");
	}
}

static void options_are_read(void **state)
{
	(void)state;
	cleanup_engine_config struct engine_config c = {0};
	WORDS("dockerd\0--tlsverify\0--tlscacert\0/ca\0--tlscert=/cert\0-G\0ops\0--userns-remap=default\0--debug\0"
	      "--config-file\0/x.json\0",
	      &c);
	assert_true(c.tls && c.tls_verify);
	assert_string_equal(c.ca, "/ca");
	assert_string_equal(c.cert, "/cert");
	assert_string_equal(c.group, "ops");
	assert_string_equal(c.remap, "default");
	assert_string_equal(c.config_file, "/x.json");
	WORDS("dockerd\0--tlsverify=false\0--tls\0--userns-remap=\0", &c);
	assert_true(c.tls && !c.tls_verify);
	assert_null(c.remap);
	WORDS("dockerd\0--tls=0\0-H", &c);
	assert_true(!c.tls && !c.hosts);
	WORDS("", &c);
	assert_null(c.hosts);
}

static void hosts_without_a_scheme_are_tcp(void **state)
{
	(void)state;
	assert_true(engine_host_is_tcp("tcp://1.2.3.4:2375"));
	assert_true(engine_host_is_tcp("0.0.0.0:2375"));
	assert_true(engine_host_is_tcp(":2375"));
	assert_false(engine_host_is_tcp("unix:///run/docker.sock"));
	assert_false(engine_host_is_tcp("fd://"));
	assert_false(engine_host_is_tcp("ssh://host"));
	assert_false(engine_host_is_tcp("/run/docker.sock"));
	assert_false(engine_host_is_tcp(""));
}

static void podman_listens_where_service_says(void **state)
{
	(void)state;
	char *service[] = {(char *)"podman", (char *)"system", (char *)"service", (char *)"tcp://0:1", NULL},
	     *run[] = {(char *)"podman", (char *)"run", (char *)"x", (char *)"tcp://0:1", NULL};
	cleanup_engine_config struct engine_config c = {0};
	assert_int_equal(engine_config_add_podman_words(&c, run), 0);
	assert_null(c.hosts);
	assert_int_equal(engine_config_add_podman_words(&c, service), 0);
	assert_string_equal(c.hosts[0], "tcp://0:1");
}

static int add_json(struct engine_config *c, const char *text)
{
	struct error err;
	engine_config_done(c);
	return engine_config_add_json(c, text, strlen(text), &err);
}

static void daemon_json_is_read(void **state)
{
	(void)state;
	cleanup_engine_config struct engine_config c = {0};
	assert_int_equal(add_json(&c,
				  "{\"hosts\": [\"unix:///a\", \"tcp://b\"], \"tlsverify\": true, \"tlscert\": \"/c\", "
				  "\"userns-remap\": \"default\", \"log-driver\": \"json-file\"}"),
			 0);
	assert_int_equal(strv_len(c.hosts), 2);
	assert_true(c.tls && c.tls_verify);
	assert_string_equal(c.cert, "/c");
	assert_string_equal(c.remap, "default");
	assert_int_equal(add_json(&c, "{}"), 0);
	assert_null(c.hosts);
	static const char *const bad[] = {"",
					  "[]",
					  "{\"hosts\": \"tcp://x\"}",
					  "{\"tls\": \"yes\"}",
					  "{\"hosts\": [1]}",
					  "{\"tls\": true, \"tls\": false}"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(add_json(&c, bad[i]), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(every_way_to_write_an_option_counts), IT(options_are_read),	  IT(hosts_without_a_scheme_are_tcp),
		IT(podman_listens_where_service_says),	 IT(daemon_json_is_read),
	};
	return RUN(tests);
}
