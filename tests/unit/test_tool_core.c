/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/tool/corefile.h"
#include "lib/tool/maps.h"

#define TAIL "VmFlags: rd "

static struct mapping read_one(const char *text)
{
	struct mapping m;
	assert_int_equal(maps_next(&text, &m), 1);
	assert_string_equal(text, "");
	return m;
}

static void a_mapping_is_read_with_what_stands_below_it(void **state)
{
	(void)state;
	struct mapping m = read_one("7f00-7fff r-xs 00002000 fe:00 1234   /a b (deleted)\n"
				    "Size:   4 kB\nAnonymous:  8 kB\nVmFlags: rd mr dd ht \n");
	assert_int_equal(m.start, 0x7f00);
	assert_int_equal(m.end, 0x7fff);
	assert_int_equal(m.offset, 0x2000);
	assert_int_equal(m.inode, 1234);
	assert_true(m.readable && !m.writable && m.executable && m.shared);
	assert_true(m.modified && m.not_dumped && m.huge && !m.device);
	assert_memory_equal(m.path, "/a b (deleted)", m.path_len);
	assert_true(mapping_has_file(&m) && mapping_is_unlinked(&m));
	m = read_one("1000-2000 rw-p 00000000 00:00 0 \nAnonymous: 0 kB\nVmFlags: rd ddx \n");
	assert_null(m.path);
	assert_false(m.modified || mapping_has_file(&m));
}

static void what_is_no_such_file_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {"x",
					    "\n",
					    "2000-1000 r--p 0 0:0 0\n",
					    "1000-2000\n",
					    "1000-2000 r--p\n",
					    "1000-2000 r--p 0 0:0 x\n",
					    "1000-2000 r--p 0 00 0\n",
					    "-1000-2000 r--p 0 0:0 0\n",
					    "11111111111111111-2 r--p 0 0:0 0\n"};
	struct mapping m;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		const char *at = wrong[i];
		assert_int_equal(maps_next(&at, &m), -EINVAL);
	}
}

static void the_core_has_what_coredump_filter_says(void **state)
{
	(void)state;
	static const struct {
		const char *mapping;
		unsigned filter;
		enum core_content content, all;
	} cases[] = {
		{"1-2 rw-p 0 0:0 0 [heap]\n", CORE_DEFAULT, CORE_WHOLE, CORE_WHOLE},
		{"1-2 rw-p 0 0:0 0 [heap]\n", 0, CORE_NOTHING, CORE_WHOLE},
		{"1-2 ---p 0 0:0 0 \n", CORE_DEFAULT, CORE_NOTHING, CORE_NOTHING},
		{"1-2 r-xp 0 0:0 0 [vdso]\n", 0, CORE_WHOLE, CORE_WHOLE},
		{"1-2 r--p 0 0:0 0 [vvar]\n", CORE_DEFAULT, CORE_NOTHING, CORE_NOTHING},
		{"ffffffffff600000-ffffffffff601000 r-xp 0 0:0 0 [vsyscall]\n", CORE_ALL, CORE_NOTHING, CORE_NOTHING},
		{"1-2 r-xp 0 1:0 5 /bin/x\n", CORE_DEFAULT, CORE_FIRST_PAGE, CORE_WHOLE},
		{"1-2 r-xp 1000 1:0 5 /bin/x\n", CORE_DEFAULT, CORE_NOTHING, CORE_WHOLE},
		{"1-2 rw-p 1000 1:0 5 /bin/x\nAnonymous: 4 kB\n", CORE_DEFAULT, CORE_WHOLE, CORE_WHOLE},
		{"1-2 rw-p 1000 1:0 5 /bin/x\nSwap: 4 kB\n", CORE_DEFAULT, CORE_WHOLE, CORE_WHOLE},
		{"1-2 rw-s 0 1:0 5 /data\n", CORE_DEFAULT, CORE_NOTHING, CORE_WHOLE},
		{"1-2 rw-s 0 1:0 5 /memfd:x (deleted)\n", CORE_DEFAULT, CORE_WHOLE, CORE_WHOLE},
		{"1-2 rw-p 0 0:0 0 \n" TAIL "dd\n", CORE_DEFAULT, CORE_NOTHING, CORE_WHOLE},
		{"1-2 rw-s 0 1:0 5 /dev/gpu\n" TAIL "io pf\n", CORE_ALL, CORE_NOTHING, CORE_NOTHING},
		{"1-2 rw-s 0 1:0 5 /huge\n" TAIL "ht\n", CORE_DEFAULT, CORE_NOTHING, CORE_WHOLE},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mapping m = read_one(cases[i].mapping);
		assert_int_equal(core_choose(&m, cases[i].filter, false), cases[i].content);
		assert_int_equal(core_choose(&m, CORE_ALL, true), cases[i].all);
	}
}

