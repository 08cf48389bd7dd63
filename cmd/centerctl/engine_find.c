/* SPDX-License-Identifier: ISC */
#include "engine_find.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "docker_context.h"
#include "engine_addr.h"
#include "engine_tls.h"
#include "engine_url.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "places.h"

/* What the sources say together, before anything is read or looked up. */
struct source {
	const char *url;
	const char *name; /* where the address is from, for errors */
	char *tls_dir;	  /* NULL: no certificates were named */
	bool tls;	  /* even if the URL does not say so */
	bool verify;
};

static void source_done(struct source *s)
{
	cleanup_free_function(&s->tls_dir);
}
#define cleanup_source __attribute__((cleanup(source_done)))

static const char *env_value(char *const *env, const char *name)
{
	const char *value = env_get(env, name);
	return value && *value ? value : NULL;
}

/* Docker's configuration directory; NULL when the environment gives none. */
static char *config_dir(char *const *env)
{
	const char *dir = env_value(env, "DOCKER_CONFIG");
	const char *home = env_value(env, "HOME");
	char *made = NULL;
	if (dir)
		return strdup(dir);
	if (home && asprintf(&made, "%s/.docker", home) >= 0)
		return made;
	return NULL;
}

/* For an address from --engine or DOCKER_HOST: certificates are where DOCKER_CERT_PATH says. */
static int source_from_url(const char *url, const char *name, const char *config, char *const *env, struct source *ret,
			   struct error *err)
{
	const char *certs = env_value(env, "DOCKER_CERT_PATH");
	*ret = (struct source){
		.url = url, .name = name, .tls = env_value(env, "DOCKER_TLS_VERIFY") != NULL, .verify = true};
	if (!certs)
		certs = config;
	if (certs && !(ret->tls_dir = strdup(certs)))
		return error_errno(err, -ENOMEM, "%s", name);
	return 0;
}

/* Takes the certificates' directory over; the address stays the context's. */
static void source_from_context(struct docker_context *context, struct source *ret)
{
	*ret = (struct source){
		.url = context->host,
		.name = "the Docker context",
		.verify = !context->skip_verify,
	};
	ret->tls_dir = steal_ptr(context->tls_dir);
	ret->tls = ret->tls_dir || context->skip_verify;
}

const char *engine_find_socket(const char *const *sockets)
{
	for (; *sockets; sockets++)
		if (access(*sockets, F_OK) == 0)
			return *sockets;
	return NULL;
}

/* What colleagues reach is root's as well, in the end: sudo drops DOCKER_HOST. */
static int find_configured(struct engine *ret, struct error *err)
{
	cleanup_free char *url = NULL;
	/* Nobody else is told what the policy says; and a mistake in it is `policy check`'s to explain. */
	if (geteuid() == 0 && places_engine(&url, err) == 0 && *url)
		return engine_url_parse(url, ret, err);
	return error_set(err, -ENOENT,
			 "no engine was found: neither /run/docker.sock nor /run/podman/podman.sock is there; start "
			 "one (podman: podman system service --time=0), or name it with --engine, DOCKER_HOST (which "
			 "sudo does not pass on) or `engine unix://PATH` in " CENTERCTL_SYSCONFDIR "/centerctl.conf");
}

/* The engine that is there when nothing names one. */
static int find_local(char *const *env, struct engine *ret, struct error *err)
{
	char docker[128] = "", podman[128] = "";
	const char *run = env_value(env, "XDG_RUNTIME_DIR");
	if (run && strlen(run) < 100 && geteuid() != 0) {
		snprintf(docker, sizeof(docker), "%s/docker.sock", run);
		snprintf(podman, sizeof(podman), "%s/podman/podman.sock", run);
	}
	/* One's own engine comes first. An empty name is never there. */
	const char *const sockets[] = {
		docker, podman, "/run/docker.sock", "/var/run/docker.sock", "/run/podman/podman.sock", NULL};
	const char *found = engine_find_socket(sockets);
	if (!found)
		return find_configured(ret, err);
	ret->path = strdup(found);
	if (!ret->path)
		return error_errno(err, -ENOMEM, "the engine's path");
	ret->scheme = ENGINE_UNIX;
	return 0;
}

