/* SPDX-License-Identifier: ISC */
#include "elf_needs.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

#if __SIZEOF_POINTER__ == 8
#define OWN_CLASS ELFCLASS64
#else
#define OWN_CLASS ELFCLASS32
#endif
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OWN_DATA ELFDATA2LSB
#else
#define OWN_DATA ELFDATA2MSB
#endif
#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#elif defined(__i386__)
#define OWN_MACHINE EM_386
#elif defined(__aarch64__)
#define OWN_MACHINE EM_AARCH64
#elif defined(__arm__)
#define OWN_MACHINE EM_ARM
#elif defined(__riscv)
#define OWN_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define OWN_MACHINE EM_PPC64
#elif defined(__s390x__)
#define OWN_MACHINE EM_S390
#else
/* Not known here: every file is one for another architecture, until a line above says otherwise. */
#define OWN_MACHINE EM_NONE
#endif

struct image {
	const unsigned char *data;
	size_t len;
	ElfW(Ehdr) header;
};

static bool is_inside(const struct image *m, uint64_t at, uint64_t len)
{
	return at <= m->len && len <= m->len - at;
}

/* Fields are copied out: nothing says that they are aligned. */
static ElfW(Phdr) segment(const struct image *m, unsigned i)
{
	ElfW(Phdr) p;
	memcpy(&p, m->data + m->header.e_phoff + (size_t)i * sizeof(p), sizeof(p));
	return p;
}

static int read_header(struct image *m, struct error *err)
{
	if (m->len < sizeof(m->header) || memcmp(m->data, ELFMAG, SELFMAG) != 0)
		return error_set(err, -ENOEXEC, "it is no ELF file");
	memcpy(&m->header, m->data, sizeof(m->header));
	if (m->header.e_ident[EI_CLASS] != OWN_CLASS || m->header.e_ident[EI_DATA] != OWN_DATA ||
	    m->header.e_machine != OWN_MACHINE)
		return error_set(err, -ENOEXEC, "it is for another architecture");
	if (m->header.e_phnum > 0 && m->header.e_phentsize != sizeof(ElfW(Phdr)))
		return error_set(err, -EINVAL, "its segments have a size of their own");
	if (!is_inside(m, m->header.e_phoff, (uint64_t)m->header.e_phnum * sizeof(ElfW(Phdr))))
		return error_set(err, -EINVAL, "its list of segments is cut off");
	return 0;
}

/* The file's bytes at an address of memory up to the end of its segment; NULL if it is in none. */
static const unsigned char *at_address(const struct image *m, uint64_t address, size_t *ret_left)
{
	for (unsigned i = 0; i < m->header.e_phnum; i++) {
		ElfW(Phdr) p = segment(m, i);
		if (p.p_type != PT_LOAD || address < p.p_vaddr || address - p.p_vaddr >= p.p_filesz ||
		    !is_inside(m, p.p_offset, p.p_filesz))
			continue;
		*ret_left = (size_t)(p.p_filesz - (address - p.p_vaddr));
		return m->data + p.p_offset + (address - p.p_vaddr);
	}
	return NULL;
}

static int copy_text(char **to, const unsigned char *from, size_t left, struct error *err)
{
	const unsigned char *end = memchr(from, '\0', left < ELF_NAME_MAX ? left : ELF_NAME_MAX);
	if (!end)
		return error_set(err, -EINVAL, "a name in it has no end");
	free(*to);
	*to = strdup((const char *)from);
	return *to ? 0 : error_errno(err, -ENOMEM, "a name in it");
}

/* The entries of PT_DYNAMIC, up to DT_NULL. */
struct dynamic {
	const unsigned char *at;
	size_t count;
	const unsigned char *strings;
	size_t strings_len;
};

static ElfW(Dyn) entry(const struct dynamic *d, size_t i)
{
	ElfW(Dyn) e;
	memcpy(&e, d->at + i * sizeof(e), sizeof(e));
	return e;
}

