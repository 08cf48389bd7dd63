/* SPDX-License-Identifier: ISC */
/*
 * A tar stream from a container, unpacked as onto the host: whatever it says, nothing appears or changes outside of the
 * directory. Then what was made of it is packed, and that has to be a whole stream.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/transfer/pack.h"
#include "lib/transfer/tar.h"
#include "lib/transfer/unpack.h"

static char top[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)type;
	if (S_ISDIR(st->st_mode))
		return at->level == 0 ? 0 : rmdir(path);
	return unlink(path);
}

/* So that what was made can be read and removed, whatever its mode says and whoever runs this. */
static int open_up(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)type;
	(void)at;
	if (!S_ISLNK(st->st_mode))
		chmod(path, 0700);
	return 0;
}

static void leave(void)
{
	if (*top) {
		nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
		rmdir(top);
	}
}

/* Files stay small: a hole may be as large as a stream says. */
static void prepare(void)
{
	const struct rlimit limit = {1 << 24, 1 << 24};
	snprintf(top, sizeof(top), "%s/fuzz-transfer.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	MUST(mkdtemp(top));
	atexit(leave);
	setrlimit(RLIMIT_FSIZE, &limit);
	MUST(chdir(top) == 0);
}

static void check_outside(void)
{
	struct stat st;
	MUST(stat("canary", &st) == 0 && st.st_nlink == 1 && st.st_size == 0 && (st.st_mode & 07777) == 0600);
	MUST(stat(".", &st) == 0 && st.st_nlink == 3 && (st.st_mode & 07777) == 0700);
}

static int discard(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)path;
	(void)type;
	(void)at;
	MUST((st->st_mode & 06000) == 0 && st->st_uid == geteuid());
	MUST(S_ISREG(st->st_mode) || S_ISDIR(st->st_mode) || S_ISLNK(st->st_mode) || S_ISFIFO(st->st_mode));
	return 0;
}

static void pack_again(void)
{
	struct error err;
	struct transfer_report report = {0};
	const struct pack_options o = {.xattrs = true};
	const struct pack_path path = {.path = "in/."};
	struct source s;
	cleanup_fd int fd = memfd_create("again", MFD_CLOEXEC);
	MUST(fd >= 0);
	MUST(pack(fd, &o, &path, 1, &report, &err) == 0);
	MUST(lseek(fd, 0, SEEK_SET) == 0 && source_open(&s, fd, NULL) == 0);
	struct tar_reader reader = {.from = &s};
	for (int r = 1; r > 0;) {
		cleanup_tar_entry struct tar_entry e = {0};
		r = tar_read(&reader, &e, &err);
		MUST(r >= 0);
		MUST(r == 0 || source_skip(&s, e.stored + e.padding) == 0);
	}
	source_done(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct error err;
	struct source s;
	struct transfer_report report = {0};
	if (!*top)
		prepare();
	cleanup_fd int canary = open("canary", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	MUST(canary >= 0 && fchmod(canary, 0600) == 0);
	MUST(mkdir("in", 0700) == 0);
	cleanup_fd int in = open("in", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct unpack_place place = {.name = "", .directory = in};
	const struct unpack_options o = {.places = &place,
					 .place_count = 1,
					 .strict = true,
					 .as = len > 0 && data[len - 1] == 'a' ? "as" : NULL};
	MUST(source_open_memory(&s, data, len) == 0);
	unpack_from(&s, &o, &report, &err);
	source_done(&s);
	check_outside();
	nftw("in", discard, 16, FTW_PHYS);
	nftw("in", open_up, 16, FTW_PHYS);
	pack_again();
	nftw("in", remove_one, 16, FTW_DEPTH | FTW_PHYS);
	MUST(rmdir("in") == 0);
	return 0;
}