static int refuse_unsafe(const struct engine *e, const char *url, struct error *err)
{
	if (engine_addr_is_loopback(e))
		return 0;
	if (e->scheme == ENGINE_TCP)
		return error_set(
			err, -EACCES,
			"engine %s is not used without TLS: whoever can answer there chooses what is entered, and "
			"whoever can reach it is root; use unix://, a loopback address, or DOCKER_TLS_VERIFY=1",
			url);
	if (e->scheme == ENGINE_TLS && !e->tls_verify)
		return error_set(
			err, -EACCES,
			"engine %s is not used without a check of its certificate: whoever can answer there chooses "
			"what is entered; drop SkipTLSVerify from the Docker context",
			url);
	return 0;
}

/* From the parsed URL to something that can be connected to. */
static int complete(const struct source *from, struct engine *e, struct error *err)
{
	if (e->scheme == ENGINE_UNIX)
		return 0;
	if (from->tls)
		e->scheme = ENGINE_TLS;
	if (e->port == 0)
		e->port = e->scheme == ENGINE_TLS ? ENGINE_PORT_TLS : ENGINE_PORT_PLAIN;
	if (e->scheme == ENGINE_TLS) {
		e->tls_verify = from->verify;
		if (!from->tls_dir && e->tls_verify)
			return error_set(err, -ENOENT,
					 "engine %s: no certificate authority is named to verify it: set "
					 "DOCKER_CERT_PATH to the directory with ca.pem",
					 from->url);
		int r = from->tls_dir ? engine_tls_read(e, from->tls_dir, err) : 0;
		if (r < 0)
			return r;
	}
	int r = engine_addr_lookup(e, err);
	return r < 0 ? r : refuse_unsafe(e, from->url, err);
}

static int use(const struct source *from, struct engine *ret, struct error *err)
{
	int r = engine_url_parse(from->url, ret, err);
	if (r < 0) {
		error_prepend(err, "%s", from->name);
		return r;
	}
	return complete(from, ret, err);
}

/* DOCKER_CONTEXT, else config.json's. *ret_name is NULL for the default one. */
static int current_context(const char *config, char *const *env, char **ret_name, struct error *err)
{
	const char *name = env_value(env, "DOCKER_CONTEXT");
	*ret_name = NULL;
	if (!name)
		return config ? docker_context_current(config, ret_name, err) : 0;
	if (strcmp(name, "default") == 0)
		return 0;
	if (!config)
		return error_set(err, -ENOENT,
				 "DOCKER_CONTEXT is \"%s\", but neither DOCKER_CONFIG nor HOME says where "
				 "contexts are",
				 name);
	*ret_name = strdup(name);
	return *ret_name ? 0 : error_errno(err, -ENOMEM, "DOCKER_CONTEXT");
}

int engine_find(const char *url, char *const *env, struct engine *ret, struct error *err)
{
	cleanup_source struct source source = {0};
	cleanup_free char *config = config_dir(env);
	const char *given = url ? url : env_value(env, "DOCKER_HOST");
	if (given) {
		int r = source_from_url(given, url ? "--engine" : "DOCKER_HOST", config, env, &source, err);
		return r < 0 ? r : use(&source, ret, err);
	}
	cleanup_free char *name = NULL;
	int r = current_context(config, env, &name, err);
	if (r < 0)
		return r;
	if (!name)
		return find_local(env, ret, err);
	cleanup_docker_context struct docker_context context = {0};
	r = docker_context_load(config, name, &context, err);
	if (r < 0)
		return r;
	source_from_context(&context, &source);
	return use(&source, ret, err);
}