static int find_strings(const struct image *m, struct dynamic *d, struct error *err)
{
	size_t size = 0, left = 0;
	for (size_t i = 0; i < d->count; i++) {
		ElfW(Dyn) e = entry(d, i);
		if (e.d_tag == DT_NULL)
			d->count = i;
		else if (e.d_tag == DT_STRTAB)
			d->strings = at_address(m, e.d_un.d_ptr, &left);
		else if (e.d_tag == DT_STRSZ)
			size = e.d_un.d_val;
	}
	if (!d->strings || size > left)
		return error_set(err, -EINVAL, "its names are not where it says");
	d->strings_len = size;
	return 0;
}

static int take_name(const struct dynamic *d, const ElfW(Dyn) * e, char **to, struct error *err)
{
	if (e->d_un.d_val >= d->strings_len)
		return error_set(err, -EINVAL, "a name in it lies outside of its names");
	return copy_text(to, d->strings + e->d_un.d_val, d->strings_len - e->d_un.d_val, err);
}

static int take_needed(const struct dynamic *d, const ElfW(Dyn) * e, struct elf_needs *ret, struct error *err)
{
	char *name = NULL;
	int r = take_name(d, e, &name, err);
	if (r == 0 && strv_len(ret->needed) >= ELF_NEEDED_MAX)
		r = error_set(err, -EINVAL, "it needs more than %d shared objects", ELF_NEEDED_MAX);
	if (r == 0 && strv_add(&ret->needed, name) < 0)
		r = error_errno(err, -ENOMEM, "a name in it");
	free(name);
	return r;
}

/* DT_RPATH does not count beside a DT_RUNPATH, wherever that stands. */
static int take_entries(const struct dynamic *d, struct elf_needs *ret, struct error *err)
{
	bool runpath = false;
	int r = 0;
	for (size_t i = 0; r == 0 && i < d->count; i++) {
		ElfW(Dyn) e = entry(d, i);
		if (e.d_tag == DT_NEEDED)
			r = take_needed(d, &e, ret, err);
		else if (e.d_tag == DT_SONAME)
			r = take_name(d, &e, &ret->soname, err);
		else if (e.d_tag == DT_RUNPATH || (e.d_tag == DT_RPATH && !runpath))
			r = take_name(d, &e, &ret->runpath, err);
		runpath = runpath || e.d_tag == DT_RUNPATH;
	}
	return r;
}

static int read_dynamic(const struct image *m, const ElfW(Phdr) * p, struct elf_needs *ret, struct error *err)
{
	if (!is_inside(m, p->p_offset, p->p_filesz))
		return error_set(err, -EINVAL, "its dynamic section is cut off");
	struct dynamic d = {.at = m->data + p->p_offset, .count = (size_t)(p->p_filesz / sizeof(ElfW(Dyn)))};
	int r = find_strings(m, &d, err);
	return r < 0 ? r : take_entries(&d, ret, err);
}

void elf_needs_done(struct elf_needs *n)
{
	free(n->interpreter);
	free(n->soname);
	free(n->runpath);
	strv_free(n->needed);
	*n = (struct elf_needs){0};
}

int elf_read(const void *data, size_t len, struct elf_needs *ret, struct error *err)
{
	struct image m = {.data = data, .len = len};
	cleanup_elf_needs struct elf_needs n = {0};
	int r = read_header(&m, err);
	for (unsigned i = 0; r == 0 && i < m.header.e_phnum; i++) {
		ElfW(Phdr) p = segment(&m, i);
		if (p.p_type == PT_INTERP && !is_inside(&m, p.p_offset, p.p_filesz))
			r = error_set(err, -EINVAL, "the name of its loader is cut off");
		else if (p.p_type == PT_INTERP)
			r = copy_text(&n.interpreter, m.data + p.p_offset, (size_t)p.p_filesz, err);
		else if (p.p_type == PT_DYNAMIC)
			r = read_dynamic(&m, &p, &n, err);
	}
	if (r < 0)
		return r;
	*ret = n;
	n = (struct elf_needs){0};
	return 0;
}
