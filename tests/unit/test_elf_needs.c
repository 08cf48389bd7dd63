/* SPDX-License-Identifier: ISC */
#include "test.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/io.h"
#include "lib/base/text.h"
#include "lib/inside/elf_needs.h"

/* A small image: header, three segments, dynamic entries, names. Its one segment of memory begins at 0x1000. */
enum { BASE = 0x1000, DYNAMIC_AT = 512, NAMES_AT = 1024, INTERP_AT = 1536, IMAGE_SIZE = 2048, ENTRIES = 8 };

static const char names[] = "\0libc.so.6\0libself.so.1\0$ORIGIN/../lib\0/old";

struct image {
	ElfW(Ehdr) header;
	ElfW(Phdr) segments[3];
	ElfW(Dyn) dynamic[ENTRIES];
};

/* The header is this program's own, so that it is of the right architecture. */
static struct image make(void)
{
	struct image m = {0};
	cleanup_fd int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	assert_int_equal(read_full(self, &m.header, sizeof(m.header)), sizeof(m.header));
	m.header.e_phoff = sizeof(m.header);
	m.header.e_phnum = 3;
	m.segments[0] = (ElfW(Phdr)){.p_type = PT_LOAD, .p_vaddr = BASE, .p_filesz = IMAGE_SIZE};
	m.segments[1] = (ElfW(Phdr)){.p_type = PT_INTERP, .p_offset = INTERP_AT, .p_filesz = 16};
	m.segments[2] = (ElfW(Phdr)){.p_type = PT_DYNAMIC, .p_offset = DYNAMIC_AT, .p_filesz = sizeof(m.dynamic)};
	ElfW(Dyn) entries[] = {{.d_tag = DT_NEEDED, .d_un.d_val = 1},
			       {.d_tag = DT_RUNPATH, .d_un.d_val = 24},
			       {.d_tag = DT_RPATH, .d_un.d_val = 39},
			       {.d_tag = DT_SONAME, .d_un.d_val = 11},
			       {.d_tag = DT_STRTAB, .d_un.d_ptr = BASE + NAMES_AT},
			       {.d_tag = DT_STRSZ, .d_un.d_val = sizeof(names)},
			       {.d_tag = DT_NULL},
			       {.d_tag = DT_NEEDED, .d_un.d_val = 1}};
	memcpy(m.dynamic, entries, sizeof(entries));
	return m;
}

__attribute__((noinline)) static void put(char *to, const void *from, size_t len)
{
	memcpy(to, from, len);
}

static char *lay_out(const struct image *m)
{
	char *data = calloc(1, IMAGE_SIZE);
	if (!data)
		abort();
	put(data, &m->header, sizeof(m->header));
	put(data + sizeof(m->header), m->segments, sizeof(m->segments));
	put(data + DYNAMIC_AT, m->dynamic, sizeof(m->dynamic));
	put(data + NAMES_AT, names, sizeof(names));
	put(data + INTERP_AT, "/lib/ld-test.so", 16);
	return data;
}

static int read_image(const struct image *m, struct elf_needs *ret)
{
	struct error err;
	cleanup_free char *data = lay_out(m);
	return elf_read(data, IMAGE_SIZE, ret, &err);
}

static void everything_that_is_needed_is_found(void **state)
{
	(void)state;
	struct image m = make();
	cleanup_elf_needs struct elf_needs n = {0};
	assert_int_equal(read_image(&m, &n), 0);
	assert_string_equal(n.interpreter, "/lib/ld-test.so");
	assert_int_equal(strv_len(n.needed), 1);
	assert_string_equal(n.needed[0], "libc.so.6");
	assert_string_equal(n.soname, "libself.so.1");
	assert_string_equal(n.runpath, "$ORIGIN/../lib");
}

static void an_old_path_counts_where_there_is_no_new_one(void **state)
{
	(void)state;
	struct image m = make();
	cleanup_elf_needs struct elf_needs n = {0};
	m.dynamic[1].d_tag = DT_DEBUG;
	assert_int_equal(read_image(&m, &n), 0);
	assert_string_equal(n.runpath, "/old");
}

