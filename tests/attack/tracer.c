/* SPDX-License-Identifier: ISC */
/*
 * What somebody puts into a toolbox who wants more than to debug.
 *   tracer catch SECONDS   seizes whatever comes into this PID namespace, and opens its memory. One line for each that
 *                          can do more than this process, or is the engine's own: `caught PID NAME CAPABILITIES HOW`.
 *                          In the end `tried N`, with how many there were.
 *   tracer hold PID        forks twice, leaves the session and the parents, ignores every signal, seizes PID and stops
 *                          it; the first process says `held` and ends, the last one stays
 *   tracer many N          N processes with thousands of empty arguments each
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NUMBERS = 1 << 22, WORDS = 5000 };

static char seen[NUMBERS];

static const char *proc(int pid, const char *name)
{
	static char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return path;
}

static unsigned long long status_of(int pid, char name[64])
{
	unsigned long long caps = 0;
	char line[256];
	FILE *f = fopen(proc(pid, "status"), "re");
	*name = '\0';
	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "Name: %63[^\n]", name);
		sscanf(line, "CapEff: %llx", &caps);
	}
	if (f)
		fclose(f);
	return caps;
}

static void report(int pid, const char *how)
{
	char own_name[64], name[64];
	unsigned long long own = status_of((int)getpid(), own_name), caps = status_of(pid, name);
	if ((caps & ~own) || strncmp(name, "runc", 4) == 0)
		printf("caught %d %s %llx %s\n", pid, name, caps, how);
	fflush(stdout);
}

static void try_one(int pid)
{
	int mem = open(proc(pid, "mem"), O_RDONLY | O_CLOEXEC);
	if (mem >= 0)
		report(pid, "memory");
	close(mem);
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return;
	seen[pid] = 2;
	/* Stopped, it is what it was when it was caught. */
	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	waitpid(pid, NULL, __WALL);
	report(pid, "traced");
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static int last_number(void)
{
	int n = 0;
	FILE *f = fopen("/proc/sys/kernel/ns_last_pid", "re");
	if (!f || fscanf(f, "%d", &n) != 1)
		n = 0;
	if (f)
		fclose(f);
	return n;
}

/* Again and again as long as it is among the newest: its user and capabilities change on the way to its program. */
static int catch_all(int seconds)
{
	int first = last_number(), last = first;
	time_t until = time(NULL) + seconds;
	puts("catching");
	fflush(stdout);
	while (time(NULL) < until) {
		last = last_number();
		for (int pid = last > first + 6 ? last - 6 : first + 1; pid <= last + 3; pid++)
			if (pid != getpid() && seen[pid] < 2)
				try_one(pid);
	}
	printf("tried %d\n", last - first);
	return 0;
}

static void hold_on(int pid, int to)
{
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_IGN);
	long r = ptrace(PTRACE_SEIZE, pid, NULL, NULL);
	if (r == 0)
		r = ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	if (r == 0 && waitpid(pid, NULL, __WALL) == pid && write(to, "x", 1) == 1)
		for (int fd = 0; fd < 16; fd++)
			close(fd);
	else
		_exit(1);
	for (;;)
		pause();
}

static int hold(int pid)
{
	int ends[2];
	char byte;
	if (pipe(ends) < 0)
		return 1;
	if (fork() == 0) {
		setsid();
		if (fork() == 0)
			hold_on(pid, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	wait(NULL);
	if (read(ends[0], &byte, 1) != 1)
		return 1;
	puts("held");
	return 0;
}

_Noreturn static void many(int count)
{
	static char *words[WORDS + 1];
	for (int i = 0; i < WORDS; i++)
		words[i] = i ? "" : "tracer";
	for (int i = 0; i < count; i++)
		if (fork() == 0)
			execv("/proc/self/exe", words);
	puts("there");
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "catch") == 0)
		return catch_all(atoi(argv[2]));
	if (argc == 3 && strcmp(argv[1], "hold") == 0)
		return hold(atoi(argv[2]));
	if (argc == 3 && strcmp(argv[1], "many") == 0)
		many(atoi(argv[2]));
	if (argc < WORDS)
		return 2;
	for (;;)
		pause();
}
