/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <string.h>

#include "lib/client/listing_print.h"
#include "lib/policy/policy.h"

#define W(text) ((char *)(text))

static char *app[] = {W("app"), W("root"), NULL};
static char *any[] = {W("*"), NULL};
static char *runs[] = {W("psql"), W("pg_dump *"), NULL};
static char *with[] = {W("record"), W("timeout=2h"), NULL};
static struct listing_grant two[] = {
	{.verbs = POLICY_EXEC | POLICY_SHELL, .users = app, .where = W("")},
	{.verbs = POLICY_EXEC, .users = any, .runs = runs, .with = with, .where = W("")},
};
static struct listing_grant told[] = {{.verbs = POLICY_VERBS_ALL, .users = any, .where = W("/etc/x.conf:7")}};

static struct listing_row rows[] = {
	{.id = W("0123456789abcdef"),
	 .name = W("web-1"),
	 .image = W("nginx:1"),
	 .state = STATE_RUNNING,
	 .status = W("Up 3 hours"),
	 .created = 1700000000,
	 .grants = two,
	 .grant_count = 2},
	{.id = W("fedcba9876543210"), .name = W(""), .image = W("x\x1b]0;\"y"), .state = STATE_PAUSED, .status = W("")},
};

static const char *print(struct buf *b, const struct listing *l, enum listing_style style)
{
	const struct listing_look look = {.style = style, .heading = true};
	buf_done(b);
	assert_int_equal(listing_print(l, &look, b), 0);
	return buf_text(b);
}

static void each_grant_has_its_line(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct listing l = {.rows = rows, .count = 2};
	assert_string_equal(print(&b, &l, LISTING_TABLE),
			    "NAME          STATE    STATUS      IMAGE       USER      MAY\n"
			    "web-1         running  Up 3 hours  nginx:1     app,root  exec,shell\n"
			    "                                               *         exec: psql | pg_dump *; with "
			    "record,timeout=2h\n"
			    "fedcba987654  paused               x\\x1b]0;\"y\n");
	assert_string_equal(print(&b, &l, LISTING_NAMES), "web-1\nfedcba987654\n");
}

static void a_number_stands_once_before_each_container(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct listing l = {.rows = rows, .count = 2};
	const char *text = print(&b, &l, LISTING_NUMBERED);
	assert_non_null(strstr(text, "#  NAME"));
	assert_non_null(strstr(text, "\n1  web-1 "));
	assert_non_null(strstr(text, "\n   "));
	assert_non_null(strstr(text, "\n2  fedc"));
}

static void rules_are_shown_to_whom_they_are_told(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct listing_row row = rows[0];
	row.grants = told;
	row.grant_count = 1;
	struct listing l = {.rows = &row, .count = 1};
	assert_string_equal(print(&b, &l, LISTING_TABLE),
			    "NAME   STATE    STATUS      IMAGE    USER  MAY  RULE\n"
			    "web-1  running  Up 3 hours  nginx:1  *     all  /etc/x.conf:7\n");
}

static void root_may_everything(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct listing l = {.rows = &rows[1], .count = 1, .everything = true};
	assert_string_equal(print(&b, &l, LISTING_TABLE), "NAME          STATE   STATUS  IMAGE       USER  MAY\n"
							  "fedcba987654  paused          x\\x1b]0;\"y  *     all\n");
	assert_string_equal(print(&b, &l, LISTING_JSON),
			    "[\n {\"id\": \"fedcba9876543210\", \"name\": \"\", \"image\": \"x\\u001b]0;\\\"y\", "
			    "\"state\": \"paused\", \"status\": \"\", \"created\": null, \"grants\": null}\n]\n");
}

static void json_holds_every_field(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct listing l = {.rows = rows, .count = 1}, none = {0};
	assert_string_equal(
		print(&b, &l, LISTING_JSON),
		"[\n {\"id\": \"0123456789abcdef\", \"name\": \"web-1\", \"image\": \"nginx:1\", \"state\": "
		"\"running\", \"status\": \"Up 3 hours\", \"created\": \"2023-11-14T22:13:20Z\", "
		"\"grants\": [{\"verbs\": [\"exec\", \"shell\"], \"users\": [\"app\", \"root\"], \"runs\": null, "
		"\"with\": [], \"where\": null}, {\"verbs\": [\"exec\"], \"users\": [\"*\"], "
		"\"runs\": [\"psql\", \"pg_dump *\"], \"with\": [\"record\", \"timeout=2h\"], \"where\": null}]}\n]\n");
	assert_string_equal(print(&b, &none, LISTING_JSON), "[]\n");
	assert_string_equal(print(&b, &none, LISTING_NAMES), "");
}

static void long_commands_are_cut(void **state)
{
	(void)state;
	static char *many[] = {W("first command of them *"),
			       W("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"), NULL};
	struct listing_grant g = {.verbs = POLICY_EXEC | POLICY_DIFF, .users = any, .runs = many, .where = W("")};
	struct listing_row row = rows[0];
	cleanup_buf struct buf b = {0};
	row.grants = &g;
	row.grant_count = 1;
	struct listing l = {.rows = &row, .count = 1};
	const char *text = print(&b, &l, LISTING_TABLE);
	assert_non_null(
		strstr(text, "  exec,diff: first command of them * | \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9...\n"));
}

static void colours_take_no_room(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	struct listing l = {.rows = &rows[1], .count = 1};
	const struct listing_look look = {.style = LISTING_TABLE, .colour = true};
	assert_int_equal(listing_print(&l, &look, &b), 0);
	assert_string_equal(buf_text(&b), "fedcba987654  \033[33mpaused\033[0m    x\\x1b]0;\"y\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(each_grant_has_its_line),
		IT(a_number_stands_once_before_each_container),
		IT(rules_are_shown_to_whom_they_are_told),
		IT(root_may_everything),
		IT(json_holds_every_field),
		IT(long_commands_are_cut),
		IT(colours_take_no_room),
	};
	return RUN(tests);
}
