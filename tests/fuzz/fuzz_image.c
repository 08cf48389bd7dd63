/* SPDX-License-Identifier: ISC */
/*
 * The engine's answer about an image: whatever is accepted must pass centerctl-enter's own decoder, and what is refused
 * says why. Then the input as a path that centerctl-resolve could name: only layers are taken for layers.
 */
#include "fuzz.h"

#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/engine/image.h"
#include "lib/priv/layer.h"

static void try_image(const char *body, size_t len)
{
	cleanup_strv char **layers = NULL, **back = NULL;
	cleanup_buf struct buf b = {0};
	struct answer_error_info why = {0};
	if (image_parse(body, len, "web:1", &layers, &why) < 0) {
		MUST(*why.text && !layers);
		return;
	}
	layers_encode(layers, &b);
	MUST(b.len > ANSWER_BYTES_MAX || layers_decode(b.data, b.len, &back) == 0);
}

static void try_path(const char *data, size_t len)
{
	cleanup_free char *path = strndup(data, len);
	MUST(path);
	if (!layer_is_path(path))
		return;
	size_t end = strlen(path);
	MUST(path[0] == '/' && end > 5 && strcmp(path + end - 5, "/diff") == 0);
	MUST(!strstr(path, "/../") && !strstr(path, "//") && !strstr(path, "/./"));
	MUST(strstr(path, "/overlay2/") || strstr(path, "/overlay/"));
	MUST(!strstr(path, "/diff/"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len > ENGINE_BODY_MAX)
		return 0;
	try_image((const char *)data, len);
	try_path((const char *)data, len);
	return 0;
}
