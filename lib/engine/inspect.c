/* SPDX-License-Identifier: ISC */
#include "inspect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "json.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { MESSAGE_SHOWN_MAX = 300 };

enum container_state inspect_state(const char *status)
{
	static const struct {
		const char *name;
		enum container_state state;
	} names[] = {
		{"created", STATE_CREATED},
		{"running", STATE_RUNNING},
		{"paused", STATE_PAUSED},
		{"restarting", STATE_RESTARTING},
		{"removing", STATE_REMOVING},
		{"exited", STATE_EXITED},
		{"dead", STATE_DEAD},
		/* podman's own words, where its Docker API lets them through */
		{"configured", STATE_CREATED},
		{"initialized", STATE_CREATED},
		{"stopped", STATE_EXITED},
		{"stopping", STATE_REMOVING},
	};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(status, names[i].name) == 0)
			return names[i].state;
	return STATE_UNKNOWN;
}

bool inspect_copy_name(char *dst, size_t size, const char *name)
{
	if (*name == '/')
		name++;
	if (!is_container_word(name) || strlen(name) >= size)
		return false;
	strcpy(dst, name);
	return true;
}

bool inspect_copy_id(char *dst, const char *id)
{
	if (!is_container_id(id))
		return false;
	strcpy(dst, id);
	return true;
}

/* Entries without a name or a '=' mean "not set" to an engine. */
static void drop_unset(char **env)
{
	char **to = env;
	for (char **from = env; *from; from++) {
		if (**from == '=' || !strchr(*from, '='))
			free(*from);
		else
			*to++ = *from;
	}
	*to = NULL;
}

/* Appends `key` of each entry of `list` that is of that Type (NULL: has none). */
static void read_paths(struct json_reader *r, const cJSON *list, const char *type, const char *key, char ***to)
{
	const cJSON *entry;
	cJSON_ArrayForEach(entry, list)
	{
		if (type && !str_eq(json_text(r, entry, "Type"), type))
			continue;
		cleanup_free char *path = json_copy(r, entry, key, ANSWER_WORD_MAX);
		if (!path)
			return;
		if (strv_len(*to) >= ANSWER_PATHS_MAX || strv_add(to, path) < 0)
			json_fail(r, "it has too many mounts or devices");
	}
}

static void read_state(struct json_reader *r, const cJSON *state, struct container *c)
{
	c->state = inspect_state(json_text(r, state, "Status"));
	int64_t pid = json_int(r, state, "Pid", 0, 1 << 22);
	bool running = json_bool(r, state, "Running");
	bool paused = json_bool(r, state, "Paused");
	bool restarting = json_bool(r, state, "Restarting");
	c->exit_code = json_int(r, state, "ExitCode", INT32_MIN, UINT32_MAX);
	c->started_at = json_copy(r, state, "StartedAt", ANSWER_WORD_MAX);
	if (c->state == STATE_RUNNING && (!running || paused || restarting))
		json_fail(r, "State says both running and not running");
	if (c->state == STATE_PAUSED && !paused)
		json_fail(r, "State says both paused and not paused");
	if (c->state == STATE_RUNNING || c->state == STATE_PAUSED) {
		if (pid < 2)
			json_fail(r, "State has no process of the container (Pid is %lld)", (long long)pid);
		c->pid = pid;
	}
}

static void read_config(struct json_reader *r, const cJSON *config, struct container *c)
{
	c->image = json_copy(r, config, "Image", ANSWER_WORD_MAX);
	c->user = json_copy(r, config, "User", ANSWER_WORD_MAX);
	c->workdir = json_copy(r, config, "WorkingDir", ANSWER_WORD_MAX);
	c->hostname = json_copy(r, config, "Hostname", ANSWER_WORD_MAX);
	c->env = json_strings(r, config, "Env", ANSWER_STRINGS_MAX);
	c->labels = json_pairs(r, config, "Labels", ANSWER_STRINGS_MAX);
	c->tty = json_bool(r, config, "Tty");
	if (c->env)
		drop_unset(c->env);
}