static void libraries_are_looked_for_where_they_really_are(void **state)
{
	(void)state;
	cleanup_free char *path = maps_library_path("1-2 r-xp 0 1:0 5 /opt/real/libx.so.1\n"
						    "2-3 r--p 0 1:0 5 /other/liby.so\n"
						    "3-4 r-xp 0 1:0 6 /opt/real/libz.so\n"
						    "4-5 r-xp 0 1:0 7 /bin/server\n"
						    "5-6 r-xp 0 1:0 8 /evil:/x/lib.so\n"
						    "6-7 r-xp 0 1:0 8 /evil\\012set/lib.so\n"
						    "7-8 r-xp 0 1:0 8 /gone/lib.so (deleted)\n"
						    "8-9 r-xp 0 1:0 8 /lib/libc.so.6\n",
						    "/target");
	assert_string_equal(path, "/target/opt/real:/target/lib");
	assert_null(maps_library_path("4-5 r-xp 0 1:0 7 /bin/server\n", "/target"));
}

static void the_header_says_where_everything_stands(void **state)
{
	(void)state;
	cleanup_buf struct buf notes = {0}, head = {0};
	const struct core_segment segments[] = {{.start = 0x1000, .end = 0x3000, .content = 0x2000, .readable = true},
						{.start = 0x5000, .end = 0x6000, .readable = true, .executable = true},
						{.start = 0x7000, .end = 0x9000, .content = 0x1000}};
	core_add_note(&notes, "CORE", NT_PRSTATUS, "abcde", 5);
	core_add_files(&notes, "1000-3000 r--p 2000 1:0 5 /bin/x\n");
	core_add_header(&head, EM_X86_64, &notes, segments, ARRAY_SIZE(segments));
	assert_false(head.failed);
	const Elf64_Ehdr *e = (const void *)head.data;
	const Elf64_Phdr *p = (const void *)(head.data + e->e_phoff);
	assert_int_equal(e->e_type, ET_CORE);
	assert_int_equal(e->e_phnum, 4);
	assert_int_equal(p[0].p_type, PT_NOTE);
	assert_memory_equal(head.data + p[0].p_offset, notes.data, notes.len);
	assert_int_equal(head.len % 4096, 0);
	assert_int_equal(p[1].p_offset, head.len);
	assert_int_equal(p[2].p_filesz, 0);
	assert_int_equal(p[2].p_flags, PF_R | PF_X);
	assert_int_equal(p[3].p_offset, head.len + 0x2000);
	assert_int_equal(p[3].p_memsz, 0x2000);
	const Elf64_Nhdr *n = (const void *)notes.data;
	assert_int_equal(n->n_namesz, 5);
	assert_int_equal(n->n_descsz, 5);
	const uint64_t *files = (const void *)(notes.data + 28 + 12 + 8);
	assert_int_equal(files[0], 1);
	assert_int_equal(files[2], 0x1000);
	assert_int_equal(files[4], 2);
	assert_string_equal((const char *)(files + 5), "/bin/x");
}

static void many_segments_are_counted_elsewhere(void **state)
{
	(void)state;
	enum { MANY = 70000 };
	cleanup_buf struct buf notes = {0}, head = {0};
	cleanup_free struct core_segment *segments = calloc(MANY, sizeof(*segments));
	core_add_note(&notes, "CORE", NT_PRSTATUS, "", 0);
	core_add_header(&head, EM_X86_64, &notes, segments, MANY);
	const Elf64_Ehdr *e = (const void *)head.data;
	assert_int_equal(e->e_phnum, PN_XNUM);
	const Elf64_Shdr *s = (const void *)(head.data + e->e_shoff);
	assert_int_equal(s->sh_info, MANY + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(a_mapping_is_read_with_what_stands_below_it), IT(what_is_no_such_file_is_refused),
		IT(the_core_has_what_coredump_filter_says),	 IT(libraries_are_looked_for_where_they_really_are),
		IT(the_header_says_where_everything_stands),	 IT(many_segments_are_counted_elsewhere),
	};
	return RUN(tests);
}
