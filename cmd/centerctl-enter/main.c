/* SPDX-License-Identifier: ISC */
/*
 * centerctl-enter: the one program with privilege. main() reads as the steps of an entry; what may go wrong in each is
 * said where it is done.
 */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "await.h"
#include "channel.h"
#include "config.h"
#include "deliver.h"
#include "describe.h"
#include "gather.h"
#include "host_power.h"
#include "judge.h"
#include "layers.h"
#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/priv/hook.h"
#include "lib/priv/sanitize.h"
#include "lib/priv/stdfd.h"
#include "lib/proto/message.h"
#include "logs.h"
#include "lookup.h"
#include "plan.h"
#include "run.h"
#include "service.h"
#include "show.h"
#include "tell.h"
#include "tool.h"
#include "visit.h"

extern char **environ;

enum { REQUEST_WAIT_MS = 10000, PRESERVE_MAX = 4096 };

struct arguments {
	int channel;
	unsigned preserve;
	pid_t resolver; /* only with a resolver's socket beside it, see resolver_is_inherited() */
	uid_t caller;	/* who started our first self; believed only from root, who can but lose by it */
};

/* A number behind `option` in one argument, or -EINVAL. */
static int64_t argument_number(const char *argument, const char *option, uint64_t max)
{
	uint64_t value;
	const char *text = str_after(argument, option);
	return text && parse_u64(text, max, &value) == 0 ? (int64_t)value : -EINVAL;
}

/*
 * `--channel=N`, then `--preserve-fds=M`, then what this program adds for its protected self; whoever calls us with
 * anything else is not centerctl.
 */
static int parse_arguments(int argc, char *const argv[], struct arguments *ret)
{
	*ret = (struct arguments){.channel = -1};
	for (int i = 1; i < argc; i++) {
		int64_t channel = argument_number(argv[i], "--channel=", 65000);
		int64_t preserve = argument_number(argv[i], "--preserve-fds=", PRESERVE_MAX);
		int64_t resolver = argument_number(argv[i], "--resolver=", INT32_MAX);
		int64_t caller = argument_number(argv[i], "--caller=", UINT32_MAX - 1);
		if (channel >= 0)
			ret->channel = (int)channel;
		else if (preserve >= 0)
			ret->preserve = (unsigned)preserve;
		else if (resolver > 1)
			ret->resolver = (pid_t)resolver;
		else if (caller > 0 && getuid() == 0)
			ret->caller = (uid_t)caller;
		else
			return -EINVAL;
	}
	return ret->channel < (int64_t)(3 + ret->preserve) ? -EINVAL : 0;
}

static int usage(void)
{
	static const char text[] = "centerctl-enter is started by centerctl; see centerctl-enter(8)\n";
	(void)!write(2, text, sizeof(text) - 1);
	return EXIT_OURS;
}

/*
 * Who asks is the real user ID. With every ID root's, nobody else can stop, kill or trace what runs from here on;
 * before, the caller could: kill(2) looks at the real and the saved one.
 */
static int become_root(struct visit *v, const struct arguments *a, struct error *err)
{
	v->caller = getuid() == 0 ? a->caller : getuid();
	if (geteuid() != 0)
		return error_set(
			err, -EPERM,
			"centerctl-enter needs root: use sudo; or it is installed setuid, and this was started under "
			"no_new_privs or in a user namespace, see centerctl-enter(8)");
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return error_errno(
			err, -errno,
			"cannot become root altogether (in a user namespace there is no right to: run centerctl "
			"outside of it)");
	if (visit_is_judged(v) && a->preserve > 0)
		return error_set(err, -EPERM, "--preserve-fds is for root alone");
	return 0;
}

/* Made by whoever asks: what is said there carries root's credentials. */
static bool is_channel(int fd, uid_t caller)
{
	int domain = 0;
	socklen_t len = sizeof(domain);
	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain == AF_UNIX &&
	       stdfd_socket_is_of(fd, caller);
}

