/* SPDX-License-Identifier: ISC */
#include "http.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "config.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"

enum { SYSTEM_CA_MAX = 8 << 20, CURL_TEXT_SHOWN = 200 };

struct http {
	CURLM *multi; /* made early, as the socket pair in it is */
	struct curl_slist *headers;
	struct curl_slist *connect_to;
	bool has_tls;
	char *system_ca; /* PEM */
	size_t system_ca_len;
	char curl_text[CURL_ERROR_SIZE];

	/* of the exchange under way */
	CURL *curl;
	int fd;
	struct buf *body;
	size_t header_bytes;
	bool too_large, is_http, is_tls, is_other;
	const struct http_sink *sink; /* NULL: the answer goes to body */
	bool begun, stopped;	      /* the sink has got something, or may; it wants no more */
	int64_t deadline;	      /* for what comes before that; INT64_MAX: none */
};

/*
 * In place of the C library's, for libcurl: 7.88 connects although say_connected() told it that the socket is (curl's
 * issue 10626), and it is the sandbox's word that nothing here connects to anything.
 */
__attribute__((visibility("default"))) int connect(int fd, const struct sockaddr *address, socklen_t len)
{
	(void)fd;
	(void)len;
	if (address->sa_family == AF_INET)
		return 0;
	errno = EACCES;
	return -1;
}

/* A copy, because libcurl closes it on some of its ways, whatever CURLOPT_CLOSESOCKETFUNCTION says. */
static curl_socket_t give_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)purpose;
	(void)address;
	int fd = fcntl(((struct http *)data)->fd, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int say_connected(void *data, curl_socket_t fd, curlsocktype purpose)
{
	(void)data;
	(void)fd;
	(void)purpose;
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}

static size_t take_header(char *data, size_t size, size_t count, void *user)
{
	struct http *h = user;
	size_t len = size * count;
	long status = 0;
	h->is_http = true;
	h->header_bytes += len;
	h->too_large = h->header_bytes > ENGINE_HEADER_MAX;
	if (h->sink && len <= 2 && (data[0] == '\r' || data[0] == '\n')) {
		curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
		h->begun = status == 200;
	}
	return h->too_large ? 0 : len;
}

/*
 * Bytes without a status line before them count as HTTP/0.9 to libcurl. That is let in here only to see what it is: a
 * TLS record (alert or handshake, version 3.x) is how a TLS port answers plain HTTP.
 */
static size_t take_body(char *data, size_t size, size_t count, void *user)
{
	struct http *h = user;
	size_t len = size * count;
	if (!h->is_http) {
		h->is_tls = len >= 2 && (data[0] == 0x15 || data[0] == 0x16) && data[1] == 0x03;
		h->is_other = !h->is_tls;
		return 0;
	}
	if (h->begun) {
		h->stopped = h->sink->take(h->sink->arg, data, len) != 0;
		return h->stopped ? 0 : len;
	}
	h->too_large = h->body->len + len > ENGINE_BODY_MAX;
	if (h->too_large)
		return 0;
	buf_add(h->body, data, len);
	return h->body->failed ? 0 : len;
}

static bool restrict_protocols(CURL *c)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
#else
	return curl_easy_setopt(c, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS)) == CURLE_OK;
#endif
}

#define SET(c, option, value) (curl_easy_setopt(c, option, value) == CURLE_OK)

static bool set_connection(struct http *h)
{
	CURL *c = h->curl;
	return SET(c, CURLOPT_NOSIGNAL, 1L) && SET(c, CURLOPT_PROXY, "") && SET(c, CURLOPT_FOLLOWLOCATION, 0L) &&
	       SET(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) && SET(c, CURLOPT_CONNECT_TO, h->connect_to) &&
	       SET(c, CURLOPT_OPENSOCKETFUNCTION, give_socket) && SET(c, CURLOPT_OPENSOCKETDATA, h) &&
	       SET(c, CURLOPT_SOCKOPTFUNCTION, say_connected) && SET(c, CURLOPT_TCP_NODELAY, 0L) &&
	       SET(c, CURLOPT_FORBID_REUSE, 1L) && restrict_protocols(c);
}

