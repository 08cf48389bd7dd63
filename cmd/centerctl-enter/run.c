/* SPDX-License-Identifier: ISC */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/priv/hook.h"
#include "lib/priv/sanitize.h"
#include "lib/proto/request.h"
#include "lib/session/watcher.h"
#include "streams.h"

/* Memory that is not needed while a session lasts. */
static void forget_plan(struct visit *v, struct session *s)
{
	s->stale[0] = v->resolver.pid;
	s->stale[1] = v->compiler.pid;
	v->resolver.pid = v->compiler.pid = 0;
	request_done(&v->request);
	bundle_done(&v->bundle);
	peek_done(&v->peek);
	account_done(&v->account);
	policy_store_done(&v->store);
}

int run_exit_of_end(struct visit *v, const struct session_result *result)
{
	static const char *const ends[] = {
		[SESSION_IDLE] = "this session has ended: nothing was typed or written for as long as your rule allows",
		[SESSION_ENDED] = "this session was ended by an administrator",
		[SESSION_UNRECORDED] = "this session has ended: its recording could not go on",
	};
	if (result->end < ARRAY_SIZE(ends) && ends[result->end]) {
		struct error err;
		error_set(&err, -ECANCELED, "%s", ends[result->end]);
		return channel_fail(v->channel, result->end == SESSION_IDLE ? EXIT_TIMED_OUT : EXIT_OURS, &err);
	}
	if (result->end != SESSION_TIMED_OUT)
		return -1;
	if (v->ledger.timed_by_rule)
		channel_warn(v->channel, "this session has ended: your rule allows no longer one");
	return EXIT_TIMED_OUT;
}

static int exit_code(struct visit *v, const struct session_result *result, long oom_before)
{
	if (result->continued)
		channel_warn(v->channel, "%zu processes of the container had been left stopped: they go on now",
			     result->continued);
	int code = run_exit_of_end(v, result);
	if (code >= 0)
		return code;
	if (result->left_by) {
		channel_warn(v->channel, "the container is paused: leaving it; the command ends when it is unpaused");
		return EXIT_SIGNAL_BASE + result->left_by;
	}
	if (result->lost)
		channel_warn(v->channel, "output of the command was lost: cannot write it: %s",
			     error_name(result->lost));
	/* A full disk must not look like success, even if the command had written everything before we could not. */
	if (WIFEXITED(result->status))
		return result->lost && WEXITSTATUS(result->status) == 0 ? EXIT_OURS : WEXITSTATUS(result->status);
	channel_killed(v->channel, WTERMSIG(result->status));
	if (WTERMSIG(result->status) == SIGKILL && oom_before >= 0 && cgroups_oom_kills(&v->cgroups) > oom_before)
		channel_warn(v->channel,
			     "the command was killed: the container ran out of memory (its memory limit was reached)");
	return EXIT_SIGNAL_BASE + WTERMSIG(result->status);
}

/* The command is on its own now; with a terminal, somebody must keep that open. */
static int leave_running(struct visit *v, struct session *s)
{
	channel_detached(v->channel);
	v->channel = close_fd(v->channel);
	if (s->master < 0)
		return 0;
	setsid();
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	sanitize_stdio();
	session_linger(s);
	return 0;
}

static bool container_is_frozen(const void *cgroups)
{
	return cgroups_frozen(cgroups);
}

static int follow_session(struct visit *v, struct session *s, long oom_before)
{
	struct watcher watcher = WATCHER_INIT;
	if (watcher_start(&watcher, v->executable, &s->tree) < 0)
		channel_warn(v->channel,
			     "cannot start the watcher: if this session is killed, its background processes stay");
	s->is_frozen = container_is_frozen;
	s->frozen_arg = &v->cgroups;
	struct session_result result;
	session_run(s, &result);
	if (result.end != SESSION_DETACHED)
		s->tree.room = close_fd(s->tree.room);
	watcher_dismiss(&watcher);
	ledger_close(v, &result, 0);
	if (result.end == SESSION_DETACHED)
		return leave_running(v, s);
	return exit_code(v, &result, oom_before);
}

/* Everything that started at the same tick as the command, or later, may be what it started. */
static uint64_t start_time_of(int proc, pid_t pid)
{
	char path[32];
	cleanup_free char *text = NULL;
	struct proc_stat stat;
	snprintf(path, sizeof(path), "%d/stat", (int)pid);
	if (proc_read(proc, path, &text, NULL) < 0 || proc_stat_parse(text, &stat) < 0)
		return 0;
	return stat.start_time;
}

int run_command(struct visit *v, struct error *err)
{
	struct session s = {.channel = v->channel,
			    .master = -1,
			    .timeout_ms = v->request.timeout_ms,
			    .idle_ms = v->decision.with.idle_ms};
	struct streams streams = STREAMS_INIT;
	int code = EXIT_OURS;
	if (streams_make(v, &streams, &s, err) < 0) {
		session_drop(&s);
		return channel_fail(v->channel, code, err);
	}
	memcpy(s.detach.keys, v->request.detach_keys, sizeof(s.detach.keys));
	s.detach.len = v->request.tty ? v->request.detach_keys_len : 0;
	s.await_terminal = v->request.tty && !v->request.detach;
	long oom_before = cgroups_oom_kills(&v->cgroups);
	hook_barrier("checked");
	if (target_alive(&v->target) < 0) {
		error_set(err, -ESRCH, "container %s ended just now", visit_name(v));
		return channel_fail(v->channel, code, err);
	}
	bool detach = v->request.detach;
	/* From its file on, `centerctl end` finds this session. */
	session_hold_end();
	if (ledger_open(v, &s, err) < 0) {
		streams_close_inner(&streams);
		session_drop(&s);
		return channel_fail(v->channel, EXIT_OURS, err);
	}
	/* Not on the stack, which may be small. */
	static struct halted halted;
	if (v->request.debug) {
		halted_note(&halted, v->proc, &v->cgroups);
	}
	struct entry_started started = {0};
	int r = entry_start(&v->entry, v->channel, now_ms() + VISIT_START_MS, &started, &code, err);
	streams_close_inner(&streams);
	if (r < 0) {
		session_drop(&s);
		ledger_close(v, NULL, code);
	}
	if (r == -ECANCELED)
		return EXIT_OURS;
	if (r < 0)
		return channel_fail(v->channel, code, err);
	s.child = started.pid;
	s.tree = (struct tree_root){.proc = v->proc,
				    .leader = s.child,
				    .since = start_time_of(v->proc, s.child),
				    .mounts = started.mounts,
				    .room = started.room,
				    .halted = v->request.debug ? &halted : NULL};
	channel_started(v->channel, s.child);
	/*
	 * The front forwards what the caller sends. What the terminal sends to the whole job must not end us half-way.
	 * TTIN and TTOU keep their effect on root: in the background we stop like anybody who reads the terminal.
	 * Others would stop what records them.
	 */
	sanitize_job_signals(visit_is_judged(v));
	forget_plan(v, &s);
	if (detach)
		ledger_close(v, &(struct session_result){.end = SESSION_DETACHED}, 0);
	return detach ? leave_running(v, &s) : follow_session(v, &s, oom_before);
}