static void a_real_program_is_read(void **state)
{
	(void)state;
	struct error err;
	cleanup_free char *data = NULL;
	size_t len;
	cleanup_elf_needs struct elf_needs n = {0};
	cleanup_fd int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	assert_int_equal(read_all(self, ELF_FILE_MAX, &data, &len), 0);
	assert_int_equal(elf_read(data, len, &n, &err), 0);
	assert_true(n.interpreter && *n.interpreter == '/');
	assert_true(strv_len(n.needed) > 0);
}

static void another_architecture_is_none_of_ours(void **state)
{
	(void)state;
	struct elf_needs n;
	struct image m = make();
	m.header.e_machine++;
	assert_int_equal(read_image(&m, &n), -ENOEXEC);
	m = make();
	m.header.e_ident[EI_CLASS] ^= 3;
	assert_int_equal(read_image(&m, &n), -ENOEXEC);
	m = make();
	m.header.e_ident[EI_DATA] ^= 3;
	assert_int_equal(read_image(&m, &n), -ENOEXEC);
	m = make();
	m.header.e_ident[0] = '#';
	assert_int_equal(read_image(&m, &n), -ENOEXEC);
}

static void expect_contradiction(void (*change)(struct image *m))
{
	struct elf_needs n;
	struct image m = make();
	change(&m);
	assert_int_equal(read_image(&m, &n), -EINVAL);
}

static void segments_behind_the_end(struct image *m)
{
	m->header.e_phoff = IMAGE_SIZE - 8;
}

static void segments_around_the_end(struct image *m)
{
	m->header.e_phoff = (ElfW(Off)) - 8;
}

static void other_segments(struct image *m)
{
	m->header.e_phentsize--;
}

static void name_behind_the_names(struct image *m)
{
	m->dynamic[0].d_un.d_val = sizeof(names);
}

static void name_without_end(struct image *m)
{
	m->dynamic[5].d_un.d_val = 5;
	m->dynamic[3].d_tag = m->dynamic[1].d_tag = m->dynamic[2].d_tag = DT_DEBUG;
}

static void names_in_no_segment(struct image *m)
{
	m->dynamic[4].d_un.d_ptr = BASE - 1;
}

static void names_too_long(struct image *m)
{
	m->dynamic[5].d_un.d_val = IMAGE_SIZE;
}

static void no_names(struct image *m)
{
	m->dynamic[4].d_tag = DT_DEBUG;
}

static void loader_behind_the_end(struct image *m)
{
	m->segments[1].p_offset = IMAGE_SIZE;
}

static void loader_without_end(struct image *m)
{
	m->segments[1].p_filesz = 4;
}

static void dynamic_behind_the_end(struct image *m)
{
	m->segments[2].p_filesz = IMAGE_SIZE;
}

static void what_contradicts_itself_is_refused(void **state)
{
	(void)state;
	expect_contradiction(segments_behind_the_end);
	expect_contradiction(segments_around_the_end);
	expect_contradiction(other_segments);
	expect_contradiction(name_behind_the_names);
	expect_contradiction(name_without_end);
	expect_contradiction(names_in_no_segment);
	expect_contradiction(names_too_long);
	expect_contradiction(no_names);
	expect_contradiction(loader_behind_the_end);
	expect_contradiction(loader_without_end);
	expect_contradiction(dynamic_behind_the_end);
}

static void a_file_that_is_cut_off_is_never_read_beyond_its_end(void **state)
{
	(void)state;
	struct image m = make();
	cleanup_free char *data = lay_out(&m);
	for (size_t len = 0; len < IMAGE_SIZE; len++) {
		struct error err;
		cleanup_elf_needs struct elf_needs n = {0};
		cleanup_free char *copy = malloc(len ? len : 1);
		memcpy(copy, data, len);
		(void)elf_read(copy, len, &n, &err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IT(everything_that_is_needed_is_found),
		IT(an_old_path_counts_where_there_is_no_new_one),
		IT(a_real_program_is_read),
		IT(another_architecture_is_none_of_ours),
		IT(what_contradicts_itself_is_refused),
		IT(a_file_that_is_cut_off_is_never_read_beyond_its_end),
	};
	return RUN(tests);
}
