/* SPDX-License-Identifier: ISC */
#include "log_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/engine/json.h"

void audit_record_done(struct audit_record *r)
{
	cJSON_Delete(r->json);
	strv_free(r->argv);
	strv_free(r->principals);
	*r = (struct audit_record){0};
}

int audit_time_parse(const char *text, int64_t *ret_ms)
{
	struct tm tm = {0};
	int ms, end = 0;
	if (strlen(text) != 24 || strspn(text, "0123456789-T:.Z") != 24 ||
	    sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
		   &tm.tm_min, &tm.tm_sec, &ms, &end) != 7 ||
	    end != 24)
		return -EINVAL;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*ret_ms = (int64_t)timegm(&tm) * 1000 + ms;
	return 0;
}

/* The string as the bytes that it stands for, inside of the parsed JSON; NULL if there is none. */
static const char *take_text(struct json_reader *j, const cJSON *object, const char *name)
{
	const char *text = json_text(j, object, name);
	if (!*text)
		return NULL;
	audit_text_bytes((char *)text);
	return text;
}

static char **take_list(struct json_reader *j, const cJSON *object, const char *name)
{
	char **v = json_strings(j, object, name, AUDIT_LINE_MAX);
	for (char **word = v; word && *word; word++)
		audit_text_bytes(*word);
	return v;
}

static void take_identity(struct json_reader *j, const cJSON *object, struct audit_record *r)
{
	r->e.key = take_text(j, object, "key");
	r->e.fingerprint = take_text(j, object, "fingerprint");
	r->e.cert_id = take_text(j, object, "cert_id");
	r->e.address = take_text(j, object, "address");
	r->e.port = (uint32_t)json_uint(j, object, "port", UINT16_MAX);
	r->principals = take_list(j, object, "principals");
	r->e.principals = r->principals;
}

static void take_start(struct json_reader *j, const cJSON *o, struct audit_record *r)
{
	struct audit_event *e = &r->e;
	e->uid = (uid_t)json_uint(j, o, "uid", UINT32_MAX);
	e->has_login = json_has(o, "login_uid");
	e->login_uid = (uid_t)json_uint(j, o, "login_uid", UINT32_MAX);
	e->user = take_text(j, o, "user");
	e->gate = json_bool(j, o, "gate");
	r->claim = !e->gate && json_has(o, "claim");
	take_identity(j, e->gate ? o : json_object(j, o, "claim"), r);
	e->verb = take_text(j, o, "verb");
	e->toolbox = take_text(j, o, "toolbox");
	e->target = take_text(j, o, "target");
	e->container_id = take_text(j, o, "container");
	e->container_name = take_text(j, o, "name");
	e->image = take_text(j, o, "image");
	e->image_digest = take_text(j, o, "image_digest");
	e->pid = json_int(j, o, "pid", 0, INT32_MAX);
	e->pid_start = json_uint(j, o, "pid_start", UINT64_MAX);
	e->as_user = take_text(j, o, "as");
	e->has_as_uid = json_has(o, "as_uid");
	e->as_uid = (uid_t)json_uint(j, o, "as_uid", UINT32_MAX);
	if (json_has(o, "argc"))
		e->argv = r->argv = take_list(j, o, "argv");
	r->argc = json_uint(j, o, "argc", UINT32_MAX);
	e->tty = json_bool(j, o, "tty");
	e->rule = take_text(j, o, "rule");
	e->decision = take_text(j, o, "decision");
	e->record = json_bool(j, o, "record");
}

static void take_end(struct json_reader *j, const cJSON *o, struct audit_event *e)
{
	static const char *const streams[] = {"bytes_in", "bytes_out", "bytes_err"};
	e->exited = json_has(o, "exit");
	e->number = (int)json_int(j, o, e->exited ? "exit" : "signal", 0, 255);
	e->duration_ms = json_int(j, o, "duration_ms", INT64_MIN, INT64_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
		e->relayed[i] = json_has(o, streams[i]);
		e->bytes[i] = json_uint(j, o, streams[i], UINT64_MAX);
	}
}

static void take_link(struct json_reader *j, const cJSON *o, struct audit_link *link)
{
	const char *prev = json_text(j, o, "prev");
	link->seq = json_uint(j, o, "seq", INT64_MAX);
	if (link->seq == 0 || !is_container_id(prev))
		json_fail(j, "its number or its hash is missing");
	else
		memcpy(link->hash, prev, AUDIT_HASH_LEN + 1);
}

static void take_common(struct json_reader *j, const cJSON *o, struct audit_record *r)
{
	static const char *const kinds[] = {
		[AUDIT_START] = "start", [AUDIT_DENY] = "deny", [AUDIT_END] = "end", [AUDIT_ENDING] = "ending"};
	struct audit_event *e = &r->e;
	const char *event = json_text(j, o, "event"), *session = json_text(j, o, "session");
	if (audit_time_parse(json_text(j, o, "time"), &e->wall_ms) < 0)
		json_fail(j, "its time cannot be read");
	e->monotonic_ms = json_int(j, o, "boot_ms", INT64_MIN, INT64_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(event, kinds[i]) == 0) {
			e->kind = (enum audit_kind)i;
			r->known = true;
		}
	}
	if (audit_is_session_id(session))
		memcpy(e->session, session, sizeof(e->session));
	else if (*session)
		json_fail(j, "its session is none");
	e->reason = take_text(j, o, "reason");
}

