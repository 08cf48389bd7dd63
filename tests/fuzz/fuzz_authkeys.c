/* SPDX-License-Identifier: ISC */
/*
 * An authorized_keys file. Each line that can be read is found by its key, and by its name a line of that name; written
 * anew, it says the same. What is found for a name has that name.
 */
#include "fuzz.h"

#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/gate/registry.h"
#include "lib/gate/registry_check.h"

static void check_found(const struct registry *r, const struct authkey *k)
{
	cleanup_authkey struct authkey by_key = {0}, by_name = {0};
	size_t len;
	if (!k->authority) {
		MUST(registry_find_key(r, &k->key, &by_key) == 1 && key_equal(&by_key.key, &k->key));
		MUST(registry_find_line(r, &k->key, &len));
	}
	if (k->name && registry_find_name(r, k->name, &by_name) == 1)
		MUST(strcmp(by_name.name, k->name) == 0);
}

static void check_written(const struct authkey *k)
{
	struct error err;
	cleanup_buf struct buf b = {0};
	cleanup_authkey struct authkey back = {0};
	if (!k->name)
		return;
	MUST(gate_is_name(k->name) && (!k->container || is_container_word(k->container)));
	authkey_format(&k->key, k->name, k->container, k->comment, &b);
	MUST(authkey_parse(b.data, b.len - 1, &back, &err) == 0);
	MUST(back.restricted && str_eq(back.name, k->name) && key_equal(&back.key, &k->key));
	MUST(k->container ? str_eq(back.container, k->container) : !back.container);
}

static void nothing(void *arg, size_t line, const char *text)
{
	(void)arg;
	MUST(line > 0 && *text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t line_len;
	struct registry r = {.text = (const char *)data, .len = len};
	if (len == 0)
		return 0;
	for (const char *line = registry_next_line(&r, NULL, &line_len); line;
	     line = registry_next_line(&r, line, &line_len)) {
		struct error err;
		cleanup_authkey struct authkey k = {0};
		if (authkey_parse(line, line_len, &k, &err) < 0)
			continue;
		check_found(&r, &k);
		check_written(&k);
	}
	MUST(registry_check(&r, nothing, NULL) >= 0);
	return 0;
}
