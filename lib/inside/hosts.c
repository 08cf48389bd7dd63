/* SPDX-License-Identifier: ISC */
#include "hosts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char BLANK[] = " \t\r\v\f";

void hosts_add(struct hosts_found *to, int family, const void *raw)
{
	struct sockaddr_storage a;
	memset(&a, 0, sizeof(a));
	a.ss_family = (sa_family_t)family;
	if (family == AF_INET)
		memcpy(&((struct sockaddr_in *)&a)->sin_addr, raw, sizeof(struct in_addr));
	else
		memcpy(&((struct sockaddr_in6 *)&a)->sin6_addr, raw, sizeof(struct in6_addr));
	for (size_t i = 0; i < to->count; i++)
		if (memcmp(&to->address[i], &a, sizeof(a)) == 0)
			return;
	if (to->count < HOSTS_ADDRESSES_MAX)
		to->address[to->count++] = a;
}

int hosts_add_numeric(struct hosts_found *to, const char *text)
{
	struct in_addr a4;
	struct in6_addr a6;
	if (inet_pton(AF_INET, text, &a4) == 1)
		hosts_add(to, AF_INET, &a4);
	else if (inet_pton(AF_INET6, text, &a6) == 1)
		hosts_add(to, AF_INET6, &a6);
	else
		return -EINVAL;
	return 0;
}

/* The next word in [*at, end), which ends at a blank; NULL if there is none. */
static const char *next_word(const char **at, const char *end, size_t *ret_len)
{
	const char *word = *at;
	while (word < end && memchr(BLANK, *word, sizeof(BLANK) - 1))
		word++;
	const char *p = word;
	while (p < end && !memchr(BLANK, *p, sizeof(BLANK) - 1))
		p++;
	*at = p;
	*ret_len = (size_t)(p - word);
	return word < p ? word : NULL;
}

static void take_line(const char *at, const char *end, const char *name, struct hosts_found *to)
{
	char address[INET6_ADDRSTRLEN];
	size_t len, name_len = strlen(name);
	const char *word = next_word(&at, end, &len);
	if (!word || len >= sizeof(address))
		return;
	memcpy(address, word, len);
	address[len] = '\0';
	while ((word = next_word(&at, end, &len)) != NULL) {
		if (len == name_len && strncasecmp(word, name, len) == 0) {
			(void)hosts_add_numeric(to, address);
			return;
		}
	}
}

void hosts_find(const char *text, size_t len, const char *name, struct hosts_found *to)
{
	const char *end = text + len;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *line_end = newline ? newline : end;
		const char *comment = memchr(text, '#', (size_t)(line_end - text));
		take_line(text, comment ? comment : line_end, name, to);
		text = newline ? newline + 1 : end;
	}
}
