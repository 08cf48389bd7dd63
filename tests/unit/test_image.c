/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/engine/image.h"

#define TOP    "4ca37bd08245fb72864026aeee1cf36cc7c36949249326b41c038124929c9282"
#define MIDDLE "031893c36a6ac2ab402deff82dfa055f0494dda7fdd5c9956370b17f8c37421f"
#define BOTTOM "11a9cda6b52274f859d7324845e995157145f4d90d43e621d665488f1ca6c2e6"

static struct answer_error_info why;

static int parse(const char *body, char ***ret)
{
	why = (struct answer_error_info){0};
	return image_parse(body, strlen(body), "app:1", ret, &why);
}

static int parse_file(const char *path, char ***ret)
{
	cleanup_free char *text = NULL;
	size_t len;
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(read_all(fd, ENGINE_BODY_MAX, &text, &len), 0);
	return image_parse(text, len, "app:1", ret, &why);
}

static void the_layers_of_a_real_docker_come_top_first(void **state)
{
	(void)state;
	cleanup_strv char **layers = NULL;
	assert_int_equal(parse_file(CORPUS "/image/docker-20.10-three-layers.json", &layers), 0);
	assert_int_equal(strv_len(layers), 3);
	assert_string_equal(layers[0], "/var/lib/docker/overlay2/" TOP "/diff");
	assert_string_equal(layers[1], "/var/lib/docker/overlay2/" MIDDLE "/diff");
	assert_string_equal(layers[2], "/var/lib/docker/overlay2/" BOTTOM "/diff");
}

static void an_image_of_one_layer_has_nothing_below(void **state)
{
	(void)state;
	cleanup_strv char **layers = NULL;
	assert_int_equal(parse_file(CORPUS "/image/podman-4.3.json", &layers), 0);
	assert_int_equal(strv_len(layers), 1);
	assert_true(str_starts(layers[0], "/var/lib/containers/storage/overlay/"));
}

static void other_drivers_are_named_and_so_is_what_to_do(void **state)
{
	(void)state;
	static const struct {
		const char *body, *driver;
	} others[] = {
		{"{\"GraphDriver\":{\"Name\":\"vfs\",\"Data\":{\"dir\":\"/x\"}}}", "(vfs)"},
		{"{\"GraphDriver\":{\"Name\":\"btrfs\",\"Data\":null}}", "(btrfs)"},
		{"{\"GraphDriver\":{\"Name\":\"over\\u001blay\",\"Data\":null}}", "(over\\x1blay)"},
		{"{\"GraphDriver\":{\"Name\":\"\",\"Data\":null}}", "containerd store"},
		{"{\"GraphDriver\":null}", "containerd store"},
		{"{}", "containerd store"},
		{"{\"Storage\":{\"RootFS\":{\"Snapshot\":{\"Name\":\"overlayfs\"}}}}", "(overlayfs)"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		cleanup_strv char **layers = NULL;
		assert_int_equal(parse(others[i].body, &layers), -EBADMSG);
		assert_int_equal(why.kind, ANSWER_FAILED);
		assert_non_null(strstr(why.text, "docker export"));
		assert_non_null(strstr(why.text, "--directory"));
		if (!strstr(why.text, others[i].driver))
			fail_msg("%s: %s", others[i].body, why.text);
	}
}

#define OVERLAY(data) "{\"GraphDriver\":{\"Name\":\"overlay2\",\"Data\":" data "}}"

static void answers_that_break_the_promise_are_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"",
		"[]",
		"7",
		"{\"GraphDriver\":7}",
		"{\"GraphDriver\":{\"Name\":7}}",
		OVERLAY("null"),
		OVERLAY("[]"),
		OVERLAY("{}"),
		OVERLAY("{\"UpperDir\":\"\"}"),
		OVERLAY("{\"UpperDir\":7}"),
		OVERLAY("{\"UpperDir\":\"x\"}"),
		OVERLAY("{\"UpperDir\":\"/a:/b\",\"LowerDir\":\"c\"}"),
		OVERLAY("{\"UpperDir\":\"/a\",\"LowerDir\":\"/b:\"}"),
		OVERLAY("{\"UpperDir\":\"/a\",\"LowerDir\":\":/b\"}"),
		OVERLAY("{\"UpperDir\":\"/a\",\"LowerDir\":\"/b::/c\"}"),
		OVERLAY("{\"UpperDir\":\"/a\",\"LowerDir\":\"l/ABC:l/DEF\"}"),
		OVERLAY("{\"LowerDir\":\"/b\"}"),
		OVERLAY("{\"UpperDir\":\"/a\"}") "x",
	};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		cleanup_strv char **layers = NULL;
		if (parse(wrong[i], &layers) != -EBADMSG || why.kind != ANSWER_BAD || !*why.text)
			fail_msg("%s: %s", wrong[i], why.text);
		assert_null(layers);
	}
}

static void there_is_an_end_to_how_many_and_how_long(void **state)
{
	(void)state;
	cleanup_strv char **most = NULL, **more = NULL, **longer = NULL;
	cleanup_buf struct buf b = {0}, path = {0};
	buf_puts(&b, "{\"GraphDriver\":{\"Name\":\"overlay\",\"Data\":{\"UpperDir\":\"/0\",\"LowerDir\":\"/1");
	for (int i = 2; i < ANSWER_LAYERS_MAX; i++)
		buf_printf(&b, ":/%d", i);
	size_t len = b.len;
	buf_puts(&b, "\"}}}");
	assert_int_equal(parse(buf_text(&b), &most), 0);
	assert_int_equal(strv_len(most), ANSWER_LAYERS_MAX);
	b.len = len;
	buf_puts(&b, ":/x\"}}}");
	assert_int_equal(parse(buf_text(&b), &more), -EBADMSG);
	buf_printf(&path, OVERLAY("{\"UpperDir\":\"/%04096d\"}"), 0);
	assert_int_equal(parse(buf_text(&path), &longer), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(the_layers_of_a_real_docker_come_top_first),	  IT(an_image_of_one_layer_has_nothing_below),
		IT(other_drivers_are_named_and_so_is_what_to_do), IT(answers_that_break_the_promise_are_refused),
		IT(there_is_an_end_to_how_many_and_how_long),
	};
	return RUN(tests);
}
