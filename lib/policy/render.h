/* SPDX-License-Identifier: ISC */
/* A rule's parts in the words of the file, for people. Lists are joined by commas. */
#ifndef CENTERCTL_POLICY_RENDER_H
#define CENTERCTL_POLICY_RENDER_H

#include "block.h"

void render_subjects(struct buf *to, const struct policy *p, const struct policy_rule *r);
void render_targets(struct buf *to, const struct policy *p, const struct policy_rule *r);
void render_users(struct buf *to, const struct policy *p, const struct policy_rule *r);
void render_verbs(struct buf *to, uint32_t verbs);
/* "psql | pg_dump *". */
void render_runs(struct buf *to, const struct policy *p, const struct policy_rule *r);
void render_from(struct buf *to, const struct policy *p, const struct policy_rule *r);
void render_hours(struct buf *to, const struct policy *p, const struct policy_rule *r);
void render_with(struct buf *to, const struct policy *p, const struct policy_rule *r);
/* Seconds of local time as "2027-01-31T18:00". */
void render_date(struct buf *to, int64_t local);
/* What `until` was, as "with 2027-01-31" for the whole of a day, or "at 2027-01-31T18:00". */
void render_end(struct buf *to, int64_t until);
/* "FILE:LINE". */
void render_where(struct buf *to, const struct policy *p, const struct policy_rule *r);

/* One item of these lists. */
void render_subject(struct buf *to, const struct policy *p, const struct policy_subject_item *it);
void render_target(struct buf *to, const struct policy *p, const struct policy_target_item *it);

/* Who asks, as `--as` takes it; the first that is known of key, fingerprint, principal, user, group. */
void render_asker(struct buf *to, const struct policy_subject *s);

#endif
