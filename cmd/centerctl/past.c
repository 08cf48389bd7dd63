/* SPDX-License-Identifier: ISC */
#include "past.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static void past_done(struct past *p)
{
	char *const texts[] = {p->who, p->from,	   p->verb, p->container, p->container_id,
			       p->as,  p->command, p->rule, p->reason};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(texts[i]);
	buf_done(&p->lines);
}

void past_list_done(struct past_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		past_done(&l->item[i]);
	free(l->item);
	free(l->index);
	*l = (struct past_list){0};
}

/* IDs are random, so any of their bits do as a hash. */
static size_t slot_of(const struct past_list *l, const char *session)
{
	uint64_t bits;
	memcpy(&bits, session, sizeof(bits));
	bits *= 0x9e3779b97f4a7c15u;
	for (size_t at = bits >> 20 & (l->index_size - 1);; at = (at + 1) & (l->index_size - 1))
		if (l->index[at] == 0 || strcmp(l->item[l->index[at] - 1].session, session) == 0)
			return at;
}

static struct past *find(const struct past_list *l, const char *session)
{
	size_t at = l->index_size && *session ? l->index[slot_of(l, session)] : 0;
	return at ? &l->item[at - 1] : NULL;
}

/* Twice as much room, with the index at most half full. */
static int grow(struct past_list *l)
{
	size_t room = l->room ? l->room * 2 : 64;
	struct past *item = reallocarray(l->item, room, sizeof(*item));
	if (!item)
		return -ENOMEM;
	l->item = item;
	size_t *index = calloc(room * 2, sizeof(*index));
	if (!index)
		return -ENOMEM;
	free(l->index);
	l->index = index;
	l->index_size = room * 2;
	l->room = room;
	for (size_t i = 0; i < l->count; i++)
		if (*l->item[i].session)
			l->index[slot_of(l, l->item[i].session)] = i + 1;
	return 0;
}

static struct past *add(struct past_list *l, const char *session)
{
	if (l->count == l->room && grow(l) < 0)
		return NULL;
	struct past *p = &l->item[l->count++];
	*p = (struct past){0};
	memcpy(p->session, session, sizeof(p->session));
	if (*session)
		l->index[slot_of(l, session)] = l->count;
	return p;
}

static bool user_matches(const struct audit_event *e, const char *wanted)
{
	uint64_t uid;
	return str_eq(e->user, wanted) || (parse_u64(wanted, UINT32_MAX, &uid) == 0 && uid == e->uid);
}

/* By name, by the beginning of its ID, or by what was typed where nothing was found. */
static bool container_matches(const struct audit_event *e, const char *wanted)
{
	return str_eq(e->container_name, wanted) || (e->container_id && str_starts(e->container_id, wanted)) ||
	       (!e->container_id && str_eq(e->target, wanted));
}

/* A key by its name or fingerprint, or a certificate by its ID. What is only claimed is nobody's. */
static bool key_matches(const struct audit_event *e, const char *wanted)
{
	return e->gate && (str_eq(e->key, wanted) || str_eq(e->fingerprint, wanted) || str_eq(e->cert_id, wanted));
}

static bool matches(const struct past_filter *f, const struct audit_event *e)
{
	if (e->wall_ms < f->since_ms || (f->denied && e->kind != AUDIT_DENY))
		return false;
	if (f->session && !str_starts(e->session, f->session))
		return false;
	return (!f->key || key_matches(e, f->key)) && (!f->user || user_matches(e, f->user)) &&
	       (!f->container || container_matches(e, f->container));
}

static void put_who(const struct audit_event *e, struct buf *to)
{
	if (e->gate && e->key)
		buf_printf(to, "key:%s", e->key);
	else if (e->gate && e->cert_id)
		buf_printf(to, "cert:%s", e->cert_id);
	else if (e->gate && e->fingerprint)
		buf_printf(to, "key:%s", e->fingerprint);
	else if (e->user && e->uid != 0)
		buf_printf(to, "user:%s", e->user);
	else if (e->uid != 0)
		buf_printf(to, "uid:%u", (unsigned)e->uid);
	else
		buf_puts(to, "root");
	if (e->uid == 0 && e->has_login && e->login_uid != 0)
		buf_printf(to, " (login uid %u)", (unsigned)e->login_uid);
}

/* One word as one could type it. */
static void put_word(const char *word, struct buf *to)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_";
	if (*word && word[strspn(word, plain)] == '\0') {
		buf_puts(to, word);
		return;
	}
	bool single = !strchr(word, '\'');
	bool twofold = !single && !strpbrk(word, "\"$`\\");
	const char *quote = twofold ? "\"" : "'";
	buf_puts(to, quote);
	for (; *word; word++)
		buf_add(to, *word == '\'' && !twofold ? "'\\''" : word, *word == '\'' && !twofold ? 4 : 1);
	buf_puts(to, quote);
}

