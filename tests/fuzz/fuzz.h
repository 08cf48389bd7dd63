/* SPDX-License-Identifier: ISC */
/*
 * A fuzz target is fuzz_NAME.c with this one function; its seeds are corpus/NAME. It runs in two ways: under libFuzzer
 * (-Dfuzz=true, clang), and over each seed as an ordinary test (replay.c).
 */
#ifndef CENTERCTL_TESTS_FUZZ_H
#define CENTERCTL_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A property that must hold whatever the input. */
#define MUST(condition)                                                                               \
	do {                                                                                          \
		if (!(condition)) {                                                                   \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
			abort();                                                                      \
		}                                                                                     \
	} while (0)

#endif
