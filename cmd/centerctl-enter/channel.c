/* SPDX-License-Identifier: ISC */
#include "channel.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

#include "lib/base/io.h"
#include "lib/proto/message.h"
#include "lib/proto/request.h"
#include "lib/proto/wire.h"

enum { CHANNEL_SEND_MS = 1000 };

/* A front that does not take what is said to it counts as gone: the session's loop then finds the channel at its end.
 */
static void say(int channel, uint32_t type, const struct buf *payload)
{
	if (message_send_by(channel, type, payload, NULL, 0, now_ms() + CHANNEL_SEND_MS) < 0)
		shutdown(channel, SHUT_RDWR);
}

int channel_answer(int channel, uint32_t type, const struct buf *payload, struct error *err)
{
	int r = message_send(channel, type, payload, NULL, 0);
	return r < 0 ? error_errno(err, r, "cannot answer") : 0;
}

int channel_fail(int channel, int exit_code, const struct error *err)
{
	cleanup_buf struct buf b = {0};
	wire_put_u32(&b, (uint32_t)exit_code);
	wire_put_str(&b, err->text);
	say(channel, CHANNEL_ERROR, &b);
	return exit_code;
}

void channel_warn(int channel, const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	cleanup_buf struct buf b = {0};
	wire_put_str(&b, text);
	say(channel, CHANNEL_WARNING, &b);
}

void channel_started(int channel, pid_t pid)
{
	cleanup_buf struct buf b = {0};
	wire_put_i64(&b, pid);
	say(channel, CHANNEL_STARTED, &b);
}

void channel_killed(int channel, int number)
{
	cleanup_buf struct buf b = {0};
	wire_put_u32(&b, (uint32_t)number);
	say(channel, CHANNEL_KILLED, &b);
}

void channel_detached(int channel)
{
	say(channel, CHANNEL_DETACHED, NULL);
}
