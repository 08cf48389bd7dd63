/* SPDX-License-Identifier: ISC */
/*
 * What doctor reads: an engine's answer, daemon.json, a command line, units, subordinate IDs, tables of procfs, sshd's
 * words. The input is each of them in turn.
 */
#include "fuzz.h"

#include <ctype.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/doctor/engine_config.h"
#include "lib/doctor/ping.h"
#include "lib/doctor/sshd_config.h"
#include "lib/doctor/subid.h"
#include "lib/doctor/tcp_table.h"
#include "lib/doctor/unit_file.h"

static void try_ping(const char *text, size_t len)
{
	struct ping p;
	if (ping_parse(text, len, &p) < 0)
		return;
	MUST(p.major < 1000 && p.minor < 1000 && strlen(p.server) < PING_SERVER_MAX);
	for (const char *c = p.server; *c; c++)
		MUST(isprint((unsigned char)*c));
}

static void try_config(const char *text, size_t len)
{
	struct error err = ERROR_INIT;
	cleanup_engine_config struct engine_config json = {0}, line = {0};
	cleanup_strv char **words = engine_words(text, len);
	MUST(words && engine_config_add_words(&line, words) == 0);
	MUST(!line.tls_verify || line.tls);
	int r = engine_config_add_json(&json, text, len, &err);
	MUST(r == 0 || *err.text);
	MUST(!json.tls_verify || json.tls);
	MUST(!json.remap || *json.remap);
}

static void try_unit(const char *text)
{
	cleanup_strv char **values = NULL, **words = unit_file_words(text);
	MUST(words && unit_file_add(text, "Socket", "ListenStream", &values) == 0);
	for (char **v = values; v && *v; v++)
		MUST(**v && !strchr(*v, '\n'));
}

static void try_subid(const char *text)
{
	cleanup_subid struct subid_table t = {0};
	MUST(subid_parse(text, &t) == 0);
	for (size_t i = 0; i < t.count; i++) {
		MUST(*t.list[i].owner && t.list[i].line > 0);
		MUST(subid_total(&t, t.list[i].owner, UINT64_MAX) >= t.list[i].count);
		MUST(subid_overlaps(&t.list[i], &t.list[0]) == subid_overlaps(&t.list[0], &t.list[i]));
	}
}

static void try_table(const char *text)
{
	cleanup_tcp_table struct tcp_table t = {0};
	MUST(tcp_table_add(&t, text) == 0);
	for (size_t i = 0; i < t.count; i++) {
		char where[TCP_LISTENER_TEXT];
		tcp_listener_text(&t.list[i], where);
		MUST(strchr(where, ':'));
	}
}

static void try_sshd(const char *text)
{
	cleanup_sshd_config struct sshd_config c = {0};
	cleanup_findings struct findings f = {0};
	MUST(sshd_config_parse(text, &c) == 0);
	sshd_config_judge(&c, "center", &f);
	MUST(!f.failed);
	for (size_t i = 0; i < f.count; i++)
		MUST(*f.list[i].id && f.list[i].what && *f.list[i].why && f.list[i].fix);
	cleanup_strv char **files = sshd_config_files(&c, "authorizedkeysfile", "center", "/home/center");
	for (char **file = files; file && *file; file++)
		MUST(**file == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len > 1 << 16)
		return 0;
	cleanup_free char *text = strndup((const char *)data, len);
	MUST(text);
	try_ping((const char *)data, len);
	try_config((const char *)data, len);
	try_unit(text);
	try_subid(text);
	try_table(text);
	try_sshd(text);
	return 0;
}
