/* SPDX-License-Identifier: ISC */
/*
 * What the tests debug: a server with threads that have names, functions that have names of their own, and a shared
 * library (or the same linked in).
 *
 *   server              answers on the abstract socket `server` of its network namespace, one word for each connection
 *   server ask WORD     asks it, and prints what it says
 *
 * Words: ping, greet, deadlock, crash, zombie, worker; each but crash is answered with one line. The lines that tests
 * look for are marked `mark: NAME`.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "greeting.h"

static pthread_mutex_t account = PTHREAD_MUTEX_INITIALIZER, ledger = PTHREAD_MUTEX_INITIALIZER;
static volatile long ticks, pings;

static void pause_ms(long ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	nanosleep(&t, NULL);
}

/* Called all the time: a place for breakpoints, and a system call that is easily recognised. */
__attribute__((noinline)) static void tick_once(long number)
{
	access("/no/such/tick", F_OK); /* mark: tick */
	ticks = number;
}

static void *run_ticker(void *arg)
{
	prctl(PR_SET_NAME, "ticker");
	for (long n = 1;; n++) {
		tick_once(n);
		pause_ms(20);
	}
	return arg;
}

static void *run_waiter(void *arg)
{
	prctl(PR_SET_NAME, "waiter");
	greeting_wait();
	return arg;
}

__attribute__((noinline)) static void doze(int depth)
{
	if (depth > 0)
		doze(depth - 1);
	else
		pause_ms(2000000000); /* mark: doze */
	__asm__ volatile("" ::: "memory");
}

static void *run_dozer(void *arg)
{
	prctl(PR_SET_NAME, "dozer");
	doze(3);
	return arg;
}

/* Each takes one lock, waits until the other has its own, and asks for that. */
__attribute__((noinline)) static void move_to_ledger(void)
{
	pthread_mutex_lock(&account);
	pause_ms(50);
	pthread_mutex_lock(&ledger); /* mark: ledger */
	pthread_mutex_unlock(&ledger);
	pthread_mutex_unlock(&account);
}

__attribute__((noinline)) static void move_to_account(void)
{
	pthread_mutex_lock(&ledger);
	pause_ms(50);
	pthread_mutex_lock(&account); /* mark: account */
	pthread_mutex_unlock(&account);
	pthread_mutex_unlock(&ledger);
}

static void *run_debit(void *arg)
{
	prctl(PR_SET_NAME, "debit");
	move_to_ledger();
	return arg;
}

static void *run_credit(void *arg)
{
	prctl(PR_SET_NAME, "credit");
	move_to_account();
	return arg;
}

static void begin(void *(*run)(void *))
{
	pthread_t thread;
	if (pthread_create(&thread, NULL, run, NULL) != 0)
		abort();
}

__attribute__((noinline)) static void crash_here(volatile int *nothing)
{
	*nothing = 1; /* mark: crash */
}

static void work_for_ever(void)
{
	prctl(PR_SET_NAME, "worker");
	for (;;)
		pause_ms(1000);
}

/* Prints the child's number. */
static void child(char *said, size_t len, void (*run)(void))
{
	pid_t pid = fork();
	if (pid == 0) {
		if (run)
			run();
		_exit(0);
	}
	snprintf(said, len, "%d\n", (int)pid);
}

static void obey(const char *word, char *said, size_t len)
{
	snprintf(said, len, "what?\n");
	if (strcmp(word, "ping") == 0) {
		snprintf(said, len, "pong %ld\n", ++pings);
	} else if (strncmp(word, "greet ", 6) == 0) {
		greeting_compose(word + 6, said, len);
	} else if (strcmp(word, "deadlock") == 0) {
		begin(run_debit);
		begin(run_credit);
		pause_ms(150);
		snprintf(said, len, "locked\n");
	} else if (strcmp(word, "crash") == 0) {
		crash_here(NULL);
	} else if (strcmp(word, "zombie") == 0) {
		child(said, len, NULL);
	} else if (strcmp(word, "worker") == 0) {
		child(said, len, work_for_ever);
	}
}

static socklen_t address(struct sockaddr_un *a)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	memcpy(a->sun_path + 1, "server", 6);
	return offsetof(struct sockaddr_un, sun_path) + 7;
}

__attribute__((noinline)) static void serve_one(int client)
{
	char word[256] = "", said[512];
	if (read(client, word, sizeof(word) - 1) <= 0)
		return;
	obey(word, said, sizeof(said));
	if (write(client, said, strlen(said)) < 0)
		perror("write");
}

__attribute__((noinline)) static void serve_all(int listener)
{
	for (;;) {
		int client = accept(listener, NULL, NULL); /* mark: serve */
		if (client < 0)
			continue;
		serve_one(client);
		close(client);
	}
}

static int ask(const char *word)
{
	struct sockaddr_un a;
	socklen_t len = address(&a);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char said[512];
	alarm(10);
	if (connect(fd, (void *)&a, len) != 0 || write(fd, word, strlen(word)) < 0) {
		perror("ask");
		return 1;
	}
	ssize_t n = read(fd, said, sizeof(said));
	return n <= 0 || write(1, said, (size_t)n) != n;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "ask") == 0)
		return ask(argv[2]);
	struct sockaddr_un a;
	socklen_t len = address(&a);
	signal(SIGPIPE, SIG_IGN);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (void *)&a, len) != 0 || listen(listener, 64) != 0) {
		perror("server");
		return 1;
	}
	begin(run_ticker);
	begin(run_waiter);
	begin(run_dozer);
	serve_all(listener);
	return 0;
}
