/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "lib/doctor/tcp_table.h"

static const char heading[] =
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

/* As this kernel would print it. */
static void add(struct tcp_table *t, const char *address, unsigned port, const char *state)
{
	char text[1024], hex[33] = "";
	uint32_t words[4];
	bool v6 = strchr(address, ':');
	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, address, words), 1);
	for (int i = 0; i < (v6 ? 4 : 1); i++)
		sprintf(hex + (ptrdiff_t)i * 8, "%08X", words[i]);
	snprintf(text, sizeof(text),
		 "%s   0: %s:%04X 00000000:0000 %s 00000000:00000000 00:00000000 00000000     0        0 4711 1 "
		 "0000000000000000 "
		 "100 0 0 10 0\n",
		 heading, hex, port, state);
	assert_int_equal(tcp_table_add(t, text), 0);
}

static void listeners_are_read(void **state)
{
	(void)state;
	const struct {
		const char *address, *text;
		bool loopback;
	} cases[] = {
		{"127.0.0.1", "127.0.0.1:2375", true},
		{"127.0.0.53", "127.0.0.53:2375", true},
		{"0.0.0.0", "0.0.0.0:2375", false},
		{"192.0.2.1", "192.0.2.1:2375", false},
		{"::1", "[::1]:2375", true},
		{"::", "[::]:2375", false},
		{"2001:db8::1", "[2001:db8::1]:2375", false},
		{"::ffff:10.0.0.1", "10.0.0.1:2375", false},
	};
	cleanup_tcp_table struct tcp_table t = {0};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[TCP_LISTENER_TEXT];
		add(&t, cases[i].address, 2375, "0A");
		assert_int_equal(t.count, i + 1);
		assert_int_equal(t.list[i].inode, 4711);
		tcp_listener_text(&t.list[i], text);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(tcp_listener_is_loopback(&t.list[i]), cases[i].loopback);
	}
}

static void other_lines_are_passed_over(void **state)
{
	(void)state;
	cleanup_tcp_table struct tcp_table t = {0};
	add(&t, "127.0.0.1", 2375, "01");
	static const char *const lines[] = {"", "\n\n", "0: 0100007F:0947 00000000:0000 0A",
					    "0: 01007F:0947 0:0 0A 0:0 0:0 0 0 0 1 1\n",
					    "0: 0100007F:FFFFF 0:0 0A 0:0 0:0 0 0 0 1 1\n"};
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(tcp_table_add(&t, lines[i]), 0);
	assert_int_equal(t.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {IT(listeners_are_read), IT(other_lines_are_passed_over)};
	return RUN(tests);
}
