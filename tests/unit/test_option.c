/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "lib/client/option.h"
#include "lib/base/suggest.h"

/* Writes down what it is given, in order. */
struct seen {
	char text[256];
};

static int see(struct seen *s, const char *name, const char *value)
{
	strcat(strcat(strcat(strcat(s->text, name), "="), value), " ");
	return 0;
}

static int see_all(void *options, const char *value, struct error *err)
{
	(void)err;
	return see(options, "all", value);
}

static int see_user(void *options, const char *value, struct error *err)
{
	return strcmp(value, "bad") == 0 ? error_set(err, -ERANGE, "bad user") : see(options, "user", value);
}

static int see_usage(void *options, const char *value, struct error *err)
{
	(void)err;
	return see(options, "usage", value);
}

static const struct option_def table[] = {
	{'a', "all", NULL, "everything", see_all},
	{'u', "user", "NAME", "somebody", see_user},
	{0, "usage", "WORD", "without a letter", see_usage},
	{0},
};

static int parse(struct seen *s, struct error *err, char *const argv[])
{
	int argc = 0;
	while (argv[argc])
		argc++;
	*s = (struct seen){{0}};
	return option_parse(table, "verb", s, argc, argv, err);
}
#define PARSE(...) parse(&s, &err, (char *[]){(char *)"verb", __VA_ARGS__, NULL})
#define W(text)	   ((char *)(text))

static void every_spelling_works(void **state)
{
	(void)state;
	struct seen s;
	struct error err;
	assert_int_equal(PARSE(W("-a"), W("-u"), W("x"), W("--user=y"), W("--user"), W("z"), W("-uw"), W("op")), 8);
	assert_string_equal(s.text, "all=true user=x user=y user=z user=w ");
	assert_int_equal(PARSE(W("-aaux"), W("--all=false"), W("--all=0"), W("--all=1"), W("--all")), 6);
	assert_string_equal(s.text, "all=true all=true user=x all=false all=false all=true all=true ");
	assert_int_equal(PARSE(W("--user=")), 2);
	assert_string_equal(s.text, "user= ");
}

static void operands_end_the_options(void **state)
{
	(void)state;
	struct seen s;
	struct error err;
	assert_int_equal(PARSE(W("op"), W("-a")), 1);
	assert_int_equal(PARSE(W("--"), W("-a")), 2);
	assert_int_equal(PARSE(W("-"), W("-a")), 1);
	assert_int_equal(PARSE(NULL), 1);
	assert_string_equal(s.text, "");
}

static void what_is_unknown_is_named(void **state)
{
	(void)state;
	struct seen s;
	struct error err;
	assert_int_equal(PARSE(W("--usr=x")), -EINVAL);
	assert_string_equal(err.text, "unknown option --usr (did you mean --user?); see centerctl verb --help");
	assert_int_equal(PARSE(W("--us"), W("x")), -EINVAL);
	assert_non_null(strstr(err.text, "--us "));
	assert_int_equal(PARSE(W("-ax")), -EINVAL);
	assert_string_equal(err.text, "unknown option -x in \"-ax\"; see centerctl verb --help");
	assert_int_equal(PARSE(W("--user")), -EINVAL);
	assert_string_equal(err.text, "option -u (--user) needs a value: NAME; see centerctl verb --help");
	assert_int_equal(PARSE(W("--usage")), -EINVAL);
	assert_string_equal(err.text, "option --usage needs a value: WORD; see centerctl verb --help");
	assert_int_equal(PARSE(W("--all=yes")), -EINVAL);
	assert_int_equal(PARSE(W("-ubad")), -ERANGE);
	assert_string_equal(err.text, "bad user");
}

static void the_nearest_word_is_found(void **state)
{
	(void)state;
	static const char *const names[] = {"exec", "help", "env", "env-file", NULL};
	assert_string_equal(suggest_nearest("exce", names), "exec");
	assert_string_equal(suggest_nearest("env-f", names), "env-file");
	assert_null(suggest_nearest("evn", names));
	assert_null(suggest_nearest("something", names));
	assert_null(suggest_nearest("", names));
	assert_null(suggest_nearest("a-word-that-is-longer-than-any-name-could-be", names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(every_spelling_works), IT(operands_end_the_options),
					   IT(what_is_unknown_is_named), IT(the_nearest_word_is_found)};
	return RUN(tests);
}
