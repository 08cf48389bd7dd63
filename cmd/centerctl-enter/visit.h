/* SPDX-License-Identifier: ISC */
/* One run of centerctl-enter: what is known so far, in the order in which it becomes known. */
#ifndef CENTERCTL_ENTER_VISIT_H
#define CENTERCTL_ENTER_VISIT_H

#include "lib/base/error.h"
#include "lib/priv/bundle.h"
#include "lib/priv/entry.h"
#include "lib/priv/lsm.h"
#include "lib/priv/peek.h"
#include "lib/priv/resolver.h"
#include "lib/priv/target.h"
#include "lib/proto/answer.h"
#include "lib/proto/request.h"

enum { VISIT_START_MS = 5000 };

enum filter_source { FILTER_NONE = 0, FILTER_BUNDLE, FILTER_CACHED, FILTER_DEFAULT };

struct visit {
	int channel;
	int proc;
	int executable; /* keeps the mount from which we run, see sanitize.h; or -EBADF */
	struct request request;
	struct resolver resolver;
	struct resolver compiler; /* a second one, that never spoke to an engine */
	const char *libexecdir;

	/* The engine's word; empty for pid: targets. */
	bool by_pid;
	struct container container;

	/* The kernel's word. */
	struct target target;
	struct cgroups cgroups;
	struct bundle_file bundle_file;
	struct peek peek;

	/* The runtime's word, and what is made of all three. */
	struct bundle bundle;
	struct user user;
	enum filter_source filter_source;
	struct lsm_label label;
	char **argv, **env;
	char *cwd;
	unsigned ns;
	uint32_t host_uid, host_gid; /* of the user, outside */
	struct entry entry;
};

void visit_init(struct visit *v);
void visit_done(struct visit *v);

/* How the target is called in messages: its name, or "pid:N". */
const char *visit_name(const struct visit *v);

#endif
