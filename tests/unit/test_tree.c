/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/io.h"
#include "lib/priv/procfs.h"
#include "lib/session/tree.h"

static void marks_a_session_and_its_descendants(void **state)
{
	(void)state;
	struct tree_process p[] = {
		{.pid = 10, .ppid = 1, .session = 10, .start_time = 100},  /* the leader */
		{.pid = 13, .ppid = 12, .session = 13, .start_time = 103}, /* left the session, but descends from it */
		{.pid = 11, .ppid = 10, .session = 10, .start_time = 101},
		{.pid = 12, .ppid = 11, .session = 12, .start_time = 102},
		{.pid = 14, .ppid = 1, .session = 10, .start_time = 104}, /* its parent has ended */
		{.pid = 20, .ppid = 1, .session = 20, .start_time = 105}, /* a daemon: the container's own by now */
		{.pid = 21, .ppid = 20, .session = 20, .start_time = 106},
		{.pid = 30, .ppid = 10, .session = 10, .start_time = 50}, /* older than the leader: another's number */
	};
	struct tree t = {.process = p, .count = ARRAY_SIZE(p)};
	tree_mark(&t, &(struct tree_root){.leader = 10, .since = 100});
	for (size_t i = 0; i < 5; i++)
		assert_true(p[i].member);
	for (size_t i = 5; i < ARRAY_SIZE(p); i++)
		assert_false(p[i].member);
}

static void marks_what_is_in_a_mount_namespace_of_its_own(void **state)
{
	(void)state;
	struct tree_process p[] = {
		{.pid = 12, .ppid = 1, .session = 12, .start_time = 101, .mounts = 7}, /* forked twice */
		{.pid = 13, .ppid = 12, .session = 13, .start_time = 102, .mounts = 8},
		{.pid = 14, .ppid = 1, .session = 14, .start_time = 103, .mounts = 8},
		{.pid = 15, .ppid = 1, .session = 15, .start_time = 99, .mounts = 7},
	};
	struct tree t = {.process = p, .count = ARRAY_SIZE(p)};
	tree_mark(&t, &(struct tree_root){.leader = 10, .since = 100, .mounts = 7});
	assert_true(p[0].member);
	assert_true(p[1].member);
	assert_false(p[2].member);
	assert_false(p[3].member);
	/* None that could be told apart: nothing is in namespace 0. */
	p[0].mounts = 0;
	tree_mark(&t, &(struct tree_root){.leader = 10, .since = 100});
	assert_false(p[0].member);
}

/* Each with the number below its parent's: the other way round than they were made. */
static void many_generations_take_no_longer_than_many_processes(void **state)
{
	(void)state;
	enum { MANY = 60000 };
	struct tree_process *p = calloc(MANY, sizeof(*p));
	struct tree t = {.process = p, .count = MANY};
	assert_non_null(p);
	for (int i = 0; i < MANY; i++)
		p[i] = (struct tree_process){.pid = 100 + i, .ppid = 101 + i, .session = 1, .start_time = 100};
	p[MANY - 1].session = p[MANY - 1].pid;
	int64_t from = now_ms();
	tree_mark(&t, &(struct tree_root){.leader = p[MANY - 1].pid, .since = 100});
	assert_true(now_ms() - from < 5000);
	for (int i = 0; i < MANY; i++)
		assert_true(p[i].member);
	/* A ring, which no kernel has. */
	p[MANY - 1] = (struct tree_process){.pid = 99, .ppid = 99, .start_time = 100};
	tree_mark(&t, &(struct tree_root){.leader = 7, .since = 100});
	assert_false(p[0].member);
	assert_false(p[MANY - 1].member);
	tree_done(&t);
}

static void an_empty_table_has_no_members(void **state)
{
	(void)state;
	struct tree t = {0};
	tree_mark(&t, &(struct tree_root){.leader = 10});
	tree_done(&t);
	assert_int_equal(t.count, 0);
}

struct chain {
	unsigned long links;
	pid_t last;
	bool stop;
};

/* Each makes the next one, in a process group of its own, and ends: whoever is looked at is another by then. */
static void run_chain(volatile struct chain *c)
{
	for (int64_t until = now_ms() + 20000; !c->stop && now_ms() < until;) {
		if (fork() != 0)
			_exit(0);
		setpgid(0, 0);
		c->last = getpid();
		c->links++;
	}
	_exit(0);
}

static uint64_t start_of(int proc, pid_t pid)
{
	char path[40], text[1024];
	struct proc_stat stat;
	snprintf(path, sizeof(path), "%d/stat", (int)pid);
	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	assert_true(n > 0);
	text[n] = '\0';
	assert_int_equal(proc_stat_parse(text, &stat), 0);
	return stat.start_time;
}

static void end_a_chain(bool leader_stays)
{
	volatile struct chain *c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(c != MAP_FAILED && proc >= 0);
	pid_t leader = fork();
	if (leader == 0) {
		setsid();
		if (fork() == 0)
			run_chain(c);
		while (leader_stays)
			pause();
		_exit(0);
	}
	struct tree_root root = {.proc = proc, .leader = leader, .since = start_of(proc, leader)};
	for (int64_t until = now_ms() + 5000; c->links < 100 && now_ms() < until;)
		usleep(1000);
	assert_true(c->links >= 100);
	tree_end(&root, 0);
	unsigned long then = c->links;
	usleep(300000);
	bool goes_on = c->links != then;
	c->stop = true;
	waitpid(leader, NULL, 0);
	close(proc);
	munmap((void *)(uintptr_t)c, sizeof(*c));
	assert_false(goes_on);
}

static void what_makes_the_next_one_and_ends_is_ended_too(void **state)
{
	(void)state;
	end_a_chain(true);
	end_a_chain(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(marks_a_session_and_its_descendants), IT(marks_what_is_in_a_mount_namespace_of_its_own),
		IT(many_generations_take_no_longer_than_many_processes), IT(an_empty_table_has_no_members),
		IT(what_makes_the_next_one_and_ends_is_ended_too)};
	return RUN(tests);
}
