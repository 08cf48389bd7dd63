/* SPDX-License-Identifier: ISC */
/*
 * As bait: a program with a script for gdb in it, which gdb runs if it trusts the file. As -DLIBRARY: a libthread_db
 * that says so when it is loaded.
 */
#include <unistd.h>

#ifdef LIBRARY
__attribute__((constructor)) static void loaded(void)
{
	static const char said[] = "CANARY thread_db\n";
	if (write(1, said, sizeof(said) - 1) < 0)
		_exit(1);
}

/* What gdb looks for before it believes that it is one. */
int td_init(void)
{
	return 0;
}
#else
__asm__(".pushsection \".debug_gdb_scripts\", \"MS\", @progbits, 1\n"
	".byte 4\n"
	".ascii \"gdb.inlined-script\\n\"\n"
	".ascii \"print('CANARY section')\\n\"\n"
	".byte 0\n"
	".byte 1\n"
	".asciz \"bait-script.py\"\n"
	".popsection\n");

#include <pthread.h>

static void *run(void *arg)
{
	for (;;)
		pause();
	return arg;
}

int main(void)
{
	pthread_t thread;
	pthread_create(&thread, NULL, run, NULL);
	run(NULL);
	return 0;
}
#endif
