/* SPDX-License-Identifier: ISC */
/* audit_text_bytes() of event.h: apart, because only readers need it. */
#include <string.h>

#include "event.h"
#include "lib/base/text.h"

size_t audit_text_bytes(char *text)
{
	size_t len = strlen(text), out = 0;
	for (size_t at = 0; at < len;) {
		uint32_t code = 0;
		size_t n = utf8_sequence((const unsigned char *)text + at, len - at, &code);
		if (code >= 0xec80 && code <= 0xecff) {
			text[out++] = (char)(code & 0xff);
		} else {
			n = n ? n : 1;
			memmove(text + out, text + at, n);
			out += n;
		}
		at += n;
	}
	text[out] = '\0';
	return out;
}
