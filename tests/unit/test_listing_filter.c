/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/client/listing_filter.h"
#include "lib/policy/policy.h"

/* Rows are freed with their list, so they are of the heap. */
static struct listing make(bool everything)
{
	static const struct {
		const char *name, *image;
		enum container_state state;
		uint32_t verbs;
	} from[] = {{"web-1", "nginx:1", STATE_RUNNING, POLICY_EXEC | POLICY_LOGS},
		    {"web-2", "nginx:2", STATE_PAUSED, POLICY_LOGS},
		    {"db", "postgres", STATE_EXITED, POLICY_VERBS_ALL},
		    {"new", "busybox", STATE_CREATED, POLICY_EXEC}};
	struct listing l = {.rows = calloc(ARRAY_SIZE(from), sizeof(*l.rows)), .everything = everything};
	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		struct listing_row *row = &l.rows[l.count++];
		*row = (struct listing_row){
			.name = strdup(from[i].name), .image = strdup(from[i].image), .state = from[i].state};
		if (everything)
			continue;
		row->grants = calloc(1, sizeof(*row->grants));
		row->grants->verbs = from[i].verbs;
		row->grant_count = 1;
	}
	return l;
}

/* The names that are left, with the filters given. */
static void left(const char *names, bool all, bool everything, const char *const *filters)
{
	struct error err = ERROR_INIT;
	struct listing_filter f = {.all = all};
	cleanup_listing struct listing l = make(everything);
	char is[128] = "";
	for (; *filters; filters++)
		if (listing_filter_add(&f, *filters, &err) < 0)
			fail_msg("%s", err.text);
	assert_int_equal(listing_filter_apply(&f, &l), 0);
	for (uint32_t i = 0; i < l.count; i++)
		strcat(strcat(is, i ? " " : ""), l.rows[i].name);
	assert_string_equal(is, names);
	listing_filter_done(&f);
}
#define LEFT(names, all, ...) left(names, all, false, (const char *const[]){__VA_ARGS__, NULL})

static void what_does_not_run_is_left_out_unless_asked_for(void **state)
{
	(void)state;
	LEFT("web-1 web-2", false, NULL);
	LEFT("web-1 web-2 db new", true, NULL);
	LEFT("db", false, "state=exited");
	LEFT("db new", false, "state=exited", "state=created");
	LEFT("db", true, "state=exited");
	LEFT("db", false, "status=exited");
}

static void words_are_found_anywhere_and_patterns_fit_the_whole_text(void **state)
{
	(void)state;
	LEFT("web-1", false, "name=web-1");
	LEFT("web-1 web-2", false, "name=web");
	LEFT("web-1", false, "name=1");
	LEFT("", false, "name=eb*");
	LEFT("", false, "name=we?");
	LEFT("web-1 web-2", false, "image=ginx");
	LEFT("web-1 db", true, "name=1", "name=d");
	LEFT("web-1 web-2", false, "name=web*");
	LEFT("web-1 web-2", false, "name=*-?");
	LEFT("web-1 web-2 db", true, "name=db", "name=web-*");
	LEFT("web-2", true, "name=w*", "image=*:2");
	/* docker's spelling of one name, and of beginnings and ends. */
	LEFT("web-1", false, "name=^web-1$");
	LEFT("web-1", false, "name=^/web-1$");
	LEFT("", false, "name=^web$");
	LEFT("web-1 web-2", false, "name=^web");
	LEFT("web-2", false, "name=2$");
	LEFT("web-1 web-2", false, "name=^w*b");
	LEFT("db", true, "image=^postgres$");
}

static void a_right_must_be_granted(void **state)
{
	(void)state;
	LEFT("web-1", false, "can=exec");
	LEFT("web-1 web-2", false, "can=logs");
	LEFT("web-1", false, "can=logs", "can=exec");
	LEFT("db", true, "can=diff");
	/* Root needs no grant. */
	left("web-1 web-2", false, true, (const char *const[]){"can=dial", NULL});
}

static void one_of_several_rights_may_do(void **state)
{
	(void)state;
	const struct listing_filter f = {.any_verb = POLICY_EXEC | POLICY_SHELL};
	cleanup_listing struct listing l = make(false), all = make(true);
	assert_int_equal(listing_filter_apply(&f, &l), 0);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.rows[0].name, "web-1");
	assert_int_equal(listing_filter_apply(&f, &all), 0);
	assert_int_equal(all.count, 2);
}

static void what_is_no_filter_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",	"x",	   "colour=red", "name",  "name=", "image=", "state=", "state=asleep", "state=unknown",
		"can=", "can=fly", "can=all",	 "Name=x"};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct error err = ERROR_INIT;
		struct listing_filter f = {0};
		assert_int_equal(listing_filter_add(&f, texts[i], &err), -EINVAL);
		assert_true(*err.text);
		listing_filter_done(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(what_does_not_run_is_left_out_unless_asked_for),
					   IT(words_are_found_anywhere_and_patterns_fit_the_whole_text),
					   IT(a_right_must_be_granted), IT(one_of_several_rights_may_do),
					   IT(what_is_no_filter_is_refused)};
	return RUN(tests);
}
