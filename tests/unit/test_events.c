/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/engine/events.h"

#define ID    "4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f"
#define OTHER "5f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f"
#define EVENT(id, type, action, at)                                                                               \
	"{\"status\":\"" action "\",\"id\":\"" id "\",\"from\":\"bb\",\"Type\":\"" type "\",\"Action\":\"" action \
	"\",\"Actor\":{\"ID\":\"" id "\",\"Attributes\":{\"image\":\"bb\",\"name\":\"web\",\"odd\":\"}{\\\"\"}}," \
	"\"scope\":\"local\",\"time\":1795355101,\"timeNano\":" at "}\n"

/* Fed at once, and cut in two at each byte: the result, and when it came. */
static void results_in(const char *text, const char *id, int64_t since_ns, int result)
{
	size_t len = strlen(text);
	for (size_t cut = 0; cut <= len; cut++) {
		cleanup_events struct events e = {.id = id, .since_ns = since_ns};
		struct answer_error_info why = {0};
		int r = events_feed(&e, text, cut, &why);
		if (r == 0)
			r = events_feed(&e, text + cut, len - cut, &why);
		if (r != result)
			fail_msg("%s (cut at %zu): %d %s", text, cut, r, why.text);
		if (r < 0)
			assert_int_equal(why.kind, ANSWER_BAD);
	}
}

static void changes_of_containers_are_told(void **state)
{
	(void)state;
	static const char *const actions[] = {"create",
					      "start",
					      "restart",
					      "die",
					      "died",
					      "stop",
					      "pause",
					      "unpause",
					      "destroy",
					      "remove",
					      "rename",
					      "oom",
					      "health_status: healthy"};
	char text[1024];
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		snprintf(text, sizeof(text),
			 "{\"Type\":\"container\",\"Action\":\"%s\",\"Actor\":{\"ID\":\"" ID "\"},\"timeNano\":7}",
			 actions[i]);
		results_in(text, "", 0, 1);
	}
	results_in(EVENT(ID, "container", "start", "7"), ID, 0, 1);
	results_in("{\"a\":\"\\\\\",\"Action\":\"start\",\"b\":\"\\\\\\\"{\"}", "", 0, 1);
	results_in("{\"a\":\"\\\\\"}{\"Action\":\"start\"}", "", 0, 1);
	/* An older engine's, without Action and Actor. */
	results_in("{\"status\":\"start\",\"id\":\"" ID "\",\"time\":7}", ID, 0, 1);
}

static void everything_else_is_passed_over(void **state)
{
	(void)state;
	results_in("", "", 0, 0);
	results_in(" \r\n\t", "", 0, 0);
	results_in("{}", "", 0, 0);
	results_in(EVENT(ID, "container", "exec_start: sh", "7"), "", 0, 0);
	results_in(EVENT(ID, "container", "starting", "7"), "", 0, 0);
	results_in(EVENT(ID, "network", "create", "7"), "", 0, 0);
	results_in(EVENT(OTHER, "container", "start", "7"), ID, 0, 0);
	results_in(EVENT(ID, "container", "exec_die", "7") EVENT(ID, "container", "die", "8"), ID, 0, 1);
}

static void only_what_came_after_counts(void **state)
{
	(void)state;
	results_in(EVENT(ID, "container", "start", "1795355101000000001"), "", 1795355101000000000, 1);
	results_in(EVENT(ID, "container", "start", "1795355101000000000"), "", 1795355101000000000, 0);
	results_in("{\"Type\":\"container\",\"Action\":\"start\"}", "", 1795355101000000000, 1);
}

static void what_is_no_stream_of_objects_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"x",
		"[{}]",
		"\"a\"",
		"{]",
		"{\"a\":1,\"a\":2}",
		"{\"Type\":7}",
		"{} null",
		"{\"Actor\":[]}",
		"{\"timeNano\":\"7\"}",
		"{a}",
		"{\"Action\":1}",
		"{\"timeNano\":1e99}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		results_in(wrong[i], "", 0, -EBADMSG);
}

static void an_event_without_an_end_is_refused(void **state)
{
	(void)state;
	static char text[EVENT_MAX + 2];
	struct answer_error_info why = {0};
	memset(text, ' ', sizeof(text));
	text[0] = '{';
	cleanup_events struct events e = {.id = ""}, nothing = {.id = ""};
	assert_int_equal(events_feed(&e, text, EVENT_MAX, &why), 0);
	assert_int_equal(events_feed(&e, text + 1, 1, &why), -EBADMSG);
	assert_true(e.object.len <= EVENT_MAX + 1);
	/* Blanks between events are not kept. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(events_feed(&nothing, text + 1, EVENT_MAX, &why), 0);
	assert_int_equal(nothing.object.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(changes_of_containers_are_told),	IT(everything_else_is_passed_over),
		IT(only_what_came_after_counts),	IT(what_is_no_stream_of_objects_is_refused),
		IT(an_event_without_an_end_is_refused),
	};
	return RUN(tests);
}
