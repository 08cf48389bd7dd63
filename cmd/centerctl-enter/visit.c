/* SPDX-License-Identifier: ISC */
#include "visit.h"

#include <errno.h>
#include <string.h>

#include "config.h"
#include "ledger.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/priv/hook.h"

void visit_init(struct visit *v)
{
	*v = (struct visit){.channel = -EBADF,
			    .proc = -EBADF,
			    .executable = -EBADF,
			    .resolver = RESOLVER_INIT,
			    .helper = RESOLVER_INIT,
			    .ledger = {.running = -EBADF},
			    .compiler = RESOLVER_INIT,
			    .target = TARGET_INIT,
			    .cgroups = {.v2 = -1, .memory_events = -EBADF},
			    .bundle_file = {.fd = -EBADF},
			    .peek = PEEK_INIT,
			    .toolbox = TOOLBOX_INIT,
			    .program = -EBADF};
}

void visit_done(struct visit *v)
{
	resolver_done(&v->resolver);
	resolver_done(&v->compiler);
	resolver_done(&v->helper);
	ledger_done(v);
	account_done(&v->account);
	policy_store_done(&v->store);
	request_done(&v->request);
	container_done(&v->container);
	target_done(&v->target);
	cgroups_done(&v->cgroups);
	close_fd(v->bundle_file.fd);
	peek_done(&v->peek);
	bundle_done(&v->bundle);
	user_done(&v->user);
	strv_free(v->argv);
	strv_free(v->env);
	cleanup_free_function(&v->cwd);
	toolbox_done(&v->toolbox);
	close_fd(v->program);
	close_fd(v->proc);
	close_fd(v->channel);
	visit_init(v);
}

const char *visit_name(const struct visit *v)
{
	return v->by_pid || !v->container.name[0] ? v->request.target : v->container.name;
}

bool visit_is_judged(const struct visit *v)
{
	return v->caller != 0;
}

bool visit_has_toolbox(const struct visit *v)
{
	return v->request.debug && !v->request.static_tool[0];
}

const char *visit_rundir(void)
{
	const char *other = hook_value("CENTERCTL_TEST_RUNDIR");
	return other ? other : CENTERCTL_RUNDIR;
}
