/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <string.h>

#include "lib/audit/log.h"
#include "lib/audit/log_read.h"
#include "lib/audit/log_verify.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "private_dir.h"

enum { LINES = 6 };

/* A log of LINES lines; each, without its newline, in *ret. */
struct made {
	char path[160];
	char *line[LINES];
	char *text;
};

static void make(struct made *m)
{
	strcpy(m->path, private_path("audit.jsonl"));
	struct error err = ERROR_INIT;
	for (int i = 0; i < LINES; i++) {
		struct audit_event e = {.kind = AUDIT_DENY, .wall_ms = i, .reason = "because"};
		assert_int_equal(audit_log_append(m->path, &e, false, &err), 0);
	}
	m->text = private_read(m->path);
	char *at = m->text;
	for (int i = 0; i < LINES; i++)
		m->line[i] = strsep(&at, "\n");
}

/* The log again, of these lines: their numbers from 0 on, -1 ends. */
static void write_lines(const struct made *m, const int *order)
{
	cleanup_buf struct buf b = {0};
	for (; *order >= 0; order++)
		buf_printf(&b, "%s\n", m->line[*order]);
	private_write(m->path, buf_text(&b), b.len);
}

static void gather(void *arg, const char *path, uint64_t line, const char *text)
{
	(void)path;
	buf_printf(arg, "%llu: %s\n", (unsigned long long)line, text);
}

/* All findings as one text, one a line. */
static char *verify(const char *path)
{
	struct buf b = {0};
	struct audit_verdict v;
	struct error err = ERROR_INIT;
	assert_int_equal(audit_verify((char *[]){(char *)path, NULL}, true, gather, &b, &v, &err), 0);
	buf_add(&b, "", 1);
	return b.data;
}

static void assert_finds(const struct made *m, const char *expected)
{
	cleanup_free char *found = verify(m->path);
	if (!str_starts(found, expected) || !*expected != !*found)
		fail_msg("found \"%s\", not \"%s\"", found, expected);
}

#define ORDER(...)              \
	(int[])                 \
	{                       \
		__VA_ARGS__, -1 \
	}

static void an_untouched_log_is_whole(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct made m;
	make(&m);
	assert_finds(&m, "");
	write_lines(&m, ORDER(0, 1, 2, 3, 4, 5));
	assert_finds(&m, "");
	/* What came before may be elsewhere. */
	write_lines(&m, ORDER(2, 3, 4, 5));
	assert_finds(&m, "");
	free(m.text);
}

static void a_line_that_is_gone_is_missed(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct made m;
	make(&m);
	write_lines(&m, ORDER(0, 1, 3, 4, 5));
	assert_finds(&m, "3: record 3 is missing before this one\n");
	write_lines(&m, ORDER(0, 5));
	assert_finds(&m, "2: records 2 to 5 are missing before this one\n");
	write_lines(&m, ORDER(0, 1, 2, 3, 4));
	assert_finds(&m, "0: the last record, number 6, is missing\n");
	write_lines(&m, ORDER(0));
	assert_finds(&m, "0: the last records, 2 to 6, are missing\n");
	private_write(m.path, "", 0);
	assert_finds(&m, "0: the last records, 1 to 6, are missing\n");
	free(m.text);
}

static void lines_that_change_places_are_found(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct made m;
	make(&m);
	write_lines(&m, ORDER(0, 2, 1, 3, 4, 5));
	assert_finds(&m, "2: record 2 is missing before this one\n3: is record 2, but stands behind record 3");
	write_lines(&m, ORDER(0, 1, 1, 2, 3, 4, 5));
	assert_finds(&m, "3: is record 2, but stands behind record 2");
	free(m.text);
}

/* Whichever byte is changed, something is found: at that line, the next one, or the end. */
static void every_changed_byte_is_found(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct made m;
	make(&m);
	cleanup_free char *whole = private_read(m.path);
	size_t len = strlen(whole);
	for (size_t i = 0; i < len; i++) {
		char before = whole[i];
		whole[i] = before == '1' ? '2' : '1';
		private_write(m.path, whole, len);
		whole[i] = before;
		cleanup_free char *found = verify(m.path);
		if (!*found)
			fail_msg("byte %zu was changed, and nothing found", i);
	}
	free(m.text);
}

