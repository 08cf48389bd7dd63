/* SPDX-License-Identifier: ISC */
#include "image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { DRIVER_SHOWN_MAX = 64 };

/* Docker's containerd store names no driver here; Docker 29 names the snapshotter elsewhere. */
static int refuse_driver(struct json_reader *r, const cJSON *root, const char *word, const char *driver,
			 struct answer_error_info *why)
{
	char shown[DRIVER_SHOWN_MAX];
	const cJSON *storage = json_object(r, json_object(r, root, "Storage"), "RootFS");
	const char *snapshotter = json_text(r, json_object(r, storage, "Snapshot"), "Name");
	const char *name = *driver ? driver : *snapshotter ? snapshotter : "unknown, as with Docker's containerd store";
	text_escape(shown, sizeof(shown), name, strlen(name));
	return answer_fail(why, ANSWER_FAILED,
			   "the engine keeps %s by another storage driver than overlay2 (%s), whose layers are no "
			   "directories to be mounted: make a directory of it (docker create, docker export, tar -x), "
			   "and give that to toolbox add --directory",
			   word, shown);
}

static void add_layer(struct json_reader *r, const char *path, size_t len, char ***to)
{
	char copy[ANSWER_WORD_MAX + 1];
	if (len == 0 || *path != '/' || len > ANSWER_WORD_MAX) {
		json_fail(r, "GraphDriver has a layer that is no absolute path");
		return;
	}
	memcpy(copy, path, len);
	copy[len] = '\0';
	if (strv_len(*to) >= ANSWER_LAYERS_MAX)
		json_fail(r, "GraphDriver has too many layers");
	else if (strv_add(to, copy) < 0)
		json_fail(r, "out of memory");
}

/* UpperDir is the image's own layer, LowerDir those below it, the next one first; an image of one layer has none. */
static void read_layers(struct json_reader *r, const cJSON *data, char ***to)
{
	const char *upper = json_text(r, data, "UpperDir"), *lower = json_text(r, data, "LowerDir");
	add_layer(r, upper, strlen(upper), to);
	while (*lower && !r->failed) {
		size_t len = strcspn(lower, ":");
		add_layer(r, lower, len, to);
		lower += len;
		if (*lower == ':' && !*++lower)
			json_fail(r, "GraphDriver has an empty layer");
	}
}

int image_parse(const char *body, size_t len, const char *word, char ***ret, struct answer_error_info *why)
{
	struct error err = ERROR_INIT;
	struct json_reader r = {.err = &err};
	cleanup_json cJSON *root = NULL;
	cleanup_strv char **layers = NULL;
	if (json_parse(body, len, &root, &err) < 0)
		return answer_fail(why, ANSWER_BAD, "the engine's answer cannot be used: %s", err.text);
	if (!cJSON_IsObject(root))
		json_fail(&r, "it is not an object");
	const cJSON *graph = json_object(&r, root, "GraphDriver");
	const char *driver = json_text(&r, graph, "Name");
	if (!r.failed && strcmp(driver, "overlay2") != 0 && strcmp(driver, "overlay") != 0)
		return refuse_driver(&r, root, word, driver, why);
	read_layers(&r, json_object(&r, graph, "Data"), &layers);
	if (r.failed)
		return answer_fail(why, ANSWER_BAD, "the engine's answer about %s cannot be used: %s", word, err.text);
	*ret = steal_ptr(layers);
	return 0;
}