static void read_host_config(struct json_reader *r, const cJSON *host, struct container *c)
{
	c->group_add = json_strings(r, host, "GroupAdd", ANSWER_STRINGS_MAX);
	c->device_rules = json_strings(r, host, "DeviceCgroupRules", ANSWER_STRINGS_MAX);
	c->pid_mode = json_copy(r, host, "PidMode", ANSWER_WORD_MAX);
	c->network_mode = json_copy(r, host, "NetworkMode", ANSWER_WORD_MAX);
	c->ipc_mode = json_copy(r, host, "IpcMode", ANSWER_WORD_MAX);
	c->userns_mode = json_copy(r, host, "UsernsMode", ANSWER_WORD_MAX);
	c->cgroup_parent = json_copy(r, host, "CgroupParent", ANSWER_WORD_MAX);
	c->runtime = json_copy(r, host, "Runtime", ANSWER_WORD_MAX);
	c->privileged = json_bool(r, host, "Privileged");
	c->read_only = json_bool(r, host, "ReadonlyRootfs");
}

static void read_container(struct json_reader *r, const cJSON *root, struct container *c)
{
	if (!inspect_copy_id(c->id, json_text(r, root, "Id")))
		json_fail(r, "Id is not a container's ID");
	if (!inspect_copy_name(c->name, sizeof(c->name), json_text(r, root, "Name")))
		json_fail(r, "Name is not a container's name");
	c->image_id = json_copy(r, root, "Image", ANSWER_WORD_MAX);
	c->apparmor = json_copy(r, root, "AppArmorProfile", ANSWER_WORD_MAX);
	c->process_label = json_copy(r, root, "ProcessLabel", ANSWER_WORD_MAX);
	read_paths(r, json_array(r, root, "Mounts"), "bind", "Source", &c->binds);
	read_paths(r, json_array(r, json_object(r, root, "HostConfig"), "Devices"), NULL, "PathOnHost", &c->binds);
	if (!c->binds && !(c->binds = calloc(1, sizeof(*c->binds))))
		json_fail(r, "out of memory");
	read_state(r, json_object(r, root, "State"), c);
	read_config(r, json_object(r, root, "Config"), c);
	read_host_config(r, json_object(r, root, "HostConfig"), c);
	describe_read(r, root, c);
}

static int parse_body(const char *body, size_t len, cJSON **ret, struct answer_error_info *why)
{
	struct error err = ERROR_INIT;
	if (json_parse(body, len, ret, &err) < 0)
		return answer_fail(why, ANSWER_BAD, "the engine's answer cannot be used: %s", err.text);
	return 0;
}

int inspect_parse(const char *body, size_t len, const char *word, struct container *ret, struct answer_error_info *why)
{
	cleanup_json cJSON *root = NULL;
	int result = parse_body(body, len, &root, why);
	if (result < 0)
		return result;
	struct error err = ERROR_INIT;
	struct json_reader r = {.err = &err};
	cleanup_container struct container c = {0};
	if (!cJSON_IsObject(root))
		json_fail(&r, "it is not an object");
	read_container(&r, root, &c);
	if (r.failed)
		return answer_fail(why, ANSWER_BAD, "the engine's answer cannot be used: %s", err.text);
	if (!str_eq(c.name, word) && !str_starts(c.id, word))
		return answer_fail(why, ANSWER_BAD, "the engine was asked for %s and answered for %s (%.12s)", word,
				   c.name, c.id);
	*ret = c;
	c = (struct container){0};
	return 0;
}

/* What the engine says about its refusal: {"message": ...}, or the first line of whatever it sent. */
static void engine_message(const char *body, size_t len, char *dst, size_t size)
{
	cleanup_json cJSON *root = NULL;
	struct json_reader r = {0};
	const char *text = body;
	if (json_parse(body, len, &root, NULL) == 0 && cJSON_IsObject(root)) {
		text = json_text(&r, root, "message");
		len = strlen(text);
	}
	len = strnlen(text, len);
	const char *newline = memchr(text, '\n', len);
	text_escape(dst, size, text, newline ? (size_t)(newline - text) : len);
}

int refusal_parse(const char *body, size_t len, unsigned int status, const char *word, struct answer_error_info *why)
{
	char message[MESSAGE_SHOWN_MAX];
	engine_message(body, len, message, sizeof(message));
	why->http_status = status;
	if (strcasestr(message, "http request to an https server"))
		return answer_fail(why, ANSWER_PLAIN_TO_TLS, "the engine's port speaks TLS, and was spoken to without");
	/* dockerd: "Multiple IDs found with provided prefix"; podman: "more than one container". */
	if (strcasestr(message, "multiple IDs found") || strcasestr(message, "more than one container"))
		return answer_fail(why, ANSWER_AMBIGUOUS, "%s is the beginning of more than one container's ID", word);
	if (status == 404)
		return answer_fail(why, ANSWER_NO_SUCH, "the engine has no container %s", word);
	return answer_fail(why, ANSWER_REFUSED, "the engine answered %u%s%s", status, *message ? ": " : "", message);
}
