/* SPDX-License-Identifier: ISC */
/*
 * centerctl-account: tells centerctl-enter the name, groups, shell and home of one user ID of this host, through NSS,
 * as nobody. What LDAP, SSSD or another module brings along runs here and ends with it.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/proto/account.h"
#include "lib/proto/message.h"
#include "lib/proto/request.h"
#include "lib/proto/wire.h"

enum { CHANNEL = 3 };

static bool is_stream_socket(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM;
}

/* The primary group and all others; groups without a name keep their number alone. */
static int find_groups(const struct passwd *pw, struct account *a)
{
	int count = 64, r = -1;
	while (r < 0 && count <= ACCOUNT_GROUPS_MAX) {
		free(a->gids);
		a->gids = calloc((size_t)count, sizeof(gid_t));
		if (!a->gids)
			return -ENOMEM;
		int room = count;
		r = getgrouplist(pw->pw_name, pw->pw_gid, a->gids, &room);
		a->gid_count = r < 0 ? 0 : (uint32_t)room;
		count = room > count ? room : count * 2;
	}
	for (uint32_t i = 0; i < a->gid_count; i++) {
		const struct group *gr = getgrgid(a->gids[i]);
		if (gr && strv_add(&a->groups, gr->gr_name) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int find(uid_t uid, struct account *a)
{
	time_t now = time(NULL);
	struct tm local;
	if (localtime_r(&now, &local))
		a->utc_offset = (int32_t)local.tm_gmtoff;
	errno = 0;
	const struct passwd *pw = getpwuid(uid);
	if (!pw)
		return errno == 0 || errno == ENOENT || errno == ESRCH ? 0 : -errno;
	if (str_set(&a->name, pw->pw_name) < 0 || str_set(&a->home, pw->pw_dir) < 0 ||
	    str_set(&a->shell, pw->pw_shell) < 0)
		return -ENOMEM;
	return find_groups(pw, a);
}

int main(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	if (!is_stream_socket(CHANNEL)) {
		fputs("centerctl-account: this program is started by centerctl only\n", stderr);
		return EXIT_OURS;
	}
	signal(SIGPIPE, SIG_IGN);
	struct rlimit no_core = {0};
	setrlimit(RLIMIT_CORE, &no_core);
	cleanup_message struct message ask = MESSAGE_INIT;
	if (message_recv(CHANNEL, 64, 0, -1, INT64_MAX, &ask) < 0 || ask.type != ACCOUNT_ASK)
		return EXIT_OURS;
	struct wire w = wire_start(ask.data, ask.len);
	uid_t uid = wire_u32(&w);
	cleanup_account struct account a = {0};
	if (wire_end(&w) < 0 || find(uid, &a) < 0)
		return EXIT_OURS;
	cleanup_buf struct buf answer = {0};
	account_encode(&a, &answer);
	return message_send(CHANNEL, ACCOUNT_ANSWER, &answer, NULL, 0) < 0 ? EXIT_OURS : 0;
}
