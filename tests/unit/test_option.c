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
	assert_int_equal(PARSE(W("-x")), -EINVAL);
	assert_string_equal(err.text, "unknown option -x; see centerctl verb --help");
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

struct kept {
	int before;
	bool all;
	char *name;
	int behind;
};

static const struct option_def keeping[] = {
	{'a', "all", NULL, "everything", OPTION_SWITCH(struct kept, all)},
	{'n', "name", "NAME", "somebody", OPTION_TEXT(struct kept, name)},
	{'u', "user", "NAME", "a setter", see_user},
	{0},
};

static void a_row_without_a_setter_says_where(void **state)
{
	(void)state;
	struct error err = ERROR_INIT;
	struct kept k = {.before = 1, .behind = 2};
	char *const words[] = {W("verb"), W("-a"), W("-nx"), W("--name=y"), NULL};
	assert_int_equal(option_parse(keeping, "verb", &k, 4, words, &err), 4);
	assert_true(k.all && k.before == 1 && k.behind == 2);
	assert_string_equal(k.name, "y");
	char *const off[] = {W("verb"), W("--all"), W("--all=false"), NULL};
	assert_int_equal(option_parse(keeping, "verb", &k, 3, off, &err), 3);
	assert_false(k.all);
	char *const empty[] = {W("verb"), W("--name="), NULL};
	assert_int_equal(option_parse(keeping, "verb", &k, 2, empty, &err), -EINVAL);
	assert_string_equal(err.text, "--name: its value is empty");
	assert_string_equal(k.name, "y");
	free(k.name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(every_spelling_works), IT(operands_end_the_options),
					   IT(what_is_unknown_is_named), IT(the_nearest_word_is_found),
					   IT(a_row_without_a_setter_says_where)};
	return RUN(tests);
}
