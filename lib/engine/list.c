/* SPDX-License-Identifier: ISC */
#include "list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inspect.h"
#include "json.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static void row_done(struct container_row *row)
{
	free(row->image);
	strv_free(row->labels);
	free(row->status);
	*row = (struct container_row){0};
}
#define cleanup_row __attribute__((cleanup(row_done)))

void list_done(struct list *l)
{
	container_list_done(&l->found);
	free(l->sizes);
	buf_done(&l->object);
}

static int refuse(struct answer_error_info *why, const char *what)
{
	return answer_fail(why, ANSWER_BAD, "the engine's list of containers cannot be used: %s", what);
}

/* The container's own name among its names: links give it more, with a second slash. */
static bool read_name(struct json_reader *r, const cJSON *item, struct container_row *row)
{
	const cJSON *name;
	cJSON_ArrayForEach(name, json_array(r, item, "Names"))
	{
		if (!cJSON_IsString(name))
			json_fail(r, "Names has an entry that is not a string");
		else if (inspect_copy_name(row->name, sizeof(row->name), name->valuestring))
			return true;
	}
	return false;
}

/* 1: a row; 0: it has no usable name; -EBADMSG: it cannot be used. */
static int read_row(const char *text, size_t len, struct container_row *row)
{
	struct error err = ERROR_INIT;
	struct json_reader r = {.err = &err};
	cleanup_json cJSON *item = NULL;
	if (json_parse(text, len, &item, &err) < 0 || !cJSON_IsObject(item))
		return -EBADMSG;
	row->state = inspect_state(json_text(&r, item, "State"));
	if (!inspect_copy_id(row->id, json_text(&r, item, "Id")) || !read_name(&r, item, row))
		return r.failed ? -EBADMSG : 0;
	row->image = json_copy(&r, item, "Image", ANSWER_WORD_MAX);
	row->labels = json_pairs(&r, item, "Labels", ANSWER_STRINGS_MAX);
	row->status = json_copy(&r, item, "Status", ANSWER_WORD_MAX);
	/* An engine that does not know writes the year 1. */
	int64_t created = json_int(&r, item, "Created", INT64_MIN, INT64_MAX);
	row->created = created > 0 ? created : 0;
	return r.failed ? -EBADMSG : 1;
}

/* No less than it takes in an answer. */
static size_t row_size(const struct container_row *row)
{
	enum { REST = 128, FRAME = 8 };
	size_t size = REST + strlen(row->id) + strlen(row->name) + strlen(row->image) + strlen(row->status);
	for (char **label = row->labels; *label; label++)
		size += strlen(*label) + FRAME;
	return size;
}

static void drop_largest(struct list *l)
{
	struct container_list *all = &l->found;
	uint32_t largest = 0;
	for (uint32_t i = 1; i < all->count; i++)
		if (l->sizes[i] > l->sizes[largest])
			largest = i;
	size_t behind = --all->count - largest;
	l->bytes -= l->sizes[largest];
	row_done(&all->rows[largest]);
	memmove(&all->rows[largest], &all->rows[largest + 1], behind * sizeof(*all->rows));
	memmove(&l->sizes[largest], &l->sizes[largest + 1], behind * sizeof(*l->sizes));
	all->left_out++;
}

static int make_room(struct list *l)
{
	size_t room = l->room ? l->room * 2 : 64;
	struct container_row *rows = reallocarray(l->found.rows, room, sizeof(*rows));
	if (rows)
		l->found.rows = rows;
	size_t *sizes = reallocarray(l->sizes, room, sizeof(*sizes));
	if (sizes)
		l->sizes = sizes;
	if (!rows || !sizes)
		return -ENOMEM;
	l->room = room;
	return 0;
}

/* What is in *row changes hands. */
static int add_row(struct list *l, struct container_row *row)
{
	struct container_list *all = &l->found;
	if (all->count == l->room && make_room(l) < 0)
		return -ENOMEM;
	l->sizes[all->count] = row_size(row);
	l->bytes += l->sizes[all->count];
	all->rows[all->count++] = *row;
	*row = (struct container_row){0};
	while (l->bytes > ANSWER_BYTES_MAX - ANSWER_WORD_MAX)
		drop_largest(l);
	return 0;
}

static int take_object(struct list *l, struct answer_error_info *why)
{
	cleanup_row struct container_row row = {.state = STATE_UNKNOWN};
	if (l->found.count + l->found.left_out == ANSWER_LIST_MAX)
		return answer_fail(why, ANSWER_BAD, "the engine lists more than %d containers", ANSWER_LIST_MAX);
	int r = l->too_large ? -EBADMSG : read_row(l->object.data, l->object.len, &row);
	if (r > 0)
		r = add_row(l, &row);
	if (r == -ENOMEM)
		return answer_fail(why, ANSWER_FAILED, "out of memory");
	l->found.left_out += r < 0;
	l->object.len = 0;
	l->too_large = false;
	return 0;
}

static int feed_object(struct list *l, char c, struct answer_error_info *why)
{
	if (l->object.len < ENGINE_BODY_MAX)
		buf_add(&l->object, &c, 1);
	else
		l->too_large = true;
	if (l->object.failed)
		return answer_fail(why, ANSWER_FAILED, "out of memory");
	l->state = json_scan_ends(&l->scan, c) ? LIST_BEHIND_ITEM : LIST_ITEM;
	return l->state == LIST_ITEM ? 0 : take_object(l, why);
}

static int feed(struct list *l, char c, struct answer_error_info *why)
{
	if (l->state == LIST_ITEM)
		return feed_object(l, c, why);
	if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
		return 0;
	switch (l->state) {
	case LIST_BEFORE:
		l->state = LIST_FIRST;
		return c == '[' ? 0 : refuse(why, "it is not an array");
	case LIST_FIRST:
	case LIST_NEXT:
		if (c == '{')
			return feed_object(l, c, why);
		if (c != ']' || l->state == LIST_NEXT)
			return refuse(why, "it has an entry that is not an object");
		l->state = LIST_END;
		return 0;
	case LIST_BEHIND_ITEM:
		l->state = c == ',' ? LIST_NEXT : LIST_END;
		return c == ',' || c == ']' ? 0 : refuse(why, "it is not JSON");
	default:
		return refuse(why, "something follows it");
	}
}

int list_feed(struct list *l, const char *data, size_t len, struct answer_error_info *why)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < len; i++)
		r = feed(l, data[i], why);
	return r;
}

int list_take(struct list *l, struct container_list *ret, struct answer_error_info *why)
{
	if (l->state != LIST_END)
		return refuse(why, "it ends too soon");
	*ret = l->found;
	l->found = (struct container_list){0};
	return 0;
}

int list_parse(const char *body, size_t len, struct container_list *ret, struct answer_error_info *why)
{
	cleanup_list struct list l = {.state = LIST_BEFORE};
	int r = list_feed(&l, body, len, why);
	return r < 0 ? r : list_take(&l, ret, why);
}