static int receive_request(struct visit *v, unsigned preserve, struct error *err)
{
	cleanup_message struct message m = MESSAGE_INIT;
	int r = message_recv(v->channel, CHANNEL_TO_ENTER_MAX, 0, -1, now_ms() + REQUEST_WAIT_MS, &m);
	if (r < 0)
		return error_errno(err, r, "no request came");
	r = m.type == CHANNEL_REQUEST ? request_decode(m.data, m.len, &v->request) : -EBADMSG;
	/* It may hold the key of a TLS engine, see lookup.c. */
	explicit_bzero(m.data, m.len);
	if (r < 0)
		return error_set(err, -EBADMSG,
				 "the request cannot be understood: are centerctl and centerctl-enter of one "
				 "version");
	if (v->request.preserve_fds != preserve)
		return error_set(err, -EBADMSG, "the request contradicts the command line");
	return 0;
}

static void warn_of_power(struct visit *v)
{
	cleanup_buf struct buf power = {0};
	/* Root is told what --privileged adds to; to find out is not for every entry. */
	if (!v->request.privileged)
		return;
	host_power_tell(v, &power);
	if (power.len)
		channel_warn(v->channel, "entering %s is as good as having this host: %s", visit_name(v),
			     buf_text(&power));
}

/* Step 4: whom it is about. By the number of one of its processes too, which is found before and told afterwards. */
static int locate(struct visit *v, struct error *err)
{
	int r = tell_find(v, err);
	if (r == 0)
		r = lookup_target(v, err);
	return r == 0 && v->target.pid > 0 ? tell_settle(v, err) : r;
}

/* Steps 4 to 8: what the policy says of it, how it would be entered. */
static int prepare(struct visit *v, struct error *err)
{
	int r = tool_check(v, err);
	if (r == 0)
		r = service_check(v, err);
	if (r == 0)
		r = locate(v, err);
	bool running = v->target.pid > 0;
	if (r == 0 && running)
		r = gather(v, err);
	if (r == 0 && running)
		r = plan_make(v, err);
	if (r == 0 && v->request.verb != VERB_FACTS)
		r = judge_entry(v, err);
	return r;
}

typedef int tell_function(struct visit *v, struct error *err);

/* What is only told of a container, for which nothing needs to be known but which one it is. NULL: more is. */
static tell_function *find_tell(const struct visit *v)
{
	const struct request *r = &v->request;
	static tell_function *const tells[VERB_MAX + 1] = {
		[VERB_TOP] = tell_processes,	      [VERB_WHICH] = tell_container, [VERB_STATS] = tell_stats,
		[VERB_DESCRIBE] = describe_container, [VERB_WAIT] = await_end,	     [VERB_LOGS] = logs_run,
		[VERB_DIFF] = describe_session,
	};
	/* Root's signals reach every user. */
	if (r->verb == VERB_SIGNAL && !visit_is_judged(v))
		return deliver_signal;
	return r->verb == VERB_DIFF && !r->session[0] ? NULL : tells[r->verb];
}

static int show(struct visit *v)
{
	ledger_told(v);
	return show_send(v) < 0 ? -ECANCELED : 0;
}

static int answer(struct visit *v, struct error *err)
{
	int r = judge_caller(v, err);
	if (r == 0 && v->request.verb == VERB_REFUSED)
		return judge_refused(v, err);
	tell_function *tell = find_tell(v);
	/* What the terminal sends to the whole job is the front's to act on; with it we end. */
	if (tell || v->request.watch)
		sanitize_job_signals(visit_is_judged(v));
	if (r == 0 && v->request.verb == VERB_LIST)
		return judge_send_list(v, err);
	if (r == 0 && v->request.verb == VERB_LAYERS)
		return layers_send(v, err);
	if (r == 0)
		r = tell ? locate(v, err) : prepare(v, err);
	if (r < 0)
		return r;
	if (tell)
		return tell(v, err);
	if (v->request.verb == VERB_FACTS)
		return judge_send_facts(v, err);
	if (v->request.verb == VERB_SIGNAL)
		return deliver_signal(v, err);
	if (v->request.verb != VERB_EXEC)
		return show(v);
	warn_of_power(v);
	return run_command(v, err);
}