static bool set_exchange(struct http *h)
{
	CURL *c = h->curl;
	return SET(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) && SET(c, CURLOPT_HTTPGET, 1L) &&
	       SET(c, CURLOPT_PATH_AS_IS, 1L) && SET(c, CURLOPT_USERAGENT, "centerctl/" CENTERCTL_VERSION) &&
	       SET(c, CURLOPT_HTTPHEADER, h->headers) && SET(c, CURLOPT_HTTP_CONTENT_DECODING, 0L) &&
	       SET(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)(h->sink ? 0 : ENGINE_BODY_MAX)) &&
	       SET(c, CURLOPT_HTTP09_ALLOWED, 1L) && SET(c, CURLOPT_HEADERFUNCTION, take_header) &&
	       SET(c, CURLOPT_HEADERDATA, h) && SET(c, CURLOPT_WRITEFUNCTION, take_body) &&
	       SET(c, CURLOPT_WRITEDATA, h) && SET(c, CURLOPT_ERRORBUFFER, h->curl_text);
}

/*
 * libcurl sets OpenSSL up whether there is TLS to speak or not, which takes a millisecond: four fifths of all that
 * happens here. OpenSSL does each part once; telling it first to leave them out makes libcurl's wish come too late.
 * The function is looked for because libcurl may use another TLS library, and this program none.
 */
static void keep_openssl_short(void)
{
	enum { NO_CRYPTO_STRINGS = 0x1, NO_ALL_CIPHERS = 0x10, NO_ALL_DIGESTS = 0x20, NO_CONFIG = 0x80 };
	int (*init)(uint64_t, const void *) =
		(int (*)(uint64_t, const void *))dlsym(RTLD_DEFAULT, "OPENSSL_init_crypto");
	if (init)
		init(NO_CRYPTO_STRINGS | NO_ALL_CIPHERS | NO_ALL_DIGESTS | NO_CONFIG, NULL);
}

/* Comparing a certificate's dates goes through local time, whose file glibc opens at the first use. */
static void keep_out_of_zoneinfo(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
}

/* Where Linux distributions keep the certificate authorities that they trust, in one file. */
static const char *const ca_files[] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/ssl/cert.pem",
};

static int load_system_ca(struct http *h, struct answer_error_info *why)
{
	for (size_t i = 0; i < ARRAY_SIZE(ca_files) && !h->system_ca; i++) {
		cleanup_fd int fd = open(ca_files[i], O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd >= 0)
			read_all(fd, SYSTEM_CA_MAX, &h->system_ca, &h->system_ca_len);
	}
	if (h->system_ca)
		return 0;
	return answer_fail(why, ANSWER_TLS, "there is no ca.pem, and the system has no certificate authorities either");
}

static bool set_up(struct http *h)
{
	h->multi = curl_multi_init();
	h->headers = curl_slist_append(NULL, "Accept: application/json");
	if (h->headers)
		curl_slist_append(h->headers, "Connection: close");
	/* Whatever the host is called, "connecting" needs no look-up; give_socket() ignores the address. */
	h->connect_to = curl_slist_append(NULL, "::127.0.0.1:1");
	return h->multi && h->headers && h->headers->next && h->connect_to;
}

int http_new(const struct ask_http *ask, struct http **ret, struct answer_error_info *why)
{
	bool tls = ask && ask->tls;
	if (tls)
		keep_out_of_zoneinfo();
	else
		keep_openssl_short();
	if (curl_global_init(tls ? CURL_GLOBAL_SSL : CURL_GLOBAL_NOTHING) != CURLE_OK)
		return answer_fail(why, ANSWER_FAILED, "libcurl cannot be set up");
	struct http *h = calloc(1, sizeof(*h));
	if (!h || !set_up(h)) {
		http_free(h);
		return answer_fail(why, ANSWER_FAILED, "libcurl cannot be set up");
	}
	h->has_tls = tls;
	if (tls && ask->tls_verify && !*ask->ca_pem && load_system_ca(h, why) < 0) {
		http_free(h);
		return -EBADMSG;
	}
	*ret = h;
	return 0;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	curl_multi_cleanup(h->multi);
	curl_slist_free_all(h->headers);
	curl_slist_free_all(h->connect_to);
	free(h->system_ca);
	free(h);
}

static bool set_blob(CURL *c, CURLoption option, const void *data, size_t len)
{
	struct curl_blob blob = {.data = (void *)(uintptr_t)data, .len = len, .flags = CURL_BLOB_NOCOPY};
	return len == 0 || curl_easy_setopt(c, option, &blob) == CURLE_OK;
}

