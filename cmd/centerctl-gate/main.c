/* SPDX-License-Identifier: ISC */
/*
 * centerctl-gate: what sshd runs for a key. From SSH_ORIGINAL_COMMAND to one request, or a refusal. It runs no shell,
 * opens nothing but what sshd wrote about the key and the registry, and has no right of its own: centerctl-enter
 * decides.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "auth.h"
#include "choose.h"
#include "config.h"
#include "enter.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/client/report.h"
#include "lib/client/stdfds.h"
#include "lib/gate/forced.h"
#include "lib/gate/sftp.h"
#include "lib/policy/policy.h"
#include "refusal.h"

extern char **environ;

static const char usage[] = "usage:\n"
			    "  CONTAINER [COMMAND [ARG...]]           a command, or the shell\n"
			    "  exec [OPTIONS] CONTAINER [COMMAND [ARG...]]\n"
			    "  shell [OPTIONS] CONTAINER\n"
			    "  debug [OPTIONS] CONTAINER [--] [COMMAND [ARG...]]\n"
			    "  ls [OPTIONS]                           what you may do, and where\n"
			    "  show|logs|top|diff [OPTIONS] CONTAINER\n"
			    "  stats|wait [OPTIONS] CONTAINER...\n"
			    "  signal [OPTIONS] CONTAINER [PID]\n"
			    "  cp CONTAINER:PATH -                    a tar stream out of it\n"
			    "  cp - CONTAINER:PATH                    and into it\n"
			    "  backup|restore CONTAINER               its volumes, as a tar stream\n"
			    "  sftp CONTAINER [DIR]                   for sftp, scp and sshfs\n"
			    "  dial CONTAINER [HOST:]PORT             a connection, as for ProxyCommand\n"
			    "  help, version\n"
			    "Options are centerctl's; see centerctl(1) and centerctl-gate(1).\n";

/*
 * Nobody may look into us, and we do not outlive sshd: what we started hangs on us. *ret_sshd is the process that is
 * our parent, before it can have gone unnoticed.
 */
static int settle(pid_t *ret_sshd, struct error *err)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGCHLD};
	sigset_t none;
	sigemptyset(&none);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	*ret_sshd = getppid();
	if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGHUP) < 0)
		return error_errno(err, -errno, "prctl(2)");
	if (getppid() != *ret_sshd)
		return error_set(err, -ECHILD, "sshd has gone");
	return 0;
}

/* TERM is looked at again, and checked, when the request is made. */
static bool is_handed_on(const char *entry)
{
#if CENTERCTL_TEST_HOOKS
	if (str_starts(entry, "CENTERCTL_TEST_") || str_starts(entry, "CENTERCTL_LIBEXECDIR=") ||
	    str_starts(entry, "FAKE_"))
		return true;
#endif
	return str_starts(entry, "TERM=");
}

/* Nothing else that the client set is handed on, and nothing of sshd's. */
static void reduce_environment(void)
{
	char **to = environ;
	for (char **from = environ; from && *from; from++)
		if (is_handed_on(*from))
			*to++ = *from;
	if (to)
		*to = NULL;
}

/* The container that the client names is one more bond, not another one. */
static int bind_container(struct gate *g, struct error *err)
{
	const char *named = getenv("CENTERCTL_CONTAINER");
	if (!named || !*named)
		return 0;
	if (!is_container_word(named))
		return error_set(err, -EINVAL, "CENTERCTL_CONTAINER is no container's name or ID");
	if (g->container && strcmp(g->container, named) != 0)
		return error_set(err, -EPERM, "this key is bound to another container than CENTERCTL_CONTAINER says");
	return str_set(&g->container, named) < 0 ? error_errno(err, -ENOMEM, "CENTERCTL_CONTAINER") : 0;
}

static int check_start(struct error *err)
{
	if (!getenv("SSH_CONNECTION"))
		return error_set(err, -EPERM, "centerctl-gate is for sshd to run, for a key: see centerctl-gate(1)");
	if (getuid() == 0 || geteuid() == 0)
		return error_set(err, -EPERM,
				 "centerctl-gate does not run as root, who needs no rule: the key must open an account "
				 "of its own, see centerctl-gate(1)");
	return 0;
}

/* From the world around to who is there and what is ordered. */
static int read_order(const struct forced *forced, struct gate *g, struct order *o, struct error *err)
{
	int r = check_start(err);
	if (r == 0)
		r = auth_identify(forced, &g->identity, &g->container, err);
	if (r == 0)
		r = bind_container(g, err);
	if (r == 0)
		r = gate_judge(getenv("SSH_ORIGINAL_COMMAND"), g->container, o, err);
	return r;
}

