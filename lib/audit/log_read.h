/* SPDX-License-Identifier: ISC */
/* Reading audit logs: what log.h wrote, or somebody else changed. */
#ifndef CENTERCTL_AUDIT_LOG_READ_H
#define CENTERCTL_AUDIT_LOG_READ_H

#include <cjson/cJSON.h>

#include "event.h"
#include "lib/base/error.h"
#include "lines.h"
#include "log.h"

/* One line. The strings of e, which are bytes again, belong to json. */
struct audit_record {
	struct audit_event e;
	bool known; /* e.kind is set: the line is of a kind that this version knows */
	bool claim; /* key, address, ... are only claimed */
	uint64_t argc;
	struct audit_link link; /* its number, and the hash of the line before */
	cJSON *json;
	char **argv, **principals;
};

void audit_record_done(struct audit_record *r);
#define cleanup_record __attribute__((cleanup(audit_record_done)))

/* 0, or -EBADMSG for what is no record, or -ENOMEM. Members that it does not know are skipped. */
int audit_record_parse(const char *line, size_t len, struct audit_record *ret, struct error *err);

/*
 * Calls visit for each record of the files, in their order; NULL stands for stdin. Lines that are no records are passed
 * over, and counted in *ret_bad. Stops at the first error, which may be visit's.
 */
int audit_log_each(char *const *paths, int (*visit)(void *arg, struct audit_record *r, const struct line *line),
		   void *arg, uint64_t *ret_bad, struct error *err);

/*
 * The files that a log consists of: PATH and those beside it that a rotation named PATH.1, PATH-20270131 and so on, in
 * the order of their records; PATH is the last, even if it is not there. Compressed ones are only counted. 0, -ENOENT
 * if there is none of them, or -errno; the caller frees.
 */
int audit_log_files(const char *path, char ***ret_paths, unsigned *ret_compressed, struct error *err);

/* "2027-01-31T13:00:00.000Z" in milliseconds since 1970. 0 or -EINVAL. */
int audit_time_parse(const char *text, int64_t *ret_ms);

#endif
