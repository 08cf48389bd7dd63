/* SPDX-License-Identifier: ISC */
#include "json_scan.h"

bool json_scan_ends(struct json_scan *s, char c)
{
	if (s->in_string) {
		s->in_string = s->escaped || c != '"';
		s->escaped = !s->escaped && c == '\\';
		return false;
	}
	s->in_string = c == '"';
	if (c == '{' || c == '[')
		s->depth++;
	return (c == '}' || c == ']') && --s->depth == 0;
}
