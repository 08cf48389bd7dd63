/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/tool/listen.h"
#include "lib/tool/rsp.h"

struct talk {
	struct rsp rsp;
	struct buf to_server, to_client;
};

static char *resolve(const char *path, bool follow)
{
	char *real;
	return asprintf(&real, "/t%s%s", follow ? "/f" : "", path) < 0 ? NULL : real;
}

static int begin(void **state)
{
	struct talk *t = calloc(1, sizeof(*t));
	t->rsp.resolve = resolve;
	*state = t;
	return 0;
}

static int end(void **state)
{
	struct talk *t = *state;
	rsp_done(&t->rsp);
	buf_done(&t->to_server);
	buf_done(&t->to_client);
	free(t);
	return 0;
}

static void expect(const struct buf *b, const char *want)
{
	assert_int_equal(b->len, strlen(want));
	if (b->len > 0)
		assert_memory_equal(b->data, want, b->len);
}

/* What one side says, byte by byte as the network may bring it, and what each side then hears. */
static void client(struct talk *t, const char *says, const char *server_hears, const char *client_hears)
{
	t->to_server.len = t->to_client.len = 0;
	for (; *says; says++)
		assert_int_equal(rsp_from_client(&t->rsp, says, 1, &t->to_server, &t->to_client), 0);
	expect(&t->to_server, server_hears);
	expect(&t->to_client, client_hears);
}

static void server(struct talk *t, const char *says, const char *client_hears)
{
	t->to_client.len = 0;
	assert_int_equal(rsp_from_server(&t->rsp, says, strlen(says), &t->to_client), 0);
	expect(&t->to_client, client_hears);
}

static char *packet(const char *data)
{
	unsigned char sum = 0;
	char *text;
	for (const char *c = data; *c; c++)
		sum = (unsigned char)(sum + (unsigned char)*c);
	assert_true(asprintf(&text, "$%s#%02x", data, sum) > 0);
	return text;
}

static void client_packet(struct talk *t, const char *data, const char *server_data, const char *client_hears)
{
	cleanup_free char *says = packet(data), *hears = *server_data ? packet(server_data) : strdup("");
	client(t, says, hears, client_hears);
}

static void what_is_not_ours_passes_as_it_is(void **state)
{
	struct talk *t = *state;
	client(t, "+$qSupported:x#00+-", "+$qSupported:x#00+-", "");
	client(t, "$X1,2:}\x03}$*#zz", "$X1,2:}\x03}$*#zz", "");
	server(t, "+$T05swbreak:;#b1%Stop:T05#00", "+$T05swbreak:;#b1%Stop:T05#00");
	client_packet(t, "vFile:pread:5,1000,0", "vFile:pread:5,1000,0", "");
}

/* Whoever connects first is not to run what he likes in the toolbox. */
static void a_stranger_gets_no_further_than_the_process(void **state)
{
	static const char *const refused[] = {"!",	     "vRun;2f62696e2f7368", "vAttach;5",	"R00",
					      "A6,0,2f7368", "qRcmd,736574",	    "QSetWorkingDir:2f"};
	struct talk *t = *state;
	t->rsp.strict = true;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		client_packet(t, refused[i], "", "+$#00");
		client(t, "+", "", "");
	}
	/* With a checksum that is none, within another packet, or too long to be looked at. */
	client(t, "$vRun;41#zz", "", "+$#00");
	client(t, "+$m1,2$vRun;41#zz", "", "+$#00");
	client(t, "+", "", "");
	cleanup_free char *longest = calloc(1, RSP_PACKET_MAX + 100);
	memset(longest, '1', RSP_PACKET_MAX + 90);
	memcpy(longest, "$vRun;", 6);
	client(t, longest, "", "");
	client(t, "#00", "", "");
	/* Files of the process alone. */
	client_packet(t, "vFile:setfs:0", "", "+$F0#76");
	client(t, "+", "", "");
	client_packet(t, "vFile:open:2f78,0,0", "vFile:open:2f742f662f78,0,0", "");
	client_packet(t, "vCont;c", "vCont;c", "");
	client_packet(t, "g", "g", "");
}

