/* SPDX-License-Identifier: ISC */
/*
 * Memory of every kind that a core has or has not, and threads that come and go all the time. What is to be in the
 * core, or not, is written so that this program's own text does not have it.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SPAWNERS = 4 };

static char *island, *secret, *shared, *cut;

static void *live_briefly(void *arg)
{
	usleep(500);
	return arg;
}

static void *spawn(void *arg)
{
	for (;;) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, live_briefly, NULL) == 0)
			pthread_join(thread, NULL);
	}
	return arg;
}

static char *reserve(size_t len, int protection)
{
	return mmap(NULL, len, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static void hoard_memory(void)
{
	int file = memfd_create("shared", 0);
	/* Far more than there is. */
	reserve((size_t)1 << 40, PROT_NONE);
	island = reserve((size_t)64 << 20, PROT_READ | PROT_WRITE) + ((size_t)40 << 20);
	sprintf(island, "%s-%s", "island", "in-the-sea");
	secret = reserve(8192, PROT_READ | PROT_WRITE);
	madvise(secret, 8192, MADV_DONTDUMP);
	sprintf(secret, "%s-%s", "secret", "of-the-process");
	if (ftruncate(file, 8192) == 0)
		shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	sprintf(shared, "%s-%s", "shared", "with-others");
	/* A page that cannot be read any more. */
	cut = shared + 4096;
	if (ftruncate(file, 4096) < 0)
		cut = NULL;
}

int main(void)
{
	hoard_memory();
	for (int i = 0; i < SPAWNERS; i++) {
		pthread_t thread;
		pthread_create(&thread, NULL, spawn, NULL);
	}
	for (;;)
		pause();
}
