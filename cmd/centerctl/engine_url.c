/* SPDX-License-Identifier: ISC */
#include "engine_url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static int parse_unix(const char *url, const char *path, struct engine *ret, struct error *err)
{
	if (*path != '/')
		return error_set(err, -EINVAL, "engine %s: a socket's path is absolute: unix:///run/docker.sock", url);
	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return error_set(err, -EINVAL, "engine %s: a socket's path has at most %zu bytes", url,
				 sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
	ret->path = strdup(path);
	if (!ret->path)
		return error_errno(err, -ENOMEM, "engine %s", url);
	ret->scheme = ENGINE_UNIX;
	return 0;
}

static bool is_host_name(const char *s)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
	return len > 0 && len <= 253 && s[len] == '\0' && s[0] != '-' && s[0] != '.';
}

static bool is_ipv6(const char *s)
{
	struct in6_addr address;
	return inet_pton(AF_INET6, s, &address) == 1;
}

/* Cuts [HOST] or HOST off the authority, which it changes. Returns what follows (":PORT" or ""), or NULL. */
static char *cut_host(char *authority, char **ret_host)
{
	if (*authority != '[') {
		char *rest = strchrnul(authority, ':');
		*ret_host = strndup(authority, (size_t)(rest - authority));
		return *ret_host && is_host_name(*ret_host) ? rest : NULL;
	}
	char *close = strchr(authority, ']');
	if (!close)
		return NULL;
	*ret_host = strndup(authority + 1, (size_t)(close - authority - 1));
	return *ret_host && is_ipv6(*ret_host) ? close + 1 : NULL;
}

static int parse_port(const char *rest, uint32_t *ret)
{
	uint64_t port = 0;
	if (*rest == '\0')
		return 0;
	if (*rest != ':' || parse_u64(rest + 1, UINT16_MAX, &port) < 0 || port == 0)
		return -EINVAL;
	*ret = (uint32_t)port;
	return 0;
}

static int parse_host(const char *url, const char *authority, enum engine_scheme scheme, struct engine *ret,
		      struct error *err)
{
	cleanup_free char *copy = strdup(authority);
	cleanup_free char *host = NULL;
	if (!copy)
		return error_errno(err, -ENOMEM, "engine %s", url);
	size_t len = strlen(copy);
	if (len > 0 && copy[len - 1] == '/')
		copy[len - 1] = '\0';
	if (strchr(copy, '/'))
		return error_set(err, -EINVAL, "engine %s: an address with a path behind the host is not supported",
				 url);
	char *rest = cut_host(copy, &host);
	if (!rest)
		return error_set(err, -EINVAL,
				 "engine %s: the host is neither a name, an IPv4 address, nor an IPv6 "
				 "address in brackets",
				 url);
	uint32_t port = 0;
	if (parse_port(rest, &port) < 0)
		return error_set(err, -EINVAL, "engine %s: the port is not a number from 1 to 65535", url);
	ret->scheme = scheme;
	ret->host = steal_ptr(host);
	ret->port = port;
	return 0;
}

static int refuse_scheme(const char *url, struct error *err)
{
	const char *host = str_after(url, "ssh://");
	if (host)
		return error_set(err, -ENOTSUP,
				 "engine %s: containers are entered on the host that runs them; run centerctl there: "
				 "ssh %s centerctl exec ...",
				 url, host);
	if (str_starts(url, "npipe://"))
		return error_set(err, -ENOTSUP,
				 "engine %s: named pipes are Windows's; centerctl enters Linux containers "
				 "on the host that runs them",
				 url);
	return error_set(err, -EINVAL,
			 "engine %s: an address begins with unix://, tcp://, http:// or https://, as in "
			 "unix:///run/docker.sock",
			 url);
}

int engine_url_parse(const char *url, struct engine *ret, struct error *err)
{
	const char *rest;
	if (strlen(url) > 1024)
		return error_set(err, -EINVAL, "the engine's address is longer than 1024 bytes");
	if ((rest = str_after(url, "unix://")))
		return parse_unix(url, rest, ret, err);
	if ((rest = str_after(url, "tcp://")) || (rest = str_after(url, "http://")))
		return parse_host(url, rest, ENGINE_TCP, ret, err);
	if ((rest = str_after(url, "https://")))
		return parse_host(url, rest, ENGINE_TLS, ret, err);
	return refuse_scheme(url, err);
}
