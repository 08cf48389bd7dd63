/* SPDX-License-Identifier: ISC */
/*
 * Watches for processes that come into this PID namespace and takes what it can of each: its program for writing, its
 * descriptors, its capabilities. One line per find: WROTE (a program that is not the container's could be opened for
 * writing), FOREIGN (a descriptor or program of another file system than the container's), POWER (a capability that
 * this process's own bounding set has not).
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static dev_t root_dev;
static unsigned long long own_caps;
static char seen[4194305];

static unsigned long long caps_of(const char *pid, const char *set)
{
	char path[64], line[256];
	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	FILE *f = fopen(path, "re");
	unsigned long long caps = 0;
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, set, strlen(set)) == 0)
			caps = strtoull(line + strlen(set), NULL, 16);
	if (f)
		fclose(f);
	return caps;
}

/* The published trick: keep it open for reading, then open that for writing until nobody executes it any more. */
static void try_to_write(const char *exe, const char *name)
{
	int fd = open(exe, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	pid_t child = fork();
	if (child > 0)
		seen[child] = 1;
	if (child == 0) {
		char again[64];
		snprintf(again, sizeof(again), "/proc/self/fd/%d", fd);
		for (int i = 0; i < 2000; i++) {
			int w = open(again, O_WRONLY | O_CLOEXEC);
			if (w >= 0) {
				printf("WROTE %s\n", name);
				fflush(stdout);
				_exit(0);
			}
			usleep(100);
		}
		_exit(0);
	}
	close(fd);
}

static void look_at_program(const char *pid)
{
	char path[64], name[4096] = "";
	struct stat st;
	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	if (stat(path, &st) != 0 || st.st_dev == root_dev)
		return;
	if (readlink(path, name, sizeof(name) - 1) < 0)
		return;
	printf("exe of %s: %s\n", pid, name);
	try_to_write(path, name);
}

/* What has a place in a file system that is not the container's root, its devices, or without a place at all. */
static void look_at_descriptors(const char *pid)
{
	char path[300], name[4096];
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	DIR *d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		memset(name, 0, sizeof(name));
		if (readlinkat(dirfd(d), e->d_name, name, sizeof(name) - 1) < 0)
			continue;
		if (strncmp(name, "pipe:", 5) == 0 || strncmp(name, "socket:", 7) == 0 ||
		    strncmp(name, "/dev/pts/", 9) == 0)
			continue;
		struct stat st;
		if (fstatat(dirfd(d), e->d_name, &st, 0) == 0 && st.st_dev == root_dev)
			continue;
		struct stat null;
		if (stat("/dev/null", &null) == 0 && st.st_dev == null.st_dev && st.st_ino == null.st_ino)
			continue;
		printf("FOREIGN descriptor %s of %s: %s\n", e->d_name, pid, name);
	}
	if (d)
		closedir(d);
}

/* Whether a file system is mounted anywhere in this mount namespace. */
static int is_mounted_here(dev_t dev)
{
	char line[4096];
	unsigned major, minor;
	int found = 0;
	FILE *f = fopen("/proc/self/mountinfo", "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*d %*d %u:%u", &major, &minor) == 2 && makedev(major, minor) == dev)
			found = 1;
	if (f)
		fclose(f);
	return found;
}

static void look_at_directories(const char *pid)
{
	static const char *const links[] = {"cwd", "root"};
	for (int i = 0; i < 2; i++) {
		char path[64];
		struct stat st;
		snprintf(path, sizeof(path), "/proc/%s/%s", pid, links[i]);
		if (stat(path, &st) == 0 && !is_mounted_here(st.st_dev))
			printf("FOREIGN directory: %s of %s\n", links[i], pid);
	}
}

static void look_at_powers(const char *pid)
{
	static const char *const sets[] = {"CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"};
	for (int i = 0; i < 5; i++) {
		unsigned long long more = caps_of(pid, sets[i]) & ~own_caps;
		if (more)
			printf("POWER %s %s %llx\n", pid, sets[i], more);
	}
}

/* Stops it, if it may, so that there is time to look. */
static void look_at(const char *pid)
{
	pid_t p = atoi(pid);
	int held = ptrace(PTRACE_ATTACH, p, NULL, NULL) == 0;
	look_at_program(pid);
	look_at_descriptors(pid);
	look_at_directories(pid);
	look_at_powers(pid);
	if (held) {
		waitpid(p, NULL, __WALL);
		usleep(200);
		look_at_program(pid);
		look_at_descriptors(pid);
		look_at_directories(pid);
		look_at_powers(pid);
		ptrace(PTRACE_DETACH, p, NULL, NULL);
		kill(p, SIGCONT);
	}
	fflush(stdout);
}

int main(void)
{
	struct stat st;
	if (stat("/", &st) != 0)
		return 1;
	root_dev = st.st_dev;
	own_caps = caps_of("self", "CapBnd:");
	int first = 1;
	for (;;) {
		DIR *d = opendir("/proc");
		for (struct dirent *e; d && (e = readdir(d));) {
			if (!isdigit((unsigned char)e->d_name[0]))
				continue;
			int p = atoi(e->d_name);
			if (p == getpid() || seen[p])
				continue;
			seen[p] = 1;
			if (!first)
				look_at(e->d_name);
		}
		if (d)
			closedir(d);
		if (first)
			puts("watching");
		fflush(stdout);
		first = 0;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}
