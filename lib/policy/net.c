/* SPDX-License-Identifier: ISC */
#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

static bool is_ipv4(const struct policy_net *n)
{
	return n->bits >= 96 && n->address[0] == 0 && n->address[1] == 0 && n->address[2] == htonl(0xffff);
}

/* 4 or 6, or -EINVAL. */
static int parse_plain(const char *text, uint32_t ret[4])
{
	ret[0] = ret[1] = 0;
	ret[2] = htonl(0xffff);
	if (inet_pton(AF_INET, text, &ret[3]) == 1)
		return 4;
	return inet_pton(AF_INET6, text, ret) == 1 ? 6 : -EINVAL;
}

int policy_address_parse(const char *text, struct in6_addr *ret)
{
	/* The zone of a link-local address says by which interface it came. */
	char plain[INET6_ADDRSTRLEN];
	uint32_t address[4];
	size_t len = strcspn(text, "%");
	if (len >= sizeof(plain))
		return -EINVAL;
	memcpy(plain, text, len);
	plain[len] = '\0';
	int family = parse_plain(plain, address);
	if (family < 0 || (text[len] && (family != 6 || !text[len + 1])))
		return -EINVAL;
	memcpy(ret, address, sizeof(*ret));
	return 0;
}

static uint32_t mask_word(uint32_t bits, uint32_t i)
{
	uint32_t left = bits > i * 32 ? bits - i * 32 : 0;
	return htonl(left >= 32 ? UINT32_MAX : left == 0 ? 0 : ~(UINT32_MAX >> left));
}

int net_parse(char *text, struct policy_net *ret)
{
	uint64_t bits = 0;
	char *slash = strchr(text, '/');
	if (slash)
		*slash = '\0';
	int family = parse_plain(text, ret->address);
	uint32_t max = family == 4 ? 32 : 128;
	if (slash)
		*slash = '/';
	if (family < 0 || (slash && parse_u64(slash + 1, max, &bits) < 0))
		return -EINVAL;
	ret->bits = 128 - max + (slash ? (uint32_t)bits : max);
	int r = 0;
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t kept = ret->address[i] & mask_word(ret->bits, i);
		if (kept != ret->address[i])
			r = -EDOM;
		ret->address[i] = kept;
	}
	return r;
}

void net_format(const struct policy_net *n, char text[NET_TEXT_MAX])
{
	bool v4 = is_ipv4(n);
	inet_ntop(v4 ? AF_INET : AF_INET6, n->address + (v4 ? 3 : 0), text, INET6_ADDRSTRLEN);
	size_t len = strlen(text);
	snprintf(text + len, NET_TEXT_MAX - len, "/%u", n->bits - (v4 ? 96 : 0));
}

bool net_has(const struct policy_net *n, const struct in6_addr *address)
{
	uint32_t words[4];
	memcpy(words, address, sizeof(words));
	if (IN6_IS_ADDR_V4MAPPED(address) && !is_ipv4(n))
		return false;
	for (uint32_t i = 0; i < 4; i++)
		if ((words[i] & mask_word(n->bits, i)) != n->address[i])
			return false;
	return true;
}
