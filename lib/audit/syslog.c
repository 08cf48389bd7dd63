/* SPDX-License-Identifier: ISC */
/* audit_syslog() of log.h. syslog(3) would wait, read the time zone's file, and want a locale. */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "log.h"

/* What daemons take; a datagram that is longer is cut by them, and would be no JSON any more. */
enum { DATAGRAM_MAX = 8000, AUTHPRIV = 10 << 3, NOTICE = 5, INFO = 6 };

void audit_syslog(const struct audit_event *e)
{
	static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	cleanup_buf struct buf text = {0};
	/* No time: the daemon puts its own, and one that we wrote would have to be in local time. */
	buf_printf(&text, "<%d>centerctl[%d]: ", AUTHPRIV | (e->kind == AUDIT_DENY ? NOTICE : INFO), (int)getpid());
	audit_event_write_within(e, DATAGRAM_MAX, &text);
	buf_puts(&text, "}");
	cleanup_fd int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (text.failed || fd < 0)
		return;
	(void)!sendto(fd, text.data, text.len, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&address,
		      sizeof(address));
}
