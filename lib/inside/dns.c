/* SPDX-License-Identifier: ISC */
#include "dns.h"

#include <stdbool.h>
#include <stdint.h>

enum { HEADER = 12, RECORD = 10, CLASS_IN = 1 };

struct reader {
	const unsigned char *at;
	size_t left;
};

static bool skip(struct reader *r, size_t len)
{
	if (len > r->left)
		return false;
	r->at += len;
	r->left -= len;
	return true;
}

static unsigned number(const unsigned char *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

/* Labels up to the empty one, or up to a pointer to the rest, which is of no interest. */
static bool skip_name(struct reader *r)
{
	for (;;) {
		if (r->left == 0)
			return false;
		unsigned len = r->at[0];
		if (len >= 0xc0)
			return skip(r, 2);
		if (len > 63 || !skip(r, 1 + len))
			return false;
		if (len == 0)
			return true;
	}
}

static bool take_record(struct reader *r, enum dns_type type, struct hosts_found *to)
{
	if (!skip_name(r) || r->left < RECORD)
		return false;
	unsigned found = number(r->at), class = number(r->at + 2), len = number(r->at + 8);
	skip(r, RECORD);
	if (found == type && class == CLASS_IN && len == (type == DNS_A ? 4U : 16U) && len <= r->left)
		hosts_add(to, type == DNS_A ? AF_INET : AF_INET6, r->at);
	return skip(r, len);
}

void dns_take(const unsigned char *answer, size_t len, enum dns_type type, struct hosts_found *to)
{
	struct reader r = {answer, len};
	if (len < HEADER)
		return;
	unsigned questions = number(answer + 4), answers = number(answer + 6);
	skip(&r, HEADER);
	for (; questions > 0; questions--)
		if (!skip_name(&r) || !skip(&r, 4))
			return;
	while (answers-- > 0 && take_record(&r, type, to))
		;
}
