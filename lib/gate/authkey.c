/* SPDX-License-Identifier: ISC */
#include "authkey.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base64.h"
#include "config.h"
#include "forced.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* A piece of the line. */
struct cursor {
	const char *at, *end;
};

void authkey_done(struct authkey *k)
{
	strv_free(k->options);
	free(k->command);
	key_done(&k->key);
	free(k->comment);
	free(k->name);
	free(k->container);
	*k = (struct authkey){0};
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && is_blank(*c->at))
		c->at++;
}

static size_t word_length(const struct cursor *c)
{
	const char *p = c->at;
	while (p < c->end && !is_blank(*p))
		p++;
	return (size_t)(p - c->at);
}

/* Up to the comma or the blank that ends an option; quotes, in which \" is a quote, hide both. -1: a quote has no end.
 */
static long option_length(const struct cursor *c)
{
	bool quoted = false;
	const char *p = c->at;
	for (; p < c->end && (quoted || (!is_blank(*p) && *p != ',')); p++) {
		if (*p == '\\' && p + 1 < c->end && p[1] == '"')
			p++;
		else if (*p == '"')
			quoted = !quoted;
	}
	return quoted ? -1 : (long)(p - c->at);
}

static int take_options(struct cursor *c, struct authkey *k, struct error *err)
{
	for (;;) {
		long len = option_length(c);
		if (len <= 0)
			return error_set(err, -EINVAL,
					 len < 0 ? "a quote in the options has no end"
						 : "an option is empty: two commas, or one too many");
		cleanup_free char *option = strndup(c->at, (size_t)len);
		if (!option || strv_add(&k->options, option) < 0)
			return error_errno(err, -ENOMEM, "the options");
		c->at += len;
		if (c->at == c->end || is_blank(*c->at))
			return 0;
		c->at++;
	}
}

char *authkey_option_value(const char *option, const char *name)
{
	size_t len = strlen(name), out = 0;
	if (strncasecmp(option, name, len) != 0 || option[len] != '=' || option[len + 1] != '"')
		return NULL;
	char *value = malloc(strlen(option));
	const char *p = option + len + 2;
	for (; value && *p && *p != '"'; p++) {
		if (*p == '\\' && p[1] == '"')
			p++;
		value[out++] = *p;
	}
	/* Something behind the closing quote is not what sshd would take. */
	if (value && (*p != '"' || p[1] != '\0')) {
		free(value);
		return NULL;
	}
	if (value)
		value[out] = '\0';
	return value;
}

static int read_command(struct authkey *k, const char *option, struct error *err)
{
	if (k->command)
		return error_set(err, -EINVAL, "there are two forced commands");
	k->command = authkey_option_value(option, "command");
	if (!k->command)
		return error_set(err, -EINVAL, "%.40s: the command stands in double quotes", option);
	struct forced forced = {0};
	struct error ignored;
	if (forced_parse_command(k->command, FORCED_ANYWHERE, &forced, &ignored) == 0) {
		k->gate = true;
		k->name = steal_ptr(forced.name);
		k->container = steal_ptr(forced.container);
		k->principals = forced.principals;
	}
	forced_done(&forced);
	return 0;
}

static int read_options(struct authkey *k, struct error *err)
{
	for (char **o = k->options; o && *o; o++) {
		if (strcasecmp(*o, "restrict") == 0)
			k->restricted = true;
		else if (strcasecmp(*o, "cert-authority") == 0)
			k->authority = true;
		else if (strncasecmp(*o, "command=", 8) == 0) {
			int r = read_command(k, *o, err);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int take_key(struct cursor *c, struct authkey *k, struct error *err)
{
	const char *type = c->at;
	size_t type_len = word_length(c);
	c->at += type_len;
	skip_blanks(c);
	size_t len = word_length(c);
	if (len == 0)
		return error_set(err, -EINVAL, "there is no key in the line: [OPTIONS] TYPE BASE64 [COMMENT]");
	int r = key_parse_text(type, type_len, c->at, len, &k->key, err);
	c->at += len;
	return r;
}

static int parse(struct cursor *c, struct authkey *k, struct error *err)
{
	/* As sshd does: what begins with a type has no options. */
	if (!key_is_type(c->at, word_length(c))) {
		int r = take_options(c, k, err);
		if (r < 0)
			return r;
		skip_blanks(c);
	}
	int r = take_key(c, k, err);
	if (r == 0)
		r = read_options(k, err);
	if (r < 0)
		return r;
	skip_blanks(c);
	while (c->end > c->at && is_blank(c->end[-1]))
		c->end--;
	k->comment = strndup(c->at, (size_t)(c->end - c->at));
	return k->comment ? 0 : error_errno(err, -ENOMEM, "the comment");
}

int authkey_parse(const char *line, size_t len, struct authkey *ret, struct error *err)
{
	struct cursor c = {.at = line, .end = line + len};
	if (len > 0 && c.end[-1] == '\r')
		c.end--;
	skip_blanks(&c);
	if (c.at == c.end || *c.at == '#')
		return -ENODATA;
	if (memchr(c.at, '\0', (size_t)(c.end - c.at)))
		return error_set(err, -EINVAL, "there is a NUL in the line");
	cleanup_authkey struct authkey k = {0};
	int r = parse(&c, &k, err);
	if (r < 0)
		return r;
	*ret = k;
	k = (struct authkey){0};
	return 0;
}

/* A comment is a stranger's text: what is not plain is left out, so that it can neither begin a line nor hide one. */
static void put_comment(struct buf *to, const char *comment)
{
	size_t start = to->len;
	for (const char *p = comment; *p && to->len - start < 128; p++)
		if ((unsigned char)*p >= ' ' && (unsigned char)*p < 0x7f)
			buf_add(to, p, 1);
}

void authkey_format(const struct key *k, const char *name, const char *container, const char *comment, struct buf *to)
{
	buf_printf(to, "restrict,pty,command=\"%s/centerctl-gate %s", CENTERCTL_BINDIR, name);
	if (container)
		buf_printf(to, " --container %s", container);
	buf_printf(to, "\" %s ", k->type);
	size_t len = base64_length(k->blob_len);
	cleanup_free char *text = malloc(len + 1);
	if (!text) {
		to->failed = true;
		return;
	}
	base64_encode(k->blob, k->blob_len, text);
	buf_puts(to, text);
	if (comment && *comment) {
		buf_puts(to, " ");
		put_comment(to, comment);
	}
	buf_puts(to, "\n");
}

bool gate_is_name(const char *text)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	static const char later[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@+-";
	size_t len = strlen(text);
	return len > 0 && len <= GATE_NAME_MAX && strchr(first, *text) && strspn(text, later) == len;
}
