/* SPDX-License-Identifier: ISC */
/*
 * What centerctl and centerctl-gate ask of centerctl-enter, and what the two say to each other while a session
 * lasts. They talk over one stream socket, in messages (lib/proto/message.h). centerctl-enter trusts nothing in here:
 * who asks is its real uid, and what may be asked is decided there.
 */
#ifndef CENTERCTL_PROTO_REQUEST_H
#define CENTERCTL_PROTO_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "lib/base/buf.h"

/*
 * centerctl-enter's command line: `centerctl-enter --channel=N [--preserve-fds=M]`. N is the descriptor of the socket;
 * with M (root only), descriptors 3 to M+2 are kept for the command, and every other one but 0-2 and N is closed.
 */

/* Limits of a request, in bytes or entries. Command and environment together stay below what execve(2) takes. */
enum {
	REQUEST_BYTES_MAX = 4 << 20,
	REQUEST_STRINGS_MAX = 1 << 17,
	REQUEST_WORD_MAX = 4096,
	REQUEST_PEM_MAX = 1 << 18,
	REQUEST_LINE_MAX = 64 << 10,
	REQUEST_IDENTITY_MAX = 1024,
	REQUEST_PRINCIPALS_MAX = 256, /* as OpenSSH's SSHKEY_CERT_MAX_PRINCIPALS */
	REQUEST_DETACH_KEYS_MAX = 16,
	REQUEST_GROUPS_MAX = 1024,
};

/* Of what is watched, where none is given. */
enum { REQUEST_INTERVAL_MS = 2000 };

enum verb {
	VERB_NONE = 0,
	VERB_EXEC,  /* enter and run the command */
	VERB_SHOW,  /* say what would be entered, enter nothing */
	VERB_LIST,  /* say which containers may be entered, as whom and for what: CHANNEL_LIST */
	VERB_FACTS, /* root only: what the policy would be asked about the target: CHANNEL_FACTS */
	/*
	 * A gate refused what was typed (`line`) for a reason (`target`), and asks for nothing but that this be written
	 * down.
	 */
	VERB_REFUSED,
	VERB_TOP,      /* say which processes the container has: CHANNEL_TOP */
	VERB_WHICH,    /* say to which container the process host_pid belongs: CHANNEL_WHICH; target is empty */
	VERB_LAYERS,   /* root only: the directories that make the engine's image `target`: CHANNEL_LAYERS */
	VERB_DESCRIBE, /* say what the container is and how it is confined: CHANNEL_SHOW, whose second values are empty
			*/
	VERB_LOGS,     /* what it wrote, as the engine kept it, on descriptors 1 and 2 */
	VERB_SIGNAL,   /* send a signal to its first process, to `pid`, or with `all` to every one: CHANNEL_SIGNALED */
	VERB_WAIT,     /* wait until its first process has ended: CHANNEL_WAITED */
	VERB_STATS,    /* what it uses: CHANNEL_STATS */
	VERB_DIFF,     /* CHANNEL_SHOW: its first process beside what would be entered, or beside running `session` */
	VERB_MAX = VERB_DIFF,
};

/*
 * With VERB_EXEC and VERB_SHOW: not a command of the container's, but a program of ours in its place
 * (centerctl-inside(8)), in the container's own root, as its user, confined as any command. Each is a right of its own.
 * What it is told is in `command`, and how in `options`.
 */
enum service {
	SERVICE_NONE = 0,
	SERVICE_READ,	 /* cp out of it: a tar stream of the paths in `command` on stdout */
	SERVICE_WRITE,	 /* cp into it: a tar stream from stdin to the one path in `command` */
	SERVICE_BACKUP,	 /* a tar stream of the volumes named in `command`, without one of all of them */
	SERVICE_RESTORE, /* a tar stream into these volumes */
	SERVICE_SFTP,	 /* OpenSSH's sftp-server on stdin and stdout; `command` is its start directory, if any */
	SERVICE_DIAL,	 /* a connection from its network namespace, on stdin and stdout; `command` is [HOST] PORT */
	SERVICE_MAX = SERVICE_DIAL,
};

enum engine_scheme {
	ENGINE_NONE = 0, /* `pid:N` targets need no engine */
	ENGINE_UNIX,	 /* path is the socket's absolute path */
	ENGINE_TCP,	 /* addr/addr_len; host and port for messages and the Host header */
	ENGINE_TLS,	 /* the same; host is the name that the certificate must have */
	ENGINE_SCHEME_MAX = ENGINE_TLS,
};

