/* SPDX-License-Identifier: ISC */
/* Streams as a hostile container would send them, into a directory beside which a canary lies. */
#include "lib/transfer/unpack.c" /* with its limits, which no test could fill */

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"

struct room {
	char top[64];
	int fd;		 /* top/in */
	char said[4096]; /* all lines */
};

static void note(void *arg, const char *text)
{
	struct room *m = arg;
	size_t len = strlen(m->said);
	snprintf(m->said + len, sizeof(m->said) - len, "%s\n", text);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int setup(void **state)
{
	static struct room m;
	m = (struct room){.top = "/tmp/test-transfer.XXXXXX"};
	char path[128];
	assert_non_null(mkdtemp(m.top));
	snprintf(path, sizeof(path), "%s/in", m.top);
	assert_int_equal(mkdir(path, 0755), 0);
	m.fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(m.fd >= 0);
	snprintf(path, sizeof(path), "%s/canary", m.top);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "alive", 5), 5);
	close(fd);
	*state = &m;
	return 0;
}

static int teardown(void **state)
{
	struct room *m = *state;
	close(m->fd);
	return nftw(m->top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void assert_canary(const struct room *m)
{
	char path[128], text[16] = "";
	struct stat st;
	snprintf(path, sizeof(path), "%s/canary", m->top);
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, text, sizeof(text)), 5);
	assert_string_equal(text, "alive");
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(st.st_mode & 07777, 0600);
}

/* An entry with its content. */
static void add(struct buf *to, struct tar_entry e, const char *content)
{
	e.size = content ? strlen(content) : 0;
	if (!e.mode)
		e.mode = e.kind == TAR_DIRECTORY ? 0755 : 0644;
	tar_write(&e, to);
	buf_add(to, content ? content : "", e.size);
	static const char zeros[TAR_BLOCK];
	buf_add(to, zeros, e.padding);
}

static int run_with(struct room *m, const struct buf *b, struct unpack_options o, struct error *err)
{
	const struct unpack_place place = {.name = "", .directory = m->fd};
	struct transfer_report report = {.say = note, .arg = m};
	struct source s;
	m->said[0] = '\0';
	if (!o.places) {
		o.places = &place;
		o.place_count = 1;
	}
	assert_int_equal(source_open_memory(&s, b->data, b->len), 0);
	int r = unpack_from(&s, &o, &report, err);
	source_done(&s);
	assert_canary(m);
	return r < 0 ? r : report.failed;
}

static int run(struct room *m, struct buf *b, struct error *err)
{
	static const char zeros[2 * TAR_BLOCK];
	buf_add(b, zeros, sizeof(zeros));
	return run_with(m, b, (struct unpack_options){.strict = true}, err);
}

static bool exists(const struct room *m, const char *name)
{
	struct stat st;
	return fstatat(m->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void names_that_lead_out_are_refused(void **state)
{
	struct room *m = *state;
	static const char *const names[] = {"../canary", "/canary",	"a/../../canary", "..",
					    "a/..",	 "./../canary", "//canary"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct error err;
		cleanup_buf struct buf b = {0};
		add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)names[i]}, "dead");
		add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"after"}, "x");
		assert_int_equal(run(m, &b, &err), 1);
		assert_non_null(strstr(m->said, "refused"));
		assert_true(exists(m, "after"));
		assert_false(exists(m, "canary"));
	}
}

