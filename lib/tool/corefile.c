/* SPDX-License-Identifier: ISC */
#include "corefile.h"

#include <elf.h>
#include <string.h>

enum { PAGE = 4096 };

static bool wants(unsigned filter, enum core_filter bit)
{
	return filter & (unsigned)bit;
}

/* As vma_dump_size() of the kernel does. */
enum core_content core_choose(const struct mapping *m, unsigned filter, bool all)
{
	static const char vdso[] = "[vdso]";
	if (m->path && m->path_len == sizeof(vdso) - 1 && memcmp(m->path, vdso, m->path_len) == 0)
		return CORE_WHOLE;
	/* [vvar], [vsyscall]: the kernel's own. Guard pages and reserved address space cannot be read. */
	if (!m->readable || m->start >> 63 || (m->path && m->path_len > 1 && memcmp(m->path, "[v", 2) == 0))
		return CORE_NOTHING;
	if (m->device || (m->not_dumped && !all))
		return CORE_NOTHING;
	if (m->huge)
		return wants(filter, m->shared ? CORE_HUGE_SHARED : CORE_HUGE_PRIVATE) ? CORE_WHOLE : CORE_NOTHING;
	if (m->shared) {
		enum core_filter bit = mapping_has_file(m) && !mapping_is_unlinked(m) ? CORE_FILE_SHARED : CORE_SHARED;
		return wants(filter, bit) ? CORE_WHOLE : CORE_NOTHING;
	}
	if ((m->modified || !mapping_has_file(m)) && wants(filter, CORE_PRIVATE))
		return CORE_WHOLE;
	if (mapping_has_file(m) && wants(filter, CORE_FILE_PRIVATE))
		return CORE_WHOLE;
	if (mapping_has_file(m) && m->offset == 0 && wants(filter, CORE_ELF_HEADERS))
		return CORE_FIRST_PAGE;
	return CORE_NOTHING;
}

static void pad(struct buf *to, size_t align)
{
	static const char zeros[PAGE];
	size_t over = to->len % align;
	if (over)
		buf_add(to, zeros, align - over);
}

void core_add_note(struct buf *to, const char *name, uint32_t type, const void *data, size_t len)
{
	Elf64_Nhdr head = {.n_namesz = (Elf64_Word)strlen(name) + 1, .n_descsz = (Elf64_Word)len, .n_type = type};
	buf_add(to, &head, sizeof(head));
	buf_add(to, name, head.n_namesz);
	pad(to, 4);
	buf_add(to, data, len);
	pad(to, 4);
}

void core_add_files(struct buf *to, const char *maps)
{
	cleanup_buf struct buf table = {0}, names = {0}, note = {0};
	struct mapping m;
	uint64_t count = 0;
	while (maps_next(&maps, &m) > 0) {
		if (!mapping_has_file(&m))
			continue;
		uint64_t entry[3] = {m.start, m.end, m.offset / PAGE};
		buf_add(&table, entry, sizeof(entry));
		buf_add(&names, m.path, m.path_len);
		buf_add(&names, "", 1);
		count++;
	}
	uint64_t head[2] = {count, PAGE};
	buf_add(&note, head, sizeof(head));
	if (count > 0) {
		buf_add(&note, table.data, table.len);
		buf_add(&note, names.data, names.len);
	}
	if (table.failed || names.failed || note.failed)
		to->failed = true;
	else
		core_add_note(to, "CORE", NT_FILE, note.data, note.len);
}

static Elf64_Phdr segment_header(const struct core_segment *s, uint64_t offset)
{
	Elf64_Phdr p = {.p_type = PT_LOAD,
			.p_offset = offset,
			.p_vaddr = s->start,
			.p_filesz = s->content,
			.p_memsz = s->end - s->start,
			.p_align = PAGE};
	p.p_flags = (s->readable ? PF_R : 0U) | (s->writable ? PF_W : 0U) | (s->executable ? PF_X : 0U);
	return p;
}

static void add_file_header(struct buf *to, uint16_t machine, size_t headers)
{
	Elf64_Ehdr e = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			.e_type = ET_CORE,
			.e_machine = machine,
			.e_version = EV_CURRENT,
			.e_phoff = sizeof(e),
			.e_ehsize = sizeof(e),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = (Elf64_Half)headers};
	if (headers >= PN_XNUM) {
		e.e_phnum = PN_XNUM;
		e.e_shoff = sizeof(e) + headers * sizeof(Elf64_Phdr);
		e.e_shentsize = sizeof(Elf64_Shdr);
		e.e_shnum = 1;
	}
	buf_add(to, &e, sizeof(e));
}

void core_add_header(struct buf *to, uint16_t machine, const struct buf *notes, const struct core_segment *segments,
		     size_t count)
{
	size_t headers = count + 1;
	size_t end = sizeof(Elf64_Ehdr) + headers * sizeof(Elf64_Phdr) + (headers >= PN_XNUM ? sizeof(Elf64_Shdr) : 0);
	Elf64_Phdr note = {.p_type = PT_NOTE, .p_offset = end, .p_filesz = notes->len, .p_align = 4};
	uint64_t offset = (end + notes->len + PAGE - 1) / PAGE * PAGE;
	add_file_header(to, machine, headers);
	buf_add(to, &note, sizeof(note));
	for (size_t i = 0; i < count; i++) {
		Elf64_Phdr p = segment_header(&segments[i], offset);
		buf_add(to, &p, sizeof(p));
		offset += segments[i].content;
	}
	if (headers >= PN_XNUM) {
		Elf64_Shdr s = {.sh_size = 1, .sh_info = (Elf64_Word)headers};
		buf_add(to, &s, sizeof(s));
	}
	buf_add(to, notes->data, notes->len);
	pad(to, PAGE);
}
