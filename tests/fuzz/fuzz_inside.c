/* SPDX-License-Identifier: ISC */
/*
 * What centerctl-inside and centerctl-sftp read of others: a container's hosts (h, the name in the first line) and
 * passwd (u), a name server's answer (d), an ELF file (e), the index behind a program (p); and the ports that somebody
 * typed (t, f). The first byte says which the rest is.
 */
#include "fuzz.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/client/port.h"
#include "lib/inside/dns.h"
#include "lib/inside/elf_needs.h"
#include "lib/inside/hosts.h"
#include "lib/inside/pack.h"
#include "lib/inside/passwd.h"

static void check_found(const struct hosts_found *f)
{
	MUST(f->count <= HOSTS_ADDRESSES_MAX);
	for (size_t i = 0; i < f->count; i++)
		MUST(f->address[i].ss_family == AF_INET || f->address[i].ss_family == AF_INET6);
}

static void try_hosts(const char *text, size_t len)
{
	struct hosts_found f = {.count = 0};
	const char *newline = memchr(text, '\n', len);
	if (!newline)
		return;
	cleanup_free char *name = strndup(text, (size_t)(newline - text));
	hosts_find(newline + 1, len - (size_t)(newline + 1 - text), name, &f);
	check_found(&f);
}

static void try_answer(const uint8_t *data, size_t len)
{
	struct hosts_found f = {.count = 0};
	dns_take(data, len, DNS_A, &f);
	dns_take(data, len, DNS_AAAA, &f);
	check_found(&f);
}

static void try_elf(const uint8_t *data, size_t len)
{
	struct error err;
	cleanup_elf_needs struct elf_needs n = {0};
	if (elf_read(data, len, &n, &err) == 0)
		MUST(strv_len(n.needed) <= ELF_NEEDED_MAX);
}

/* What is found lies in the file, and comes out the same when it is written again. */
static void try_pack(const uint8_t *data, size_t len)
{
	static struct pack p;
	uint64_t at;
	size_t index;
	cleanup_buf struct buf again = {0};
	if (len < PACK_END_SIZE || pack_find_index(data + len - PACK_END_SIZE, len, &at, &index) < 0)
		return;
	MUST(at <= len && index <= len - at);
	if (pack_decode(data + at, index, at, &p) < 0)
		return;
	for (size_t i = 0; i < p.count; i++)
		MUST(p.files[i].offset <= at && p.files[i].len <= at - p.files[i].offset);
	pack_encode(&p, at, &again);
	MUST(again.len == len - at && memcmp(again.data, data + at, index) == 0);
}

static void try_port(const char *text)
{
	struct error err;
	cleanup_strv char **words = NULL;
	if (port_words(text, &words, &err) < 0)
		return;
	MUST(strv_len(words) == 1 || strv_len(words) == 2);
	MUST(is_digits(words[strv_len(words) - 1]));
}

static void try_forward(const char *text)
{
	struct error err;
	cleanup_port_forward struct port_forward f = {0};
	if (port_forward_parse(text, &f, &err) == 0)
		MUST(f.port > 0 && f.target && (!f.host || *f.host));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 1)
		return 0;
	const char *rest = (const char *)data + 1;
	cleanup_free char *text = strndup(rest, len - 1);
	switch (data[0]) {
	case 'h':
		try_hosts(rest, len - 1);
		break;
	case 'u':
		free(passwd_find_home(rest, len - 1, 1000));
		break;
	case 'd':
		try_answer(data + 1, len - 1);
		break;
	case 'e':
		try_elf(data + 1, len - 1);
		break;
	case 'p':
		try_pack(data + 1, len - 1);
		break;
	case 't':
		try_port(text);
		break;
	case 'f':
		try_forward(text);
		break;
	default:
		break;
	}
	return 0;
}