static void what_was_not_asked_for_is_refused(void **state)
{
	struct room *m = *state;
	struct error err;
	struct stat st;
	static const char zeros[2 * TAR_BLOCK];
	cleanup_buf struct buf b = {0};
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"passwd", .mode = 0666}, "x");
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)".bashrc"}, "dead");
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"./passwd/../.profile"}, "dead");
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"passwd2"}, "dead");
	add(&b, (struct tar_entry){.kind = TAR_SYMLINK, .path = (char *)".ssh", .link = (char *)"/"}, NULL);
	add(&b, (struct tar_entry){.kind = TAR_HARDLINK, .path = (char *)".h", .link = (char *)"passwd"}, NULL);
	buf_add(&b, zeros, sizeof(zeros));
	assert_int_equal(run_with(m, &b, (struct unpack_options){.strict = true, .asked = "passwd", .mask = 027}, &err),
			 1);
	assert_int_equal(fstatat(m->fd, "passwd", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_false(exists(m, ".bashrc") || exists(m, ".profile") || exists(m, "passwd2") || exists(m, ".ssh") ||
		     exists(m, ".h"));
	assert_int_equal(run_with(m, &b, (struct unpack_options){.as = "new", .asked = "passwd"}, &err), 1);
	assert_true(exists(m, "new"));
	assert_false(exists(m, ".bashrc"));
}

static void a_link_of_the_stream_is_not_written_through(void **state)
{
	struct room *m = *state;
	struct error err;
	cleanup_buf struct buf b = {0};
	add(&b, (struct tar_entry){.kind = TAR_SYMLINK, .path = (char *)"up", .link = (char *)".."}, NULL);
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"up/canary"}, "dead");
	add(&b, (struct tar_entry){.kind = TAR_DIRECTORY, .path = (char *)"up/new"}, NULL);
	add(&b, (struct tar_entry){.kind = TAR_DIRECTORY, .path = (char *)"up", .mode = 0777}, NULL);
	add(&b, (struct tar_entry){.kind = TAR_SYMLINK, .path = (char *)"f", .link = (char *)"../canary"}, NULL);
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"f", .mode = 0666}, "mine");
	assert_int_equal(run(m, &b, &err), 1);
	assert_non_null(strstr(m->said, "up/canary: refused, since its path leads through a symbolic link"));
	struct stat st;
	assert_int_equal(fstatat(m->fd, "f", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISREG(st.st_mode)); /* in place of the link */
	assert_int_equal(fstatat(m->fd, "../new", &st, AT_SYMLINK_NOFOLLOW), -1);
}

static void a_hard_link_leads_only_to_files_of_the_stream(void **state)
{
	struct room *m = *state;
	struct error err;
	static const char *const targets[] = {"../canary", "/etc/passwd", "mine", "link", "nothing", ""};
	cleanup_fd int fd = openat(m->fd, "mine", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		cleanup_buf struct buf b = {0};
		add(&b, (struct tar_entry){.kind = TAR_SYMLINK, .path = (char *)"link", .link = (char *)"../canary"},
		    NULL);
		add(&b, (struct tar_entry){.kind = TAR_HARDLINK, .path = (char *)"hard", .link = (char *)targets[i]},
		    NULL);
		assert_int_equal(run(m, &b, &err), 1);
		assert_false(exists(m, "hard"));
	}
	cleanup_buf struct buf b = {0};
	struct stat st;
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"d/one"}, "x");
	add(&b, (struct tar_entry){.kind = TAR_HARDLINK, .path = (char *)"two", .link = (char *)"d/one"}, NULL);
	assert_int_equal(run(m, &b, &err), 0);
	assert_int_equal(fstatat(m->fd, "two", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_nlink, 2);
}

static void owners_setuid_bits_and_devices_stay_out(void **state)
{
	struct room *m = *state;
	struct error err;
	struct stat st;
	cleanup_buf struct buf b = {0};
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"f", .mode = 07777, .uid = 12, .gid = 13}, "x");
	add(&b, (struct tar_entry){.kind = TAR_DIRECTORY, .path = (char *)"d", .mode = 06711, .uid = 12, .gid = 13},
	    NULL);
	add(&b, (struct tar_entry){.kind = TAR_CHAR, .path = (char *)"c", .major = 1, .minor = 3}, NULL);
	assert_int_equal(run(m, &b, &err), 1);
	assert_int_equal(fstatat(m->fd, "f", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0777);
	assert_int_equal(st.st_uid, geteuid());
	assert_int_equal(fstatat(m->fd, "d", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0711);
	assert_false(exists(m, "c"));
	assert_non_null(strstr(m->said, "c: skipped: a device"));
}

static void a_directory_is_not_replaced_and_replaces_nothing(void **state)
{
	struct room *m = *state;
	struct error err;
	cleanup_buf struct buf b = {0};
	add(&b, (struct tar_entry){.kind = TAR_DIRECTORY, .path = (char *)"d"}, NULL);
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"d/f"}, "x");
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"d"}, "x");
	add(&b, (struct tar_entry){.kind = TAR_DIRECTORY, .path = (char *)"d/f"}, NULL);
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"last"}, "x");
	assert_int_equal(run(m, &b, &err), 1);
	assert_true(exists(m, "d/f"));
	assert_true(exists(m, "last"));
}

