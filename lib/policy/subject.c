/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "lib/base/text.h"
#include "policy.h"

static int wrong(const char *text, struct error *err)
{
	return error_set(err, -EINVAL,
			 "\"%s\": expected key:NAME, key:SHA256:..., principal:NAME, user:NAME or group:NAME", text);
}

/* Digits are a number, as in the policy. */
static int parse_account(const char *text, const char *name, bool group, struct policy_as *room,
			 struct policy_subject *s, struct error *err)
{
	uint64_t id = UINT32_MAX;
	if (is_digits(name) && parse_u64(name, UINT32_MAX - 1, &id) < 0)
		return error_set(err, -EINVAL, "\"%s\": the number is too large", text);
	bool number = id != UINT32_MAX;
	if (!group) {
		s->uid = (uid_t)id;
		s->user = number ? NULL : name;
		return 0;
	}
	room->gid = (gid_t)id;
	room->groups[0] = number ? NULL : (char *)name;
	s->groups = room->groups;
	s->gids = &room->gid;
	s->gid_count = number;
	return 0;
}

int policy_subject_parse(const char *text, struct policy_as *room, struct policy_subject *ret, struct error *err)
{
	const char *colon = strchr(text, ':');
	struct policy_subject s = {.uid = (uid_t)-1};
	const char *name = colon ? colon + 1 : "";
	int r = 0;
	if (!*name)
		return wrong(text, err);
	*room = (struct policy_as){0};
	if (str_starts(text, "user:") || str_starts(text, "group:")) {
		r = parse_account(text, name, *text == 'g', room, &s, err);
	} else if (str_starts(text, "key:")) {
		s.gate = true;
		*(str_starts(name, "SHA256:") ? &s.fingerprint : &s.key) = name;
	} else if (str_starts(text, "principal:")) {
		s.gate = true;
		room->principals[0] = (char *)name;
		s.principals = room->principals;
	} else {
		return wrong(text, err);
	}
	if (r == 0)
		*ret = s;
	return r;
}
