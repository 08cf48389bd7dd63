/* SPDX-License-Identifier: ISC */
/* What there is to know about tracing one process, without stopping it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "process.h"

static uint64_t read_number(const char *status, const char *name, int base)
{
	const char *value = status_value(status, name);
	return value ? strtoull(value, NULL, base) : 0;
}

static void copy_name(char *to, size_t size, pid_t pid)
{
	cleanup_free char *comm = NULL;
	size_t len;
	to[0] = '\0';
	if (process_read(pid, "comm", &comm, &len) == 0)
		text_escape(to, size, comm, len > 0 && comm[len - 1] == '\n' ? len - 1 : len);
}

/*
 * The link says which it is, but only to who may already look into the process; the map tells namespaces apart that
 * differ in it.
 */
static enum trace_userns compare_userns(pid_t pid)
{
	char path[64];
	struct stat ours, theirs;
	cleanup_free char *our_map = NULL, *their_map = NULL;
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	if (stat("/proc/self/ns/user", &ours) == 0 && stat(path, &theirs) == 0)
		return ours.st_ino == theirs.st_ino ? USERNS_SAME : USERNS_OTHER;
	if (process_read(getpid(), "uid_map", &our_map, NULL) == 0 &&
	    process_read(pid, "uid_map", &their_map, NULL) == 0 && strcmp(our_map, their_map) != 0)
		return USERNS_OTHER;
	return USERNS_UNKNOWN;
}

static int read_yama(void)
{
	char digit;
	cleanup_fd int fd = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, &digit, 1) == 1 && digit >= '0' && digit <= '3' ? digit - '0' : -1;
}

static void read_ourselves(struct trace_facts *f)
{
	cleanup_free char *status = NULL;
	f->our_uid = geteuid();
	f->yama = read_yama();
	if (process_read(getpid(), "status", &status, NULL) < 0)
		return;
	f->our_effective = read_number(status, "CapEff", 16);
	f->our_permitted = read_number(status, "CapPrm", 16);
}

static void read_status(struct trace_facts *f, const char *status)
{
	const char *state = status_value(status, "State"), *uids = status_value(status, "Uid");
	f->exists = true;
	f->state = state ? *state : '?';
	f->has_memory = status_value(status, "VmSize") != NULL;
	f->parent = (pid_t)read_number(status, "PPid", 10);
	f->tracer = (pid_t)read_number(status, "TracerPid", 10);
	f->permitted = read_number(status, "CapPrm", 16);
	if (uids)
		sscanf(uids, "%u %u %u", &f->uids[0], &f->uids[1], &f->uids[2]);
}

/* The kernel looks for its tracee among what is traced: ESRCH is the answer of ptrace(2), all others are a filter's. */
static int try_ptrace(pid_t pid)
{
	return ptrace(PTRACE_PEEKUSER, pid, NULL, NULL) < 0 ? errno : 0;
}

static int try_memory(pid_t pid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : 0;
}

/* The file's mode is for its owner alone, whoever may trace. A link has no mode, and asks the kernel the same question.
 */
static bool is_shut_by_mode(const struct trace_facts *f)
{
	char path[64], program[2];
	snprintf(path, sizeof(path), "/proc/%d/exe", f->pid);
	return f->memory_errno == EACCES && f->owner != f->our_uid && readlink(path, program, sizeof(program)) > 0;
}

static void *seize(void *number)
{
	pid_t *pid = number;
	*pid = ptrace(PTRACE_SEIZE, *pid, NULL, NULL) < 0 ? errno : 0;
	return NULL;
}

static bool is_traced(pid_t pid)
{
	cleanup_free char *status = NULL;
	return process_read(pid, "status", &status, NULL) == 0 && read_number(status, "TracerPid", 10) > 0;
}

/*
 * Seizing stops nothing, and ends with the thread that seized. A thread, since the container's first process would
 * inherit a child of ours if we were killed now, and not every one of them knows that it has to wait for children.
 */
static int try_seize(pid_t pid)
{
	pthread_t thread;
	pid_t result = pid;
	if (pthread_create(&thread, NULL, seize, &result) != 0)
		return 0;
	pthread_join(thread, NULL);
	/* Who waits for a thread is woken before it is gone. */
	for (int i = 0; result == 0 && i < 200 && is_traced(pid); i++)
		usleep(500);
	return result;
}

int process_may_trace(pid_t pid, const char *target, bool with_memory, struct error *err)
{
	char path[64];
	struct stat st;
	cleanup_free char *status = NULL;
	struct trace_facts f = {.target = target, .pid = pid, .self = pid == getpid(), .needs_memory = with_memory};
	if (process_read(pid, "status", &status, NULL) < 0)
		return refusal_judge(&f, err);
	read_status(&f, status);
	read_ourselves(&f);
	copy_name(f.name, sizeof(f.name), pid);
	if (f.tracer > 0)
		copy_name(f.tracer_name, sizeof(f.tracer_name), f.tracer);
	f.userns = compare_userns(pid);
	snprintf(path, sizeof(path), "/proc/%d", pid);
	f.owner = stat(path, &st) == 0 ? st.st_uid : f.uids[1];
	f.ptrace_errno = try_ptrace(pid);
	f.memory_errno = try_memory(pid);
	if (is_shut_by_mode(&f)) {
		f.memory_errno = 0;
		f.memory_is_shut = true;
	}
	if (f.memory_errno == 0 && f.ptrace_errno == ESRCH && f.has_memory && f.tracer == 0 && !f.self)
		f.seize_errno = try_seize(pid);
	return refusal_judge(&f, err);
}
