/* SPDX-License-Identifier: ISC */
/*
 * What the dynamic loader would want to know of a program or shared object: which loader it asks for, what else it
 * needs, and what it is called. Only objects of the architecture that we were built for are taken. Pure.
 */
#ifndef CENTERCTL_INSIDE_ELF_NEEDS_H
#define CENTERCTL_INSIDE_ELF_NEEDS_H

#include <stddef.h>

#include "lib/base/error.h"

enum { ELF_FILE_MAX = 64 << 20, ELF_NEEDED_MAX = 64, ELF_NAME_MAX = 1024 };

struct elf_needs {
	char *interpreter; /* PT_INTERP; NULL: none */
	char *soname;	   /* DT_SONAME; NULL: none */
	char *runpath;	   /* DT_RUNPATH, or DT_RPATH where there is none; NULL: none */
	char **needed;	   /* DT_NEEDED, in order; NULL: none */
};

void elf_needs_done(struct elf_needs *n);
#define cleanup_elf_needs __attribute__((cleanup(elf_needs_done)))

/*
 * The whole file is at data. 0; -ENOEXEC if it is no ELF file, or one of another architecture; -EINVAL if it
 * contradicts itself; -ENOMEM; each with a text that does not name the file.
 */
int elf_read(const void *data, size_t len, struct elf_needs *ret, struct error *err);

#endif
