/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/audit/running.h"
#include "private_dir.h"

/* A child that ends with the test, also if that fails. */
static pid_t fork_child(void)
{
	pid_t pid = fork();
	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static struct running session(const char *slot)
{
	struct running r = {.pid = getpid(),
			    .pid_start = 7,
			    .wall_ms = 5,
			    .who = (char *)"key:x",
			    .slot = (char *)slot,
			    .container_id = (char *)"id",
			    .container_name = (char *)"web",
			    .as_user = (char *)"app",
			    .verb = (char *)"exec"};
	assert_int_equal(audit_session_id(r.session), 0);
	return r;
}

static int count(void)
{
	struct running *list = NULL;
	struct error err = ERROR_INIT;
	int n = running_list(private_path("run"), &list, &err);
	assert_true(n >= 0);
	running_list_free(list, n);
	return n;
}

static void a_session_is_listed_until_it_leaves(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct error err = ERROR_INIT;
	struct running r = session("slot"), *list = NULL;
	assert_int_equal(count(), 0);
	int fd = running_enter(private_path("run"), &r, 0, &err);
	assert_true(fd >= 0);
	assert_int_equal(running_list(private_path("run"), &list, &err), 1);
	assert_string_equal(list[0].session, r.session);
	assert_string_equal(list[0].who, "key:x");
	assert_string_equal(list[0].container_name, "web");
	assert_string_equal(list[0].slot, "slot");
	assert_string_equal(list[0].address, "");
	assert_string_equal(list[0].recording, "");
	assert_true(list[0].pid == getpid() && list[0].pid_start == 7 && list[0].wall_ms == 5);
	running_list_free(list, 1);
	running_leave(private_path("run"), r.session, fd);
	assert_int_equal(count(), 0);
	struct stat st;
	assert_int_equal(stat(private_path("run/sessions"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void one_that_was_killed_is_forgotten(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct running r = session("slot");
	struct error err = ERROR_INIT;
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork_child();
	if (pid == 0) {
		if (running_enter(private_path("run"), &r, 1, &err) >= 0)
			(void)!write(ready[1], "", 1);
		pause();
		_exit(0);
	}
	char c;
	assert_int_equal(read(ready[0], &c, 1), 1);
	struct running other = session("slot");
	assert_int_equal(count(), 1);
	assert_int_equal(running_enter(private_path("run"), &other, 1, &err), -EUSERS);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	int fd = running_enter(private_path("run"), &other, 1, &err);
	assert_true(fd >= 0);
	assert_int_equal(count(), 1);
	char file[200];
	snprintf(file, sizeof(file), "%s/sessions/%s", private_path("run"), r.session);
	assert_int_not_equal(access(file, F_OK), 0);
	running_leave(private_path("run"), other.session, fd);
	close(ready[0]);
	close(ready[1]);
}

static void slots_are_counted_apart(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct error err = ERROR_INIT;
	struct running a = session("a"), b = session("b"), a2 = session("a"), a3 = session("a");
	int fda = running_enter(private_path("run"), &a, 2, &err),
	    fdb = running_enter(private_path("run"), &b, 1, &err),
	    fda2 = running_enter(private_path("run"), &a2, 2, &err);
	assert_true(fda >= 0 && fdb >= 0 && fda2 >= 0);
	assert_int_equal(running_enter(private_path("run"), &a3, 2, &err), -EUSERS);
	running_leave(private_path("run"), a.session, fda);
	fda = running_enter(private_path("run"), &a3, 2, &err);
	assert_true(fda >= 0);
	running_leave(private_path("run"), a3.session, fda);
	running_leave(private_path("run"), a2.session, fda2);
	running_leave(private_path("run"), b.session, fdb);
}

/* Many at the same moment: never more than the limit are let in. */
static void a_race_does_not_pass_the_limit(void **state)
{
	(void)state;
	NEEDS_ROOT();
	enum { MANY = 40, LIMIT = 7 };
	int go[2], out[2];
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(out), 0);
	pid_t pids[MANY];
	for (int i = 0; i < MANY; i++) {
		pids[i] = fork_child();
		if (pids[i] == 0) {
			close(go[1]);
			char c;
			struct running r = session("slot");
			struct error err;
			(void)!read(go[0], &c, 1);
			int fd = running_enter(private_path("run"), &r, LIMIT, &err);
			(void)!write(out[1], fd >= 0 ? "y" : fd == -EUSERS ? "n" : "?", 1);
			pause();
			_exit(0);
		}
	}
	close(go[0]);
	close(go[1]);
	int in = 0, refused = 0;
	for (int i = 0; i < MANY; i++) {
		char c = 0;
		assert_int_equal(read(out[0], &c, 1), 1);
		in += c == 'y';
		refused += c == 'n';
	}
	assert_int_equal(in, LIMIT);
	assert_int_equal(refused, MANY - LIMIT);
	for (int i = 0; i < MANY; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	assert_int_equal(count(), 0);
	close(out[0]);
	close(out[1]);
}

static void what_cannot_be_read_counts_for_everybody(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct error err = ERROR_INIT;
	struct running a = session("a"), b = session("b");
	int fd = running_enter(private_path("run"), &a, 0, &err);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 3), 0);
	assert_int_equal(running_enter(private_path("run"), &b, 1, &err), -EUSERS);
	struct running *list = NULL;
	assert_int_equal(running_list(private_path("run"), &list, &err), 1);
	assert_null(list[0].who);
	running_list_free(list, 1);
	running_leave(private_path("run"), a.session, fd);
}

static void only_ids_are_names(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct error err = ERROR_INIT;
	struct running r = session("a");
	strcpy(r.session, "../../etc/x");
	assert_int_equal(running_enter(private_path("run"), &r, 0, &err), -EINVAL);
	assert_int_equal(chmod(private_dir, 0777), 0);
	struct running ok = session("a");
	assert_int_equal(running_enter(private_path("run"), &ok, 0, &err), -EPERM);
	assert_int_equal(chmod(private_dir, 0700), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PRIVATE_DIR(a_session_is_listed_until_it_leaves),
		IN_PRIVATE_DIR(one_that_was_killed_is_forgotten),
		IN_PRIVATE_DIR(slots_are_counted_apart),
		IN_PRIVATE_DIR(a_race_does_not_pass_the_limit),
		IN_PRIVATE_DIR(what_cannot_be_read_counts_for_everybody),
		IN_PRIVATE_DIR(only_ids_are_names),
	};
	return RUN(tests);
}
