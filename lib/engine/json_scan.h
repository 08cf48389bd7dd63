/* SPDX-License-Identifier: ISC */
/*
 * Objects of JSON that come one after another, byte by byte: where one ends is told by its braces. Whether it is one
 * is for the parser to say, json.h.
 */
#ifndef CENTERCTL_ENGINE_JSON_SCAN_H
#define CENTERCTL_ENGINE_JSON_SCAN_H

#include <stdbool.h>

/* Zeroes before the first byte of an object, and again behind its last. */
struct json_scan {
	unsigned depth;
	bool in_string, escaped;
};

/* Takes the next byte of an object, which begins with a brace. Returns whether it was the last one. */
bool json_scan_ends(struct json_scan *s, char c);

#endif
