/* SPDX-License-Identifier: ISC */
/*
 * The policy: who may enter which container, as whom, to do what. centerctl.conf(5) has the grammar. Pure functions:
 * they open nothing, print nothing, look nothing up, and depend neither on the locale nor on the time zone.
 *
 * One policy is one block of memory without pointers, so that it may be kept in a file and mapped again: reading 100
 * 000 rules costs more than deciding by them. Linked by centerctl-enter, which decides, and by centerctl, which
 * explains.
 */
#ifndef CENTERCTL_POLICY_POLICY_H
#define CENTERCTL_POLICY_POLICY_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"

/* What a rule may be `for`. `all` is every one of them, and those that later versions add. */
enum policy_verb {
	POLICY_EXEC = 1 << 0,  /* a command, given as an argument vector */
	POLICY_SHELL = 1 << 1, /* the user's shell, and what is typed for a shell to read */
	POLICY_LOGS = 1 << 2,
	POLICY_DEBUG = 1 << 3,
	POLICY_SHOW = 1 << 4,
	POLICY_TOP = 1 << 5,
	POLICY_STATS = 1 << 6,
	POLICY_WAIT = 1 << 7,
	POLICY_SIGNAL = 1 << 8,
	POLICY_CP = 1 << 9, /* with POLICY_READ_ONLY only out of the container */
	POLICY_BACKUP = 1 << 10,
	POLICY_RESTORE = 1 << 11,
	POLICY_SFTP = 1 << 12, /* with POLICY_READ_ONLY its server refuses to change anything */
	POLICY_DIAL = 1 << 13,
	POLICY_DIFF = 1 << 14,
	POLICY_VERBS_ALL = (1 << 15) - 1,
	/*
	 * Those that enter nothing: no user of the container is had, so `as` narrows no allow rule, and a deny rule
	 * that is for certain users denies none of them.
	 */
	POLICY_VERBS_TOLD = POLICY_LOGS | POLICY_SHOW | POLICY_TOP | POLICY_STATS | POLICY_WAIT | POLICY_DIFF,
};

/* `with`. */
enum policy_flag {
	POLICY_RECORD = 1 << 0,
	POLICY_RECORD_INPUT = 1 << 1, /* record=input; implies POLICY_RECORD */
	POLICY_TTY = 1 << 2,	      /* a terminal is demanded */
	POLICY_NO_TTY = 1 << 3,	      /* a terminal is refused */
	POLICY_PRIVILEGED = 1 << 4,   /* targets that are as good as the host */
	POLICY_DETACH = 1 << 5,	      /* -d and --detach-keys: the command may go on alone */
	POLICY_RW = 1 << 6,	      /* debug --rw: the container's files may be written to at /target */
	POLICY_READ_ONLY = 1 << 7,    /* cp and sftp change nothing in the container */
};

/* Who asks. A gate's session is matched by key:, principal: and * alone; anybody else by user:, group: and *. */
struct policy_subject {
	bool gate;
	const char *user; /* name of the real uid; NULL if it has none */
	uid_t uid;
	char *const *groups; /* names; NULL-terminated, may be NULL */
	const gid_t *gids;
	size_t gid_count;
	const char *key;	 /* NULL or empty: none */
	const char *fingerprint; /* "SHA256:..."; NULL or empty: not known */
	char *const *principals;
	bool has_address;
	struct in6_addr address; /* IPv4 as ::ffff:a.b.c.d */
};

/* What is asked for, as the engine resolved it; never the word that was typed. */
struct policy_target {
	const char *id, *name, *image;
	char *const *labels; /* "key=value" */
};

struct policy_ask {
	enum policy_verb verb; /* one of them */
	const char *user;      /* as typed, "USER[:GROUP]"; NULL or empty: none was given */
	const char *own_user;  /* the container's own, "USER[:GROUP]" as its configuration has it; empty is root */
	bool uid_known;	       /* after the container's passwd has been read: */
	uid_t uid;	       /* inside the container */
	char *const *argv;     /* NULL: the user's shell */
	int64_t now;	       /* seconds since 1970, UTC */
	int32_t utc_offset;    /* of local time now, in seconds east */
};

/* What the deciding rule obliges to and permits beyond the entry itself. Vectors point into the policy. */
struct policy_with {
	uint32_t flags;	    /* POLICY_RECORD, ... */
	int64_t timeout_ms; /* 0: none */
	int64_t idle_ms;    /* 0: none */
	uint32_t sessions;  /* at most so many at once, of this rule and this subject; 0: no limit */
	uint64_t cap_add;   /* what --cap-add may ask for; UINT64_MAX, all of them: --privileged too */
	uint32_t ns;	    /* NS_* that --ns may leave out */
	bool any_user;	    /* `as *`: --group-add is permitted too */
	bool by_run;	    /* a `run` pattern matched: no --workdir, no shell */
};

struct policy_decision {
	bool allow;	  /* false is the zero */
	const char *file; /* of the deciding rule; NULL: no rule matched, which is a no */
	uint32_t line;
	uint32_t rule; /* its number in the policy, from 0; their count if none matched */
	/*
	 * If allowed: as whom, a text of the policy or of the question; NULL: the container's own, and with verbs that
	 * enter nothing.
	 */
	const char *user;
	struct policy_with with;
};