static void put_command(const struct audit_record *r, struct buf *to)
{
	for (char *const *word = r->e.argv; word && *word; word++) {
		buf_puts(to, word > r->e.argv ? " " : "");
		put_word(*word, to);
	}
	if (r->argc > strv_len(r->e.argv))
		buf_puts(to, " ...");
}

/* A copy of a text that may be missing. */
static int keep(char **to, const char *text)
{
	return text ? str_set(to, text) : 0;
}

static int keep_buf(char **to, struct buf *b)
{
	const char *text = buf_text(b);
	return text ? (*text ? str_set(to, text) : 0) : -ENOMEM;
}

static bool is_question(const struct audit_event *e)
{
	static const char *const verbs[] = {"list", "show", "facts", "top", "which", "layers", "wait", "stats", "diff"};
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (str_eq(e->verb, verbs[i]))
			return true;
	return false;
}

static int take_start(struct past *p, const struct audit_record *r)
{
	char own[16] = "";
	const struct audit_event *e = &r->e;
	cleanup_buf struct buf who = {0}, command = {0};
	p->began_ms = e->wall_ms;
	p->denied = e->kind == AUDIT_DENY;
	p->told = !p->denied && is_question(e);
	p->recorded = e->record;
	p->tty = e->tty;
	put_who(e, &who);
	put_command(r, &command);
	/* The container's own user, by number: nobody typed a name. */
	if (e->has_as_uid)
		snprintf(own, sizeof(own), "%u", (unsigned)e->as_uid);
	if (keep_buf(&p->who, &who) < 0 || keep_buf(&p->command, &command) < 0 || keep(&p->from, e->address) < 0 ||
	    keep(&p->verb, e->verb) < 0 || keep(&p->container_id, e->container_id) < 0 ||
	    keep(&p->container, e->container_name ? e->container_name : e->target) < 0 ||
	    keep(&p->as, e->as_user && *e->as_user ? e->as_user : (*own ? own : NULL)) < 0 ||
	    keep(&p->rule, e->rule) < 0 || keep(&p->reason, e->reason) < 0)
		return -ENOMEM;
	return 0;
}

static int take_end(struct past *p, const struct audit_event *e)
{
	p->ended = true;
	p->exited = e->exited;
	p->number = e->number;
	p->duration_ms = e->duration_ms;
	memcpy(p->relayed, e->relayed, sizeof(p->relayed));
	memcpy(p->bytes, e->bytes, sizeof(p->bytes));
	return keep(&p->reason, e->reason);
}

struct gather {
	const struct past_filter *filter;
	struct past_list *list;
};

static int visit(void *arg, struct audit_record *r, const struct line *line)
{
	struct gather *g = arg;
	bool begins = r->known && (r->e.kind == AUDIT_START || r->e.kind == AUDIT_DENY);
	struct past *p = find(g->list, r->e.session);
	if (!p) {
		if (!begins || !matches(g->filter, &r->e))
			return 0;
		p = add(g->list, r->e.session);
		if (!p)
			return -ENOMEM;
	}
	if (g->filter->keep_lines) {
		buf_add(&p->lines, line->text, line->len);
		buf_puts(&p->lines, "\n");
	}
	if (begins)
		return take_start(p, r);
	return r->known && r->e.kind == AUDIT_END ? take_end(p, &r->e) : 0;
}

int past_gather(char *const *paths, const struct past_filter *f, struct past_list *ret, struct error *err)
{
	cleanup_past struct past_list list = {0};
	struct gather g = {f, &list};
	int r = audit_log_each(paths, visit, &g, &list.bad, err);
	if (r < 0)
		return r;
	*ret = list;
	list = (struct past_list){0};
	return 0;
}

int past_gather_log(const char *path, const struct past_filter *f, struct past_list *ret, unsigned *ret_compressed,
		    struct error *err)
{
	cleanup_strv char **files = NULL;
	int r = audit_log_files(path, &files, ret_compressed, err);
	if (r < 0)
		return r;
	/* A rotation may just have moved it away: the next record makes a new one. */
	size_t count = strv_len(files);
	if (count > 1 && access(path, F_OK) < 0 && errno == ENOENT)
		cleanup_free_function(&files[count - 1]);
	return past_gather(files, f, ret, err);
}

void past_show_result(const struct past *p, struct buf *to)
{
	if (p->denied)
		buf_puts(to, "denied");
	else if (p->told)
		buf_puts(to, "answered");
	else if (p->ended)
		buf_printf(to, "%s %d", p->exited ? "exit" : "signal", p->number);
	if (p->ended && p->reason && strcmp(p->reason, "exit") != 0)
		buf_printf(to, ", %s", p->reason);
}
