/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/priv/layer.h"

#define HEX "4ca37bd08245fb72864026aeee1cf36cc7c36949249326b41c038124929c9282"

static void directories_that_an_overlay_driver_keeps_are_layers(void **state)
{
	(void)state;
	static const char *const layers[] = {
		"/var/lib/docker/overlay2/" HEX "/diff",
		"/var/lib/docker/overlay2/" HEX "-init/diff",
		"/var/lib/docker/200000.200000/overlay2/" HEX "/diff",
		"/var/lib/containers/storage/overlay/" HEX "/diff",
		"/var/lib/docker/overlay2/jq0j9q8yr4pzh0r9x7gbq8bw3/diff",
		"/srv/overlay/different/overlay2/" HEX "/diff",
	};
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++)
		if (!layer_is_path(layers[i]))
			fail_msg("%s", layers[i]);
}

static void nothing_else_is_taken_for_a_layer(void **state)
{
	(void)state;
	static const char *const others[] = {
		"",
		"/",
		"/root",
		"/etc",
		"/diff",
		"/overlay2/diff",
		"overlay2/" HEX "/diff",
		"/var/lib/docker/overlay2/" HEX,
		"/var/lib/docker/overlay2/" HEX "/",
		"/var/lib/docker/overlay2/" HEX "/diff/",
		"/var/lib/docker/overlay2/" HEX "/diff/etc",
		"/var/lib/docker/overlay2/" HEX "/merged",
		"/var/lib/docker/overlay2/" HEX "/diff:/etc",
		"/var/lib/docker/overlay2/" HEX "//diff",
		"/var/lib/docker/overlay2/" HEX "/./diff",
		"/var/lib/docker/overlay2/" HEX "/../diff",
		"/var/lib/docker/overlay2/../../../../root",
		"/var/lib/docker/overlay2/" HEX "0/diff",
		"/var/lib/docker/overlay2/" HEX "-other/diff",
		"/var/lib/docker/overlay2/" HEX "-init-init/diff",
		"/var/lib/docker/overlay2/l/diff",
		"/var/lib/docker/overlay2/jq0j9q8yr4pzh0r9x7gbq8bw/diff",
		"/var/lib/docker/overlay2/jq0j9q8yr4pzh0r9x7gbq8bw3x/diff",
		"/var/lib/docker/overlay2/jq0j9q8yr4pzh0r9x7gbq8bwX/diff",
		"/var/lib/docker/overlay3/" HEX "/diff",
		/* What a container has made in its own layer, or sees in its mount. */
		"/var/lib/docker/overlay2/" HEX "/diff/overlay2/" HEX "/diff",
		"/var/lib/docker/overlay2/" HEX "/merged/overlay2/" HEX "/diff",
		/* ... or in a volume. */
		"/var/lib/docker/volumes/vol/_data/overlay2/" HEX "/diff",
		"/srv/_data/overlay2/" HEX "/diff",
		"/srv/volumes/overlay2/" HEX "/diff",
	};
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (layer_is_path(others[i]))
			fail_msg("%s", others[i]);
}

static void what_others_may_replace_is_not_opened(void **state)
{
	(void)state;
	struct error err = ERROR_INIT;
	assert_int_equal(layer_open("/etc", &err), -EPERM);
	assert_non_null(strstr(err.text, "/etc"));
	assert_int_equal(layer_open("/nowhere/overlay2/" HEX "/diff", &err), -ENOENT);
	assert_int_equal(layer_open("/tmp/overlay2/" HEX "/diff", &err), -EPERM);
}

/* A directory that only root can change is needed: without root there is none to make one in. */
static void the_last_one_may_be_anybody_s_but_no_link(void **state)
{
	(void)state;
	char base[] = "/run/centerctl-test-XXXXXX", path[256], link[256];
	struct error err = ERROR_INIT;
	if (geteuid() != 0 || !mkdtemp(base)) {
		skip();
		return;
	}
	static const char *const parts[] = {"/overlay2", "/overlay2/" HEX, "/overlay2/" HEX "/diff"};
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		snprintf(path, sizeof(path), "%s%s", base, parts[i]);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	int own = layer_open(path, &err), remapped = chown(path, 200000, 200000) == 0 ? layer_open(path, &err) : -1;
	assert_int_equal(rmdir(path), 0);
	snprintf(link, sizeof(link), "/etc");
	assert_int_equal(symlink(link, path), 0);
	int linked = layer_open(path, &err);
	unlink(path);
	for (size_t i = ARRAY_SIZE(parts) - 1; i-- > 0;) {
		snprintf(path, sizeof(path), "%s%s", base, parts[i]);
		rmdir(path);
	}
	rmdir(base);
	assert_true(own >= 0 && remapped >= 0);
	assert_int_equal(linked, -ENOTDIR);
	close_fd(own);
	close_fd(remapped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(directories_that_an_overlay_driver_keeps_are_layers),
		IT(nothing_else_is_taken_for_a_layer),
		IT(what_others_may_replace_is_not_opened),
		IT(the_last_one_may_be_anybody_s_but_no_link),
	};
	return RUN(tests);
}