static void modes_and_times_of_directories_are_set_last(void **state)
{
	struct room *m = *state;
	struct error err;
	struct stat st;
	cleanup_buf struct buf b = {0};
	add(&b,
	    (struct tar_entry){.kind = TAR_DIRECTORY, .path = (char *)"d", .mode = 0500, .mtime = 1000, .mtime_ns = 7},
	    NULL);
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"d/f", .mode = 0400, .mtime = 2000}, "x");
	assert_int_equal(run(m, &b, &err), 0);
	assert_int_equal(fstatat(m->fd, "d", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0500);
	assert_int_equal(st.st_mtim.tv_sec, 1000);
	assert_int_equal(st.st_mtim.tv_nsec, 7);
	assert_int_equal(fstatat(m->fd, "d/f", &st, 0), 0);
	assert_int_equal(st.st_mtim.tv_sec, 2000);
	assert_int_equal(fchmodat(m->fd, "d", 0700, 0), 0);
}

static void a_directory_that_was_there_stays_as_it_is(void **state)
{
	struct room *m = *state;
	static const char zeros[2 * TAR_BLOCK];
	static const bool restoring[] = {false, true};
	const struct unpack_place place = {.name = "", .directory = m->fd};
	struct stat st;
	for (size_t i = 0; i < ARRAY_SIZE(restoring); i++) {
		struct error err;
		cleanup_buf struct buf b = {0};
		const struct unpack_options o = {
			.places = &place, .place_count = 1, .owners = geteuid() == 0, .directories = restoring[i]};
		if (i == 0)
			assert_int_equal(mkdirat(m->fd, "d", 0700), 0);
		add(&b, (struct tar_entry){.kind = TAR_DIRECTORY, .path = (char *)".", .mode = 0711, .uid = geteuid()},
		    NULL);
		add(&b, (struct tar_entry){.kind = TAR_DIRECTORY, .path = (char *)"d", .mode = 0711, .uid = geteuid()},
		    NULL);
		buf_add(&b, zeros, sizeof(zeros));
		assert_int_equal(run_with(m, &b, o, &err), 0);
		assert_int_equal(fstatat(m->fd, "d", &st, 0), 0);
		assert_int_equal(st.st_mode & 07777, restoring[i] ? 0711 : 0700);
		assert_int_equal(fstatat(m->fd, ".", &st, 0), 0);
		assert_int_equal(st.st_mode & 07777, restoring[i] ? 0711 : 0755);
	}
}

static void a_name_is_given_to_what_comes(void **state)
{
	struct room *m = *state;
	struct error err;
	cleanup_buf struct buf b = {0};
	add(&b, (struct tar_entry){.kind = TAR_DIRECTORY, .path = (char *)"etc"}, NULL);
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"etc/f"}, "x");
	add(&b, (struct tar_entry){.kind = TAR_HARDLINK, .path = (char *)"etc/g", .link = (char *)"etc/f"}, NULL);
	assert_int_equal(run_with(m, &b, (struct unpack_options){.as = "new"}, &err), -ENODATA); /* no end */
	assert_true(exists(m, "new/f") && exists(m, "new/g"));
	assert_int_equal(run_with(m, &b, (struct unpack_options){.as = "x", .only_file = true}, &err), -ENOTDIR);
	assert_false(exists(m, "x"));
}