/* A client's refusal is written down; whoever starts us by hand has nothing to do with that. */
static int refuse(struct gate *g, const char *line, const struct error *why)
{
	struct error err;
	struct forced none = {0};
	int code = report_error(why);
	if (check_start(&err) == 0) {
		/* As far as it can be told: the record is of that key, whatever its line says. */
		if (!g->identity.fingerprint)
			(void)auth_identify(&none, &g->identity, &g->container, &err);
		reduce_environment();
		gate_report_refusal(g, line, why);
	}
	return code;
}

static int say(const char *text, size_t len)
{
	struct error err;
	int r = write_full(STDOUT_FILENO, text, len);
	if (r == 0)
		return EXIT_SUCCESS;
	error_errno(&err, r, "cannot write the output");
	return report_error(&err);
}

static int say_version(void)
{
	static const char text[] = "centerctl-gate " CENTERCTL_VERSION "\n";
	return say(text, sizeof(text) - 1);
}

/* Who may only look at one and enter another is not to choose between these two. */
static int choose(struct gate *g)
{
	int code;
	struct error err;
	const struct listing_filter entered = {.any_verb = POLICY_EXEC | POLICY_SHELL, .all = true};
	cleanup_listing struct listing l = {0};
	cleanup_order struct order o = {0};
	if (gate_list(g, &l, &code) < 0)
		return code;
	if (listing_filter_apply(&entered, &l) < 0) {
		report_text("out of memory");
		return EXIT_OURS;
	}
	cleanup_free char *name = choose_container(&l, &code);
	if (!name)
		return code;
	listing_done(&l);
	int r = gate_judge(NULL, name, &o, &err);
	return r < 0 ? report_error(&err) : gate_enter(g, &o);
}

/* The subsystem, in the one container in which it may be. */
static int choose_for_sftp(struct gate *g, const char *typed)
{
	int code;
	struct error err;
	cleanup_listing struct listing l = {0};
	cleanup_order struct order o = {0};
	if (gate_list(g, &l, &code) < 0)
		return code;
	cleanup_free char *name = choose_sftp(&l, &code);
	if (!name)
		return code;
	listing_done(&l);
	int r = gate_judge(typed, name, &o, &err);
	return r < 0 ? report_error(&err) : gate_enter(g, &o);
}

static int serve(struct gate *g, struct order *o, const char *typed)
{
	switch (o->what) {
	case GATE_ENTER:
		return gate_enter(g, o);
	case GATE_SFTP:
		return choose_for_sftp(g, typed);
	case GATE_ASK:
		return gate_ask(g, o);
	case GATE_HELP:
		return say(usage, sizeof(usage) - 1);
	case GATE_VERSION:
		return say_version();
	default:
		return choose(g);
	}
}

static const char *own_path(char room[PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", room, PATH_MAX - 1);
	if (len < 0)
		return NULL;
	room[len] = '\0';
	return room;
}

static bool is_subsystem(const char *typed)
{
	struct error ignored;
	cleanup_line struct line l = {0};
	return typed && line_split(typed, &l, &ignored) == 0 && gate_sftp_is_subsystem(&l);
}

static int run(struct gate *g, const struct forced *forced, const char *typed)
{
	struct error err;
	cleanup_order struct order o = {0};
	int r = settle(&g->sshd, &err);
	if (r == 0)
		r = read_order(forced, g, &o, &err);
	if (r < 0)
		return refuse(g, typed, &err);
	reduce_environment();
	return serve(g, &o, typed);
}

int main(int argc, char **argv)
{
	struct error err;
	char path[PATH_MAX];
	cleanup_gate struct gate g = {0};
	cleanup_forced struct forced forced = {0};
	int r = stdfds_open();
	if (r < 0)
		error_errno(&err, r, "cannot open /dev/null");
	if (r == 0)
		r = forced_parse(argc, argv, own_path(path), &forced, &err);
	if (r == 0 && forced.help)
		return say(usage, sizeof(usage) - 1);
	if (r == 0 && forced.version)
		return say_version();
	const char *typed = getenv("SSH_ORIGINAL_COMMAND");
	/* Without a forced command, what was typed stands behind -c. */
	if (r < 0)
		return refuse(&g, typed || argc < 3 ? typed : argv[2], &err);
	bool subsystem = is_subsystem(typed);
	int code = run(&g, &forced, typed);
	/* Whatever it was: nobody but the protocol tells the client. */
	if (code == EXIT_OURS && subsystem && !g.started && *report_last())
		refusal_serve_sftp(report_last());
	return code;
}
