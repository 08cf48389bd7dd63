/* SPDX-License-Identifier: ISC */
#include "describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* A container may publish tens of thousands of ports: the first ones tell enough. */
enum { SHOWN_MAX = 1000 };

static void add_text(struct json_reader *r, char ***to, struct buf *text)
{
	if (!buf_text(text) || strv_add(to, text->data) < 0)
		json_fail(r, "out of memory");
}

/* [{"HostIp": "0.0.0.0", "HostPort": "8080"}]. */
static void add_binding(struct json_reader *r, const char *port, const cJSON *binding, char ***to)
{
	cleanup_buf struct buf text = {0};
	const char *address = json_text(r, binding, "HostIp");
	bool brackets = strchr(address, ':');
	if (!cJSON_IsObject(binding))
		json_fail(r, "Ports has a binding that is not an object");
	if (*address)
		buf_printf(&text, brackets ? "[%s]:" : "%s:", address);
	buf_printf(&text, "%s->%s", json_text(r, binding, "HostPort"), port);
	add_text(r, to, &text);
}

static void add_exposed(struct json_reader *r, const char *port, char ***to)
{
	if (strv_add(to, port) < 0)
		json_fail(r, "out of memory");
}

/* {"80/tcp": null or [] where it is exposed alone, else its bindings}. */
static void read_ports(struct json_reader *r, const cJSON *ports, char ***to)
{
	const cJSON *port, *binding;
	size_t shown = 0;
	cJSON_ArrayForEach(port, ports)
	{
		if (!cJSON_IsArray(port) && !cJSON_IsNull(port))
			json_fail(r, "Ports has an entry that is neither a list nor null");
		if (r->failed || shown >= SHOWN_MAX)
			return;
		if (!port->child)
			add_exposed(r, port->string, to);
		shown += !port->child;
		cJSON_ArrayForEach(binding, port)
		{
			if (shown++ < SHOWN_MAX)
				add_binding(r, port->string, binding, to);
		}
	}
}

/* {"bridge": {"IPAddress": "172.17.0.2", "GlobalIPv6Address": ""}}. */
static void read_networks(struct json_reader *r, const cJSON *networks, char ***to)
{
	const cJSON *network;
	size_t shown = 0;
	cJSON_ArrayForEach(network, networks)
	{
		static const char *const addresses[] = {"IPAddress", "GlobalIPv6Address"};
		cleanup_buf struct buf text = {0};
		if (!cJSON_IsObject(network) && !cJSON_IsNull(network))
			json_fail(r, "Networks has an entry that is not an object");
		if (r->failed || shown++ >= SHOWN_MAX)
			return;
		buf_puts(&text, network->string);
		for (size_t i = 0; i < ARRAY_SIZE(addresses) && cJSON_IsObject(network); i++) {
			const char *address = json_text(r, network, addresses[i]);
			buf_puts(&text, *address ? " " : "");
			buf_puts(&text, address);
		}
		add_text(r, to, &text);
	}
}

static void read_restart(struct json_reader *r, const cJSON *policy, struct container *c)
{
	cleanup_buf struct buf text = {0};
	uint64_t retries = json_uint(r, policy, "MaximumRetryCount", INT32_MAX);
	buf_puts(&text, json_text(r, policy, "Name"));
	if (retries > 0)
		buf_printf(&text, ":%llu", (unsigned long long)retries);
	if (text.len > ANSWER_WORD_MAX)
		json_fail(r, "RestartPolicy is too long");
	else if (!buf_text(&text) || !(c->restart_policy = strdup(text.data)))
		json_fail(r, "out of memory");
}

static bool read_mount(struct json_reader *r, const cJSON *mount, struct container_mount *m)
{
	const char *destination = json_text(r, mount, "Destination");
	if (!cJSON_IsObject(mount))
		json_fail(r, "Mounts has an entry that is not an object");
	/* Engines clean it; one that is not clean is of no use to who looks for files by it. */
	if (r->failed || !is_mount_destination(destination))
		return false;
	m->type = json_copy(r, mount, "Type", ANSWER_WORD_MAX);
	m->name = json_copy(r, mount, "Name", ANSWER_WORD_MAX);
	m->source = json_copy(r, mount, "Source", ANSWER_WORD_MAX);
	m->destination = json_copy(r, mount, "Destination", ANSWER_WORD_MAX);
	m->writable = json_bool(r, mount, "RW");
	return true;
}

static void read_mounts(struct json_reader *r, const cJSON *mounts, struct container *c)
{
	const cJSON *mount;
	int count = cJSON_GetArraySize(mounts);
	if (count > CONTAINER_MOUNTS_MAX)
		json_fail(r, "it has too many mounts");
	c->mounts = calloc((size_t)count + 1, sizeof(*c->mounts));
	if (!c->mounts)
		json_fail(r, "out of memory");
	if (r->failed)
		return;
	cJSON_ArrayForEach(mount, mounts)
	{
		c->mount_count += read_mount(r, mount, &c->mounts[c->mount_count]);
	}
}

static char **or_empty(struct json_reader *r, char **v)
{
	char **empty = v ? v : calloc(1, sizeof(*v));
	if (!empty)
		json_fail(r, "out of memory");
	return empty;
}

void describe_read(struct json_reader *r, const cJSON *root, struct container *c)
{
	const cJSON *settings = json_object(r, root, "NetworkSettings"), *state = json_object(r, root, "State");
	read_ports(r, json_object(r, settings, "Ports"), &c->ports);
	read_networks(r, json_object(r, settings, "Networks"), &c->networks);
	c->ports = or_empty(r, c->ports);
	c->networks = or_empty(r, c->networks);
	c->created_at = json_copy(r, root, "Created", ANSWER_WORD_MAX);
	c->health = json_copy(r, json_object(r, state, "Health"), "Status", ANSWER_WORD_MAX);
	read_restart(r, json_object(r, json_object(r, root, "HostConfig"), "RestartPolicy"), c);
	read_mounts(r, json_array(r, root, "Mounts"), c);
}
