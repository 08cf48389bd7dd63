/* SPDX-License-Identifier: ISC */
#include "engine_config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/engine/json.h"

enum { HOSTS_MAX = 64, VALUE_MAX = 4096 };

void engine_config_done(struct engine_config *c)
{
	strv_free(c->hosts);
	free(c->ca);
	free(c->cert);
	free(c->group);
	free(c->remap);
	free(c->config_file);
	*c = (struct engine_config){0};
}

bool engine_host_is_tcp(const char *host)
{
	return str_starts(host, "tcp://") || (*host && !strstr(host, "://") && *host != '/');
}

char **engine_words(const char *data, size_t len)
{
	char **words = calloc(1, sizeof(*words));
	for (size_t i = 0; words && i < len;) {
		cleanup_free char *word = strndup(data + i, len - i);
		if (!word || strv_add(&words, word) < 0) {
			strv_free(words);
			return NULL;
		}
		i += strlen(word) + 1;
	}
	return words;
}

static int take_host(struct engine_config *c, const char *value)
{
	return strv_len(c->hosts) < HOSTS_MAX ? strv_add(&c->hosts, value) : 0;
}

/* An option with a value: where it goes; NULL: it is none of ours. */
static char **place_of(struct engine_config *c, const char *name, size_t len)
{
	const struct {
		const char *name;
		char **to;
	} options[] = {{"--tlscacert", &c->ca}, {"--tlscert", &c->cert},       {"--group", &c->group},
		       {"-G", &c->group},	{"--userns-remap", &c->remap}, {"--config-file", &c->config_file}};
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (strlen(options[i].name) == len && memcmp(options[i].name, name, len) == 0)
			return options[i].to;
	return NULL;
}

static bool is_named(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && memcmp(word, name, len) == 0;
}

/* Go's words for yes; anything that is not one of its words for no counts as one. */
static bool is_true(const char *value)
{
	static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};
	for (size_t i = 0; value && i < ARRAY_SIZE(no); i++)
		if (strcmp(value, no[i]) == 0)
			return false;
	return true;
}

/* Takes one word, and the next as its value if it needs one. Returns how many words that were, or -ENOMEM. */
static int take_word(struct engine_config *c, char *const *word)
{
	size_t len = strcspn(*word, "=");
	const char *value = (*word)[len] ? *word + len + 1 : NULL;
	if (is_named(*word, len, "--tls") || is_named(*word, len, "--tlsverify")) {
		*(len == 5 ? &c->tls : &c->tls_verify) = is_true(value);
		return 1;
	}
	bool host = is_named(*word, len, "-H") || is_named(*word, len, "--host");
	char **to = host ? NULL : place_of(c, *word, len);
	if (!host && !to) {
		if (str_starts(*word, "-H"))
			return take_host(c, *word + 2) < 0 ? -ENOMEM : 1;
		return 1;
	}
	int taken = value ? 1 : 2;
	if (!value)
		value = word[1];
	if (!value)
		return 1;
	int r = host ? take_host(c, value) : str_set(to, value);
	return r < 0 ? r : taken;
}

/* An option that is there and empty says as little as one that is not. */
static void forget_empty(char **text)
{
	if (*text && !**text)
		cleanup_free_function(text);
}

static void tidy(struct engine_config *c)
{
	c->tls = c->tls || c->tls_verify;
	forget_empty(&c->ca);
	forget_empty(&c->cert);
	forget_empty(&c->group);
	forget_empty(&c->remap);
	forget_empty(&c->config_file);
}

int engine_config_add_words(struct engine_config *c, char *const *argv)
{
	for (char *const *word = argv; *word;) {
		int taken = take_word(c, word);
		if (taken < 0)
			return taken;
		word += taken;
	}
	tidy(c);
	return 0;
}

int engine_config_add_podman_words(struct engine_config *c, char *const *argv)
{
	bool service = strv_has(argv, "service");
	for (char *const *word = argv; service && *word; word++)
		if ((str_starts(*word, "tcp://") || str_starts(*word, "unix://")) && take_host(c, *word) < 0)
			return -ENOMEM;
	return 0;
}

static int add_text(struct json_reader *r, const cJSON *object, const char *name, char **to)
{
	const char *text = json_text(r, object, name);
	return *text ? str_set(to, text) : 0;
}

int engine_config_add_json(struct engine_config *c, const char *text, size_t len, struct error *err)
{
	cleanup_json cJSON *root = NULL;
	struct json_reader reader = {.err = err};
	int r = json_parse(text, len, &root, err);
	if (r < 0)
		return r;
	if (!cJSON_IsObject(root))
		return error_set(err, -EBADMSG, "it is no object");
	cleanup_strv char **hosts = json_strings(&reader, root, "hosts", HOSTS_MAX);
	bool tls = json_bool(&reader, root, "tls"), verify = json_bool(&reader, root, "tlsverify");
	const struct {
		const char *name;
		char **to;
	} texts[] = {{"tlscacert", &c->ca}, {"tlscert", &c->cert}, {"group", &c->group}, {"userns-remap", &c->remap}};
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(texts); i++)
		r = add_text(&reader, root, texts[i].name, texts[i].to);
	for (char **host = hosts; r == 0 && host && *host; host++)
		r = take_host(c, *host);
	if (r == 0 && reader.failed)
		r = -EBADMSG;
	c->tls = c->tls || tls;
	c->tls_verify = c->tls_verify || verify;
	tidy(c);
	return r;
}
