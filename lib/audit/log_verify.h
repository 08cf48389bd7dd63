/* SPDX-License-Identifier: ISC */
/*
 * Whether audit logs are whole: each line carries the hash of the line before, so what was changed, taken out, put in
 * or moved shows at the line behind it, and at the end in PATH.chain.
 */
#ifndef CENTERCTL_AUDIT_LOG_VERIFY_H
#define CENTERCTL_AUDIT_LOG_VERIFY_H

#include <stdbool.h>

#include "log.h"

struct audit_verdict {
	uint64_t lines, findings;
	uint64_t first_seq, last_seq; /* 0: there is no record */
	bool end_checked;	      /* against PATH.chain of the last file */
};

/* Called for each finding: line 0 is the file as a whole. */
typedef void audit_finding(void *arg, const char *path, uint64_t line, const char *text);

/*
 * Reads the files in their order, which is that of their records; the last may grow meanwhile. `demand_end`: the last
 * one must have its PATH.chain; otherwise that is looked at if it is there. A first record with another number than 1
 * is no finding: what came before is not among the files. 0, whatever was found; -errno if the files cannot be read.
 */
int audit_verify(char *const *paths, bool demand_end, audit_finding *report, void *arg, struct audit_verdict *ret,
		 struct error *err);

#endif
