/* SPDX-License-Identifier: ISC */
/*
 * What centerctl-enter asks of centerctl-resolve, and the answers. centerctl-resolve parses what containers and engines
 * control, so it counts as taken over: every answer is decoded strictly here, and what it says is bounded afterwards by
 * what the kernel says.
 *
 * One ask, one answer, in order, over a stream socket (lib/proto/message.h). Asks may be sent ahead. An answer has the
 * type of its ask when it holds what was asked for, or ANSWER_ERROR.
 */
#ifndef CENTERCTL_PROTO_ANSWER_H
#define CENTERCTL_PROTO_ANSWER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"

enum ask_type {
	ASK_INSPECT = 1, /* struct ask_http; one descriptor: the connection to the engine */
	ASK_LIST,	 /* the same; word is empty */
	ASK_BUNDLE,	 /* struct ask_bundle; one descriptor: config.json, open for reading at its start */
	ASK_USER,	 /* struct ask_user; descriptors of the container's passwd and group, as far as there are any */
	ASK_PROFILE,	 /* ask_profile_encode(): Docker's default seccomp profile; answered as ASK_BUNDLE */
	ASK_IMAGE,	 /* struct ask_http, whose word is an image; answered by layers_encode() */
	/*
	 * struct ask_logs; three descriptors: the connection, and where what the container wrote to its stdout and to
	 * its stderr goes. Answered by struct logs_end when the engine has ended its answer, however long that takes. A
	 * descriptor that takes nothing holds the engine up: nothing is kept here. centerctl-resolve ends with exit
	 * code 0 as soon as it has answered this, be it with ANSWER_ERROR.
	 */
	ASK_LOGS,
	/*
	 * struct ask_events: answered as soon as the engine tells of one container event, by nothing but that; or with
	 * ANSWER_TIMEOUT.
	 */
	ASK_EVENTS,
	ASK_NAMES, /* ask_names_encode(); the container's passwd: what it calls these users; names_encode() */
	ANSWER_ERROR = 100,
};

enum {
	ANSWER_BYTES_MAX = 8 << 20,
	ASK_BYTES_MAX = 2 << 20,
	ANSWER_WORD_MAX = 4096,
	ANSWER_STRINGS_MAX = 1 << 16, /* entries of one vector */
	ANSWER_LIST_MAX = 10000,
	ANSWER_PATHS_MAX = 4096,
	ANSWER_LAYERS_MAX = 500,   /* OVL_MAX_STACK of Linux */
	ANSWER_GROUPS_MAX = 65536, /* NGROUPS_MAX */
	ENGINE_REQUEST_MAX = 4096,
	ENGINE_HEADER_MAX = 64 << 10,
	ENGINE_BODY_MAX = 4 << 20,   /* of an answer, or of what a list says of one container */
	ENGINE_LIST_MAX = 256 << 20, /* of a list, which is taken apart as it comes */
	ENGINE_TIMEOUT_MS = 5000,
	ENGINE_EVENTS_MS = 3600000,
	ACCOUNT_FILE_MAX = 1 << 20, /* of passwd and group */
	BUNDLE_MAX = 4 << 20,
};

/* ASK_INSPECT, ASK_LIST and ASK_IMAGE. The connection speaks plain HTTP unless tls. */
struct ask_http {
	char word[256]; /* is_container_word(), or is_image_word() */
	char host[256]; /* the name in the Host header, and in the certificate */
	uint32_t port;
	bool tls;
	bool tls_verify;
	char *ca_pem, *cert_pem, *key_pem;
	int64_t timeout_ms; /* for the whole exchange */
};

/* What of a container's output is wanted; times in nanoseconds since 1970, 0: not given. */
struct logs_query {
	bool follow, timestamps;
	int64_t tail; /* -1: all */
	int64_t since_ns, until_ns;
};