/* Everything comes from memory: no default file or directory may be looked at. */
static bool set_tls(struct http *h, const struct ask_http *ask)
{
	CURL *c = h->curl;
	const char *ca = *ask->ca_pem ? ask->ca_pem : h->system_ca;
	size_t ca_len = *ask->ca_pem ? strlen(ask->ca_pem) : h->system_ca_len;
	return SET(c, CURLOPT_CAINFO, NULL) && SET(c, CURLOPT_CAPATH, NULL) &&
	       SET(c, CURLOPT_SSL_VERIFYPEER, ask->tls_verify ? 1L : 0L) &&
	       SET(c, CURLOPT_SSL_VERIFYHOST, ask->tls_verify ? 2L : 0L) &&
	       SET(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) && SET(c, CURLOPT_SSL_ENABLE_ALPN, 0L) &&
	       (!ask->tls_verify || set_blob(c, CURLOPT_CAINFO_BLOB, ca, ca_len)) &&
	       set_blob(c, CURLOPT_SSLCERT_BLOB, ask->cert_pem, strlen(ask->cert_pem)) &&
	       set_blob(c, CURLOPT_SSLKEY_BLOB, ask->key_pem, strlen(ask->key_pem));
}

static bool set_request(struct http *h, const struct ask_http *ask, const char *path)
{
	char url[1024], port[16] = "";
	const char *open = strchr(ask->host, ':') ? "[" : "", *close = *open ? "]" : "";
	if (ask->port != 0)
		snprintf(port, sizeof(port), ":%u", ask->port);
	int n = snprintf(url, sizeof(url), "%s://%s%s%s%s%s", ask->tls ? "https" : "http", open, ask->host, close, port,
			 path);
	const bool endless = h->sink && h->sink->open;
	return n > 0 && (size_t)n < sizeof(url) && SET(h->curl, CURLOPT_URL, url) &&
	       SET(h->curl, CURLOPT_TIMEOUT_MS, endless ? 0L : (long)ask->timeout_ms) &&
	       SET(h->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)ask->timeout_ms) && (!ask->tls || set_tls(h, ask));
}

/* OpenSSL, GnuTLS and others each have their own words for a first record that is none. */
static bool says_not_tls(const char *text)
{
	static const char *const words[] = {"wrong version number", "unexpected TLS packet",  "packet length too long",
					    "http request",	    "record overflow",	      "unexpected message",
					    "record layer failure", "received record with a", "unsupported protocol"};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

static int explain_tls(const struct http *h, CURLcode code, const char *text, struct answer_error_info *why)
{
	if (code == CURLE_SSL_CONNECT_ERROR && says_not_tls(h->curl_text))
		return answer_fail(why, ANSWER_TLS_TO_PLAIN, "the engine's port does not speak TLS");
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return answer_fail(why, ANSWER_TLS, "the engine's certificate is not accepted: %s", text);
	if (code == CURLE_SSL_CERTPROBLEM)
		return answer_fail(why, ANSWER_TLS, "cert.pem or key.pem cannot be used: %s", text);
	if (code == CURLE_SSL_CACERT_BADFILE)
		return answer_fail(why, ANSWER_TLS, "ca.pem cannot be used: %s", text);
	return answer_fail(why, ANSWER_TLS, "TLS with the engine failed: %s", text);
}

static bool is_end(CURLcode code)
{
	return code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR || code == CURLE_GOT_NOTHING;
}

/* With TLS 1.3 a server looks at our certificate after the handshake is over for us, and its alert may get lost. */
static int explain_tls_end(const char *text, struct answer_error_info *why)
{
	if (strcasestr(text, "alert"))
		return answer_fail(why, ANSWER_TLS, "the engine refuses our TLS: %s", text);
	return answer_fail(why, ANSWER_TLS,
			   "the engine ended the TLS connection without an answer: does it accept the certificate in "
			   "cert.pem?");
}

static int explain(const struct http *h, CURLcode code, struct answer_error_info *why)
{
	char text[CURL_TEXT_SHOWN];
	const char *said = *h->curl_text ? h->curl_text : curl_easy_strerror(code);
	text_escape(text, sizeof(text), said, strlen(said));
	if (h->is_tls)
		return answer_fail(why, ANSWER_PLAIN_TO_TLS, "the engine's port speaks TLS, and was spoken to without");
	if (h->too_large)
		return answer_fail(why, ANSWER_BAD, "the engine's answer is larger than it may be");
	if (h->is_other)
		return answer_fail(why, ANSWER_BAD, "what answers at the engine's address does not speak HTTP");
	if (h->has_tls && !h->is_http && is_end(code))
		return explain_tls_end(text, why);
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return answer_fail(why, ANSWER_TIMEOUT, "the engine did not answer in time");
	case CURLE_COULDNT_CONNECT: /* the other end is closed already */
	case CURLE_GOT_NOTHING:
		return answer_fail(why, ANSWER_CLOSED, "the engine closed the connection without an answer");
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		if (strcasestr(text, "chunked-encoding"))
			return answer_fail(why, ANSWER_BAD, "what the engine answered is not HTTP: %s", text);
		__attribute__((fallthrough));
	case CURLE_PARTIAL_FILE:
		return answer_fail(why, ANSWER_CLOSED,
				   "the connection to the engine ended before the answer was whole");
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ISSUER_ERROR:
		return explain_tls(h, code, text, why);
	case CURLE_FILESIZE_EXCEEDED:
	case CURLE_OUT_OF_MEMORY: /* also what libcurl calls a header line of more than 100 KiB */
		return answer_fail(why, ANSWER_BAD, "the engine's answer is larger than it may be");
	default:
		return answer_fail(why, ANSWER_BAD, "what the engine answered is not HTTP: %s", text);
	}
}

