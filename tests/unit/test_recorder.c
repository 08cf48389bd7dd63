/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/audit/cast_read.h"
#include "lib/audit/recorder.h"
#include "lib/base/buf.h"
#include "private_dir.h"

static char session[AUDIT_ID_LEN + 1], file[200];

static int start(struct recorder **ret, struct error *err)
{
	static char *const argv[] = {(char *)"sh", (char *)"-c", (char *)"x\xff", NULL};
	assert_int_equal(audit_session_id(session), 0);
	struct recorder_setup s = {.directory = private_path("sessions"),
				   .session = session,
				   .rows = 24,
				   .cols = 80,
				   .wall_ms = 1793170379999,
				   .term = "xterm",
				   .title = "app@web by key:x",
				   .argv = argv};
	snprintf(file, sizeof(file), "%s/%s.cast", private_path("sessions"), session);
	return recorder_open(&s, ret, err);
}

static struct recorder *started(void)
{
	struct recorder *r = NULL;
	struct error err = ERROR_INIT;
	if (start(&r, &err) < 0)
		fail_msg("%s", err.text);
	return r;
}

/* All text of one kind in the recording, one after the other; *ret_last is the last event's. */
static char *gather(char kind, char ret_last[8])
{
	cleanup_fd int fd = open(file, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	struct error err = ERROR_INIT;
	cleanup_cast struct cast c;
	struct buf all = {0};
	struct cast_event e;
	if (cast_open(&c, fd, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(c.own && c.width == 80 && c.height == 24 && c.timestamp == 1793170379);
	assert_string_equal(c.title, "app@web by key:x");
	assert_string_equal(c.command, "sh -c x\xff");
	assert_string_equal(c.term, "xterm");
	int64_t before = 0;
	int r;
	while ((r = cast_next(&c, &e, &err)) > 0) {
		assert_true(e.us >= before);
		before = e.us;
		if (e.kind == kind)
			buf_add(&all, e.text, e.len);
		snprintf(ret_last, 8, "%c %s", e.kind, e.kind == 'x' ? e.text : "");
	}
	assert_int_equal(r, 0);
	buf_add(&all, "", 1);
	return all.data;
}

static void what_was_shown_is_read_back_to_the_byte(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct recorder *r = started();
	static char every[3 * 256];
	for (int i = 0; i < 256; i++)
		memset(every + 3 * i, i, 3);
	assert_int_equal(recorder_output(r, every, sizeof(every)), 0);
	assert_int_equal(recorder_input(r, "pass", 4), 0);
	assert_int_equal(recorder_resize(r, 43, 132), 0);
	assert_int_equal(recorder_close(r, true), 0);
	char last[8];
	cleanup_free char *out = gather('o', last), *in = gather('i', last), *size = gather('r', last);
	assert_memory_equal(out, every, sizeof(every));
	assert_string_equal(in, "pass");
	assert_string_equal(size, "132x43");
	assert_string_equal(last, "x end");
	struct stat st;
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(private_path("sessions"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

/* Cut anywhere: each character is whole in one event, and what never gets its end is there at the end. */
static void a_character_that_a_read_cuts_is_put_together(void **state)
{
	(void)state;
	NEEDS_ROOT();
	static const char text[] = "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xe2\x82z\xf0\x9f\x98";
	for (size_t step = 1; step < sizeof(text); step++) {
		struct recorder *r = started();
		for (size_t at = 0; at < sizeof(text) - 1; at += step)
			recorder_output(r, text + at, sizeof(text) - 1 - at < step ? sizeof(text) - 1 - at : step);
		assert_int_equal(recorder_close(r, true), 0);
		char last[8];
		cleanup_free char *out = gather('o', last), *raw = private_read(file);
		assert_string_equal(out, text);
		assert_non_null(strstr(raw, "\xf0\x9f\x98\x80"));
		assert_non_null(strstr(raw, "\\uece2\\uec82z"));
		assert_non_null(strstr(raw, "\\uecf0\\uec9f\\uec98\"]\n"));
	}
}

static void much_at_once_is_many_lines(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct recorder *r = started();
	cleanup_free char *much = malloc(1 << 20);
	for (int i = 0; i < 1 << 20; i++)
		much[i] = (char)(i * 7 + (i >> 9));
	assert_int_equal(recorder_output(r, much, 1 << 20), 0);
	assert_int_equal(recorder_close(r, true), 0);
	char last[8];
	cleanup_free char *out = gather('o', last);
	assert_memory_equal(out, much, 1 << 20);
}

static void a_full_disk_ends_it_at_a_whole_line_that_says_so(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct recorder *r = started();
	assert_int_equal(recorder_output(r, "before", 6), 0);
	struct stat st;
	assert_int_equal(stat(file, &st), 0);
	struct rlimit before, tight;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	tight = (struct rlimit){.rlim_cur = (rlim_t)st.st_size + 60, .rlim_max = before.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	static char long_[1000];
	memset(long_, 'x', sizeof(long_));
	int first = recorder_output(r, long_, sizeof(long_)), second = recorder_output(r, "y", 1),
	    third = recorder_resize(r, 1, 1), closed = recorder_close(r, true);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(first, -EFBIG);
	assert_int_equal(second, -EFBIG);
	assert_int_equal(third, -EFBIG);
	assert_int_equal(closed, -EFBIG);
	char last[8];
	cleanup_free char *out = gather('o', last);
	assert_string_equal(out, "before");
	assert_string_equal(last, "x cut");
}

static void a_recording_that_was_cut_says_so(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct recorder *r = started();
	assert_int_equal(recorder_close(r, false), 0);
	char last[8];
	free(gather('o', last));
	assert_string_equal(last, "x cut");
	assert_int_equal(recorder_close(NULL, true), 0);
}

static void names_and_places_are_not_trusted(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct recorder *r = NULL;
	struct error err = ERROR_INIT;
	struct recorder_setup s = {
		.directory = private_path("sessions"), .session = "../aaaaaaaaaaaaaaaaaaaaaaa", .rows = 1, .cols = 1};
	assert_int_equal(recorder_open(&s, &r, &err), -EINVAL);
	s.session = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
	assert_int_equal(recorder_open(&s, &r, &err), 0);
	recorder_close(r, true);
	r = NULL;
	assert_int_equal(recorder_open(&s, &r, &err), -EEXIST);
	s.session = "bbbbbbbbbbbbbbbbbbbbbbbbbb";
	assert_int_equal(symlink("/nowhere", private_path("sessions/bbbbbbbbbbbbbbbbbbbbbbbbbb.cast")), 0);
	assert_true(recorder_open(&s, &r, &err) < 0);
	s.session = "cccccccccccccccccccccccccc";
	assert_int_equal(chmod(private_path("sessions"), 0750), 0);
	assert_int_equal(recorder_open(&s, &r, &err), -EPERM);
	assert_int_equal(chmod(private_path("sessions"), 0700), 0);
	assert_int_equal(rename(private_path("sessions"), private_path("elsewhere")), 0);
	assert_int_equal(symlink(private_path("elsewhere"), private_path("sessions")), 0);
	s.directory = private_path("sessions");
	assert_int_equal(recorder_open(&s, &r, &err), -EPERM);
	assert_null(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PRIVATE_DIR(what_was_shown_is_read_back_to_the_byte),
		IN_PRIVATE_DIR(a_character_that_a_read_cuts_is_put_together),
		IN_PRIVATE_DIR(much_at_once_is_many_lines),
		IN_PRIVATE_DIR(a_full_disk_ends_it_at_a_whole_line_that_says_so),
		IN_PRIVATE_DIR(a_recording_that_was_cut_says_so),
		IN_PRIVATE_DIR(names_and_places_are_not_trusted),
	};
	return RUN(tests);
}
