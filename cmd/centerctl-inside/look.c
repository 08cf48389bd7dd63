/* SPDX-License-Identifier: ISC */
#include "look.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <resolv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/inside/dns.h"

enum { ANSWER_MAX = 64 << 10 };

/* A FIFO or a device in a configuration file's place holds nothing up. */
static bool is_regular(const char *path, off_t max)
{
	struct stat st;
	cleanup_fd int fd = open(path, O_PATH | O_CLOEXEC);
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= max;
}

static void ask_hosts(const char *name, struct hosts_found *to)
{
	cleanup_free char *text = NULL;
	size_t len;
	if (!is_regular("/etc/hosts", INT64_MAX)) /* of which no more is read than there may be */
		return;
	cleanup_fd int fd = open("/etc/hosts", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0 && read_all(fd, HOSTS_FILE_MAX, &text, &len) == 0)
		hosts_find(text, len, name, to);
}

/* 0, or a h_errno. */
static int ask_servers(struct __res_state *state, const char *name, enum dns_type type, struct hosts_found *to)
{
	cleanup_free unsigned char *answer = malloc(ANSWER_MAX);
	if (!answer)
		return TRY_AGAIN;
	int len = res_nsearch(state, name, ns_c_in, (int)type, answer, ANSWER_MAX);
	if (len < 0)
		return state->res_h_errno;
	dns_take(answer, len < ANSWER_MAX ? (size_t)len : ANSWER_MAX, type, to);
	return 0;
}

int look_up(const char *name, struct hosts_found *ret, struct error *err)
{
	struct __res_state state;
	ask_hosts(name, ret);
	if (ret->count > 0)
		return 0;
	memset(&state, 0, sizeof(state));
	/* RES_OPTIONS, LOCALDOMAIN and HOSTALIASES are none of ours. */
	clearenv();
	/* The C library reads lines of any length. */
	if (access("/etc/resolv.conf", F_OK) == 0 && !is_regular("/etc/resolv.conf", HOSTS_FILE_MAX))
		return error_set(err, -EAGAIN, "its /etc/resolv.conf is no regular file, or too large");
	if (res_ninit(&state) < 0)
		return error_set(err, -EAGAIN, "its /etc/resolv.conf cannot be read");
	state.options |= RES_NOALIASES;
	int a = ask_servers(&state, name, DNS_A, ret), aaaa = ask_servers(&state, name, DNS_AAAA, ret);
	res_nclose(&state);
	if (ret->count > 0)
		return 0;
	if (a == TRY_AGAIN || aaaa == TRY_AGAIN)
		return error_set(err, -EAGAIN, "no name server of the container answers for it");
	return error_set(err, -ENOENT, "no such name there");
}
