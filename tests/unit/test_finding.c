/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>

#include "lib/doctor/finding.h"

static void findings_keep_what_they_were_told(void **state)
{
	(void)state;
	cleanup_findings struct findings f = {.group = "host"};
	assert_int_equal(findings_worst(&f), SEVERITY_OK);
	finding_ok(&f, "a", "one", "%s is %d", "one", 1);
	assert_int_equal(findings_worst(&f), SEVERITY_OK);
	finding_add(&f, SEVERITY_WARNING, "b", "two", "because", "%s is not", "two");
	finding_fix(&f, "make %d", 1);
	finding_fix(&f, "make %d", 2);
	f.group = "gate";
	finding_add(&f, SEVERITY_INFO, "c", "three", "so", "three");
	assert_int_equal(f.count, 3);
	assert_string_equal(f.list[0].what, "one is 1");
	assert_string_equal(f.list[0].why, "");
	assert_null(f.list[0].fix);
	assert_string_equal(f.list[1].fix, "make 2");
	assert_string_equal(f.list[1].group, "host");
	assert_string_equal(f.list[2].group, "gate");
	assert_null(f.list[2].fix);
	assert_int_equal(findings_worst(&f), SEVERITY_WARNING);
}

static void severities_have_names(void **state)
{
	(void)state;
	for (enum severity s = SEVERITY_OK; s <= SEVERITY_ERROR; s++) {
		enum severity back;
		assert_int_equal(severity_parse(severity_name(s), &back), 0);
		assert_int_equal(back, s);
	}
	enum severity untouched = SEVERITY_ERROR;
	assert_int_equal(severity_parse("fatal", &untouched), -EINVAL);
	assert_int_equal(severity_parse("", &untouched), -EINVAL);
	assert_int_equal(untouched, SEVERITY_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(findings_keep_what_they_were_told), IT(severities_have_names)};
	return RUN(tests);
}
