/* SPDX-License-Identifier: ISC */
#include "events.h"

#include <errno.h>
#include <string.h>

#include "json.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

void events_done(struct events *e)
{
	buf_done(&e->object);
}

/* What changes what a listing shows, in either engine's words: dockerd says die and destroy, podman died and remove. */
static bool changes_something(const char *action)
{
	static const char *const actions[] = {"create", "start", "restart", "die",     "died",
					      "stop",	"pause", "unpause", "destroy", "remove",
					      "rename", "oom",	 "cleanup", "update",  NULL};
	/* "health_status: healthy". */
	return str_starts(action, "health_status") || strv_has((char *const *)actions, action);
}

static int is_wanted(const struct events *e, const cJSON *object, struct json_reader *r)
{
	const cJSON *actor = json_object(r, object, "Actor");
	const char *type = json_text(r, object, "Type"), *action = json_text(r, object, "Action");
	const char *id = json_text(r, actor, "ID");
	int64_t at = json_int(r, object, "timeNano", INT64_MIN, INT64_MAX);
	if (!*action)
		action = json_text(r, object, "status");
	if (!*id)
		id = json_text(r, object, "id");
	if (*type && !str_eq(type, "container"))
		return 0;
	if (*e->id && !str_eq(id, e->id))
		return 0;
	return changes_something(action) && (at == 0 || at > e->since_ns);
}

static int take_object(struct events *e, struct answer_error_info *why)
{
	struct error err = ERROR_INIT;
	struct json_reader r = {.err = &err};
	cleanup_json cJSON *object = NULL;
	int result = json_parse(e->object.data, e->object.len, &object, &err);
	e->object.len = 0;
	int wanted = result == 0 ? is_wanted(e, object, &r) : 0;
	if (result < 0 || r.failed)
		return answer_fail(why, ANSWER_BAD, "an event of the engine cannot be used: %s", err.text);
	return wanted;
}

int events_feed(struct events *e, const char *data, size_t len, struct answer_error_info *why)
{
	for (size_t i = 0; i < len; i++) {
		if (e->object.len == 0 && strchr(" \t\r\n", data[i]) && data[i])
			continue;
		if (e->object.len == 0 && data[i] != '{')
			return answer_fail(why, ANSWER_BAD, "what the engine tells of events is not JSON objects");
		buf_add(&e->object, &data[i], 1);
		if (e->object.failed || e->object.len > EVENT_MAX)
			return answer_fail(why, ANSWER_BAD, "an event of the engine is larger than it may be");
		if (!json_scan_ends(&e->scan, data[i]))
			continue;
		int r = take_object(e, why);
		if (r != 0)
			return r;
	}
	return 0;
}