struct policy; /* the block */

/*
 * How the policy's files are read: by centerctl-enter with every check of ownership (lib/priv/policy_store.h), by
 * `policy check FILE` as anybody reads them. Both return 0 or -errno with err set. list gives the names in a directory,
 * sorted by strcmp(3), owned by the caller.
 */
struct policy_reader {
	int (*read)(void *arg, const char *path, char **ret_text, size_t *ret_len, struct error *err);
	int (*list)(void *arg, const char *directory, char ***ret_names, struct error *err);
	void *arg;
};

enum { POLICY_FILE_MAX = 256 << 20, POLICY_DEPTH_MAX = 8, POLICY_FILES_MAX = 10000 };

/*
 * For readers: whether a file's last line has its end. One that was cut off (a full disk, a copy that broke) may have
 * lost the words that narrow its last rule. 0, or -EINVAL with err set.
 */
int policy_check_end(const char *text, size_t len, const char *path, struct error *err);

/*
 * Reads path and what it includes. Any error anywhere refuses everything: -EINVAL, with FILE:LINE, the word, and what
 * was expected there; or what the reader returned. The caller frees *ret with free(3). A file without rules is a policy
 * that allows nothing.
 */
int policy_load(const char *path, const struct policy_reader *reader, struct policy **ret, struct error *err);

/* The block as bytes, to be kept; and back. attach checks that it is one of this version and as long as it says. */
size_t policy_size(const struct policy *p);
const struct policy *policy_attach(const void *data, size_t len);

/* Directives. */
const char *policy_engine(const struct policy *p);     /* "unix:///path"; NULL: not given */
const char *policy_record_dir(const struct policy *p); /* NULL: not given */
const char *policy_audit_file(const struct policy *p); /* NULL: not given */
bool policy_is_gate(const struct policy *p, const char *account);

/* Whether any allow rule could match this subject, whatever it asks for; if not, no engine needs to be asked. */
bool policy_may(const struct policy *p, const struct policy_subject *s, int64_t now, int32_t utc_offset);

/*
 * First matching rule decides; none is a no. If no user was typed, the first allow rule whose other conditions hold
 * picks one, and then it is as if that one had been typed. When the user is known inside, the same question is asked
 * again with uid_known: that never turns a no into a yes and never picks another user, but another rule may say yes.
 */
void policy_decide(const struct policy *p, const struct policy_subject *s, const struct policy_target *t,
		   const struct policy_ask *a, struct policy_decision *ret);

/* Whether the rule that decided lets the caller set this variable (`with env=`). */
bool policy_env_allowed(const struct policy *p, const struct policy_decision *d, const char *name, size_t name_len);

/*
 * Whether the rule that decided lets the caller debug with this toolbox (`with toolbox=A:B`; without that item, the one
 * called "default"), and the one to take if none was named.
 */
bool policy_toolbox_allowed(const struct policy *p, const struct policy_decision *d, const char *name);
const char *policy_toolbox_first(const struct policy *p, const struct policy_decision *d);

/*
 * Whether the rule that decided lets the caller connect there (`with ports=5432:8000-8099:db/5432`). host NULL or empty
 * is the container itself. Without that item it is every port of the container itself.
 */
bool policy_port_allowed(const struct policy *p, const struct policy_decision *d, const char *host, uint16_t port);

/* Whether the rule that decided lets the caller send this signal (`with signals=HUP:USR1`); without that item, any. */
bool policy_signal_allowed(const struct policy *p, const struct policy_decision *d, uint32_t number);

/* One rule by which this subject may enter this target, for `ls`. */
struct policy_grant {
	uint32_t verbs; /* POLICY_EXEC | ... */
	char **users;	/* "*" is anybody */
	char **runs;	/* patterns; NULL: any command */
	char **with;	/* words as in the file: "record", "timeout=2h" */
	const char *file;
	uint32_t line;
};

/*
 * The allow rules that match subject, target, source and time, in order, until a deny rule that has no further
 * condition; what narrower ones deny is taken off as far as verbs and users can say it. What an earlier grant covers
 * altogether is left out. Returns how many, or -ENOMEM; the caller frees them.
 */
int policy_grants(const struct policy *p, const struct policy_subject *s, const struct policy_target *t, int64_t now,
		  int32_t utc_offset, struct policy_grant **ret);
void policy_grants_free(struct policy_grant *g, int count);

/*
 * "key:NAME", "key:SHA256:...", "principal:NAME", "user:NAME", "group:NAME"; *ret points into text and *room. Whoever
 * is named by one of these is nothing else: user:NAME has no uid and no groups. 0 or -EINVAL.
 */
struct policy_as {
	char *groups[2], *principals[2];
	gid_t gid;
};
int policy_subject_parse(const char *text, struct policy_as *room, struct policy_subject *ret, struct error *err);

/* "10.1.2.3" or "2001:db8::1", for has_address and address. 0 or -EINVAL. */
int policy_address_parse(const char *text, struct in6_addr *ret);

/* For `policy explain` and `policy lint` see explain.h and lint.h. */

#endif
