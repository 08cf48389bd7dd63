/* SPDX-License-Identifier: ISC */
#include "caps.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "hook.h"

static bool has(uint64_t mask, int cap)
{
	return mask & cap_bit(cap);
}

static uint64_t flag_mask(cap_t caps, cap_flag_t flag)
{
	uint64_t mask = 0;
	for (int cap = 0; cap < cap_max_bits() && cap < 64; cap++) {
		cap_flag_value_t value = CAP_CLEAR;
		if (cap_get_flag(caps, cap, flag, &value) == 0 && value == CAP_SET)
			mask |= cap_bit(cap);
	}
	return mask;
}

int caps_read(struct caps *ret)
{
	cap_t caps = cap_get_proc();
	if (!caps)
		return -errno;
	*ret = (struct caps){.permitted = flag_mask(caps, CAP_PERMITTED),
			     .effective = flag_mask(caps, CAP_EFFECTIVE),
			     .inheritable = flag_mask(caps, CAP_INHERITABLE)};
	cap_free(caps);
	for (int cap = 0; cap < cap_max_bits() && cap < 64; cap++) {
		if (cap_get_bound(cap) == 1)
			ret->bounding |= cap_bit(cap);
		if (cap_get_ambient(cap) == 1)
			ret->ambient |= cap_bit(cap);
	}
	return 0;
}

int caps_drop_bounding(uint64_t keep)
{
	if (hook_skips("bounding"))
		return 0;
	if (hook_fails("bounding"))
		return -errno;
	for (int cap = 0; cap < cap_max_bits(); cap++) {
		if (cap < 64 && has(keep, cap))
			continue;
		if (cap_get_bound(cap) == 1 && cap_drop_bound(cap) < 0)
			return -errno;
	}
	return 0;
}

static int set_flag(cap_t caps, cap_flag_t flag, uint64_t mask)
{
	cap_value_t list[64];
	int count = 0;
	for (int cap = 0; cap < cap_max_bits() && cap < 64; cap++)
		if (has(mask, cap))
			list[count++] = cap;
	return count ? cap_set_flag(caps, flag, count, list, CAP_SET) : 0;
}

int caps_set(uint64_t permitted, uint64_t effective, uint64_t inheritable)
{
	if (hook_skips("capset"))
		return 0;
	if (hook_fails("capset"))
		return -errno;
	cap_t caps = cap_init();
	if (!caps)
		return -ENOMEM;
	int r = 0;
	if (set_flag(caps, CAP_PERMITTED, permitted) < 0 || set_flag(caps, CAP_EFFECTIVE, effective) < 0 ||
	    set_flag(caps, CAP_INHERITABLE, inheritable) < 0 || cap_set_proc(caps) < 0)
		r = -errno;
	cap_free(caps);
	return r;
}

int caps_set_ambient(uint64_t ambient)
{
	if (cap_reset_ambient() < 0)
		return -errno;
	for (int cap = 0; cap < cap_max_bits() && cap < 64; cap++)
		if (has(ambient, cap) && cap_set_ambient(cap, CAP_SET) < 0)
			return -errno;
	return 0;
}
