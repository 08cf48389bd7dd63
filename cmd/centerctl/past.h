/* SPDX-License-Identifier: ISC */
/* Sessions and denials as the audit log tells them: what belongs to one session is put together. */
#ifndef CENTERCTL_PAST_H
#define CENTERCTL_PAST_H

#include "lib/audit/log_read.h"
#include "lib/base/buf.h"

/* Strings are owned; NULL: not known. */
struct past {
	char session[AUDIT_ID_LEN + 1];
	int64_t began_ms;
	bool denied;
	bool told;  /* a question that was answered: it has no end */
	bool ended; /* the rest of these two lines is set */
	bool exited;
	int number;
	int64_t duration_ms;
	bool relayed[3];
	uint64_t bytes[3];
	bool recorded, tty;
	char *who; /* "key:dev-laptop", "user:ci", "root" */
	char *from, *verb, *container, *container_id, *as, *command, *rule;
	char *reason;	  /* of the denial, or of the end */
	struct buf lines; /* the records themselves, if they are wanted */
};

/* Empty or zero: any. */
struct past_filter {
	int64_t since_ms;
	char *key, *user, *container, *session;
	bool denied;
	bool keep_lines;
};

struct past_list {
	struct past *item;
	size_t count, room;
	size_t *index; /* by session: open addressing, item + 1 */
	size_t index_size;
	uint64_t bad; /* lines that are no records */
};

void past_list_done(struct past_list *l);
#define cleanup_past __attribute__((cleanup(past_list_done)))

/* All that match, in the order of their beginnings in the log. 0 or -errno. */
int past_gather(char *const *paths, const struct past_filter *f, struct past_list *ret, struct error *err);

/* The same of a log and what a rotation made of it; *ret_compressed files were left out. -ENOENT: there is none. */
int past_gather_log(const char *path, const struct past_filter *f, struct past_list *ret, unsigned *ret_compressed,
		    struct error *err);

/* "exit 0", "signal 9", "denied", "" if it is not known; with the reason of an end that was none of its own. */
void past_show_result(const struct past *p, struct buf *to);

#endif
