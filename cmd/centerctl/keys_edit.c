/* SPDX-License-Identifier: ISC */
/* `centerctl keys add` and `remove`. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/report.h"
#include "lib/gate/registry_check.h"
#include "lib/gate/registry_edit.h"

enum { PUBLIC_MAX = 64 << 10 };

/* The one line with something in it. */
static int only_line(const char *text, const char **ret, size_t *ret_len, struct error *err)
{
	*ret = NULL;
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		size_t blank = strspn(text, " \t\r"), len = strcspn(text, "\n");
		if (blank >= len || text[blank] == '#')
			continue;
		if (*ret)
			return error_set(err, -EINVAL, "there is more than one line: add one key at a time");
		*ret = text;
		*ret_len = len;
	}
	return *ret ? 0 : error_set(err, -EINVAL, "there is no key");
}

static int refuse_other_formats(const char *text, struct error *err)
{
	if (strstr(text, "PRIVATE KEY") || strstr(text, "PuTTY-User-Key-File"))
		return error_set(err, -EINVAL,
				 "that is a private key, which nobody else should ever see: give the public one, which "
				 "ends in .pub");
	if (strstr(text, "BEGIN SSH2 PUBLIC KEY"))
		return error_set(err, -EINVAL, "that is another format: ssh-keygen -i -f FILE makes OpenSSH's of it");
	return 0;
}

int keys_read_public(const char *text, struct authkey *ret, struct error *err)
{
	const char *line = NULL;
	size_t len = 0;
	cleanup_authkey struct authkey k = {0};
	int r = refuse_other_formats(text, err);
	if (r == 0)
		r = only_line(text, &line, &len, err);
	if (r == 0)
		r = authkey_parse(line, len, &k, err);
	if (r < 0)
		return r;
	const char *weakness = key_weakness(&k.key);
	if (k.key.cert)
		return error_set(err, -EINVAL,
				 "that is a certificate, which needs no line here: see centerctl-gate(1)");
	if (k.options)
		return error_set(err, -EINVAL, "there is something before the key: give the key alone");
	if (weakness)
		return error_set(err, -EINVAL, "%s: make another with ssh-keygen -t ed25519", weakness);
	*ret = k;
	k = (struct authkey){0};
	return 0;
}

static int join(char *const *words, char **ret)
{
	cleanup_buf struct buf b = {0};
	for (size_t i = 0; words[i]; i++) {
		buf_puts(&b, i > 0 ? " " : "");
		buf_puts(&b, words[i]);
	}
	const char *text = buf_text(&b);
	*ret = text ? strdup(text) : NULL;
	return *ret ? 0 : -ENOMEM;
}