/* Where the engine answers. The host's name was looked up by the caller: centerctl-enter looks nothing up. */
struct engine {
	enum engine_scheme scheme;
	char *path;
	char *host;
	uint32_t port;
	struct sockaddr_storage addr;
	socklen_t addr_len;
	bool tls_verify; /* false: the certificate is not checked (docker's --tls without --tlsverify) */
	char *ca_pem, *cert_pem, *key_pem; /* contents of ca.pem, cert.pem, key.pem; empty when there is none */
};

/*
 * Who the gate says is there. Believed only if the real uid is an account that the policy names as a gate, and if that
 * account and the process that asks are what they should be (lib/priv/identity.h); from anybody else it is recorded as
 * a claim, and counts for nothing.
 */
struct identity {
	char *key;	   /* the name in the forced command, or in the registry; empty: none */
	char *fingerprint; /* "SHA256:..." of the key, of a certificate that of its plain key; empty: not known */
	char *cert_id;	   /* the key ID of an OpenSSH certificate; empty: no certificate */
	char **principals; /* of the certificate, those that count */
	bool certificate;  /* the key came in one: rules for the plain key do not hold */
	char *address;	   /* numeric, from where the client came; empty: not known */
	uint32_t port;
};

/* Bits of --ns, in the order in which they are shown. */
enum ns_bit {
	NS_MNT = 1 << 0,
	NS_UTS = 1 << 1,
	NS_IPC = 1 << 2,
	NS_NET = 1 << 3,
	NS_PID = 1 << 4,
	NS_USER = 1 << 5,
	NS_CGROUP = 1 << 6,
	NS_TIME = 1 << 7,
	NS_ALL = (1 << 8) - 1,
};

struct request {
	enum verb verb;
	char *target; /* as typed: a name, an ID, an ID prefix, or "pid:N" */
	struct engine engine;
	char **command; /* empty: the user's shell */
	/*
	 * What was typed for a shell to read, or empty. Where the policy grants `shell`, the container's sh -c gets it
	 * as it is: instead of the command if line_first, else only if there is no command.
	 */
	char *line;
	bool line_first;
	struct identity identity;
	char *as;   /* root only, with VERB_LIST: the subject to answer for, as "key:NAME"; empty: the caller */
	char **env; /* "NAME=value", set over the container's own */
	char *user; /* "USER[:GROUP]"; empty: the container's own */
	char **group_add;
	char *workdir;	 /* empty: the container's own */
	char *term;	 /* TERM of the caller's terminal; empty: none, or not fit to be passed on */
	bool tty;	 /* give the command a terminal */
	bool stdin_open; /* false: stdin is the container's /dev/null */
	bool detach;
	bool privileged;  /* --privileged: every capability of the container's user namespace, and no more, as docker's
			   */
	uint64_t cap_add; /* bits by capability number */
	uint32_t preserve_fds;
	uint32_t ns;	    /* NS_* that may be entered */
	bool ns_explicit;   /* the list did not begin with `all`: each named namespace must be entered or it is an error
			     */
	int64_t timeout_ms; /* of the command; 0: none */
	uint16_t rows, cols;
	/* The byte sequence that ends a session with a terminal and leaves the command running; length 0: none. */
	uint8_t detach_keys[REQUEST_DETACH_KEYS_MAX];
	uint32_t detach_keys_len;

	/*
	 * With VERB_EXEC and VERB_SHOW, `debug`: the right of that name is asked for instead of exec and shell. The
	 * command runs in a toolbox (lib/priv/toolbox.h), or, with static_tool, in the container's own root.
	 */
	bool debug;
	char *toolbox;	   /* its name, or from root a directory's path; empty: the first that the rule names */
	char *static_tool; /* "busybox", another toolbox that is one static program, or from root a path; empty: none */
	bool fallback;	   /* without debug, no command: where the container has no shell, the host's static busybox */
	bool writable;	   /* --rw: /target is not read-only */
	/*
	 * --pid: a number or name of the container's, for the launcher in the toolbox (cmd/centerctl-tool). host_pid: a
	 * process of the host, by which the target is found, and which then is that number; 0: none.
	 */
	char *pid;
	int64_t host_pid;
	char *source; /* --source: a directory as the command will see it, below /target, or from root one of the host
		       */
	bool collecting; /* stdout is kept in a file by the caller: a tracer's trace belongs there */

