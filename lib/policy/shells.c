/* SPDX-License-Identifier: ISC */
#include "shells.h"

#include <string.h>

#include "glob.h"

/* These read what to do from their input, whatever their arguments are. */
static const char *const interactive[] = {
	"sh",	  "ash",       "bash",	  "dash",	 "zsh",	    "fish",    "ksh",	    "mksh",   "csh",
	"tcsh",	  "rbash",     "busybox", "toybox",	 "su",	    "sudo",    "doas",	    "screen", "tmux",
	"script", "expect",    "tclsh",	  "python",	 "python2", "python3", "perl",	    "ruby",   "irb",
	"node",	  "deno",      "lua",	  "php",	 "R",	    "gdb",     "ed",	    "ex",     "vi",
	"vim",	  "nvim",      "view",	  "emacs",	 "nano",    "less",    "more",	    "most",   "man",
	"psql",	  "mysql",     "mariadb", "sqlite3",	 "mongo",   "mongosh", "redis-cli", "ftp",    "sftp",
	"telnet", "bc",	       "top",	  "htop",	 "mutt",    "w3m",     "lynx",	    "pry",    "ghci",
	"jshell", "gdbserver", "lldb",	  "lldb-server", "pdb",	    NULL,
};

/* These run what an argument says. */
static const char *const by_argument[] = {
	"env",	     "find",	   "tar",	"awk",	  "gawk",     "mawk",	   "sed",      "xargs",	  "nice",
	"nohup",     "timeout",	   "setsid",	"stdbuf", "time",     "watch",	   "strace",   "ltrace",  "make",
	"gmake",     "git",	   "rsync",	"ssh",	  "scp",      "zip",	   "unzip",    "cpio",	  "docker",
	"podman",    "nsenter",	   "unshare",	"chroot", "capsh",    "ld.so",	   "npm",      "npx",	  "yarn",
	"pip",	     "pip3",	   "gem",	"bundle", "cargo",    "go",	   "gcc",      "cc",	  "composer",
	"artisan",   "rake",	   "rails",	"java",	  "curl",     "wget",	   "dd",       "cp",	  "mv",
	"tee",	     "install",	   "ln",	"chmod",  "openssl",  "socat",	   "nc",       "ncat",	  "parallel",
	"run-parts", "flock",	   "ionice",	"chrt",	  "taskset",  "logrotate", "tcpdump",  "crontab", "at",
	"pg_dump",   "pg_dumpall", "mysqldump", "perf",	  "valgrind", "rr",	   "bpftrace", NULL,
};

static bool is_one(const char *pattern, const char *const *names)
{
	const char *slash = strrchr(pattern, '/');
	for (const char *base = slash ? slash + 1 : pattern; *names; names++)
		if (glob_match(base, *names, strlen(*names)))
			return true;
	return false;
}

const char *shells_in_pattern(const struct policy *p, struct block_list words)
{
	bool open = false;
	const char *program = block_next_text(p, &words);
	if (!program)
		return NULL;
	for (const char *word; !open && (word = block_next_text(p, &words));)
		open = strpbrk(word, "*?") != NULL;
	if (strpbrk(program, "*?"))
		return "a pattern of programs lets in whatever is called so in the container";
	if (is_one(program, interactive))
		return "whoever may run this can make it run anything else";
	if (open && is_one(program, by_argument))
		return "with an argument of one's choice this can run, read or write anything else";
	return NULL;
}
