/* SPDX-License-Identifier: ISC */
/* Engines that listen on TCP: whoever can reach such a port without a certificate is root. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_daemon.h"
#include "doctor_engine.h"
#include "doctor_ping.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/doctor/tcp_table.h"
#include "lib/doctor/unit_file.h"

enum { PORT_PLAIN = 2375, PORT_TLS = 2376, PROBES_MAX = 16, TABLE_MAX = 16 << 20 };

static const char why_open[] = "whoever can reach that port is root on this host, from loopback every account and "
			       "every container with the host's network";
static const char fix_open[] =
	"take that address away (-H tcp://... of dockerd's command line, hosts in /etc/docker/daemon.json) and reach "
	"the "
	"engine through SSH: docker -H ssh://...; or set tlsverify, tlscacert, tlscert and tlskey";

/* Listeners in the network namespace of a process, as /proc/PID/net has it; "self" for ours. */
static void read_table(const char *process, struct tcp_table *ret)
{
	static const char *const names[] = {"tcp", "tcp6"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char path[64];
		size_t len;
		cleanup_free char *text = NULL;
		snprintf(path, sizeof(path), "/proc/%s/net/%s", process, names[i]);
		cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && read_all(fd, TABLE_MAX, &text, &len) == 0)
			tcp_table_add(ret, text);
	}
}

/* Whether the process has the socket; only root can look at root's. */
static bool holds(pid_t pid, uint64_t inode)
{
	char path[64], want[48], have[48];
	bool found = false;
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	int want_len = snprintf(want, sizeof(want), "socket:[%" PRIu64 "]", inode);
	DIR *dir = opendir(path);
	for (const struct dirent *e; dir && !found && (e = readdir(dir));)
		found = readlinkat(dirfd(dir), e->d_name, have, sizeof(have)) == want_len &&
			memcmp(have, want, (size_t)want_len) == 0;
	if (dir)
		closedir(dir);
	return found;
}

static const struct doctor_daemon *holder(const struct doctor *d, uint64_t inode)
{
	for (size_t i = 0; i < d->daemon_count; i++)
		if (d->daemons[i].pid && d->daemons[i].our_net && holds(d->daemons[i].pid, inode))
			return &d->daemons[i];
	return NULL;
}

/* Whether an engine answers there without TLS. Of the unspecified address the loopback one is asked. */
static bool answers_plainly(const struct tcp_listener *l, struct ping *ret)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(l->port), .sin6_addr = l->address};
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(l->port)};
	if (IN6_IS_ADDR_UNSPECIFIED(&l->address))
		v6.sin6_addr = in6addr_loopback;
	if (!IN6_IS_ADDR_V4MAPPED(&l->address))
		return doctor_ping((const struct sockaddr *)&v6, sizeof(v6), ret) == 0;
	memcpy(&v4.sin_addr, &l->address.s6_addr[12], 4);
	if (v4.sin_addr.s_addr == INADDR_ANY)
		v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return doctor_ping((const struct sockaddr *)&v4, sizeof(v4), ret) == 0;
}

static void look_at_port(struct doctor *d, const struct tcp_listener *l, const struct doctor_daemon *who)
{
	char where[TCP_LISTENER_TEXT];
	struct ping ping;
	tcp_listener_text(l, where);
	const char *name = who ? who->name : "an engine";
	if (!answers_plainly(l, &ping)) {
		if (who)
			finding_ok(&d->findings, "engine-tcp", where, "%s at %s answers nobody without TLS", name,
				   where);
		return;
	}
	bool set = who && who->config.tls;
	finding_add(&d->findings, SEVERITY_ERROR, set ? "engine-tls-ineffective" : "engine-tcp", where, why_open,
		    set ? "%s answers at %s without TLS, though its configuration asks for it"
			: "%s answers at %s without TLS",
		    name, where);
	finding_fix(
		&d->findings,
		set ? "%.0sthe port comes from systemd (ListenStream of docker.socket): take it away there, and let "
		      "dockerd listen itself, with -H tcp://%s and tlsverify"
		    : "%s",
		fix_open, where);
}

/* Those of an engine, whatever their number, and those with an engine's number, whoever's they are: a proxy may be
 * there. */
void doctor_look_at_ports(struct doctor *d)
{
	cleanup_tcp_table struct tcp_table t = {0};
	int probes = 0;
	read_table("self", &t);
	for (size_t i = 0; i < t.count && probes < PROBES_MAX; i++) {
		const struct doctor_daemon *who = holder(d, t.list[i].inode);
		if (!who && t.list[i].port != PORT_PLAIN && t.list[i].port != PORT_TLS)
			continue;
		look_at_port(d, &t.list[i], who);
		probes++;
	}
}

