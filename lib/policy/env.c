/* SPDX-License-Identifier: ISC */
#include "env.h"

#include <string.h>

/* Not all that there are (every program has its own): those that work whatever the program is, or for most scripts. */
const char *const env_dangerous[] = {
	"LD_PRELOAD",
	"LD_LIBRARY_PATH",
	"LD_AUDIT",
	"GLIBC_TUNABLES",
	"GCONV_PATH",
	"LOCPATH",
	"NLSPATH",
	"PATH",
	"BASH_ENV",
	"ENV",
	"IFS",
	"SHELLOPTS",
	"BASHOPTS",
	"PS4",
	"SHELL",
	"HOME",
	"EDITOR",
	"VISUAL",
	"PAGER",
	"PERL5LIB",
	"PERL5OPT",
	"PERL5DB",
	"PYTHONPATH",
	"PYTHONHOME",
	"PYTHONSTARTUP",
	"RUBYLIB",
	"RUBYOPT",
	"NODE_OPTIONS",
	"NODE_PATH",
	"CLASSPATH",
	"JAVA_TOOL_OPTIONS",
	"JDK_JAVA_OPTIONS",
	"GIT_SSH_COMMAND",
	"GIT_EXTERNAL_DIFF",
	"MAKEFLAGS",
	"OPENSSL_CONF",
	"LESSOPEN",
	/* of gdb and perf, which debug runs */
	"XDG_CONFIG_HOME",
	"PERF_EXEC_PATH",
	"PERF_PAGER",
	NULL,
};

bool env_is_dangerous(const char *name, size_t len)
{
	/* All that the loader reads, and functions that bash takes over. */
	if ((len >= 3 && memcmp(name, "LD_", 3) == 0) || (len >= 10 && memcmp(name, "BASH_FUNC_", 10) == 0))
		return true;
	for (const char *const *d = env_dangerous; *d; d++)
		if (strlen(*d) == len && memcmp(*d, name, len) == 0)
			return true;
	return false;
}
