/* SPDX-License-Identifier: ISC */
#include "render.h"

#include "net.h"
#include "verbs.h"

static void comma(struct buf *to, bool first)
{
	if (!first)
		buf_puts(to, ",");
}

void render_subject(struct buf *to, const struct policy *p, const struct policy_subject_item *it)
{
	static const char *const kinds[] = {"*", "user:", "user:", "group:", "group:", "key:", "key:", "principal:"};
	buf_puts(to, kinds[it->kind <= SUBJECT_PRINCIPAL ? it->kind : 0]);
	if (it->kind == SUBJECT_UID || it->kind == SUBJECT_GID)
		buf_printf(to, "%u", it->value);
	else if (it->kind != SUBJECT_ANY)
		buf_puts(to, block_text(p, it->value));
}

void render_subjects(struct buf *to, const struct policy *p, const struct policy_rule *r)
{
	struct policy_subject_item it;
	bool first = true;
	for (struct block_list l = block_list(p, r->subjects); block_next(&l, &it, sizeof(it)); first = false) {
		comma(to, first);
		render_subject(to, p, &it);
	}
}

void render_target(struct buf *to, const struct policy *p, const struct policy_target_item *it)
{
	static const char *const kinds[] = {"", "id:", "label:", "image:", "compose:"};
	buf_puts(to, kinds[it->kind <= TARGET_COMPOSE ? it->kind : 0]);
	buf_puts(to, block_text(p, it->a));
	if (it->kind == TARGET_LABEL || it->kind == TARGET_COMPOSE) {
		buf_puts(to, it->kind == TARGET_LABEL ? "=" : "/");
		buf_puts(to, block_text(p, it->b));
	}
}

void render_targets(struct buf *to, const struct policy *p, const struct policy_rule *r)
{
	struct policy_target_item it;
	bool first = true;
	for (struct block_list l = block_list(p, r->targets); block_next(&l, &it, sizeof(it)); first = false) {
		comma(to, first);
		render_target(to, p, &it);
	}
}

static void render_texts(struct buf *to, const struct policy *p, uint32_t list)
{
	bool first = true;
	struct block_list l = block_list(p, list);
	for (const char *text; (text = block_next_text(p, &l)); first = false) {
		comma(to, first);
		buf_puts(to, text);
	}
}

void render_users(struct buf *to, const struct policy *p, const struct policy_rule *r)
{
	render_texts(to, p, r->users);
}

void render_with(struct buf *to, const struct policy *p, const struct policy_rule *r)
{
	render_texts(to, p, block_extra(p, r)->with);
}

void render_verbs(struct buf *to, uint32_t verbs)
{
	bool first = true;
	if (verbs == POLICY_VERBS_ALL) {
		buf_puts(to, "all");
		return;
	}
	for (unsigned i = 0; i < POLICY_VERB_COUNT; i++) {
		if (!(verbs >> i & 1))
			continue;
		comma(to, first);
		buf_puts(to, policy_verb_names[i]);
		first = false;
	}
}

void render_runs(struct buf *to, const struct policy *p, const struct policy_rule *r)
{
	struct block_list l = block_list(p, r->runs), words;
	bool first = true;
	for (const char *text; (text = block_next_run(p, &l, &words)); first = false) {
		buf_puts(to, first ? "" : " | ");
		buf_puts(to, text);
	}
}

void render_from(struct buf *to, const struct policy *p, const struct policy_rule *r)
{
	struct policy_net net;
	bool first = true;
	for (struct block_list l = block_list(p, block_extra(p, r)->from); block_next(&l, &net, sizeof(net));
	     first = false) {
		char text[NET_TEXT_MAX];
		net_format(&net, text);
		comma(to, first);
		buf_puts(to, text);
	}
}

static void render_days(struct buf *to, uint32_t days)
{
	static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	if ((days & 0x7f) == 0x7f)
		return;
	/* Days are a range that may pass the end of the week. */
	int begin = 0, end;
	while (begin < 6 && (!(days >> begin & 1) || days >> (begin + 6) % 7 & 1))
		begin++;
	for (end = begin; days >> (end + 1) % 7 & 1 && (end + 1) % 7 != begin;)
		end = (end + 1) % 7;
	buf_puts(to, names[begin]);
	if (end != begin)
		buf_printf(to, "-%s", names[end]);
	buf_puts(to, "/");
}

void render_hours(struct buf *to, const struct policy *p, const struct policy_rule *r)
{
	struct policy_hours h;
	bool first = true;
	for (struct block_list l = block_list(p, block_extra(p, r)->hours); block_next(&l, &h, sizeof(h));
	     first = false) {
		comma(to, first);
		render_days(to, h.days);
		buf_printf(to, "%02u:%02u-%02u:%02u", h.begin / 60, h.begin % 60, h.end / 60, h.end % 60);
	}
}

void render_date(struct buf *to, int64_t local)
{
	int64_t day = local / 86400 - (local % 86400 < 0);
	int minutes = (int)((local % 86400 + 86400) % 86400 / 60);
	/* 400 years have always as many days; a damaged block may have any number of them. */
	int64_t eras = day / 146097 - (day % 146097 < 0), year = 1970 + eras * 400;
	int month = 1;
	for (day -= eras * 146097;; year++) {
		int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		if (day < 365 + leap)
			break;
		day -= 365 + leap;
	}
	for (;; month++) {
		int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		int days = month == 2 ? 28 + leap : 30 + ((month + (month > 7)) & 1);
		if (day < days)
			break;
		day -= days;
	}
	buf_printf(to, "%04lld-%02d-%02d", (long long)year, month, (int)day + 1);
	if (minutes)
		buf_printf(to, "T%02d:%02d", minutes / 60, minutes % 60);
}

void render_end(struct buf *to, int64_t until)
{
	bool whole = until % 86400 == 0;
	buf_puts(to, whole ? "with " : "at ");
	render_date(to, whole ? until - 86400 : until);
}

void render_where(struct buf *to, const struct policy *p, const struct policy_rule *r)
{
	buf_printf(to, "%s:%u", block_text(p, r->file), r->line);
}

void render_asker(struct buf *to, const struct policy_subject *s)
{
	if (s->gate && s->key && *s->key)
		buf_printf(to, "key:%s", s->key);
	else if (s->gate && s->fingerprint && *s->fingerprint)
		buf_printf(to, "key:%s", s->fingerprint);
	else if (s->gate && s->principals && s->principals[0])
		buf_printf(to, "principal:%s", s->principals[0]);
	else if (s->user)
		buf_printf(to, "user:%s", s->user);
	else if (s->groups && s->groups[0])
		buf_printf(to, "group:%s", s->groups[0]);
	else if (s->gid_count)
		buf_printf(to, "group:%u", s->gids[0]);
	else
		buf_printf(to, "user:%u", s->uid);
}
