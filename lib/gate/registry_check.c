/* SPDX-License-Identifier: ISC */
#include "registry_check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/cleanup.h"

struct seen {
	const char *text; /* fingerprint or name */
	size_t line;
};

struct check {
	registry_finding *tell;
	void *arg;
	size_t line;
	long found;
	struct seen *keys, *names;
	size_t key_count, name_count;
};

static void __attribute__((format(printf, 3, 4))) finding(struct check *c, size_t line, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	c->tell(c->arg, line, text);
	c->found++;
}

const char *key_weakness(const struct key *k)
{
	if (!k->known)
		return "the type of this key is not known to this version";
	if (strcmp(k->type, "ssh-dss") == 0)
		return "DSA keys can be broken, and new versions of sshd refuse them";
	if (strcmp(k->type, "ssh-rsa") == 0 && k->bits < RSA_BITS_MIN)
		return "an RSA key of less than 2048 bits can be broken";
	return NULL;
}

/* What gives back some of what `restrict` takes away, or runs or sets something before the gate. */
static void check_options(struct check *c, const struct authkey *k)
{
	static const char *const loose[] = {"agent-forwarding", "port-forwarding", "X11-forwarding", "user-rc"};
	static const char *const valued[] = {"environment=", "tunnel="};
	for (char **o = k->options; o && *o; o++) {
		for (size_t i = 0; i < ARRAY_SIZE(loose); i++)
			if (strcasecmp(*o, loose[i]) == 0)
				finding(c, c->line, "%s permits what no session here needs: take it out", loose[i]);
		for (size_t i = 0; i < ARRAY_SIZE(valued); i++)
			if (strncasecmp(*o, valued[i], strlen(valued[i])) == 0)
				finding(c, c->line, "%s permits what no session here needs: take it out", valued[i]);
	}
	if (!k->restricted)
		finding(c, c->line,
			"there is no restrict: what sshd permits by default, this key may do "
			"(forwarding, for one); put restrict,pty before it");
}

static void check_command(struct check *c, const struct authkey *k)
{
	static const char ours[] = CENTERCTL_BINDIR "/centerctl-gate";
	size_t len = sizeof(ours) - 1;
	if (!k->command)
		finding(c, c->line, "there is no command=\"%s NAME\": what this key's owner types is run as it is",
			ours);
	else if (!k->gate)
		finding(c, c->line, "the forced command is not centerctl-gate's, or it would not take it: %.200s",
			k->command);
	else if (strncmp(k->command, ours, len) != 0 || (k->command[len] != ' ' && k->command[len] != '\0'))
		finding(c, c->line, "the forced command is not the installed %s: %.200s", ours, k->command);
	if (k->authority && k->name)
		finding(c, c->line, "everybody whom this authority certifies would be %s: leave the name out", k->name);
	if (k->authority && k->gate && !k->principals)
		finding(c, c->line,
			"there is no --principals in the forced command: sshd does not say which of a certificate's "
			"principals it accepted, and a certificate with several ones is refused");
}

/* The array owns copies, which are freed at the end. */
static int remember(struct seen **list, size_t *count, size_t line, const char *text)
{
	if ((*count & (*count - 1)) == 0) {
		struct seen *bigger = realloc(*list, (*count ? *count * 2 : 1) * sizeof(**list));
		if (!bigger)
			return -ENOMEM;
		*list = bigger;
	}
	(*list)[*count] = (struct seen){.text = strdup(text), .line = line};
	return (*list)[(*count)++].text ? 0 : -ENOMEM;
}

static int check_line(struct check *c, const char *line, size_t len)
{
	struct error err;
	char fingerprint[KEY_FINGERPRINT_SIZE];
	cleanup_authkey struct authkey k = {0};
	int r = authkey_parse(line, len, &k, &err);
	if (r == -ENODATA || r == -ENOMEM)
		return r == -ENOMEM ? r : 0;
	if (r < 0) {
		finding(c, c->line, "sshd cannot use this line: %s", err.text);
		return 0;
	}
	const char *weakness = key_weakness(&k.key);
	if (weakness)
		finding(c, c->line, "%s", weakness);
	check_options(c, &k);
	check_command(c, &k);
	key_fingerprint(&k.key, fingerprint);
	r = remember(&c->keys, &c->key_count, c->line, fingerprint);
	return r == 0 && k.name ? remember(&c->names, &c->name_count, c->line, k.name) : r;
}

static int compare(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	int r = strcmp(x->text, y->text);
	return r != 0 ? r : x->line < y->line ? -1 : x->line > y->line;
}

static void check_twice(struct check *c, struct seen *list, size_t count, const char *what)
{
	if (count > 1)
		qsort(list, count, sizeof(*list), compare);
	for (size_t i = 1; i < count; i++)
		if (strcmp(list[i].text, list[i - 1].text) == 0)
			finding(c, list[i].line, "%s %s is in line %zu, too", what, list[i].text, list[i - 1].line);
}

static void forget(struct seen *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free((char *)list[i].text);
	free(list);
}

long registry_check(const struct registry *r, registry_finding *tell, void *arg)
{
	struct check c = {.tell = tell, .arg = arg};
	size_t len;
	int result = 0;
	for (const char *line = registry_next_line(r, NULL, &len); line && result == 0;
	     line = registry_next_line(r, line, &len)) {
		c.line++;
		result = check_line(&c, line, len);
	}
	check_twice(&c, c.keys, c.key_count, "the key");
	check_twice(&c, c.names, c.name_count, "the name");
	forget(c.keys, c.key_count);
	forget(c.names, c.name_count);
	return result < 0 ? result : c.found;
}
