/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/audit/log.h"
#include "lib/audit/log_verify.h"
#include "lib/base/text.h"
#include "private_dir.h"

static int append(const char *path, const char *reason)
{
	struct audit_event e = {.kind = AUDIT_DENY, .wall_ms = 1, .reason = reason};
	struct error err = ERROR_INIT;
	int r = audit_log_append(path, &e, false, &err);
	if (r < 0)
		assert_true(err.code == r && err.text[0]);
	return r;
}

static void note(void *arg, const char *path, uint64_t line, const char *text)
{
	(void)path, (void)line, (void)text;
	++*(int *)arg;
}

/* How much audit_verify() finds, in files that end with NULL. */
static int findings(char *const *paths)
{
	int count = 0;
	struct audit_verdict v;
	struct error err = ERROR_INIT;
	assert_int_equal(audit_verify(paths, true, note, &count, &v, &err), 0);
	return count;
}

static void lines_are_chained_from_the_first_on(void **state)
{
	(void)state;
	NEEDS_ROOT();
	const char *path = private_path("a/b/audit.jsonl");
	for (int i = 0; i < 20; i++)
		assert_int_equal(append(path, "x"), 0);
	cleanup_free char *text = private_read(path);
	assert_non_null(strstr(text, "\"seq\":1,\"prev\":\"00000000"));
	assert_non_null(strstr(text, "\"seq\":20,"));
	char hash[AUDIT_HASH_LEN + 1];
	audit_hash(text, strcspn(text, "\n"), hash);
	assert_non_null(strstr(strchr(text, '\n'), hash));
	assert_int_equal(findings((char *[]){(char *)path, NULL}), 0);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(private_path("a"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void the_hash_is_sha256(void **state)
{
	(void)state;
	char hash[AUDIT_HASH_LEN + 1];
	audit_hash("abc", 3, hash);
	assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void the_chain_goes_on_after_a_rotation(void **state)
{
	(void)state;
	NEEDS_ROOT();
	char path[160], old[160];
	strcpy(path, private_path("audit.jsonl"));
	strcpy(old, private_path("audit.jsonl.1"));
	append(path, "one");
	append(path, "two");
	assert_int_equal(rename(path, old), 0);
	assert_int_equal(append(path, "three"), 0);
	cleanup_free char *text = private_read(path);
	assert_non_null(strstr(text, "\"seq\":3,"));
	assert_int_equal(findings((char *[]){old, path, NULL}), 0);
	assert_true(findings((char *[]){path, old, NULL}) > 0);
}

static void a_torn_line_stays_and_counts(void **state)
{
	(void)state;
	NEEDS_ROOT();
	char path[160];
	strcpy(path, private_path("audit.jsonl"));
	append(path, "one");
	append(path, "two");
	cleanup_free char *text = private_read(path);
	private_write(path, text, strlen(text) - 9);
	assert_int_equal(append(path, "three"), 0);
	cleanup_free char *after = private_read(path);
	assert_true(str_starts(after, "{") && strlen(after) > strlen(text));
	assert_int_equal(strncmp(after, text, strlen(text) - 9), 0);
	assert_int_equal(after[strlen(text) - 9], '\n');
	assert_non_null(strstr(after, "\"seq\":3,"));
	/* The torn line is no record, and its number is missing. */
	assert_int_equal(findings((char *[]){path, NULL}), 2);
}

static void the_log_goes_on_without_its_chain(void **state)
{
	(void)state;
	NEEDS_ROOT();
	char path[160], chain[160];
	strcpy(path, private_path("audit.jsonl"));
	strcpy(chain, private_path("audit.jsonl.chain"));
	append(path, "one");
	assert_int_equal(unlink(chain), 0);
	assert_int_equal(findings((char *[]){path, NULL}), 1);
	append(path, "two");
	assert_int_equal(findings((char *[]){path, NULL}), 0);
	private_write(chain, "\0\0\0\0\0\0", 6);
	assert_int_equal(findings((char *[]){path, NULL}), 1);
	append(path, "three");
	assert_int_equal(findings((char *[]){path, NULL}), 0);
}

/* With the lock held by somebody else the time runs out; in a child, because that is 5 s. */
static void a_lock_is_not_waited_for_for_ever(void **state)
{
	(void)state;
	NEEDS_ROOT();
	char path[160];
	strcpy(path, private_path("audit.jsonl"));
	append(path, "one");
	cleanup_fd int fd = open(private_path("audit.jsonl.chain"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	int64_t before = now_ms();
	assert_int_equal(append(path, "two"), -ETIMEDOUT);
	assert_true(now_ms() - before >= 4900 && now_ms() - before < 8000);
	assert_int_equal(flock(fd, LOCK_UN), 0);
	assert_int_equal(append(path, "two"), 0);
}

static void a_line_that_does_not_fit_is_taken_back(void **state)
{
	(void)state;
	NEEDS_ROOT();
	char path[160];
	strcpy(path, private_path("audit.jsonl"));
	append(path, "one");
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	struct rlimit before, tight;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	tight = (struct rlimit){.rlim_cur = (rlim_t)st.st_size + 20, .rlim_max = before.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	int r = append(path, "two");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(r, -EFBIG);
	struct stat after;
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(after.st_size, st.st_size);
	assert_int_equal(append(path, "two"), 0);
	assert_int_equal(findings((char *[]){path, NULL}), 0);
}

static void a_line_whose_chain_cannot_be_kept_is_taken_back(void **state)
{
	(void)state;
	NEEDS_ROOT();
	char path[160];
	strcpy(path, private_path("audit.jsonl"));
	struct rlimit before, tight;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	private_write(private_path("audit.jsonl.chain"), "", 0);
	/* The log has bytes enough; the chain's file, which is to become longer than that, does not. */
	tight = (struct rlimit){.rlim_cur = 40, .rlim_max = before.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	int r = append(path, "one");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(r, -EFBIG);
	cleanup_free char *text = private_read(path);
	assert_string_equal(text, "");
}

/* So many processes, each of which appends so many records and ends with 0 if all of them could be. */
static void start_writers(const char *path, int writers, int each)
{
	for (int i = 0; i < writers; i++) {
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			int failed = 0;
			for (int j = 0; j < each; j++)
				failed |= append(path, "x") < 0;
			_exit(failed);
		}
	}
}

static void many_writers_make_one_chain(void **state)
{
	(void)state;
	NEEDS_ROOT();
	char path[160];
	strcpy(path, private_path("audit.jsonl"));
	enum { WRITERS = 16, EACH = 25 };
	start_writers(path, WRITERS, EACH);
	for (int i = 0; i < WRITERS; i++) {
		int status;
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	cleanup_free char *text = private_read(path);
	assert_non_null(strstr(text, "\"seq\":400,"));
	assert_int_equal(findings((char *[]){path, NULL}), 0);
}

/* While writers write, the log is renamed all the time: no line is lost, and the files together are whole. */
static void rotations_lose_nothing(void **state)
{
	(void)state;
	NEEDS_ROOT();
	char path[160];
	strcpy(path, private_path("audit.jsonl"));
	enum { WRITERS = 4, EACH = 100 };
	start_writers(path, WRITERS, EACH);
	int left = WRITERS, status, moved = 0;
	char *paths[2002] = {NULL};
	while (left > 0) {
		char name[64];
		snprintf(name, sizeof(name), "audit.jsonl.%d", moved);
		if (moved < 2000 && rename(path, private_path(name)) == 0)
			paths[moved++] = strdup(private_path(name));
		if (waitpid(-1, &status, WNOHANG) > 0) {
			assert_int_equal(status, 0);
			left--;
		}
	}
	append(path, "last");
	paths[moved] = strdup(path);
	assert_true(moved > 3);
	struct audit_verdict v;
	struct error err = ERROR_INIT;
	int count = 0;
	assert_int_equal(audit_verify(paths, true, note, &count, &v, &err), 0);
	assert_int_equal(v.last_seq, WRITERS * EACH + 1);
	assert_int_equal(v.lines, WRITERS * EACH + 1);
	assert_int_equal(count, 0);
	for (int i = 0; i <= moved; i++)
		free(paths[i]);
}

static void places_that_are_not_roots_alone_are_refused(void **state)
{
	(void)state;
	NEEDS_ROOT();
	char path[160];
	strcpy(path, private_path("audit.jsonl"));
	assert_int_equal(append("audit.jsonl", "x"), -EINVAL);
	assert_int_equal(append("/", "x"), -EINVAL);
	assert_int_equal(append(private_path("../x"), "x"), -EINVAL);
	assert_int_equal(append("/tmp/centerctl-unit-audit", "x"), -EPERM);
	assert_int_equal(symlink("/nowhere", path), 0);
	assert_int_equal(append(path, "x"), -EPERM);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(append(path, "x"), -EPERM);
	unlink(path);
	private_write(path, "", 0);
	assert_int_equal(link(path, private_path("second")), 0);
	assert_int_equal(append(path, "x"), -EPERM);
	unlink(private_path("second"));
	assert_int_equal(chmod(path, 0620), 0);
	assert_int_equal(append(path, "x"), -EPERM);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(append(path, "x"), 0);
	assert_int_equal(chmod(private_dir, 0777), 0);
	assert_int_equal(append(path, "x"), -EPERM);
	assert_int_equal(chmod(private_dir, 0700), 0);
	assert_int_equal(chown(path, 65534, 0), 0);
	assert_int_equal(append(path, "x"), -EPERM);
}

static void the_disk_is_waited_for_on_demand(void **state)
{
	(void)state;
	NEEDS_ROOT();
	struct audit_event e = {.kind = AUDIT_START};
	struct error err = ERROR_INIT;
	assert_int_equal(audit_log_append(private_path("audit.jsonl"), &e, true, &err), 0);
	assert_int_equal(audit_log_append(private_path("audit.jsonl"), &e, true, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(the_hash_is_sha256),
		IN_PRIVATE_DIR(lines_are_chained_from_the_first_on),
		IN_PRIVATE_DIR(the_chain_goes_on_after_a_rotation),
		IN_PRIVATE_DIR(a_torn_line_stays_and_counts),
		IN_PRIVATE_DIR(the_log_goes_on_without_its_chain),
		IN_PRIVATE_DIR(a_line_that_does_not_fit_is_taken_back),
		IN_PRIVATE_DIR(a_line_whose_chain_cannot_be_kept_is_taken_back),
		IN_PRIVATE_DIR(many_writers_make_one_chain),
		IN_PRIVATE_DIR(rotations_lose_nothing),
		IN_PRIVATE_DIR(places_that_are_not_roots_alone_are_refused),
		IN_PRIVATE_DIR(the_disk_is_waited_for_on_demand),
		IN_PRIVATE_DIR(a_lock_is_not_waited_for_for_ever),
	};
	return RUN(tests);
}