static void a_volume_takes_only_what_is_its_own(void **state)
{
	struct room *m = *state;
	struct error err;
	static const char zeros[2 * TAR_BLOCK];
	const struct unpack_place places[] = {{.name = "vol", .directory = m->fd},
					      {.name = "etc", .directory = m->fd, .only = "app.conf"}};
	const struct unpack_options o = {.places = places, .place_count = 2, .directories = true};
	cleanup_buf struct buf b = {0};
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"vol/f"}, "x");
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"volume/g"}, "x");
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"h"}, "x");
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"etc/app.conf"}, "x");
	add(&b, (struct tar_entry){.kind = TAR_FILE, .path = (char *)"etc/passwd"}, "x");
	add(&b, (struct tar_entry){.kind = TAR_HARDLINK, .path = (char *)"vol/i", .link = (char *)"etc/app.conf"},
	    NULL);
	buf_add(&b, zeros, sizeof(zeros));
	assert_int_equal(run_with(m, &b, o, &err), 1);
	assert_true(exists(m, "f") && exists(m, "app.conf"));
	assert_false(exists(m, "g") || exists(m, "h") || exists(m, "passwd") || exists(m, "i"));
}

/* An entry is taken, with so much remembered already. */
static int take_with(struct room *m, enum tar_kind kind, size_t bytes, size_t files)
{
	struct error err = ERROR_INIT;
	struct source from;
	const struct unpack_place place = {.name = "", .directory = m->fd};
	const struct unpack_options o = {.places = &place, .place_count = 1, .strict = true};
	struct transfer_report report = {.say = note, .arg = m};
	assert_int_equal(source_open_memory(&from, "", 0), 0);
	struct unpacking u = {.o = &o, .from = &from, .report = &report, .parent = -EBADF, .pending_bytes = bytes};
	u.made.used = files;
	struct tar_entry e = {.kind = kind, .path = strdup("entry"), .mode = 0755};
	int r = take(&u, &e, &err);
	tar_entry_done(&e);
	u.made.used = 0;
	unpacking_done(&u);
	source_done(&from);
	unlinkat(m->fd, "entry", kind == TAR_DIRECTORY ? AT_REMOVEDIR : 0);
	return r;
}

static void what_a_stream_makes_us_remember_has_an_end(void **state)
{
	struct room *m = *state;
	assert_int_equal(take_with(m, TAR_DIRECTORY, 0, 0), 0);
	assert_int_equal(take_with(m, TAR_DIRECTORY, PENDING_BYTES_MAX, 0), -E2BIG);
	assert_int_equal(take_with(m, TAR_FILE, 0, 0), 0);
	assert_int_equal(take_with(m, TAR_FILE, 0, MADE_MAX), -E2BIG);
}

static void names_are_judged_without_a_file_system(void **state)
{
	(void)state;
	static const struct {
		const char *name, *as, *want; /* NULL: refused */
	} cases[] = {
		{"a//b/./c/", NULL, "a/b/c"},
		{".", NULL, ""},
		{"./", NULL, ""},
		{"./a", "new", "new/a"},
		{".", "new", "new"},
		{"d/e", "new", "new/e"},
		{"d", "new", "new"},
		{"..a/b..", NULL, "..a/b.."},
		{"/a", NULL, NULL},
		{"a/..", NULL, NULL},
		{"..", "new", NULL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free char *got = NULL;
		const char *why = unpack_path_judge(cases[i].name, cases[i].as, &got);
		assert_int_equal(why == NULL, cases[i].want != NULL);
		if (cases[i].want)
			assert_string_equal(got, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_that_lead_out_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_not_asked_for_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_link_of_the_stream_is_not_written_through, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hard_link_leads_only_to_files_of_the_stream, setup, teardown),
		cmocka_unit_test_setup_teardown(owners_setuid_bits_and_devices_stay_out, setup, teardown),
		cmocka_unit_test_setup_teardown(a_directory_is_not_replaced_and_replaces_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(modes_and_times_of_directories_are_set_last, setup, teardown),
		cmocka_unit_test_setup_teardown(a_directory_that_was_there_stays_as_it_is, setup, teardown),
		cmocka_unit_test_setup_teardown(a_name_is_given_to_what_comes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_volume_takes_only_what_is_its_own, setup, teardown),
		cmocka_unit_test_setup_teardown(what_a_stream_makes_us_remember_has_an_end, setup, teardown),
		cmocka_unit_test(names_are_judged_without_a_file_system),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
