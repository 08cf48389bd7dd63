/* SPDX-License-Identifier: ISC */
#include "identity.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "authkey.h"
#include "base64.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* One line: "METHOD[/SUBMETHOD] [TYPE BASE64 [...]]". */
static int read_method(const char *line, size_t len, struct key *ret, struct error *err)
{
	static const char method[] = "publickey ";
	size_t skip = sizeof(method) - 1;
	if (len < skip || memcmp(line, method, skip) != 0)
		return 0;
	const char *type = line + skip, *end = line + len;
	const char *space = memchr(type, ' ', (size_t)(end - type));
	if (!space)
		return error_set(err, -EINVAL, "there is a method without its key");
	size_t text_len = base64_span(space + 1, (size_t)(end - space - 1));
	const char *behind = space + 1 + text_len;
	if (behind != end && *behind != ' ')
		return error_set(err, -EINVAL, "there is a key that is not written in base64");
	int r = key_parse_text(type, (size_t)(space - type), space + 1, text_len, ret, err);
	return r < 0 ? r : 1;
}

int auth_parse(const char *text, size_t len, struct key *ret, struct error *err)
{
	cleanup_key struct key found = {0};
	if (memchr(text, '\0', len))
		return error_set(err, -EINVAL, "there is a NUL in it");
	for (const char *end = text + len; text < end;) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		if (!newline)
			return error_set(err, -EINVAL, "its last line is cut");
		cleanup_key struct key k = {0};
		int r = read_method(text, (size_t)(newline - text), &k, err);
		if (r < 0)
			return r;
		if (r > 0 && found.blob)
			return error_set(err, -EINVAL, "two keys were used at once: whose session is it?");
		if (r > 0) {
			found = k;
			k = (struct key){0};
		}
		text = newline + 1;
	}
	if (!found.blob)
		return 0;
	*ret = found;
	found = (struct key){0};
	return 1;
}

/* "ADDRESS PORT ADDRESS PORT"; the client's come first. What is no address (UNKNOWN, a socket) is left out. */
static int set_address(struct identity *i, const char *connection)
{
	char address[INET6_ADDRSTRLEN];
	size_t len = strcspn(connection, " %"), all = strcspn(connection, " ");
	struct in6_addr binary;
	if (len >= sizeof(address))
		return 0;
	memcpy(address, connection, len);
	address[len] = '\0';
	if (inet_pton(AF_INET, address, &binary) != 1 && inet_pton(AF_INET6, address, &binary) != 1)
		return 0;
	if (connection[all] == ' ') {
		char port[8] = "";
		const char *text = connection + all + 1;
		uint64_t number;
		strncat(port, text, strcspn(text, " ") < sizeof(port) ? strcspn(text, " ") : 0);
		if (parse_u64(port, UINT16_MAX, &number) == 0)
			i->port = (uint32_t)number;
	}
	return str_set(&i->address, address);
}

static int set_key(struct identity *i, const struct key *k, struct error *err)
{
	char fingerprint[KEY_FINGERPRINT_SIZE];
	key_fingerprint(k, fingerprint);
	if (str_set(&i->fingerprint, fingerprint) < 0)
		return error_errno(err, -ENOMEM, "the key");
	if (!k->cert)
		return 0;
	i->certificate = true;
	if (strlen(k->id) > REQUEST_IDENTITY_MAX)
		return error_set(err, -EPERM, "the certificate's key ID is too long");
	return str_set(&i->cert_id, k->id) < 0 ? error_errno(err, -ENOMEM, "the certificate") : 0;
}

/* A certificate can bring a forced command with it, which then is its authority's text and not this host's. */
static bool is_proved(const struct identity_sources *from)
{
	return from->proved && !(from->key && from->key->commanded);
}

/* There are several principals, and nothing proves for which of them the authority is trusted. */
static int refuse_several(const struct identity_sources *from, struct error *err)
{
	if (from->key->commanded)
		return error_set(
			err, -EPERM,
			"this certificate has several principals and a forced command of its own, beside which "
			"nothing proves which of them count: take one with one principal, or without "
			"force-command");
	if (from->forced->principals)
		return error_set(err, -EPERM,
				 "this certificate has several principals, and which of them count is proved only with "
				 "a command: type one, as in ssh HOST CONTAINER COMMAND");
	return error_set(
		err, -EPERM,
		"this certificate has several principals, and sshd does not say which of them it accepted: the "
		"owner of this host says it by --principals LIST in the forced command, see "
		"centerctl-gate(1)");
}