static void cleanup_curl_function(CURL **curl)
{
	curl_easy_cleanup(*curl);
}
#define cleanup_curl __attribute__((cleanup(cleanup_curl_function)))

/* As curl_easy_perform(), which makes a multi handle of its own when it is called. */
static CURLcode perform(struct http *h)
{
	CURLcode code = CURLE_FAILED_INIT;
	if (curl_multi_add_handle(h->multi, h->curl) != CURLM_OK)
		return code;
	int running = 1, queued;
	while (running) {
		CURLMcode r = curl_multi_perform(h->multi, &running);
		int left = h->begun ? ENGINE_TIMEOUT_MS : left_ms(h->deadline);
		if (r == CURLM_OK && running && left == 0)
			code = CURLE_OPERATION_TIMEDOUT;
		if (r != CURLM_OK || code == CURLE_OPERATION_TIMEDOUT)
			break;
		if (running)
			curl_multi_poll(h->multi, NULL, 0, left < 0 ? ENGINE_TIMEOUT_MS : left, NULL);
	}
	CURLMsg *message = curl_multi_info_read(h->multi, &queued);
	if (message && message->msg == CURLMSG_DONE)
		code = message->data.result;
	curl_multi_remove_handle(h->multi, h->curl);
	return code;
}

/* The status, or -EBADMSG with why set; *ret_code is not CURLE_OK where an answer for the sink broke off. */
static int exchange(struct http *h, const struct ask_http *ask, int fd, const char *path, struct buf *body,
		    CURLcode *ret_code, struct answer_error_info *why)
{
	if (ask->tls && !h->has_tls)
		return answer_fail(why, ANSWER_FAILED, "TLS was not asked for at first, and cannot be set up any more");
	h->fd = fd;
	h->body = body;
	h->header_bytes = 0;
	h->too_large = h->is_http = h->is_tls = h->is_other = h->begun = h->stopped = false;
	h->deadline = h->sink && h->sink->open && !h->sink->patient ? now_ms() + ask->timeout_ms : INT64_MAX;
	h->curl_text[0] = '\0';
	/*
	 * A handle of its own for each exchange: in one that is used again, libcurl 7.88 joins a first header line that
	 * begins with a space to the last header of the exchange before, which is freed by then.
	 */
	cleanup_curl CURL *curl = h->curl = curl_easy_init();
	if (!curl || !set_connection(h) || !set_exchange(h) || !set_request(h, ask, path))
		return answer_fail(why, ANSWER_FAILED, "libcurl does not take the request");
	CURLcode code = *ret_code = perform(h);
	if (code != CURLE_OK && (!h->begun || code == CURLE_OPERATION_TIMEDOUT))
		return explain(h, code, why);
	long status = 0;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (!h->is_http || status < 100 || status > 999)
		return answer_fail(why, ANSWER_CLOSED, "the engine closed the connection without an answer");
	return (int)status;
}

int http_get(struct http *h, const struct ask_http *ask, int fd, const char *path, struct buf *body,
	     struct answer_error_info *why)
{
	CURLcode code;
	h->sink = NULL;
	int status = exchange(h, ask, fd, path, body, &code, why);
	/* An end of the connection is an end of the answer where no length was given. */
	if (status == 200 && body->len == 0)
		return answer_fail(why, ANSWER_CLOSED,
				   "the connection to the engine ended before the answer was whole");
	return status;
}

int http_stream(struct http *h, const struct ask_http *ask, int fd, const char *path, const struct http_sink *sink,
		struct buf *body, enum http_end *ret_end, struct answer_error_info *why)
{
	CURLcode code = CURLE_OK;
	h->sink = sink;
	int status = exchange(h, ask, fd, path, body, &code, why);
	h->sink = NULL;
	if (status < 0)
		return status;
	*ret_end = h->stopped ? HTTP_STOPPED : code != CURLE_OK ? HTTP_CUT : HTTP_WHOLE;
	return status;
}