static void setfs_is_answered_here_and_its_acknowledgement_kept(void **state)
{
	struct talk *t = *state;
	client_packet(t, "vFile:setfs:1", "", "+$F0#76");
	client(t, "++", "+", "");
	client_packet(t, "vFile:setfs:1f", "", "+$F0#76");
	client(t, "-", "", "$F0#76");
	client(t, "+", "", "");
	/* Without a value it is gdbserver that has to refuse it. */
	client_packet(t, "vFile:setfs:", "vFile:setfs:", "");
	client_packet(t, "vFile:setfs:x", "vFile:setfs:x", "");
	client(t, "$vFile:setfs:1#00", "$vFile:setfs:1#00", "");
}

static void without_acknowledgements_there_are_none(void **state)
{
	struct talk *t = *state;
	client_packet(t, "QStartNoAckMode", "QStartNoAckMode", "");
	/* Not before the server has agreed. */
	assert_false(t->rsp.no_acks);
	server(t, "+%x#78$OK#9a", "+%x#78$OK#9a");
	client_packet(t, "vFile:setfs:1", "", "$F0#76");
	client(t, "+", "+", "");
}

static void a_server_that_keeps_acknowledgements_is_heard(void **state)
{
	struct talk *t = *state;
	client_packet(t, "QStartNoAckMode", "QStartNoAckMode", "");
	server(t, "+$#00", "+$#00");
	client_packet(t, "vFile:setfs:1", "", "+$F0#76");
}

static void an_answer_waits_for_the_end_of_the_servers_packet(void **state)
{
	struct talk *t = *state;
	server(t, "%Stop:T0", "%Stop:T0");
	client_packet(t, "vFile:setfs:1", "", "");
	server(t, "5#0", "5#0");
	server(t, "0$", "0+$F0#76$");
}

static void names_of_the_processs_files_get_the_root(void **state)
{
	struct talk *t = *state;
	/* /a, which /t/f/a is for gdbserver. */
	client_packet(t, "vFile:open:2f61,0,1c0", "vFile:open:2f742f662f61,0,1c0", "");
	client_packet(t, "vFile:readlink:2f61", "vFile:readlink:2f742f61", "");
	client_packet(t, "vFile:unlink:2F61", "vFile:unlink:2f742f61", "");
	client_packet(t, "vFile:stat:2f61", "vFile:stat:2f742f662f61", "");
	client_packet(t, "vFile:lstat:2f61", "vFile:lstat:2f742f61", "");
	static const char *const others[] = {
		"vFile:open:61,0,0", "vFile:open:2f6,0,0", "vFile:open:",	   "vFile:open:2f0061,0,0",
		"vFile:open:2f61;0", "vFile:fstat:5",	   "vFile:openat:2f61,0,0"};
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		client_packet(t, others[i], others[i], "");
}

static void gdbservers_own_files_keep_their_names(void **state)
{
	struct talk *t = *state;
	client_packet(t, "vFile:setfs:0", "", "+$F0#76");
	client(t, "+", "", "");
	client_packet(t, "vFile:open:2f61,0,0", "vFile:open:2f61,0,0", "");
	client_packet(t, "vFile:setfs:7", "", "+$F0#76");
	client(t, "+", "", "");
	client_packet(t, "vFile:open:2f61,0,0", "vFile:open:2f742f662f61,0,0", "");
}

static void a_long_packet_passes_unread(void **state)
{
	struct talk *t = *state;
	static const char request[] = "vFile:open:2f";
	enum { LEN = sizeof(request) - 1 + 2 * RSP_PACKET_MAX };
	cleanup_free char *data = malloc(LEN + 1);
	memset(data, '6', LEN);
	memcpy(data, request, sizeof(request) - 1);
	data[LEN] = '\0';
	client_packet(t, data, data, "");
	client_packet(t, "vFile:setfs:1", "", "+$F0#76");
}