static int visit(struct visit *v, unsigned preserve, struct error *err)
{
	if (receive_request(v, preserve, err) < 0)
		return channel_fail(v->channel, EXIT_OURS, err);
	v->proc = proc_open_root(err);
	int r = v->proc < 0 ? v->proc : answer(v, err);
	if (r >= 0)
		return r;
	if (r == -ECANCELED)
		return EXIT_OURS; /* the front has gone */
	if (r == -EACCES && visit_is_judged(v))
		judge_delay(v);
	return channel_fail(v->channel, r == -ETIME ? EXIT_TIMED_OUT : EXIT_OURS, err);
}

/*
 * Steps 2 and 4 of the design. centerctl-resolve is started first, and loads while this program executes itself again
 * from where no container can write to it; it is then found again by the descriptor and the PID that are handed on.
 */
static int protect(struct visit *v, const struct arguments *a, char *argv0, char **environment, struct error *err)
{
	struct sanitize_kept kept;
	int r = become_root(v, a, err);
	if (r < 0)
		return r;
	r = sanitize_process(a->channel, a->preserve, &kept, err);
	if (r < 0)
		return r;
	if (visit_is_judged(v))
		sanitize_caller();
	v->executable = kept.executable;
	if (kept.resolver >= 0)
		v->resolver = (struct resolver){.pid = a->resolver, .sock = kept.resolver};
	else
		r = resolver_start(&v->resolver, v->libexecdir, err);
	if (r < 0)
		return r;
	char channel[32], preserve[32], resolver[32], caller[32];
	snprintf(channel, sizeof(channel), "--channel=%d", a->channel);
	snprintf(preserve, sizeof(preserve), "--preserve-fds=%u", a->preserve);
	snprintf(resolver, sizeof(resolver), "--resolver=%d", (int)v->resolver.pid);
	snprintf(caller, sizeof(caller), "--caller=%u", (unsigned)v->caller);
	char *const argv[] = {argv0, channel, preserve, resolver, v->caller ? caller : NULL, NULL};
	r = sanitize_executable(argv, environment, kept.resolver >= 0, a->channel, v->resolver.sock, err);
	if (r == 0)
		r = sanitize_dumpable();
	if (r == 0)
		r = set_cloexec(a->channel, true);
	if (r == 0)
		r = set_cloexec(v->resolver.sock, true);
	if (r == 0 && v->executable >= 0)
		r = set_cloexec(v->executable, true);
	return r < 0 && !err->code ? error_errno(err, r, "cannot protect this process") : r;
}

int main(int argc, char *argv[])
{
	struct arguments a;
	if (sanitize_stdio() < 0 || argc < 1 || parse_arguments(argc, argv, &a) < 0 ||
	    !is_channel(a.channel, getuid() == 0 ? a.caller : getuid()))
		return usage();
	char *no_environment[] = {NULL};
	char **environment = no_environment;
#if CENTERCTL_TEST_HOOKS
	/* From anybody but root they would be a way in. Our second self is started as root, with what the first one
	 * kept. */
	if (getuid() == 0)
		environment = hook_keep(environ);
#endif
	/* Not on the stack, of which a caller's limit may leave little until sanitize_process() has raised it. */
	static struct visit v;
	visit_init(&v);
	v.channel = a.channel;
	v.began_ms = now_ms();
	const char *elsewhere = hook_value("CENTERCTL_LIBEXECDIR");
	v.libexecdir = elsewhere ? elsewhere : CENTERCTL_LIBEXECDIR;
	struct error err = ERROR_INIT;
	int code = protect(&v, &a, argv[0], environment, &err) < 0 ? channel_fail(v.channel, EXIT_OURS, &err)
								   : visit(&v, a.preserve, &err);
	visit_done(&v);
	return code;
}
