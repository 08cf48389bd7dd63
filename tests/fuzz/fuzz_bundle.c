/* SPDX-License-Identifier: ISC */
/*
 * config.json: whatever is accepted must pass centerctl-enter's own decoder, and its filter must be a program that the
 * kernel would take: jumps stay inside and go forward, and it ends in an answer.
 */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "lib/oci/bundle.h"

static void check_program(const struct sock_filter *f, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		uint32_t left = len - i - 1;
		if (BPF_CLASS(f[i].code) != BPF_JMP)
			continue;
		if (BPF_OP(f[i].code) == BPF_JA)
			MUST(f[i].k < left);
		else
			MUST(f[i].jt < left && f[i].jf < left);
	}
	MUST(len == 0 || BPF_CLASS(f[len - 1].code) == BPF_RET);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static int scratch = -1;
	if (scratch < 0)
		scratch = memfd_create("scratch", MFD_CLOEXEC);
	cleanup_bundle struct bundle b = {0}, back = {0};
	cleanup_buf struct buf encoded = {0};
	struct answer_error_info why = {0};
	/* The length says what is to be allowed beside it: as good as chance. */
	const struct ask_bundle ask = {.want_seccomp = true, .extra = len % (SECCOMP_EXTRA_ALL + 1)};
	if (len > 1 << 16 || bundle_parse((const char *)data, len, &ask, scratch, &b, &why) < 0)
		return 0;
	check_program(b.filter, b.filter_len);
	bundle_encode(&b, &encoded);
	MUST(bundle_decode(encoded.data, encoded.len, &back) == 0);
	return 0;
}