struct ask_logs {
	struct ask_http http; /* timeout_ms counts until the answer begins, and with follow not at all */
	struct logs_query query;
	bool tty;   /* the container's output is one stream, without frames */
	bool strip; /* timestamps are asked for, to know the last of them, and are taken off again */
	/*
	 * With since_ns, to go on: so many of the first lines with exactly that time are left out. (podman tells only
	 * seconds, and several lines may have been written in the same.) Needs timestamps.
	 */
	uint32_t skip;
};

struct logs_end {
	int64_t last_ns;     /* the time of the last line; 0: not known */
	uint32_t last_count; /* how many lines had that time, skipped ones included */
	bool cut;	     /* the connection ended before the answer was whole, or it broke off within a frame */
};

struct ask_events {
	/* word: a container's full ID, or empty: any container. timeout_ms is up to ENGINE_EVENTS_MS. */
	struct ask_http http;
	int64_t since_ns; /* events after this are told, too; 0: only those to come */
};

/* What is allowed beside what the profile says, for who debugs. */
enum seccomp_extra {
	SECCOMP_TRACE = 1 << 0, /* ptrace, process_vm_readv and _writev, kcmp, pidfd_open and pidfd_getfd */
	SECCOMP_PERF = 1 << 1,	/* perf_event_open */
	SECCOMP_EXTRA_ALL = (1 << 2) - 1,
};

struct ask_bundle {
	bool want_seccomp; /* false: a compiled filter is kept already; the answer's filter is empty */
	uint32_t extra;	   /* SECCOMP_TRACE | ... */
};

/* Who the command runs as: `user` is "USER[:GROUP]" or empty; then uid, gid and groups are those of `own`. */
struct ask_user {
	char *user;
	char **group_add; /* names or numbers, added to the supplementary groups */
	uid_t own_uid;
	gid_t own_gid;
	gid_t *own_groups;
	uint32_t own_group_count;
	bool has_passwd, has_group; /* which descriptors follow, in that order */
};

/* Why a look-up failed. */
enum answer_error {
	ANSWER_FAILED = 0, /* see text */
	ANSWER_NO_SUCH,	   /* the engine answered 404 */
	ANSWER_AMBIGUOUS,  /* the engine says that the prefix fits several */
	ANSWER_REFUSED,	   /* the engine answered 401 or 403, or another 4xx or 5xx: text has its message, escaped */
	ANSWER_TIMEOUT,
	ANSWER_CLOSED,	     /* the connection ended before the answer was whole */
	ANSWER_TLS,	     /* handshake or certificate */
	ANSWER_TLS_TO_PLAIN, /* TLS was spoken to a port that does not speak it */
	ANSWER_PLAIN_TO_TLS, /* plain HTTP was spoken to a TLS port */
	ANSWER_BAD,	     /* not HTTP, not JSON, or not what the engine's API promises */
	ANSWER_NO_USER,	     /* text names the user */
	ANSWER_NO_GROUP,
	ANSWER_BAD_USER, /* not a user specification, or out of range */
	ANSWER_BAD_FILE, /* config.json, passwd or group cannot be used */
	ANSWER_SECCOMP,	 /* the profile cannot be compiled; text names the rule */
	ANSWER_ERROR_MAX = ANSWER_SECCOMP,
};

struct answer_error_info {
	enum answer_error kind;
	uint32_t http_status; /* 0 if there was none */
	char text[ERROR_TEXT_MAX];
};

enum container_state {
	STATE_UNKNOWN = 0,
	STATE_CREATED,
	STATE_RUNNING,
	STATE_PAUSED,
	STATE_RESTARTING,
	STATE_REMOVING,
	STATE_EXITED,
	STATE_DEAD,
	STATE_MAX = STATE_DEAD,
};

