/* SPDX-License-Identifier: ISC */
#include "base64.h"

#include <errno.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_length(size_t len)
{
	return (len + 2) / 3 * 4;
}

void base64_encode(const void *data, size_t len, char *ret)
{
	const uint8_t *from = data;
	for (size_t i = 0; i < len; i += 3, ret += 4) {
		size_t have = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)from[i] << 16;
		bits |= have > 1 ? (uint32_t)from[i + 1] << 8 : 0;
		bits |= have > 2 ? from[i + 2] : 0;
		for (size_t j = 0; j < 4; j++)
			ret[j] = j <= have ? alphabet[bits >> (18 - 6 * j) & 63] : '=';
	}
	*ret = '\0';
}

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

long base64_decode(const char *text, size_t len, uint8_t *ret)
{
	size_t pad = 0, out = 0;
	if (len % 4 != 0)
		return -EINVAL;
	while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
		pad++;
	uint32_t bits = 0;
	for (size_t i = 0; i < len - pad; i++) {
		int value = value_of(text[i]);
		if (value < 0)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)value;
		if (i % 4 > 0)
			ret[out++] = (uint8_t)(bits >> (6 - i % 4 * 2));
	}
	uint32_t unused = pad == 0 ? 0 : pad == 1 ? 3 : 15;
	return bits & unused ? -EINVAL : (long)out;
}

size_t base64_span(const char *text, size_t len)
{
	size_t n = 0;
	while (n < len && (value_of(text[n]) >= 0 || text[n] == '='))
		n++;
	return n;
}
