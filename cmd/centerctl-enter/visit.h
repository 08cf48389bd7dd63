/* SPDX-License-Identifier: ISC */
/* One run of centerctl-enter: what is known so far, in the order in which it becomes known. */
#ifndef CENTERCTL_ENTER_VISIT_H
#define CENTERCTL_ENTER_VISIT_H

#include "lib/audit/event.h"
#include "lib/audit/recorder.h"
#include "lib/base/error.h"
#include "lib/policy/policy.h"
#include "lib/priv/bundle.h"
#include "lib/priv/entry.h"
#include "lib/priv/lsm.h"
#include "lib/priv/peek.h"
#include "lib/priv/policy_store.h"
#include "lib/priv/resolver.h"
#include "lib/priv/target.h"
#include "lib/priv/toolbox.h"
#include "lib/proto/account.h"
#include "lib/proto/answer.h"
#include "lib/proto/request.h"

enum { VISIT_START_MS = 5000 };

enum filter_source { FILTER_NONE = 0, FILTER_BUNDLE, FILTER_CACHED, FILTER_DEFAULT };

/* See ledger.h. */
struct ledger {
	char session[AUDIT_ID_LEN + 1];
	struct recorder *recorder;
	int running;	    /* the locked file, or -EBADF */
	bool open;	    /* a start record has been written */
	bool shell;	    /* judged as such */
	bool timed_by_rule; /* --timeout is the rule's */
	int64_t began_ms;
	char *recording;  /* path; NULL: none */
	char **options;	  /* for the record being written */
	char *audit_file; /* NULL: there is no configuration, syslog has to do */
};

struct visit {
	int channel;
	int proc;
	int64_t began_ms;
	uid_t caller;	/* the real uid of whoever started us; 0: root, who needs no rule */
	int executable; /* keeps the mount from which we run, see sanitize.h; or -EBADF */
	struct request request;
	struct resolver resolver;
	unsigned asked;		  /* of the engine, through this resolver */
	struct resolver compiler; /* a second one, that never spoke to an engine */
	const char *libexecdir;

	/* Who asks, and what the policy says. */
	struct policy_store store;
	struct resolver helper; /* centerctl-account */
	struct account account;
	struct policy_as as_room;
	struct policy_subject subject;
	bool asks_for_other;	/* root, with VERB_LIST and a subject to answer for */
	enum policy_verb right; /* that was decided about */
	struct policy_decision decision;
	char claim[ERROR_TEXT_MAX]; /* why what a gate's account said of itself was not believed; empty: it was */
	char who[REQUEST_IDENTITY_MAX + 16];
	struct ledger ledger;

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
	/* What the command brings along: the toolbox of who debugs, or a program in memory; see tool.h. */
	struct toolbox toolbox;
	struct toolroom room;
	int program;
	struct entry entry;
};

void visit_init(struct visit *v);
void visit_done(struct visit *v);

/* Whether somebody else than root asks: then the policy decides. */
bool visit_is_judged(const struct visit *v);

/* Whether the command runs in a toolbox, and not in the container's own root. */
bool visit_has_toolbox(const struct visit *v);

/* Where run-time state is kept. */
const char *visit_rundir(void);

/* How the target is called in messages: its name, or "pid:N". */
const char *visit_name(const struct visit *v);

#endif
