/* SPDX-License-Identifier: ISC */
#include "resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "caps.h"
#include "hook.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "sys.h"

_Noreturn static void resolver_child(const char *path, int sock)
{
	char *const argv[] = {(char *)"centerctl-resolve", NULL};
	/* GnuTLS comes along with libcurl's other protocols; its own set-up at load time is for nobody. */
	char *env[5] = {(char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C", (char *)"GNUTLS_NO_IMPLICIT_INIT=1", NULL};
#if CENTERCTL_TEST_HOOKS
	static const char wanted[] = "CENTERCTL_TEST_RESOLVE";
	char entry[512];
	if (hook_value(wanted)) {
		snprintf(entry, sizeof(entry), "%s=%s", wanted, hook_value(wanted));
		env[3] = entry;
		env[4] = NULL;
	}
#endif
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 || dup2(sock, 3) < 0)
		_exit(125);
	if (set_cloexec(3, false) < 0 || sys_close_from(4) < 0)
		_exit(125);
	/* What the caller's terminal sends to the whole job is not for it; and a session can be ended by its leader. */
	signal(SIGPIPE, SIG_DFL);
	setsid();
	if (caps_drop_bounding(0) < 0 || caps_set_ambient(0) < 0 || setgroups(0, NULL) < 0 ||
	    setresgid(RESOLVER_UID, RESOLVER_UID, RESOLVER_UID) < 0 ||
	    setresuid(RESOLVER_UID, RESOLVER_UID, RESOLVER_UID) < 0 || caps_set(0, 0, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		_exit(125);
	execve(path, argv, env);
	_exit(127);
}

int resolver_start_program(struct resolver *r, const char *libexecdir, const char *program, struct error *err)
{
	char path[4096];
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", libexecdir, program) >= sizeof(path))
		return error_set(err, -ENAMETOOLONG, "the path of %s is too long", program);
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_errno(err, -errno, "cannot make a socket pair");
	pid_t pid = fork();
	if (pid < 0) {
		int code = -errno;
		close_fd(pair[0]);
		close_fd(pair[1]);
		return error_errno(err, code, "cannot fork");
	}
	if (pid == 0)
		resolver_child(path, pair[1]);
	close_fd(pair[1]);
	*r = (struct resolver){.pid = pid, .sock = pair[0]};
	return 0;
}

int resolver_start(struct resolver *r, const char *libexecdir, struct error *err)
{
	return resolver_start_program(r, libexecdir, "centerctl-resolve", err);
}

bool resolver_is_inherited(int sock)
{
	struct ucred maker;
	socklen_t len = sizeof(maker);
	return getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &maker, &len) == 0 && maker.pid == getpid() && maker.uid == 0;
}

void resolver_dismiss(struct resolver *r)
{
	r->sock = close_fd(r->sock);
	if (r->pid > 0)
		kill(r->pid, SIGKILL);
}

void resolver_done(struct resolver *r)
{
	sys_kill_child(r->pid);
	close_fd(r->sock);
	*r = RESOLVER_INIT;
}

/* Why it does not talk any more. */
static int resolver_blame(const struct resolver *r, struct error *err)
{
	int status = 0;
	pid_t pid = 0;
	for (int i = 0; i < 100 && pid == 0; i++) {
		pid = waitpid(r->pid, &status, WNOHANG);
		if (pid == 0)
			usleep(1000);
	}
	if (pid == r->pid && WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return error_set(err, -ENOENT, "cannot execute centerctl-resolve: is centerctl installed completely");
	if (pid == r->pid && WIFSIGNALED(status))
		return error_set(err, -EIO,
				 "centerctl-resolve was ended by signal %d (%s) while it read the engine's "
				 "or the container's data",
				 WTERMSIG(status),
				 sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
	return error_set(err, -EIO, "centerctl-resolve ended without an answer");
}

int resolver_ask(const struct resolver *r, enum ask_type type, const struct buf *payload, const int *fds, size_t count,
		 struct error *err)
{
	int code = message_send(r->sock, type, payload, fds, count);
	if (code == -EPIPE || code == -ECONNRESET)
		return resolver_blame(r, err);
	return code < 0 ? error_errno(err, code, "cannot talk to centerctl-resolve") : 0;
}

int resolver_answer(const struct resolver *r, enum ask_type type, int abort_fd, int64_t deadline, struct message *ret,
		    struct answer_error_info *ret_info, struct error *err)
{
	cleanup_message struct message m = MESSAGE_INIT;
	ret_info->kind = ANSWER_FAILED;
	int code = message_recv(r->sock, ANSWER_BYTES_MAX, 0, abort_fd, deadline, &m);
	if (code == -ECONNRESET)
		return resolver_blame(r, err);
	if (code == -ETIMEDOUT)
		return error_set(err, code,
				 "centerctl-resolve did not answer in time: the engine or a file of the container "
				 "may hang");
	if (code == -ECANCELED)
		return code;
	if (code < 0)
		return error_errno(err, code, "centerctl-resolve sent no proper message");
	if (m.type == ANSWER_ERROR) {
		if (answer_error_decode(m.data, m.len, ret_info) < 0)
			return error_set(err, -EBADMSG, "centerctl-resolve sent no proper message");
		char text[ERROR_TEXT_MAX];
		text_escape(text, sizeof(text), ret_info->text, strlen(ret_info->text));
		return error_set(err, -EREMOTEIO, "%s", text);
	}
	if (m.type != (uint32_t)type)
		return error_set(err, -EBADMSG, "centerctl-resolve answered another question");
	*ret = m;
	m = MESSAGE_INIT;
	return 0;
}
