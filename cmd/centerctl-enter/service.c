/* SPDX-License-Identifier: ISC */
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/proto/message.h"
#include "lib/proto/wire.h"

enum { SFTP_PROGRAM = 1, SFTP_FAILED = 100, SFTP_WAIT_MS = 5000, ANY = 1024 };

static const struct {
	const char *name;	/* as centerctl-inside has it */
	size_t least, most;	/* words */
	const char *options[4]; /* that others may say; the rest say what may be reached: nobody but us says those */
} services[SERVICE_MAX + 1] = {
	[SERVICE_READ] = {"read", 1, ANY, {"--follow", "--no-xattrs", "--one-file-system", "--total"}},
	[SERVICE_WRITE] = {"write", 1, 2, {"--into", "--no-owner", "--no-xattrs"}},
	[SERVICE_BACKUP] = {"backup", 0, ANY, {"--total"}},
	[SERVICE_RESTORE] = {"restore", 0, ANY, {NULL}},
	[SERVICE_SFTP] = {"sftp", 0, 1, {"--read-only"}},
	[SERVICE_DIAL] = {"dial", 1, 2, {NULL}},
};

static bool takes(enum service service, const char *option)
{
	for (size_t i = 0; i < ARRAY_SIZE(services[service].options) && services[service].options[i]; i++)
		if (strcmp(option, services[service].options[i]) == 0)
			return true;
	return false;
}

static bool is_command_of_its_own(const struct request *r)
{
	return r->debug || r->tty || r->detach || r->line[0] || r->fallback || r->privileged || r->cap_add ||
	       r->preserve_fds || r->ns != NS_ALL || r->workdir[0] || strv_len(r->env) > 0;
}

int service_check(const struct visit *v, struct error *err)
{
	const struct request *r = &v->request;
	size_t words = strv_len(r->command);
	uint64_t port;
	if (!r->service)
		return strv_len(r->options) > 0 ? error_set(err, -EBADMSG, "the request has options of no service") : 0;
	if ((r->verb != VERB_EXEC && r->verb != VERB_SHOW) || is_command_of_its_own(r))
		return error_set(err, -EBADMSG, "the request has what %s does not take", service_name(r->service));
	if (words < services[r->service].least || words > services[r->service].most)
		return error_set(err, -EBADMSG, "the request has too many or too few words for %s",
				 service_name(r->service));
	for (char **option = r->options; option && *option; option++)
		if (!takes(r->service, *option))
			return error_set(err, -EBADMSG, "the request has an option that %s does not take",
					 service_name(r->service));
	if (r->service == SERVICE_DIAL && (parse_u64(r->command[words - 1], UINT16_MAX, &port) < 0 || port == 0))
		return error_set(err, -EINVAL, "a port is a number from 1 to 65535");
	return 0;
}

/* OpenSSH's server with all that it is linked to, in one program: found on this host by a process without rights. */
static int receive_sftp(struct visit *v, struct error *err)
{
	cleanup_message struct message m = MESSAGE_INIT;
	int r = message_recv(v->helper.sock, ERROR_TEXT_MAX, 1, v->channel, now_ms() + SFTP_WAIT_MS, &m);
	if (r == -ECANCELED)
		return r;
	if (r == 0 && m.type == SFTP_FAILED) {
		struct wire w = wire_start(m.data, m.len);
		cleanup_free char *text = wire_str(&w, ERROR_TEXT_MAX);
		return error_set(err, -ENOENT, "%s", wire_end(&w) == 0 && text ? text : "sftp-server cannot be used");
	}
	const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
	if (r < 0 || m.type != SFTP_PROGRAM || m.fd_count != 1 || (fcntl(m.fds[0], F_GET_SEALS) & seals) != seals)
		return error_set(err, -EIO, "centerctl-sftp gave no program: is centerctl installed completely");
	v->program = steal_fd(&m.fds[0]);
	return 0;
}

static int open_sftp(struct visit *v, struct error *err)
{
	int r = resolver_start_program(&v->helper, v->libexecdir, "centerctl-sftp", err);
	if (r == 0)
		r = receive_sftp(v, err);
	resolver_dismiss(&v->helper);
	return r;
}

int service_open(struct visit *v, struct error *err)
{
	char path[4096];
	if (v->request.verb != VERB_EXEC)
		return 0;
	if (v->request.service == SERVICE_SFTP)
		return open_sftp(v, err);
	snprintf(path, sizeof(path), "%s/centerctl-inside", v->libexecdir);
	v->program = toolbox_open_static(path, err);
	return v->program < 0 ? v->program : 0;
}

