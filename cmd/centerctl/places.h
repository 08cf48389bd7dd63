/* SPDX-License-Identifier: ISC */
/* Where audit log, recordings and running sessions are, and who may read them: root alone. */
#ifndef CENTERCTL_PLACES_H
#define CENTERCTL_PLACES_H

#include "lib/base/error.h"

/* 0, or -EPERM for others than root. `what`: "the audit log", ... */
int places_demand_root(const char *what, struct error *err);

/*
 * The file that the configuration names, or the default where it names none or is not there. A configuration with an
 * error gives that error: the default would be another log. The caller frees. 0 or -errno.
 */
int places_audit_file(char **ret, struct error *err);
int places_record_dir(char **ret, struct error *err);

/* The engine that the configuration names, or "". The same otherwise. */
int places_engine(char **ret, struct error *err);

/* The run-time directory, below which running sessions are listed. */
const char *places_rundir(void);

#endif
