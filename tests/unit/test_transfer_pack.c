/* SPDX-License-Identifier: ISC */
/* What is read may have become something else since its directory was read: visit() is told here what that said. */
#include "lib/transfer/pack.c"

#include "test.h"

#include <sys/inotify.h>
#include <sys/mman.h>

#include "lib/base/io.h"

struct room {
	char top[64];
	int dir, events; /* of what is opened */
};

static int setup(void **state)
{
	static struct room m;
	m = (struct room){.top = "/tmp/test-pack.XXXXXX"};
	assert_non_null(mkdtemp(m.top));
	m.dir = open(m.top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	m.events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	assert_true(m.dir >= 0 && m.events >= 0);
	*state = &m;
	return 0;
}

static int teardown(void **state)
{
	struct room *m = *state;
	unlinkat(m->dir, "it", 0);
	unlinkat(m->dir, "canary", 0);
	close(m->dir);
	close(m->events);
	return rmdir(m->top);
}

static void watch(const struct room *m, const char *name)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", m->top, name);
	assert_true(inotify_add_watch(m->events, path, IN_OPEN) >= 0);
}

/* Of the one entry of a stream: the type in its header, behind the one of what is longer. */
static char kind_in(int fd)
{
	char head[TAR_BLOCK];
	off_t at = 0;
	for (;;) {
		assert_int_equal(pread(fd, head, sizeof(head), at), sizeof(head));
		if (head[156] != 'x')
			return head[156];
		at += TAR_BLOCK + (off_t)(strtoul(head + 124, NULL, 8) + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	}
}

/* Visits "it", which the directory said to be of that type; returns the kind that its entry has. */
static char visit_as(const struct room *m, unsigned char type, bool careful)
{
	const struct pack_options o = {.careful = careful};
	struct transfer_count counted = {0};
	struct transfer_report report = {.count = &counted};
	struct sink to;
	cleanup_fd int out = memfd_create("stream", MFD_CLOEXEC);
	assert_int_equal(sink_open(&to, out), 0);
	struct packing p = {.o = &o, .report = &report, .to = &to, .depth = 1};
	buf_puts(&p.path, "x/it");
	assert_int_equal(visit(&p, m->dir, "it", O_NOFOLLOW, type), 0);
	assert_int_equal(sink_flush(&to), 0);
	sink_done(&to);
	packing_done(&p);
	return kind_in(out);
}

static bool was_opened(const struct room *m)
{
	char event[4096];
	return read(m->events, event, sizeof(event)) > 0;
}

static void what_took_a_files_place_is_not_opened(void **state)
{
	const struct room *m = *state;
	assert_int_equal(mkfifoat(m->dir, "it", 0600), 0);
	watch(m, "it");
	assert_int_equal(visit_as(m, DT_REG, true), '6');
	assert_int_equal(visit_as(m, DT_DIR, true), '6');
	assert_false(was_opened(m));
	/* It is the look before that matters. */
	assert_int_equal(visit_as(m, DT_REG, false), '6');
	assert_true(was_opened(m));
}

static void a_link_in_a_files_place_is_not_followed(void **state)
{
	const struct room *m = *state;
	cleanup_fd int canary = openat(m->dir, "canary", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(canary >= 0);
	assert_int_equal(symlinkat("canary", m->dir, "it"), 0);
	watch(m, "canary");
	assert_int_equal(visit_as(m, DT_REG, true), '2');
	assert_int_equal(visit_as(m, DT_DIR, true), '2');
	assert_int_equal(visit_as(m, DT_REG, false), '2');
	assert_false(was_opened(m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_took_a_files_place_is_not_opened, setup, teardown),
		cmocka_unit_test_setup_teardown(a_link_in_a_files_place_is_not_followed, setup, teardown),
	};
	return RUN(tests);
}