/* What the engine says of one container. Strings may be empty, never NULL. */
struct container {
	char id[65];	/* is_container_id() */
	char name[256]; /* is_container_word(), without the leading slash */
	enum container_state state;
	int64_t pid;	   /* 2 or more when running or paused, else 0 */
	int64_t exit_code; /* of 32 bits, signed or not */
	char *started_at;  /* RFC 3339, as the engine wrote it */
	char *image_id, *image;
	char *user;    /* Config.User */
	char *workdir; /* Config.WorkingDir */
	char *hostname;
	char **env;    /* Config.Env, entries with a name and a '=' only */
	char **labels; /* "key=value" */
	char **group_add;
	char **binds;	     /* host paths of bind mounts and of devices */
	char **device_rules; /* HostConfig.DeviceCgroupRules */
	char *pid_mode, *network_mode, *ipc_mode, *userns_mode, *cgroup_parent, *runtime;
	char *apparmor, *process_label;
	bool privileged, tty, read_only;
	char **ports;	 /* "127.0.0.1:8080->80/tcp" published, "80/tcp" exposed alone */
	char **networks; /* "bridge 172.17.0.2" */
	char *created_at, *health, *restart_policy;
	struct container_mount *mounts;
	uint32_t mount_count;
};

enum { CONTAINER_MOUNTS_MAX = 1024 };

struct container_mount {
	char *type;		    /* "volume", "bind", "tmpfs", ... */
	char *name;		    /* of a volume; empty otherwise */
	char *source, *destination; /* is_mount_destination(destination) */
	bool writable;
};

/* An absolute path without ".", ".." and empty parts; "/" is one. Pure. */
bool is_mount_destination(const char *path);

/* One row of ASK_LIST. */
struct container_row {
	char id[65];
	char name[256];
	char *image;
	char **labels;
	enum container_state state;
	char *status;	 /* the engine's words, as "Up 3 hours (healthy)" */
	int64_t created; /* seconds since 1970; 0: not known */
};

struct container_list {
	struct container_row *rows;
	uint32_t count;
	uint32_t left_out; /* of which what the engine says cannot be used */
};

struct bundle_limit {
	uint32_t resource; /* RLIMIT_* */
	uint64_t soft, hard;
};

enum { BUNDLE_LIMITS_MAX = RLIM_NLIMITS };

/* config.json of the OCI runtime specification, as far as a process that enters is concerned. */
struct bundle {
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	uint32_t group_count;
	bool has_umask;
	uint32_t umask;
	char **env;
	char *cwd;
	bool terminal;
	uint64_t bounding, permitted, effective, inheritable, ambient; /* bits by capability number */
	bool has_capabilities; /* false: the bundle has no process.capabilities */
	bool no_new_privileges;
	char *apparmor, *selinux;
	bool has_oom_score_adj;
	int64_t oom_score_adj;
	bool has_personality;
	uint32_t personality; /* PER_LINUX or PER_LINUX32 */
	struct bundle_limit limits[BUNDLE_LIMITS_MAX];
	uint32_t limit_count;
	char *cgroups_path;
	char *hostname;
	char *root_path;
	uint32_t ns;		    /* NS_* bits of linux.namespaces */
	char **annotations;	    /* "key=value" */
	bool has_seccomp;	    /* the bundle has linux.seccomp with something to filter */
	uint32_t seccomp_flags;	    /* SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW at most */
	struct sock_filter *filter; /* BPF; NULL if none was asked for or there is none */
	uint32_t filter_len;	    /* instructions, 1 to BPF_MAXINSNS */
};

struct user {
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* supplementary, the primary one included */
	uint32_t group_count;
	char *name;  /* empty if the uid has no passwd entry */
	char *home;  /* "/" if the uid has no passwd entry */
	char *shell; /* empty if there is none */
};

