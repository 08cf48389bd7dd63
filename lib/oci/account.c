/* SPDX-License-Identifier: ISC */
#include "account.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static const uint64_t ID_MAX = UINT32_MAX - 1;

enum { FIELDS_MAX = 7, WORD_SHOWN = 128 };

/* A piece of a line: not terminated. */
struct field {
	const char *at;
	size_t len;
};

static bool field_is(struct field f, const char *text)
{
	return f.len == strlen(text) && memcmp(f.at, text, f.len) == 0;
}

static bool field_id(struct field f, uint32_t *ret)
{
	char digits[16];
	uint64_t value;
	if (f.len >= sizeof(digits))
		return false;
	memcpy(digits, f.at, f.len);
	digits[f.len] = '\0';
	if (parse_u64(digits, ID_MAX, &value) < 0)
		return false;
	*ret = (uint32_t)value;
	return true;
}

static char *field_copy(struct field f)
{
	return strndup(f.at, f.len);
}

/* Splits at `separator`; what is behind the last of max pieces belongs to it. Returns the number of pieces. */
static size_t split(struct field line, char separator, struct field *pieces, size_t max)
{
	size_t n = 0;
	while (n < max) {
		const char *end = n + 1 < max ? memchr(line.at, separator, line.len) : NULL;
		size_t len = end ? (size_t)(end - line.at) : line.len;
		pieces[n++] = (struct field){line.at, len};
		if (!end)
			break;
		line.at += len + 1;
		line.len -= len + 1;
	}
	return n;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct field trim(struct field f)
{
	for (; f.len > 0 && is_blank(*f.at); f.at++)
		f.len--;
	while (f.len > 0 && is_blank(f.at[f.len - 1]))
		f.len--;
	return f;
}

/* Takes the next line off the file. */
static bool next_line(struct account_file *file, struct field *ret)
{
	if (!file->text || file->len == 0)
		return false;
	const char *end = memchr(file->text, '\n', file->len);
	size_t len = end ? (size_t)(end - file->text) : file->len;
	*ret = trim((struct field){file->text, len});
	file->text += end ? len + 1 : len;
	file->len -= end ? len + 1 : len;
	return true;
}

static bool is_usable(struct field line)
{
	return line.len > 0 && line.at[0] != '#' && !memchr(line.at, '\0', line.len);
}

struct passwd_line {
	struct field name, home, shell;
	uint32_t uid, gid;
};

static bool next_passwd(struct account_file *file, struct passwd_line *ret)
{
	struct field line;
	while (next_line(file, &line)) {
		struct field f[FIELDS_MAX] = {0};
		if (!is_usable(line) || split(line, ':', f, FIELDS_MAX) < 4)
			continue;
		if (f[0].len == 0 || f[0].len > ANSWER_WORD_MAX || f[5].len > ANSWER_WORD_MAX ||
		    f[6].len > ANSWER_WORD_MAX)
			continue;
		if (!field_id(f[2], &ret->uid) || !field_id(f[3], &ret->gid))
			continue;
		ret->name = f[0];
		ret->home = f[5];
		ret->shell = f[6];
		return true;
	}
	return false;
}

struct group_line {
	struct field name, members;
	uint32_t gid;
};

static bool next_group(struct account_file *file, struct group_line *ret)
{
	struct field line;
	while (next_line(file, &line)) {
		struct field f[4] = {0};
		if (!is_usable(line) || split(line, ':', f, 4) < 3 || f[0].len == 0 || !field_id(f[2], &ret->gid))
			continue;
		ret->name = f[0];
		ret->members = f[3];
		return true;
	}
	return false;
}

static bool lists(struct field members, const char *name)
{
	while (members.len > 0) {
		struct field part[2] = {0};
		split(members, ',', part, 2);
		if (field_is(part[0], name))
			return true;
		members = part[1];
	}
	return false;
}

static bool group_by_name(struct account_file group, const char *name, gid_t *ret)
{
	struct group_line line;
	while (next_group(&group, &line)) {
		if (field_is(line.name, name)) {
			*ret = line.gid;
			return true;
		}
	}
	return false;
}

static int out_of_memory(struct answer_error_info *why)
{
	return answer_fail(why, ANSWER_FAILED, "out of memory");
}

/* Appends; sort_groups() takes out what is there twice. */
static int add_group(struct user *u, gid_t gid, struct answer_error_info *why)
{
	/* Room for a power of two, whenever one is reached. */
	if ((u->group_count & (u->group_count - 1)) == 0) {
		size_t room = u->group_count ? (size_t)u->group_count * 2 : 1;
		gid_t *bigger = reallocarray(u->groups, room, sizeof(*bigger));
		if (!bigger)
			return out_of_memory(why);
		u->groups = bigger;
	}
	u->groups[u->group_count++] = gid;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;
	return x < y ? -1 : x > y;
}

static int sort_groups(struct user *u, struct answer_error_info *why)
{
	if (u->group_count == 0)
		return 0;
	qsort(u->groups, u->group_count, sizeof(*u->groups), compare_ids);
	uint32_t kept = 1;
	for (uint32_t i = 1; i < u->group_count; i++)
		if (u->groups[i] != u->groups[kept - 1])
			u->groups[kept++] = u->groups[i];
	u->group_count = kept;
	if (kept > ANSWER_GROUPS_MAX)
		return answer_fail(why, ANSWER_BAD_FILE, "the user is in more than %d groups", ANSWER_GROUPS_MAX);
	return 0;
}

/* What a word of the specification is. */
enum word_kind { WORD_NUMBER, WORD_NAME, WORD_BAD };

/*
 * Names that look like numbers (+1, -1, 0x0) are refused: nobody means a name by them, and a passwd file of the
 * container's making could have one.
 */
static enum word_kind judge_word(const char *word, uint32_t *ret_id)
{
	uint64_t id;
	if (is_digits(word)) {
		if (parse_u64(word, ID_MAX, &id) < 0)
			return WORD_BAD;
		*ret_id = (uint32_t)id;
		return WORD_NUMBER;
	}
	if (!*word || strchr("+-", *word) || strncasecmp(word, "0x", 2) == 0)
		return WORD_BAD;
	for (const unsigned char *c = (const unsigned char *)word; *c; c++)
		if (*c <= ' ' || *c == 0x7f || *c == ':' || *c == ',')
			return WORD_BAD;
	return WORD_NAME;
}

static int refuse_word(const char *kind, const char *word, struct answer_error_info *why)
{
	char shown[WORD_SHOWN];
	text_escape(shown, sizeof(shown), word, strlen(word));
	if (is_digits(word))
		return answer_fail(why, ANSWER_BAD_USER, "%s %s is out of range, which is 0 to %llu", kind, shown,
				   (unsigned long long)ID_MAX);
	return answer_fail(why, ANSWER_BAD_USER, "\"%s\" is neither the name nor the number of a %s", shown, kind);
}

static int no_such(enum answer_error kind, const char *what, const char *word, struct account_file file,
		   const char *path, struct answer_error_info *why)
{
	char shown[WORD_SHOWN];
	text_escape(shown, sizeof(shown), word, strlen(word));
	if (!file.text)
		return answer_fail(why, kind, "%s %s is not known: the container has no %s, so give a number", what,
				   shown, path);
	return answer_fail(why, kind, "the container has no %s %s in its %s", what, shown, path);
}

static int find_group(const char *word, struct account_file group, gid_t *ret, struct answer_error_info *why)
{
	switch (judge_word(word, ret)) {
	case WORD_NUMBER:
		return 0;
	case WORD_NAME:
		if (group_by_name(group, word, ret))
			return 0;
		return no_such(ANSWER_NO_GROUP, "group", word, group, "/etc/group", why);
	default:
		return refuse_word("group", word, why);
	}
}

static int add_wanted_groups(const struct ask_user *ask, struct account_file group, struct user *u,
			     struct answer_error_info *why)
{
	for (char *const *word = ask->group_add; word && *word; word++) {
		gid_t gid;
		int r = find_group(*word, group, &gid, why);
		if (r == 0)
			r = add_group(u, gid, why);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Takes name, home and shell from the line, or those of a uid without one. */
static int take_line(struct user *u, const struct passwd_line *line, struct answer_error_info *why)
{
	const struct field none = {"", 0}, root = {"/", 1};
	u->name = field_copy(line ? line->name : none);
	u->home = field_copy(line && line->home.len > 0 ? line->home : root);
	u->shell = field_copy(line && line->shell.len > 0 ? line->shell : none);
	return u->name && u->home && u->shell ? 0 : out_of_memory(why);
}

static bool passwd_by_uid(struct account_file passwd, uid_t uid, struct passwd_line *ret)
{
	while (next_passwd(&passwd, ret))
		if (ret->uid == uid)
			return true;
	return false;
}

static bool passwd_by_name(struct account_file passwd, const char *name, struct passwd_line *ret)
{
	while (next_passwd(&passwd, ret))
		if (field_is(ret->name, name))
			return true;
	return false;
}

static int take_own(const struct ask_user *ask, struct account_file passwd, struct user *u,
		    struct answer_error_info *why)
{
	struct passwd_line line;
	u->uid = ask->own_uid;
	u->gid = ask->own_gid;
	for (uint32_t i = 0; i < ask->own_group_count; i++) {
		int r = add_group(u, ask->own_groups[i], why);
		if (r < 0)
			return r;
	}
	return take_line(u, passwd_by_uid(passwd, u->uid, &line) ? &line : NULL, why);
}

static int find_user(const char *word, struct account_file passwd, struct user *u, struct answer_error_info *why)
{
	struct passwd_line line;
	bool found = false;
	switch (judge_word(word, &u->uid)) {
	case WORD_NUMBER:
		found = passwd_by_uid(passwd, u->uid, &line);
		break;
	case WORD_NAME:
		found = passwd_by_name(passwd, word, &line);
		if (!found)
			return no_such(ANSWER_NO_USER, "user", word, passwd, "/etc/passwd", why);
		break;
	default:
		return refuse_word("user", word, why);
	}
	if (found) {
		u->uid = line.uid;
		u->gid = line.gid;
	}
	return take_line(u, found ? &line : NULL, why);
}

static int add_listed_groups(struct account_file group, struct user *u, struct answer_error_info *why)
{
	struct group_line line;
	while (next_group(&group, &line)) {
		if (!lists(line.members, u->name))
			continue;
		int r = add_group(u, line.gid, why);
		if (r < 0)
			return r;
	}
	return 0;
}

static int take_specified(const char *spec, struct account_file passwd, struct account_file group, struct user *u,
			  struct answer_error_info *why)
{
	cleanup_free char *user = strdup(spec);
	if (!user)
		return out_of_memory(why);
	char *group_word = strchr(user, ':');
	if (group_word)
		*group_word++ = '\0';
	gid_t ignored;
	if (group_word && judge_word(group_word, &ignored) == WORD_BAD)
		return refuse_word("group", group_word, why);
	int r = find_user(user, passwd, u, why);
	if (r == 0 && group_word)
		r = find_group(group_word, group, &u->gid, why);
	if (r == 0)
		r = add_group(u, u->gid, why);
	if (r == 0 && !group_word && *u->name)
		r = add_listed_groups(group, u, why);
	return r;
}

int account_find(const struct ask_user *ask, struct account_file passwd, struct account_file group, struct user *ret,
		 struct answer_error_info *why)
{
	cleanup_user struct user u = {0};
	int r = *ask->user ? take_specified(ask->user, passwd, group, &u, why) : take_own(ask, passwd, &u, why);
	if (r == 0)
		r = add_wanted_groups(ask, group, &u, why);
	if (r == 0)
		r = sort_groups(&u, why);
	if (r < 0)
		return r;
	*ret = u;
	u = (struct user){0};
	return 0;
}

struct wanted {
	uint32_t uid, at;
};

static int by_uid(const void *a, const void *b)
{
	uint32_t x = ((const struct wanted *)a)->uid, y = ((const struct wanted *)b)->uid;
	return (x > y) - (x < y);
}

/* Gives the name to each of the wanted, sorted ones that has none yet. */
static bool give_name(const struct passwd_line *line, const struct wanted *wanted, uint32_t count, char **names)
{
	uint32_t low = 0, high = count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (wanted[middle].uid < line->uid)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && wanted[low].uid == line->uid; low++) {
		char **name = &names[wanted[low].at];
		if (*name)
			continue;
		*name = field_copy(line->name);
		if (!*name)
			return false;
	}
	return true;
}

int account_names(struct account_file passwd, const uint32_t *uids, uint32_t count, char ***ret,
		  struct answer_error_info *why)
{
	enum { NAME_MAX_BYTES = 255 };
	struct passwd_line line;
	cleanup_strv char **names = calloc((size_t)count + 1, sizeof(*names));
	cleanup_free struct wanted *wanted = calloc((size_t)count + 1, sizeof(*wanted));
	bool ok = names && wanted;
	for (uint32_t i = 0; ok && i < count; i++)
		wanted[i] = (struct wanted){.uid = uids[i], .at = i};
	if (ok)
		qsort(wanted, count, sizeof(*wanted), by_uid);
	while (ok && next_passwd(&passwd, &line))
		if (line.name.len <= NAME_MAX_BYTES)
			ok = give_name(&line, wanted, count, names);
	/* In order, so that a failure leaves a vector that can be freed. */
	for (uint32_t i = 0; ok && i < count; i++)
		if (!names[i])
			ok = (names[i] = strdup("")) != NULL;
	if (!ok)
		return out_of_memory(why);
	*ret = steal_ptr(names);
	return 0;
}
