/* SPDX-License-Identifier: ISC */
/* Runs a fuzz target over the files given: what libFuzzer's own main does, for builds without it. */
#include <err.h>
#include <fcntl.h>

#include "fuzz.h"
#include "lib/base/cleanup.h"
#include "lib/base/io.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		cleanup_fd int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
		cleanup_free char *data = NULL;
		size_t len = 0;
		if (fd < 0 || read_all(fd, 16 << 20, &data, &len) < 0)
			err(1, "%s", argv[i]);
		LLVMFuzzerTestOneInput((const uint8_t *)data, len);
	}
	return 0;
}
