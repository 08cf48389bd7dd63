/* SPDX-License-Identifier: ISC */
#include "ping.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char ping_request[] = "HEAD /_ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

bool ping_is_whole(const char *text, size_t len)
{
	return memmem(text, len, "\r\n\r\n", 4) != NULL;
}

/* The value of the header `name` in this line, without blanks before it; NULL: it is another one's line. */
static const char *value_of(const char *line, size_t len, const char *name, size_t *ret_len)
{
	size_t name_len = strlen(name);
	if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
		return NULL;
	const char *value = line + name_len + 1, *end = line + len;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	*ret_len = (size_t)(end - value);
	return value;
}

static void take_server(const char *value, size_t len, struct ping *ret)
{
	size_t n = len < PING_SERVER_MAX - 1 ? len : PING_SERVER_MAX - 1;
	for (size_t i = 0; i < n; i++)
		ret->server[i] = (char)(value[i] >= ' ' && value[i] < 0x7f ? value[i] : '?');
	ret->server[n] = '\0';
}

static bool take_version(const char *value, size_t len, struct ping *ret)
{
	char text[16] = "", end;
	if (len >= sizeof(text))
		return false;
	memcpy(text, value, len);
	return sscanf(text, "%3u.%3u%c", &ret->major, &ret->minor, &end) == 2;
}

int ping_parse(const char *text, size_t len, struct ping *ret)
{
	struct ping found = {0};
	bool version = false;
	const char *end = text + len;
	if (len < 13 || !ping_is_whole(text, len) || memcmp(text, "HTTP/1.", 7) != 0 ||
	    memcmp(text + 8, " 200", 4) != 0)
		return -EBADMSG;
	for (const char *line = text, *stop; line < end; line = stop + 2) {
		size_t value_len;
		stop = memmem(line, (size_t)(end - line), "\r\n", 2);
		if (!stop || stop == line)
			break;
		const char *value = value_of(line, (size_t)(stop - line), "Api-Version", &value_len);
		if (value)
			version = take_version(value, value_len, &found);
		value = value_of(line, (size_t)(stop - line), "Server", &value_len);
		if (value)
			take_server(value, value_len, &found);
	}
	if (!version)
		return -EBADMSG;
	*ret = found;
	return 0;
}

bool ping_is_at_least(const struct ping *p, unsigned major, unsigned minor)
{
	return p->major > major || (p->major == major && p->minor >= minor);
}