static void a_change_names_the_line(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct made m;
	make(&m);
	cleanup_free char *whole = private_read(m.path);
	char *third = strstr(strchr(strchr(whole, '\n') + 1, '\n'), "because");
	third[0] = 'B';
	private_write(m.path, whole, strlen(whole));
	char expected[400];
	snprintf(expected, sizeof(expected),
		 "4: does not carry the hash of the line before: line 3 of %s was changed, or a line was put in or "
		 "taken out\n",
		 m.path);
	assert_finds(&m, expected);
	third[0] = 'b';
	strrchr(whole, '{')[12] = '3';
	private_write(m.path, whole, strlen(whole));
	snprintf(expected, sizeof(expected), "0: the last line is not the one of which %s.chain has the hash", m.path);
	assert_finds(&m, expected);
	free(m.text);
}

static void a_cut_end_is_found_wherever_it_is(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct made m;
	make(&m);
	cleanup_free char *whole = private_read(m.path);
	for (size_t len = 0; len < strlen(whole); len++) {
		private_write(m.path, whole, len);
		cleanup_free char *found = verify(m.path);
		if (!*found)
			fail_msg("cut after %zu bytes, and nothing found", len);
		if (len > 0 && whole[len - 1] != '\n')
			assert_non_null(strstr(found, "is cut off: the last line has no end"));
	}
	free(m.text);
}

static void what_is_put_in_is_found(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct made m;
	make(&m);
	cleanup_buf struct buf b = {0};
	for (int i = 0; i < LINES; i++)
		buf_printf(&b, "%s\n%s", m.line[i], i == 2 ? "hello\n" : "");
	private_write(m.path, b.data, b.len);
	assert_finds(&m, "4: is no record: ");
	/* A line with a number and a hash that fit, behind the end: the chain does not know it. */
	char hash[AUDIT_HASH_LEN + 1];
	audit_hash(m.line[LINES - 1], strlen(m.line[LINES - 1]), hash);
	b.len = 0;
	for (int i = 0; i < LINES; i++)
		buf_printf(&b, "%s\n", m.line[i]);
	buf_printf(&b, "{\"time\":\"2026-01-01T00:00:00.000Z\",\"event\":\"deny\",\"seq\":7,\"prev\":\"%s\"}\n", hash);
	private_write(m.path, b.data, b.len);
	assert_finds(&m, "0: records after 6 are not in ");
	cleanup_free char *long_ = malloc(200000);
	memset(long_, 'x', 200000);
	b.len = 0;
	buf_printf(&b, "%s\n%.200000s\n%s\n", m.line[0], long_, m.line[1]);
	private_write(m.path, b.data, b.len);
	assert_finds(&m, "2: is no record: it is longer than 65536 bytes\n");
	free(m.text);
}

static void rotated_files_are_put_in_order(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct made m;
	make(&m);
	static const char *const names[] = {"audit.jsonl.10", "audit.jsonl.9", "audit.jsonl-20270102"};
	for (int i = 0; i < 3; i++) {
		cleanup_buf struct buf b = {0};
		buf_printf(&b, "%s\n", m.line[i]);
		private_write(private_path(names[i]), b.data, b.len);
	}
	write_lines(&m, ORDER(3, 4, 5));
	static const char *const others[] = {"audit.jsonl.3.gz", "audit.jsonl.bak", "audit.jsonlx", "audit.jsonl."};
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		private_write(private_path(others[i]), "x", 1);
	cleanup_strv char **files = NULL;
	unsigned compressed;
	struct error err = ERROR_INIT;
	assert_int_equal(audit_log_files(m.path, &files, &compressed, &err), 0);
	assert_int_equal(strv_len(files), 4);
	for (int i = 0; i < 3; i++)
		assert_string_equal(files[i], private_path(names[i]));
	assert_string_equal(files[3], m.path);
	assert_int_equal(compressed, 1);
	cleanup_buf struct buf b = {0};
	struct audit_verdict v;
	assert_int_equal(audit_verify(files, true, gather, &b, &v, &err), 0);
	assert_int_equal(v.findings, 0);
	assert_true(v.lines == LINES && v.first_seq == 1 && v.last_seq == LINES && v.end_checked);
	free(m.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PRIVATE_DIR(an_untouched_log_is_whole),
		IN_PRIVATE_DIR(a_line_that_is_gone_is_missed),
		IN_PRIVATE_DIR(lines_that_change_places_are_found),
		IN_PRIVATE_DIR(every_changed_byte_is_found),
		IN_PRIVATE_DIR(a_change_names_the_line),
		IN_PRIVATE_DIR(a_cut_end_is_found_wherever_it_is),
		IN_PRIVATE_DIR(what_is_put_in_is_found),
		IN_PRIVATE_DIR(rotated_files_are_put_in_order),
	};
	return RUN(tests);
}
