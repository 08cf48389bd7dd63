/* SPDX-License-Identifier: ISC */
/* What every unit test includes first: cmocka, which wants four headers before its own. */
#ifndef CENTERCTL_TESTS_TEST_H
#define CENTERCTL_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/cleanup.h"

#define RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)
#define IT(f)	   cmocka_unit_test(f)

#endif