	enum service service;
	char **options; /* words for centerctl-inside, each is_service_option() */
	/*
	 * VERB_LIST: answer again whenever something changed; VERB_TOP and VERB_STATS: every interval_ms; VERB_LOGS: go
	 * on as it is written, across restarts.
	 */
	bool watch;
	int64_t interval_ms; /* 200 or more; 0: REQUEST_INTERVAL_MS */
	bool all;	     /* VERB_SIGNAL: every process of the container */
	uint32_t signal;     /* VERB_SIGNAL: 1 to 64 */
	char *session;	     /* VERB_DIFF: the ID of a running session; empty: none */
	/* VERB_LOGS; times are nanoseconds since 1970, 0: not given. */
	int64_t tail; /* the last so many lines; -1: all */
	int64_t since_ns, until_ns;
	bool timestamps;
};

/* "--" and small letters, digits, - and at most one =VALUE of printable ASCII without blanks; 64 bytes. Pure. */
bool is_service_option(const char *word);

/* As in the policy: "cp", "backup", ...; NULL for SERVICE_NONE. */
const char *service_name(enum service s);

void request_done(struct request *r);
#define cleanup_request __attribute__((cleanup(request_done)))
void request_encode(const struct request *r, struct buf *to);
/* 0 or -EBADMSG. *ret is set only on success; every string in it is non-NULL. */
int request_decode(const void *data, size_t len, struct request *ret);

/* The socket of the engine that the configuration names none for: docker's, or podman's where only that one is there.
 */
const char *engine_local_socket(void);

/* Replaces whatever engine the request names by a unix socket. 0 or -ENOMEM. */
int request_set_engine(struct request *r, const char *path);

/* The names of the NS_* bits, as in /proc/PID/ns: "mnt", "uts", ... */
const char *ns_bit_name(enum ns_bit bit);

/* Messages on the channel. */
enum channel_type {
	/* To centerctl-enter. */
	CHANNEL_REQUEST = 1, /* struct request; first and once */
	CHANNEL_SIGNAL,	     /* u32 signal number for the command */
	CHANNEL_RESIZE,	     /* u32 rows, u32 columns */
	CHANNEL_TTY_READY,   /* answers CHANNEL_STARTED with a terminal: it is raw now, relaying may begin */

	/* From centerctl-enter. */
	CHANNEL_ERROR = 101, /* u32 exit code, str text: why nothing was entered, or why a session ended */
	CHANNEL_WARNING,     /* str text */
	CHANNEL_STARTED,     /* i64 the command's PID on the host; the command has been executed */
	CHANNEL_SHOW,	     /* str text: `--show`, see below */
	CHANNEL_LIST,	     /* struct listing (lib/proto/listing.h) */
	CHANNEL_FACTS,	     /* struct facts (lib/proto/listing.h) */
	CHANNEL_KILLED,	     /* u32 the signal that ended the command; the exit code is 128 and it */
	CHANNEL_TOP,	     /* struct processes (lib/proto/processes.h) */
	CHANNEL_WHICH,	     /* str full ID, str name, i64 the process's number inside */
	CHANNEL_LAYERS,	     /* strv of absolute paths, the top one first */
	CHANNEL_SIGNALED,    /* u32 how many processes were sent the signal */
	CHANNEL_WAITED,	  /* i64 exit code (128 and a signal's number, if one ended it); -1: nobody knows it any more */
	CHANNEL_STATS,	  /* struct stats (lib/proto/stats.h) */
	CHANNEL_DETACHED, /* the detach keys were typed, or -d: the command goes on without us */
};

/* CHANNEL_SHOW's payload: u32 count, then per row str group, str name, str value for the entry, str value of init. */

/* From there may come the processes of a container with all their arguments, or a list of ANSWER_LIST_MAX. */
enum { CHANNEL_TO_ENTER_MAX = REQUEST_BYTES_MAX + (1 << 20), CHANNEL_FROM_ENTER_MAX = 80 << 20 };

/* Exit codes of centerctl-enter, which are centerctl's. */
enum {
	EXIT_TIMED_OUT = 124,
	EXIT_OURS = 125,
	EXIT_NOT_EXECUTABLE = 126,
	EXIT_NOT_FOUND = 127,
	EXIT_SIGNAL_BASE = 128,
};

#endif