/* A comma inside of a name is none of ssh-keygen's; sshd can take the name for two where it compares lists. */
static bool principal_counts(const char *principal, char *const *list)
{
	return !strchr(principal, ',') && (!list || strv_has(list, principal));
}

static int set_principals(const struct identity_sources *from, struct identity *i, struct error *err)
{
	char *const *list = from->forced->principals;
	if (strv_len(from->key->principals) > 1 && !(list && is_proved(from)))
		return refuse_several(from, err);
	size_t bytes = 0;
	for (char **p = from->key->principals; p && *p; p++) {
		if (!principal_counts(*p, list))
			continue;
		bytes += strlen(*p);
		if (bytes > REQUEST_WORD_MAX)
			return error_set(err, -EPERM, "the certificate's principals are too long");
		if (strv_add(&i->principals, *p) < 0)
			return error_errno(err, -ENOMEM, "the certificate");
	}
	return 0;
}

static int refuse_unproved(const struct identity_sources *from, struct error *err)
{
	if (from->key && from->key->commanded)
		return error_set(err, -EPERM,
				 "this certificate has a forced command of its own, beside which no name counts: rules "
				 "for it say principal:NAME");
	if (from->key && from->key->cert)
		return error_set(err, -EPERM,
				 "the name in the forced command counts only with a command, as in ssh HOST CONTAINER "
				 "COMMAND");
	if (from->exposed)
		return error_set(err, -EPERM,
				 "the name in the forced command counts only with a command, as in ssh HOST CONTAINER "
				 "COMMAND: this key is not registered (centerctl keys add)");
	return error_set(err, -EPERM,
			 "name a container and a command, as in ssh HOST CONTAINER COMMAND; without one, sshd "
			 "needs ExposeAuthInfo yes");
}

/*
 * Without a key to look up, with one that is in no registry, and with a certificate, the forced command alone can tell
 * a name.
 */
static int check_unregistered(const struct identity_sources *from, struct error *err)
{
	const char *name = from->forced->name;
	cleanup_authkey struct authkey other = {0};
	if (!name && from->key)
		return 0;
	if (!name)
		return error_set(err, -EPERM,
				 "nothing says whose key this is: set ExposeAuthInfo yes in sshd_config, or name the "
				 "key in its forced command");
	if (!is_proved(from))
		return refuse_unproved(from, err);
	if (!from->key)
		return 0;
	int r = registry_find_name(from->registry, name, &other);
	if (r > 0)
		return error_set(err, -EPERM, "the name in the forced command is registered for another key");
	return r < 0 ? error_errno(err, r, "the file of keys") : 0;
}

static int choose_container(const char *forced, const char *registered, char **ret, struct error *err)
{
	if (forced && registered && strcmp(forced, registered) != 0)
		return error_set(err, -EPERM,
				 "the forced command binds this key to another container than the registered one");
	const char *container = forced ? forced : registered;
	if (container && str_set(ret, container) < 0)
		return error_errno(err, -ENOMEM, "the container");
	return 0;
}

static int find_name(const struct identity_sources *from, struct identity *i, char **ret_container, struct error *err)
{
	cleanup_authkey struct authkey line = {0};
	const char *name = from->forced->name;
	int found = from->key && !from->key->cert ? registry_find_key(from->registry, from->key, &line) : 0;
	if (found < 0)
		return error_errno(err, found, "the file of keys");
	if (line.name && name && strcmp(line.name, name) != 0)
		return error_set(err, -EPERM,
				 "the name in the forced command is not the one that this key is "
				 "registered by");
	int r = line.name ? 0 : check_unregistered(from, err);
	if (r == 0)
		r = choose_container(from->forced->container, line.container, ret_container, err);
	if (r == 0 && str_set(&i->key, line.name ? line.name : name ? name : "") < 0)
		r = error_errno(err, -ENOMEM, "the name");
	return r;
}

int identity_find(const struct identity_sources *from, struct identity *ret, char **ret_container, struct error *err)
{
	*ret = (struct identity){0};
	*ret_container = NULL;
	if (str_set(&ret->key, "") < 0 || str_set(&ret->fingerprint, "") < 0 || str_set(&ret->cert_id, "") < 0 ||
	    str_set(&ret->address, "") < 0 || set_address(ret, from->connection) < 0)
		return error_errno(err, -ENOMEM, "the identity");
	int r = from->key ? set_key(ret, from->key, err) : 0;
	if (r == 0 && ret->certificate)
		r = set_principals(from, ret, err);
	return r < 0 ? r : find_name(from, ret, ret_container, err);
}
