/* SPDX-License-Identifier: ISC */
#include "channel.h"

#include <stdarg.h>
#include <stdio.h>

#include "lib/proto/message.h"
#include "lib/proto/request.h"
#include "lib/proto/wire.h"

int channel_fail(int channel, int exit_code, const struct error *err)
{
	cleanup_buf struct buf b = {0};
	wire_put_u32(&b, (uint32_t)exit_code);
	wire_put_str(&b, err->text);
	message_send(channel, CHANNEL_ERROR, &b, NULL, 0);
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
	message_send(channel, CHANNEL_WARNING, &b, NULL, 0);
}

void channel_started(int channel, pid_t pid)
{
	cleanup_buf struct buf b = {0};
	wire_put_i64(&b, pid);
	message_send(channel, CHANNEL_STARTED, &b, NULL, 0);
}

void channel_detached(int channel)
{
	message_send(channel, CHANNEL_DETACHED, NULL, NULL, 0);
}
