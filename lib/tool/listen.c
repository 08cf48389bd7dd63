/* SPDX-License-Identifier: ISC */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static bool set_ipv4(const char *host, uint16_t port, struct listen_at *to)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
	if (inet_pton(AF_INET, host, &in.sin_addr) != 1)
		return false;
	memcpy(&to->address, &in, sizeof(in));
	to->len = sizeof(in);
	return true;
}

static bool set_ipv6(const char *host, uint16_t port, struct listen_at *to)
{
	struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	if (inet_pton(AF_INET6, host, &in.sin6_addr) != 1)
		return false;
	memcpy(&to->address, &in, sizeof(in));
	to->len = sizeof(in);
	return true;
}

static bool set_host(char *host, uint16_t port, struct listen_at *to)
{
	size_t len = strlen(host);
	if (len == 0 || str_eq(host, "localhost"))
		return set_ipv4("127.0.0.1", port, to);
	if (str_eq(host, "*"))
		return set_ipv4("0.0.0.0", port, to);
	if (host[0] != '[' || host[len - 1] != ']')
		return set_ipv4(host, port, to);
	host[len - 1] = '\0';
	return set_ipv6(host + 1, port, to);
}

int listen_parse(const char *word, struct listen_at *ret, struct error *err)
{
	struct listen_at at = {.stdio = str_eq(word, "stdio") || str_eq(word, "-")};
	const char *colon = strrchr(word, ':');
	cleanup_free char *host = strndup(word, colon ? (size_t)(colon - word) : 0);
	uint64_t port;
	if (!host)
		return error_errno(err, -ENOMEM, "gdbserver");
	if (!at.stdio &&
	    (parse_u64(colon ? colon + 1 : word, 65535, &port) < 0 || !set_host(host, (uint16_t)port, &at)))
		return error_set(
			err, -EINVAL,
			"gdbserver: say stdio, PORT, or ADDRESS:PORT; ADDRESS is one of the container's network, "
			"and 127.0.0.1 if it is not given");
	*ret = at;
	return 0;
}
