/* SPDX-License-Identifier: ISC */
#include "port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exec_values.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

enum { HOST_MAX = 253, FIELDS_MAX = 5, LOCAL_DIGITS = 5 };

int port_parse_number(const char *text, uint16_t *ret)
{
	uint64_t number;
	if (parse_u64(text, UINT16_MAX, &number) < 0 || number == 0)
		return -EINVAL;
	*ret = (uint16_t)number;
	return 0;
}

static bool is_ipv6(const char *text)
{
	struct in6_addr a;
	return inet_pton(AF_INET6, text, &a) == 1;
}

static bool is_host_name(const char *text)
{
	size_t len = strlen(text);
	return len > 0 && len <= HOST_MAX && *text != '-' && *text != '.' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == len;
}

/* A copy of len bytes; what stands in brackets loses them. NULL when memory ran out. */
static char *copy_field(const char *text, size_t len)
{
	bool bracket = len >= 2 && text[0] == '[' && text[len - 1] == ']';
	return bracket ? strndup(text + 1, len - 2) : strndup(text, len);
}

/* Takes HOST out of a field; in brackets only an IPv6 address, and that only in brackets. */
static int take_host(const char *field, size_t len, char **ret, struct error *err)
{
	cleanup_free char *host = copy_field(field, len);
	if (!host)
		return error_errno(err, -ENOMEM, "the port");
	if (*field == '[' ? !is_ipv6(host) : !is_host_name(host))
		return error_set(err, -EINVAL,
				 "\"%s\" is no host: a name, an IPv4 address, or an IPv6 address in brackets, as "
				 "[::1]:80",
				 host);
	*ret = strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ? NULL : steal_ptr(host);
	return 0;
}

int port_parse(const char *text, char **ret_host, uint16_t *ret_port, struct error *err)
{
	const char *colon = strrchr(text, ':');
	const char *number = colon ? colon + 1 : text;
	if (port_parse_number(number, ret_port) < 0)
		return error_set(err, -EINVAL, "\"%s\" is no port: [HOST:]PORT is expected, PORT from 1 to 65535",
				 text);
	*ret_host = NULL;
	return colon ? take_host(text, (size_t)(colon - text), ret_host, err) : 0;
}

static int put_words(const char *host, uint16_t port, char ***ret, struct error *err)
{
	char number[8];
	cleanup_strv char **words = NULL;
	snprintf(number, sizeof(number), "%u", port);
	if ((host && strv_add(&words, host) < 0) || strv_add(&words, number) < 0)
		return error_errno(err, -ENOMEM, "the port");
	*ret = steal_ptr(words);
	return 0;
}

int port_words(const char *text, char ***ret, struct error *err)
{
	cleanup_free char *host = NULL;
	uint16_t port;
	int r = port_parse(text, &host, &port, err);
	return r < 0 ? r : put_words(host, port, ret, err);
}

void port_forward_done(struct port_forward *f)
{
	free(f->address);
	free(f->target);
	free(f->host);
	*f = (struct port_forward){0};
}

struct field {
	const char *text;
	size_t len;
};

/* Fields between colons that stand in no brackets. Their count, or -EINVAL. */
static int split(const char *text, struct field fields[FIELDS_MAX])
{
	int count = 0;
	for (;;) {
		const char *end = *text == '[' ? strchr(text, ']') : text;
		size_t len = end ? (size_t)(end - text) + strcspn(end, ":") : 0;
		if (!end || count == FIELDS_MAX)
			return -EINVAL;
		fields[count++] = (struct field){text, len};
		if (text[len] == '\0')
			return count;
		text += len + 1;
	}
}

static bool is_number(const struct field *f)
{
	return f->len > 0 && strspn(f->text, "0123456789") >= f->len;
}

static int take_address(const struct field *f, struct port_forward *ret, struct error *err)
{
	struct in_addr a4;
	bool loopback = f->len == strlen("localhost") && strncmp(f->text, "localhost", f->len) == 0;
	ret->address = loopback ? strdup("127.0.0.1") : copy_field(f->text, f->len);
	if (!ret->address)
		return error_errno(err, -ENOMEM, "the address");
	if (*f->text == '[' ? is_ipv6(ret->address) : inet_pton(AF_INET, ret->address, &a4) == 1)
		return 0;
	return error_set(err, -EINVAL,
			 "\"%s\" is no address to listen on: a number, as 127.0.0.1, 0.0.0.0 or [::1], is expected",
			 ret->address);
}

static int take_local(const struct field *f, struct port_forward *ret)
{
	cleanup_free char *text = strndup(f->text, f->len);
	uint64_t number;
	if (!text)
		return -ENOMEM;
	if (parse_u64(text, UINT16_MAX, &number) < 0)
		return -EINVAL;
	ret->local = (uint16_t)number;
	ret->has_local = true;
	return 0;
}

static int take_target(const struct field *f, struct port_forward *ret, struct error *err)
{
	ret->target = strndup(f->text, f->len);
	return ret->target ? target_check(ret->target, err) : error_errno(err, -ENOMEM, "the container");
}

int port_forward_parse(const char *text, struct port_forward *ret, struct error *err)
{
	struct field f[FIELDS_MAX];
	int count = split(text, f), local = -1;
	if (count >= 3 && is_number(&f[0]))
		local = 0;
	else if (count >= 4 && is_number(&f[1]))
		local = 1;
	int left = count - (local + 1);
	if (count < 2 || left < 2 || left > 3)
		return error_set(err, -EINVAL,
				 "\"%s\" cannot be forwarded: [[ADDRESS:]LOCAL:]TARGET:[HOST:]PORT is expected, as "
				 "8080:web:80",
				 text);
	if (count == 2 && is_number(&f[0]) && f[0].len <= LOCAL_DIGITS && is_number(&f[1]))
		return error_set(err, -EINVAL,
				 "\"%s\" names no container: [[ADDRESS:]LOCAL:]TARGET:[HOST:]PORT is expected, as in "
				 "%.*s:web:%s",
				 text, (int)f[0].len, f[0].text, f[1].text);
	int r = local == 1 ? take_address(&f[0], ret, err) : 0;
	if (r == 0 && local >= 0 && take_local(&f[local], ret) < 0)
		r = error_set(err, -EINVAL, "\"%s\": the local port is a number from 0 (any that is free) to 65535",
			      text);
	if (r == 0)
		r = take_target(&f[local + 1], ret, err);
	return r < 0 ? r : port_parse(f[local + 2].text, &ret->host, &ret->port, err);
}
