/* SPDX-License-Identifier: ISC */
#include "doctor_ping.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "doctor_within.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"

struct asking {
	const struct sockaddr *address;
	socklen_t len;
};

struct answer {
	int result;
	struct ping ping;
};

/* What an engine sends is read where nothing but read(2), write(2) and exit(2) is left. */
static int exchange(int fd, struct ping *ret)
{
	char text[PING_MAX];
	size_t len = 0;
	int r = write_full(fd, ping_request, strlen(ping_request));
	while (r == 0 && len < sizeof(text) && !ping_is_whole(text, len)) {
		ssize_t n = read(fd, text + len, sizeof(text) - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	return r < 0 ? r : ping_parse(text, len, ret);
}

static int ask(void *arg, int out)
{
	const struct asking *a = arg;
	struct answer answer = {0};
	int fd = socket(a->address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, a->address, a->len) < 0) {
		answer.result = -errno;
		return write_full(out, &answer, sizeof(answer));
	}
	int r = within_drop();
	if (r < 0)
		return r;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) < 0)
		return -errno;
	answer.result = exchange(fd, &answer.ping);
	r = write_full(out, &answer, sizeof(answer));
	/* Strict mode has no exit_group(2). */
	syscall(SYS_exit, r < 0);
	return -EIO;
}

int doctor_ping(const struct sockaddr *address, socklen_t len, struct ping *ret)
{
	struct asking a = {address, len};
	struct answer answer;
	cleanup_buf struct buf said = {0};
	int r = within(PING_MS, ask, &a, &said);
	if (r < 0 || said.len != sizeof(answer))
		return r < 0 ? r : -EBADMSG;
	memcpy(&answer, said.data, sizeof(answer));
	if (answer.result == 0)
		*ret = answer.ping;
	return answer.result;
}

int doctor_ping_path(const char *path, struct ping *ret)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	return doctor_ping((const struct sockaddr *)&address, sizeof(address), ret);
}
