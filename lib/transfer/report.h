/* SPDX-License-Identifier: ISC */
/* What becomes of a transfer: which files could not be copied, and how far it has come. */
#ifndef CENTERCTL_TRANSFER_REPORT_H
#define CENTERCTL_TRANSFER_REPORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* May lie in memory that another process watches. */
struct transfer_count {
	_Atomic uint64_t bytes, files; /* done */
	_Atomic uint64_t total_bytes, total_files;
	atomic_bool total_known;
};

struct transfer_report {
	/* Takes a line without its end; names in it are escaped. */
	void (*say)(void *arg, const char *text);
	void *arg;
	struct transfer_count *count; /* NULL: of no interest */
	bool failed;		      /* something could not be copied as it is; it was named */
};

/* "cannot WHAT PATH: errno's text", and remembers that something failed. errnum 0: no such text. */
void transfer_failed(struct transfer_report *r, int errnum, const char *what, const char *path);
/* "PATH: WHY", and fails nothing. */
void transfer_note(struct transfer_report *r, const char *path, const char *why);
/* The same, and remembers that something failed. */
void transfer_refused(struct transfer_report *r, const char *path, const char *why);

/* So many more have gone by; nothing where there is no r->count. */
void transfer_add(const struct transfer_report *r, uint64_t bytes, uint64_t files);

/* A path as it may be shown: escaped, and with its middle left out if it is too long. room has TRANSFER_SHOWN bytes. */
enum { TRANSFER_SHOWN = 512 };
const char *transfer_show(char room[TRANSFER_SHOWN], const char *path);

#endif
