/* SPDX-License-Identifier: ISC */
/*
 * What an engine may send, through libcurl: the input is all that it says before it closes. An ordinary
 * exchange comes first, as one ask may follow the other.
 */
#include "fuzz.h"

#include <string.h>
#include <sys/socket.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/engine/http.h"

static void exchange(struct http *h, const uint8_t *data, size_t len)
{
	static char none[1] = "";
	const struct ask_http ask = {.word = "web",
				     .host = "localhost",
				     .timeout_ms = 1000,
				     .ca_pem = none,
				     .cert_pem = none,
				     .key_pem = none};
	struct answer_error_info why = {0};
	int pair[2];
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	cleanup_fd int ours = pair[0], theirs = pair[1];
	/* What does not fit in the socket is left out. */
	if (send(theirs, data, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		len = 0;
	shutdown(theirs, SHUT_WR);

	cleanup_buf struct buf body = {0};
	int status = http_get(h, &ask, ours, "/containers/web/json", &body, &why);
	MUST(status < 0 ? *why.text != '\0' : status >= 100 && status <= 999);
	MUST(body.len <= ENGINE_BODY_MAX);
	char request[ENGINE_REQUEST_MAX];
	long n = recv(theirs, request, sizeof(request), MSG_DONTWAIT);
	MUST(n < 0 || memmem(request, (size_t)n, "GET /containers/web/json HTTP/1.1\r\n", 35) == request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t ordinary[] = "HTTP/1.1 200 OK\r\nX-Header: value\r\nContent-Length: 2\r\n\r\n{}";
	static struct http *h;
	struct answer_error_info why = {0};
	if (!h)
		MUST(http_new(NULL, &h, &why) == 0);
	exchange(h, ordinary, sizeof(ordinary) - 1);
	exchange(h, data, len);
	return 0;
}