int audit_record_parse(const char *line, size_t len, struct audit_record *ret, struct error *err)
{
	cleanup_record struct audit_record r = {0};
	int e = json_parse(line, len, &r.json, err);
	if (e < 0)
		return e;
	if (!cJSON_IsObject(r.json))
		return error_set(err, -EBADMSG, "it is no JSON object");
	struct json_reader j = {.err = err};
	take_common(&j, r.json, &r);
	take_link(&j, r.json, &r.link);
	if (r.known && r.e.kind == AUDIT_END)
		take_end(&j, r.json, &r.e);
	else if (r.known)
		take_start(&j, r.json, &r);
	if (j.failed)
		return -EBADMSG;
	*ret = r;
	r = (struct audit_record){0};
	return 0;
}

static int each_line(int fd, int (*visit)(void *arg, struct audit_record *r, const struct line *line), void *arg,
		     uint64_t *bad)
{
	cleanup_lines struct lines lines;
	int r = lines_init(&lines, fd, AUDIT_LINE_MAX);
	struct line line;
	while (r == 0 && (r = lines_next(&lines, true, &line)) > 0) {
		cleanup_record struct audit_record record = {0};
		r = line.long_ ? -EBADMSG : audit_record_parse(line.text, line.len, &record, NULL);
		if (r == -EBADMSG) {
			++*bad;
			r = 0;
		} else if (r == 0) {
			r = visit(arg, &record, &line);
		}
	}
	return r;
}

int audit_log_each(char *const *paths, int (*visit)(void *arg, struct audit_record *r, const struct line *line),
		   void *arg, uint64_t *ret_bad, struct error *err)
{
	*ret_bad = 0;
	for (; *paths; paths++) {
		bool standard = strcmp(*paths, "-") == 0;
		cleanup_fd int own = standard ? -EBADF : open(*paths, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (own < 0 && !standard)
			return error_errno(err, -errno, "cannot read %s", *paths);
		struct error inner = ERROR_INIT;
		int r = each_line(standard ? STDIN_FILENO : own, visit, arg, ret_bad);
		if (r < 0)
			return inner.code ? r : error_errno(err, r, "cannot read %s", *paths);
	}
	return 0;
}

/* Whether `name` is what a rotation makes of `log`; *ret_compressed if nobody here can read it. */
static bool is_rotated(const char *log, const char *name, bool *ret_compressed)
{
	const char *rest = str_after(name, log);
	*ret_compressed = false;
	if (!rest || (*rest != '.' && *rest != '-') || !rest[1])
		return false;
	rest += 1 + strspn(rest + 1, "0123456789-");
	static const char *const packed[] = {".gz", ".xz", ".bz2", ".zst"};
	for (size_t i = 0; i < ARRAY_SIZE(packed); i++)
		*ret_compressed |= strcmp(rest, packed[i]) == 0;
	return rest[-1] != '.' && rest[-1] != '-' && (*ret_compressed || !*rest);
}

/* The number of a file's first record; INT64_MAX if it has none. */
static uint64_t first_number(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	cleanup_lines struct lines lines = {0};
	struct line line;
	if (fd < 0 || lines_init(&lines, fd, AUDIT_LINE_MAX) < 0)
		return INT64_MAX;
	while (lines_next(&lines, false, &line) > 0) {
		cleanup_record struct audit_record r = {0};
		if (audit_record_parse(line.text, line.len, &r, NULL) == 0)
			return r.link.seq;
	}
	return INT64_MAX;
}

struct candidate {
	char *path;
	uint64_t first;
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	return x->first < y->first ? -1 : x->first > y->first ? 1 : strcmp(x->path, y->path);
}

/* Rotated files first, in the order of their records; the log itself is the last, whatever it says. */
static int sort_paths(char **paths)
{
	size_t count = strv_len(paths);
	cleanup_free struct candidate *c = calloc(count + 1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		c[i] = (struct candidate){paths[i], first_number(paths[i])};
	qsort(c, count, sizeof(*c), compare_candidates);
	for (size_t i = 0; i < count; i++)
		paths[i] = c[i].path;
	return 0;
}

int audit_log_files(const char *path, char ***ret_paths, unsigned *ret_compressed, struct error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char directory[PATH_MAX], other[PATH_MAX + NAME_MAX];
	snprintf(directory, sizeof(directory), "%.*s", (int)(name - path), path);
	DIR *list = opendir(*directory ? directory : ".");
	if (!list && errno == ENOENT)
		return error_set(err, -ENOENT, "there is no audit log %s yet", path);
	if (!list)
		return error_errno(err, -errno, "cannot list %s", *directory ? directory : ".");
	cleanup_strv char **paths = NULL;
	int r = 0;
	*ret_compressed = 0;
	for (struct dirent *d; r == 0 && (d = readdir(list));) {
		bool compressed;
		if (!is_rotated(name, d->d_name, &compressed))
			continue;
		snprintf(other, sizeof(other), "%s%s", directory, d->d_name);
		*ret_compressed += compressed;
		r = compressed ? 0 : strv_add(&paths, other);
	}
	closedir(list);
	if (r == 0 && !paths && access(path, F_OK) < 0 && errno == ENOENT)
		return error_set(err, -ENOENT, "there is no audit log %s yet", path);
	if (r == 0)
		r = sort_paths(paths);
	if (r == 0)
		r = strv_add(&paths, path);
	if (r < 0)
		return error_errno(err, r, "%s", path);
	*ret_paths = steal_ptr(paths);
	return 0;
}