static void an_interrupt_is_for_a_process_that_runs(void **state)
{
	struct talk *t = *state;
	/* It must never reach gdbserver, which would signal every process there is. */
	client(t, "\x03", "", "");
	assert_false(t->rsp.interrupted);
	client_packet(t, "vCont;c:p1.-1", "vCont;c:p1.-1", "");
	assert_true(t->rsp.runs);
	client(t, "\x03", "", "");
	assert_true(t->rsp.interrupted);
	t->rsp.interrupted = false;
	server(t, "+$O6869#00", "+$O6869#00");
	assert_true(t->rsp.runs);
	server(t, "$T02thread:p1.1;#00", "$T02thread:p1.1;#00");
	assert_false(t->rsp.runs);
	assert_memory_equal(t->rsp.reply, "T02", 3);
	client(t, "\x03", "", "");
	assert_false(t->rsp.interrupted);
	client_packet(t, "vCtrlC", "", "+$OK#9a");
	assert_true(t->rsp.interrupted);
}

static void what_was_put_into_the_process_is_taken_out(void **state)
{
	struct talk *t = *state;
	client_packet(t, "Z0,4005d0,1;X5,2200,cmds:1", "Z0,4005d0,1;X5,2200,cmds:1", "");
	client_packet(t, "Z2,601040,4", "Z2,601040,4", "");
	client_packet(t, "Z0,4005d0,1", "Z0,4005d0,1", "");
	client_packet(t, "Z0,401000,1", "Z0,401000,1", "");
	client_packet(t, "z0,401000,1", "z0,401000,1", "");
	client_packet(t, "Zebra", "Zebra", "");
	cleanup_buf struct buf farewell = {0};
	assert_int_equal(rsp_add_farewell(&t->rsp, &farewell), 0);
	expect(&farewell, "$z2,601040,4#63+$z0,4005d0,1#90+");
	farewell.len = 0;
	t->rsp.no_acks = true;
	assert_int_equal(rsp_add_farewell(&t->rsp, &farewell), 0);
	expect(&farewell, "$z2,601040,4#63$z0,4005d0,1#90");
}

static void a_port_is_local_unless_an_address_is_typed(void **state)
{
	(void)state;
	struct listen_at at;
	struct error err;
	char shown[64];
	static const struct {
		const char *word, *address;
		uint16_t port;
	} good[] = {{"1234", "127.0.0.1", 1234},	 {":1234", "127.0.0.1", 1234}, {"localhost:1", "127.0.0.1", 1},
		    {"0.0.0.0:65535", "0.0.0.0", 65535}, {"*:5", "0.0.0.0", 5},	       {"10.1.2.3:5", "10.1.2.3", 5}};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(listen_parse(good[i].word, &at, &err), 0);
		const struct sockaddr_in *in = (const void *)&at.address;
		assert_false(at.stdio);
		assert_int_equal(ntohs(in->sin_port), good[i].port);
		assert_string_equal(inet_ntop(AF_INET, &in->sin_addr, shown, sizeof(shown)), good[i].address);
	}
	assert_int_equal(listen_parse("[::1]:7", &at, &err), 0);
	assert_int_equal(at.address.ss_family, AF_INET6);
	assert_int_equal(listen_parse("stdio", &at, &err), 0);
	assert_true(at.stdio);
	static const char *const wrong[] = {"",	     ":",      "65536",	   "-1",    "web:1",
					    "::1:7", "[::1:7", "/dev/tty", "1:2:3", "[]:1"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(listen_parse(wrong[i], &at, &err), -EINVAL);
}

#define TALK(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TALK(what_is_not_ours_passes_as_it_is),
		TALK(setfs_is_answered_here_and_its_acknowledgement_kept),
		TALK(a_stranger_gets_no_further_than_the_process),
		TALK(without_acknowledgements_there_are_none),
		TALK(a_server_that_keeps_acknowledgements_is_heard),
		TALK(an_answer_waits_for_the_end_of_the_servers_packet),
		TALK(names_of_the_processs_files_get_the_root),
		TALK(gdbservers_own_files_keep_their_names),
		TALK(a_long_packet_passes_unread),
		TALK(an_interrupt_is_for_a_process_that_runs),
		TALK(what_was_put_into_the_process_is_taken_out),
		IT(a_port_is_local_unless_an_address_is_typed),
	};
	return RUN(tests);
}