/* Records why, and returns -EBADMSG, so that callers write `return answer_fail(why, ANSWER_BAD, "...")`. */
int answer_fail(struct answer_error_info *why, enum answer_error kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void ask_http_done(struct ask_http *a);
void ask_logs_done(struct ask_logs *a);
void ask_events_done(struct ask_events *a);
void ask_user_done(struct ask_user *a);
void container_done(struct container *c);
void container_list_done(struct container_list *l);
void bundle_done(struct bundle *b);
void user_done(struct user *u);
#define cleanup_ask_http       __attribute__((cleanup(ask_http_done)))
#define cleanup_ask_logs       __attribute__((cleanup(ask_logs_done)))
#define cleanup_ask_events     __attribute__((cleanup(ask_events_done)))
#define cleanup_ask_user       __attribute__((cleanup(ask_user_done)))
#define cleanup_container      __attribute__((cleanup(container_done)))
#define cleanup_container_list __attribute__((cleanup(container_list_done)))
#define cleanup_bundle	       __attribute__((cleanup(bundle_done)))
#define cleanup_user	       __attribute__((cleanup(user_done)))

/*
 * encode appends to a buffer; decode returns 0 or -EBADMSG, sets *ret only on success, and accepts only values in the
 * ranges given above.
 */
void ask_http_encode(const struct ask_http *a, struct buf *to);
int ask_http_decode(const void *data, size_t len, struct ask_http *ret);
void ask_bundle_encode(const struct ask_bundle *a, struct buf *to);
int ask_bundle_decode(const void *data, size_t len, struct ask_bundle *ret);
/* bounding: the set that the profile is made for; extra: SECCOMP_TRACE | ... */
void ask_profile_encode(uint64_t bounding, uint32_t extra, struct buf *to);
int ask_profile_decode(const void *data, size_t len, uint64_t *ret_bounding, uint32_t *ret_extra);
void ask_user_encode(const struct ask_user *a, struct buf *to);
int ask_user_decode(const void *data, size_t len, struct ask_user *ret);
void answer_error_encode(const struct answer_error_info *e, struct buf *to);
int answer_error_decode(const void *data, size_t len, struct answer_error_info *ret);
void container_encode(const struct container *c, struct buf *to);
int container_decode(const void *data, size_t len, struct container *ret);
void container_list_encode(const struct container_list *l, struct buf *to);
int container_list_decode(const void *data, size_t len, struct container_list *ret);
void bundle_encode(const struct bundle *b, struct buf *to);
int bundle_decode(const void *data, size_t len, struct bundle *ret);
void user_encode(const struct user *u, struct buf *to);
int user_decode(const void *data, size_t len, struct user *ret);
/* The directories that make an image, the top one first: 1 to ANSWER_LAYERS_MAX absolute paths, owned by the caller. */
void layers_encode(char *const *layers, struct buf *to);
int layers_decode(const void *data, size_t len, char ***ret);

/*
 * What is asked of the engine: "/containers/WORD/json", ... One function, as centerctl-enter asks it, and compares it
 * with what centerctl-resolve wants to ask.
 */
enum { ASK_PATH_MAX = 320 };
void ask_path(enum ask_type type, const char *word, char ret[ASK_PATH_MAX]);

/* The same for ASK_LOGS and ASK_EVENTS: id is a full one; in events_path() empty for any container. */
void logs_path(const struct logs_query *q, const char *id, char ret[ASK_PATH_MAX]);
void events_path(const char *id, int64_t since_ns, char ret[ASK_PATH_MAX]);

void ask_logs_encode(const struct ask_logs *a, struct buf *to);
int ask_logs_decode(const void *data, size_t len, struct ask_logs *ret);
void logs_end_encode(const struct logs_end *e, struct buf *to);
int logs_end_decode(const void *data, size_t len, struct logs_end *ret);
void ask_events_encode(const struct ask_events *a, struct buf *to);
int ask_events_decode(const void *data, size_t len, struct ask_events *ret);

/* At most ASK_NAMES_MAX of them; the answer has a text for each, empty where passwd has none. */
enum { ASK_NAMES_MAX = 4096 };
void ask_names_encode(const uint32_t *uids, uint32_t count, struct buf *to);
int ask_names_decode(const void *data, size_t len, uint32_t **ret_uids, uint32_t *ret_count);
void names_encode(char *const *names, struct buf *to);
int names_decode(const void *data, size_t len, uint32_t count, char ***ret);

const char *container_state_name(enum container_state s);

#endif
