/* SPDX-License-Identifier: ISC */
/* `ports=` and `signals=`: where a rule lets somebody connect to, and what it lets them send. */
#include <string.h>

#include "lib/base/signal_name.h"
#include "lib/base/text.h"
#include "parse.h"

enum { HOST_MAX = 253 };

static bool is_host(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t len = strlen(s);
	return len > 0 && len <= HOST_MAX && *s != '-' && s[strspn(s, allowed)] == '\0';
}

static bool read_port(const char *s, uint32_t *ret)
{
	uint64_t n;
	if (parse_u64(s, UINT16_MAX, &n) < 0 || n == 0)
		return false;
	*ret = (uint32_t)n;
	return true;
}

int parse_ports(struct parser *ps, const char *item, char *value)
{
	struct policy_ports ports = {0};
	char *slash = strchr(value, '/'), *port = slash ? slash + 1 : value, *high = strchr(port, '-');
	const char *host = slash ? value : "";
	if (high)
		*high++ = '\0';
	if (slash)
		*slash = '\0';
	if (slash && strcmp(host, "*") != 0 && !is_host(host))
		return parse_fail(ps, "%s: \"%s\" is no host: a name or an IPv4 address as it will be typed, or *",
				  item, host);
	const char *wrong = !read_port(port, &ports.low) ? port : NULL;
	if (!wrong && !read_port(high ? high : port, &ports.high))
		wrong = high;
	if (wrong)
		return parse_fail(ps, "%s: \"%s\": expected a port of 1 to 65535, LOW-HIGH, HOST/PORT or HOST/LOW-HIGH",
				  item, wrong);
	if (ports.low > ports.high)
		return parse_fail(ps, "%s: \"%s-%s\": the range ends before it begins", item, port, high);
	ports.host = build_text(&ps->build, host);
	build_item(&ps->build, &ports, sizeof(ports));
	return 0;
}

int parse_signal(struct parser *ps, const char *item, const char *value, uint64_t *signals)
{
	int number = signal_parse(value);
	if (number < 1)
		return parse_fail(ps,
				  "%s: \"%s\" is no signal: expected a name, as HUP or RTMIN+1, or a number of 1 to 64",
				  item, value);
	*signals |= UINT64_C(1) << (number - 1);
	return 0;
}

static const struct policy_extra *deciding(const struct policy *p, const struct policy_decision *d)
{
	return d->allow && d->rule < p->rule_count ? block_extra(p, block_rules(p) + d->rule) : NULL;
}

/* Nothing in a container can make these addresses another machine. What it calls localhost, it can. */
static bool is_itself(const char *host)
{
	return !host || !*host || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0;
}

bool policy_port_allowed(const struct policy *p, const struct policy_decision *d, const char *host, uint16_t port)
{
	const struct policy_extra *e = deciding(p, d);
	struct policy_ports ports;
	if (!e || port == 0)
		return false;
	if (!e->ports)
		return is_itself(host);
	for (struct block_list l = block_list(p, e->ports); block_next(&l, &ports, sizeof(ports));) {
		const char *its = block_text(p, ports.host);
		bool fits = *its ? strcmp(its, "*") == 0 || (host && strcmp(its, host) == 0) : is_itself(host);
		if (fits && port >= ports.low && port <= ports.high)
			return true;
	}
	return false;
}

bool policy_signal_allowed(const struct policy *p, const struct policy_decision *d, uint32_t number)
{
	const struct policy_extra *e = deciding(p, d);
	if (!e || number == 0 || number > SIGNAL_MAX)
		return false;
	return e->signals == 0 || e->signals >> (number - 1) & 1;
}