/* The key's text: a file's, stdin's, or the words themselves. */
static int read_text(char *const *words, char **ret, struct error *err)
{
	const char *first = words[0];
	if (!first || strcmp(first, "-") == 0) {
		size_t len;
		if (isatty(STDIN_FILENO))
			fputs("paste the public key, then Ctrl-D\n", stderr);
		int r = read_all(STDIN_FILENO, PUBLIC_MAX, ret, &len);
		if (r == 0 && !(*ret)[strspn(*ret, " \t\r\n")])
			return error_set(err, -EINVAL, "no key on stdin");
		return r < 0 ? error_errno(err, r, "cannot read a public key from stdin") : 0;
	}
	if (key_is_type(first, strcspn(first, " ")))
		return join(words, ret) < 0 ? error_errno(err, -ENOMEM, "the key") : 0;
	if (words[1])
		return error_set(err, -EINVAL, "\"%s\" is no type of a key that is known here", first);
	/* A pipe is as good as a file: <(ssh-keygen -y -f KEY). */
	size_t len;
	cleanup_fd int fd = open(first, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int r = fd < 0 ? -errno : read_all(fd, PUBLIC_MAX, ret, &len);
	return r < 0 ? error_errno(err, r, "cannot read a public key from %s", first) : 0;
}

struct wanted {
	const struct authkey *key;
	const char *name, *container;
	bool replace;
	bool there; /* exactly this is in the file already */
};

/* 1: the line stays; 0: it goes. */
static int keep(const struct authkey *line, struct wanted *w, struct error *err)
{
	bool same_key = key_equal(&line->key, &w->key->key), same_name = str_eq(line->name, w->name);
	if (same_key && !line->name)
		return error_set(err, -EEXIST, "this key is in the file already, without a name: remove it first");
	if (same_key && !same_name)
		return error_set(err, -EEXIST, "this key is %s's already: one key has one name", line->name);
	if (!same_name)
		return 1;
	bool same_container = line->container ? str_eq(line->container, w->container) : !w->container;
	if (same_key && same_container) {
		w->there = true;
		return 1;
	}
	if (!w->replace)
		return error_set(err, -EEXIST, "%s has %s already: take another name, or --replace it", w->name,
				 same_key ? "this key with another --container" : "another key");
	return 0;
}

/* Copies the lines that stay. What cannot be read stays, too: it is not ours to lose. */
static int copy_lines(struct registry_edit *e, struct wanted *w, struct error *err)
{
	size_t len;
	for (const char *line = registry_next_line(&e->old, NULL, &len); line;
	     line = registry_next_line(&e->old, line, &len)) {
		cleanup_authkey struct authkey k = {0};
		int r = authkey_parse(line, len, &k, NULL) == 0 ? keep(&k, w, err) : 1;
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		buf_add(&e->text, line, len);
		buf_puts(&e->text, "\n");
	}
	return 0;
}

/* The registry must be what the gate will take; another file is its owner's business. */
static int begin(const struct keys_options *o, struct registry_edit *e, struct error *err)
{
	cleanup_registry struct registry checked = {0};
	int r = registry_edit_begin(keys_file(o), e, err);
	return r < 0 || o->file ? r : registry_open(REGISTRY_PATH, &checked, err);
}

static int add(const struct keys_options *o, struct wanted *w, struct error *err)
{
	cleanup_registry_edit struct registry_edit e = REGISTRY_EDIT_INIT;
	int r = begin(o, &e, err);
	if (r == 0)
		r = copy_lines(&e, w, err);
	if (r < 0 || w->there)
		return r;
	authkey_format(&w->key->key, w->name, w->container, w->key->comment, &e.text);
	return registry_edit_commit(&e, err);
}

static int check_root(const struct keys_options *o, struct error *err)
{
	if (geteuid() == 0 || o->file)
		return 0;
	return error_set(err, -EPERM, "only root says whose key is whose: sudo centerctl keys %s ...", o->words[0]);
}

static int prepare_add(const struct keys_options *o, struct authkey *key, struct error *err)
{
	cleanup_free char *text = NULL;
	const char *name = o->words[1];
	if (!gate_is_name(name))
		return error_set(err, -EINVAL,
				 "\"%s\" is no name for a key: letters, digits and . _ @ + -, at most %d, the first a "
				 "letter or a digit",
				 name, GATE_NAME_MAX);
	int r = check_root(o, err);
	if (r == 0)
		r = read_text(o->words + 2, &text, err);
	return r < 0 ? r : keys_read_public(text, key, err);
}

int keys_add(const struct keys_options *o)
{
	struct error err;
	char fingerprint[KEY_FINGERPRINT_SIZE];
	cleanup_authkey struct authkey key = {0};
	struct wanted w = {.key = &key, .name = o->words[1], .container = o->container, .replace = o->replace};
	int r = prepare_add(o, &key, &err);
	if (r == 0)
		r = add(o, &w, &err);
	if (r < 0)
		return report_error(&err);
	key_fingerprint(&key.key, fingerprint);
	printf("%s %s %s (%s)%s%s\n", w.there ? "there already:" : "added:", w.name, fingerprint,
	       key_type_name(&key.key), w.container ? ", bound to " : "", w.container ? w.container : "");
	return report_flush(stdout);
}

static bool is_meant(const struct authkey *k, const char *word)
{
	char fingerprint[KEY_FINGERPRINT_SIZE];
	key_fingerprint(&k->key, fingerprint);
	return str_eq(k->name, word) || strcmp(fingerprint, word) == 0;
}

static int remove_lines(const struct keys_options *o, const char *word, struct error *err)
{
	size_t len, found = 0;
	cleanup_registry_edit struct registry_edit e = REGISTRY_EDIT_INIT;
	int r = begin(o, &e, err);
	if (r < 0)
		return r;
	for (const char *line = registry_next_line(&e.old, NULL, &len); line;
	     line = registry_next_line(&e.old, line, &len)) {
		cleanup_authkey struct authkey k = {0};
		if (authkey_parse(line, len, &k, NULL) == 0 && is_meant(&k, word)) {
			found++;
			continue;
		}
		buf_add(&e.text, line, len);
		buf_puts(&e.text, "\n");
	}
	if (found == 0)
		return error_set(err, -ENOENT,
				 "there is no key of the name or fingerprint \"%s\"; see centerctl keys list", word);
	return registry_edit_commit(&e, err);
}

int keys_remove(const struct keys_options *o)
{
	struct error err;
	if (check_root(o, &err) < 0 || remove_lines(o, o->words[1], &err) < 0)
		return report_error(&err);
	printf("removed: %s; a session that runs goes on (centerctl sessions, centerctl end)\n", o->words[1]);
	return report_flush(stdout);
}
