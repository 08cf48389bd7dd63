/* SPDX-License-Identifier: ISC */
#include "signal_name.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <strings.h>

#include "cleanup.h"
#include "text.h"

/* The first name of a number is the one that is shown. */
static const struct {
	char name[8];
	uint8_t number;
} names[] = {
	{"HUP", SIGHUP},       {"INT", SIGINT},	    {"QUIT", SIGQUIT}, {"ILL", SIGILL},	  {"TRAP", SIGTRAP},
	{"ABRT", SIGABRT},     {"BUS", SIGBUS},	    {"FPE", SIGFPE},   {"KILL", SIGKILL}, {"USR1", SIGUSR1},
	{"SEGV", SIGSEGV},     {"USR2", SIGUSR2},   {"PIPE", SIGPIPE}, {"ALRM", SIGALRM}, {"TERM", SIGTERM},
#ifdef SIGSTKFLT
	{"STKFLT", SIGSTKFLT},
#endif
	{"CHLD", SIGCHLD},     {"CONT", SIGCONT},   {"STOP", SIGSTOP}, {"TSTP", SIGTSTP}, {"TTIN", SIGTTIN},
	{"TTOU", SIGTTOU},     {"URG", SIGURG},	    {"XCPU", SIGXCPU}, {"XFSZ", SIGXFSZ}, {"VTALRM", SIGVTALRM},
	{"PROF", SIGPROF},     {"WINCH", SIGWINCH}, {"IO", SIGIO},     {"PWR", SIGPWR},	  {"SYS", SIGSYS},
	{"IOT", SIGABRT},      {"CLD", SIGCHLD},    {"POLL", SIGIO},
};

static int parse_realtime(const char *name)
{
	uint64_t away = 0;
	const int room = SIGNAL_MAX - SIGNAL_RTMIN;
	bool from_low = strncasecmp(name, "RTMIN", 5) == 0;
	if (!from_low && strncasecmp(name, "RTMAX", 5) != 0)
		return -EINVAL;
	name += 5;
	if (*name && (*name != (from_low ? '+' : '-') || parse_u64(name + 1, (uint64_t)room, &away) < 0))
		return -EINVAL;
	return from_low ? SIGNAL_RTMIN + (int)away : SIGNAL_MAX - (int)away;
}

int signal_parse(const char *word)
{
	uint64_t number;
	if (is_digits(word))
		return parse_u64(word, SIGNAL_MAX, &number) == 0 && number > 0 ? (int)number : -EINVAL;
	const char *name = strncasecmp(word, "SIG", 3) == 0 ? word + 3 : word;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcasecmp(name, names[i].name) == 0)
			return names[i].number;
	return parse_realtime(name);
}

void signal_name(int number, char ret[SIGNAL_NAME_SIZE])
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].number == number) {
			snprintf(ret, SIGNAL_NAME_SIZE, "%s", names[i].name);
			return;
		}
	}
	if (number == SIGNAL_RTMIN)
		snprintf(ret, SIGNAL_NAME_SIZE, "RTMIN");
	else if (number > SIGNAL_RTMIN && number <= SIGNAL_MAX)
		snprintf(ret, SIGNAL_NAME_SIZE, "RTMIN+%d", number - SIGNAL_RTMIN);
	else
		snprintf(ret, SIGNAL_NAME_SIZE, "%d", number);
}