static int __attribute__((format(printf, 2, 3))) add_word(struct visit *v, const char *format, ...)
{
	char text[8192];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return len < 0 || (size_t)len >= sizeof(text) ? -ENAMETOOLONG : strv_add(&v->argv, text);
}

/* How a volume is called: by its own name; what is no volume, by where it is mounted. */
static const char *volume_name(const struct container_mount *m)
{
	return m->name[0] ? m->name : m->destination;
}

static bool is_volume(const struct container_mount *m)
{
	return strcmp(m->type, "volume") == 0;
}

/* By its name, or by where it is mounted, with or without a slash at the end. */
static const struct container_mount *find_volume(const struct container *c, const char *word)
{
	size_t len = strlen(word);
	while (len > 1 && word[len - 1] == '/')
		len--;
	for (uint32_t i = 0; i < c->mount_count; i++) {
		const char *destination = c->mounts[i].destination;
		if (strcmp(volume_name(&c->mounts[i]), word) == 0 ||
		    (strlen(destination) == len && memcmp(destination, word, len) == 0))
			return &c->mounts[i];
	}
	return NULL;
}

static int add_volume(struct visit *v, const struct container_mount *m)
{
	return add_word(v, "--volume=%s=%s", volume_name(m), m->destination);
}

static int no_volume(const struct visit *v, const char *word, struct error *err)
{
	cleanup_buf struct buf known = {0};
	char shown[300];
	for (uint32_t i = 0; i < v->container.mount_count; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", volume_name(&v->container.mounts[i]));
	text_escape(shown, sizeof(shown), word, strlen(word));
	return error_set(err, -ENOENT, "%s has no volume %s; it has %s", visit_name(v), shown,
			 known.len && buf_text(&known) ? buf_text(&known) : "none");
}

static int add_volumes(struct visit *v, struct error *err)
{
	const struct container *c = &v->container;
	int r = 0, count = 0;
	for (char **word = v->request.command; r == 0 && word && *word; word++, count++) {
		const struct container_mount *m = find_volume(c, *word);
		r = m ? add_volume(v, m) : no_volume(v, *word, err);
	}
	for (uint32_t i = 0; r == 0 && count == 0 && i < c->mount_count; i++)
		if (is_volume(&c->mounts[i]))
			r = add_volume(v, &c->mounts[i]);
	if (r == 0 && strv_len(v->argv) == 2)
		r = error_set(err, -ENOENT,
			      "%s has no volumes; what else is mounted into it can be named (--volume), and everything "
			      "else copied with cp",
			      visit_name(v));
	return r;
}

static int add_own_options(struct visit *v, struct error *err)
{
	switch (v->request.service) {
	case SERVICE_BACKUP:
	case SERVICE_RESTORE:
		return add_volumes(v, err);
	case SERVICE_SFTP:
		return (v->decision.with.flags & POLICY_READ_ONLY) ? strv_add(&v->argv, "--read-only") : 0;
	case SERVICE_DIAL:
		return add_word(v, "--name=%s", visit_name(v));
	default:
		return 0;
	}
}

int service_plan_argv(struct visit *v, struct error *err)
{
	const struct request *r = &v->request;
	bool takes_words = r->service != SERVICE_BACKUP && r->service != SERVICE_RESTORE;
	int result = strv_add(&v->argv, "centerctl-inside");
	if (result == 0)
		result = strv_add(&v->argv, services[r->service].name);
	if (result == 0)
		result = add_own_options(v, err);
	if (result == 0)
		result = strv_add_all(&v->argv, r->options);
	if (result == 0)
		result = strv_add(&v->argv, "--");
	if (result == 0 && takes_words)
		result = strv_add_all(&v->argv, r->command);
	return result < 0 && !err->code ? error_errno(err, result, "cannot make the command") : result;
}

/* Nothing of the container's own, which may be meant for a program of its own: LD_PRELOAD, TZ, ... */
int service_plan_environment(struct visit *v)
{
	char user[300];
	if (v->user.name[0])
		snprintf(user, sizeof(user), "USER=%.256s", v->user.name);
	else
		snprintf(user, sizeof(user), "USER=%u", (unsigned)v->user.uid);
	return strv_add(&v->env, user);
}