/* What cannot be tried: a certificate that is not asked for, and engines that do not run, or in another network. */
static void look_at_host(struct doctor *d, const struct doctor_daemon *daemon, const char *host)
{
	const struct engine_config *c = &daemon->config;
	bool tried = daemon->pid && daemon->our_net;
	if (c->tls && !c->tls_verify) {
		finding_add(&d->findings, SEVERITY_ERROR, "engine-tls-unverified", host, why_open,
			    "%s is to listen at %s with TLS, and asks no client for a certificate (tlsverify)",
			    daemon->name, host);
		finding_fix(&d->findings, "\"tlsverify\": true and tlscacert in /etc/docker/daemon.json, or "
					  "--tlsverify on dockerd's command line");
	} else if (!c->tls_verify && !tried) {
		finding_add(&d->findings, SEVERITY_ERROR, "engine-tcp", host, why_open,
			    "%s is to listen at %s without TLS", daemon->name, host);
		finding_fix(&d->findings, "%s", fix_open);
	} else if (c->tls_verify) {
		finding_ok(&d->findings, "engine-tls", host, "%s is to listen at %s, for clients with a certificate",
			   daemon->name, host);
	}
}

void doctor_look_at_listening(struct doctor *d)
{
	for (size_t i = 0; i < d->daemon_count; i++)
		for (char **host = d->daemons[i].config.hosts; host && *host; host++)
			if (engine_host_is_tcp(*host))
				look_at_host(d, &d->daemons[i], *host);
}

/* The configuration that holds where systemd hands docker its sockets. */
static const struct doctor_daemon *activated(const struct doctor *d)
{
	for (size_t i = 0; i < d->daemon_count; i++)
		for (char **host = d->daemons[i].config.hosts; host && *host; host++)
			if (d->daemons[i].our_files && str_starts(*host, "fd://"))
				return &d->daemons[i];
	return NULL;
}

static bool has_tcp(char *const *hosts, bool (*is_tcp)(const char *))
{
	for (; hosts && *hosts; hosts++)
		if (is_tcp(*hosts))
			return true;
	return false;
}

/*
 * With -H fd:// dockerd listens where systemd says. Its TLS settings are about TCP alone: where docker.socket has no
 * port they protect nothing, and where it has one, they hold since Docker 1.10 only, and only if dockerd reads them.
 */
static void look_at_docker_socket(struct doctor *d, char *const *streams)
{
	const struct doctor_daemon *who = activated(d);
	const struct engine_config none = {0}, *c = who ? &who->config : &none;
	for (char *const *stream = streams; stream && *stream; stream++) {
		if (!unit_listen_is_tcp(*stream))
			continue;
		finding_add(&d->findings, c->tls_verify ? SEVERITY_WARNING : SEVERITY_ERROR, "engine-socket-unit",
			    *stream, why_open,
			    c->tls_verify ? "docker.socket listens on TCP at %s, and whether dockerd's TLS holds there "
					    "is not dockerd's own choice"
					  : "docker.socket listens on TCP at %s, and dockerd has no tlsverify",
			    *stream);
		finding_fix(&d->findings,
			    "systemctl edit docker.socket: ListenStream= (empty), ListenStream=/run/docker.sock; "
			    "then systemctl restart docker.socket");
	}
	if (!c->tls || has_tcp(streams, unit_listen_is_tcp) || has_tcp(c->hosts, engine_host_is_tcp))
		return;
	finding_add(&d->findings, SEVERITY_WARNING, "engine-tls-ineffective", "docker.socket",
		    "it looks as if clients needed a certificate, and none does: the socket's mode is all that counts",
		    "%s has TLS set, and listens where systemd says (-H fd://), which is nowhere on TCP", who->name);
	finding_fix(&d->findings, "take the tls settings away, or -H fd:// and give dockerd -H tcp://ADDRESS:2376 "
				  "beside its unix socket");
}

void doctor_look_at_units(struct doctor *d)
{
	cleanup_strv char **docker = daemon_unit("docker.socket", "Socket", "ListenStream"),
			  **podman = daemon_unit("podman.socket", "Socket", "ListenStream");
	look_at_docker_socket(d, docker);
	for (char **stream = podman; stream && *stream; stream++) {
		if (!unit_listen_is_tcp(*stream))
			continue;
		finding_add(&d->findings, SEVERITY_ERROR, "engine-socket-unit", *stream, why_open,
			    "podman.socket listens on TCP at %s, where podman knows no TLS", *stream);
		finding_fix(&d->findings, "systemctl edit podman.socket: ListenStream= (empty), "
					  "ListenStream=/run/podman/podman.sock; then systemctl restart podman.socket");
	}
}

void doctor_look_at_docker_host(struct doctor *d)
{
	const char *host = getenv("DOCKER_HOST"), *verify = getenv("DOCKER_TLS_VERIFY");
	if (!host || !engine_host_is_tcp(host))
		return;
	if (verify && *verify) {
		finding_ok(&d->findings, "engine-docker-host", host, "DOCKER_HOST is %s, with TLS", host);
		return;
	}
	finding_add(&d->findings, SEVERITY_WARNING, "engine-docker-host", host,
		    "whoever else can reach that engine is root there, and who can answer in its place sees all that "
		    "is asked",
		    "DOCKER_HOST is %s, without DOCKER_TLS_VERIFY", host);
	finding_fix(&d->findings,
		    "export DOCKER_TLS_VERIFY=1, with certificates in DOCKER_CERT_PATH; or DOCKER_HOST=ssh://...");
}
