/* root.c - see root.h. */
#include "server/root.h"
#include "common/log.h"
#include "common/resolve.h"
#include "server/answer.h"
#include "server/mutate.h"
#include "server/settle.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* More than any path needs; a flight that gets there is left to the real call. */
enum { STEPS_MAX = 512 };

/* A job under way (its owner), and the key under which flights share it. */
struct pending {
	UT_hash_handle hh;
	bool is_void; /* what is found out may be older than a change */
	size_t path_len;
	/* The key: */
	uint32_t need, mode;
	char path[CI_PATH_MAX];
};

#define PENDING_KEY offsetof(struct pending, need)

static void step(struct server *s, struct flight *f, const struct pending *fetched);

static size_t key_length(size_t path_len)
{
	return offsetof(struct pending, path) - PENDING_KEY + path_len;
}

static enum fsjob_kind job_kind(enum need need)
{
	switch (need) {
	case NEED_STAT:
	case NEED_NAME:
		return FSJOB_STAT;
	case NEED_LIST:
		return FSJOB_LIST;
	case NEED_CONTENT:
		return FSJOB_CONTENT;
	case NEED_ACCESS:
		break;
	}
	return FSJOB_ACCESS;
}

/* A name can be asked for by itself, or its whole directory can be listed. */
static void decide(struct server *s, struct answer_need *need)
{
	if (need->need != NEED_NAME)
		return;
	size_t dir_len = (size_t)((char *)memrchr(need->path, '/', need->len) - need->path);
	need->need = NEED_STAT;
	if (policy_list(&s->policy, need->path, dir_len)) {
		need->need = NEED_LIST;
		need->len = dir_len;
		need->path[dir_len] = '\0';
	}
}

/* The job that fetches what is needed, begun if it is not under way. */
static struct pending *fetch(struct server *s, const struct answer_need *need)
{
	struct pending *p = calloc(1, sizeof(*p)), *found;

	if (!p)
		return NULL;
	p->need = need->need;
	p->mode = need->need == NEED_ACCESS ? need->mode : 0;
	p->path_len = need->len;
	memcpy(p->path, need->path, need->len);
	HASH_FIND(hh, s->pending, &p->need, key_length(p->path_len), found);
	if (found) {
		free(p);
		return found;
	}
	struct fsjob *job = fsjob_new(job_kind(need->need), need->path, need->len);
	if (!job) {
		free(p);
		return NULL;
	}
	job->owner = p;
	job->mode = p->mode;
	HASH_ADD_KEYPTR(hh, s->pending, &p->need, key_length(p->path_len), p);
	fsjob_submit(&s->pool, job);
	return p;
}

/*
 * Push ahead what a library needs: of each group (closure.h) the first
 * candidate that exists. `group` is its first path; the rest is tried when
 * root finds that it is missing.
 */
static void push_ahead(struct server *s, const char *group)
{
	struct answer_need need;

	for (const char *path = group; *path; path += strlen(path) + 1) {
		size_t len = strlen(path);
		bool made;
		enum answer a = answer_request(&s->index.map, WIRE_CONTENT, 0, path, len, &need);
		struct cr_result r;

		if (a == ANSWER_LOOK &&
		    cr_resolve(&s->index.map, path, len, CR_TYPE_ONLY, &r) == CR_ERRNO)
			continue;
		if (a != ANSWER_NEED)
			return;
		struct flight *f = flight_get(&s->flights, WIRE_CONTENT, 0, path, len, &made);
		if (!f || !made)
			return;
		const char *end = path + len + 1;
		while (*end)
			end += strlen(end) + 1;
		size_t rest = (size_t)(end + 1 - (path + len + 1));
		f->rest = malloc(rest);
		if (f->rest)
			memcpy(f->rest, path + len + 1, rest);
		step(s, f, NULL);
		return;
	}
}

static void push_closure(struct server *s, const char *groups)
{
	while (*groups) {
		push_ahead(s, groups);
		while (*groups)
			groups += strlen(groups) + 1;
		groups++;
	}
}

static void end_flight(struct server *s, struct flight *f)
{
	struct cr_result r;
	char *rest = f->rest;
	bool missing = rest && cr_resolve(&s->index.map, f->path, f->path_len, CR_TYPE_ONLY, &r) ==
	                               CR_ERRNO;

	f->rest = NULL;
	settle_flight(s, f);
	if (missing)
		push_ahead(s, rest);
	free(rest);
}

/* True when a job has just fetched this, and it is missing again: something
 * kept it out of the index, and would do so again. */
static bool in_vain(const struct pending *fetched, const struct answer_need *need)
{
	return fetched && fetched->need == (uint32_t)need->need && fetched->path_len == need->len &&
	       memcmp(fetched->path, need->path, need->len) == 0 &&
	       (need->need != NEED_ACCESS || fetched->mode == need->mode);
}

/* What is being looked up below a path that is forgotten now was so before the change. */
static void void_below(struct server *s, const struct flight *f)
{
	char path[CI_PATH_MAX];
	struct pending *p, *next;

	size_t len = cr_real(&s->index.map, f->path, f->path_len, path);
	HASH_ITER (hh, s->pending, p, next)
		p->is_void |= cr_under(p->path, p->path_len, path, len);
}

static void step_change(struct server *s, struct flight *f)
{
	bool forgets = (f->flags & WIRE_SUBTREE) && !f->forget;
	bool in_force = mutate_step(s, f); /* else it waits for acknowledgements */

	if (forgets)
		void_below(s, f);
	if (in_force)
		settle_flight(s, f);
}

/* `fetched`: the job that the flight has waited for, or NULL. */
static void step(struct server *s, struct flight *f, const struct pending *fetched)
{
	struct answer_need need;

	f->waiting_for = NULL;
	if (f->op == WIRE_MUTATE) {
		step_change(s, f);
		return;
	}
	if (answer_request(&s->index.map, (enum wire_op)f->op, f->flags, f->path, f->path_len,
	                   &need) != ANSWER_NEED) {
		end_flight(s, f);
		return;
	}
	decide(s, &need);
	bool full = atomic_load_explicit(&s->index.h->flags, memory_order_relaxed) & CI_FULL;
	if (f->steps++ < STEPS_MAX && !full && !in_vain(fetched, &need))
		f->waiting_for = fetch(s, &need);
	if (f->waiting_for)
		return;
	end_flight(s, f);
}

void root_ask(struct server *s, struct flight *f)
{
	step(s, f, NULL);
}

static void say(struct server *s, enum record_kind kind, uint32_t a, uint32_t b,
                const struct fsjob *job, const void *body, size_t body_len)
{
	struct message *m = message_new(kind, a, b, job->path, strlen(job->path), body, body_len);

	announce(s, m);
	message_drop(m);
}

/* Errors that belong to the path, and that every process would be given. */
static bool lasting_error(int err)
{
	return err == EACCES || err == ELOOP || err == ENAMETOOLONG;
}

static void stat_done(struct server *s, const struct fsjob *job)
{
	char body[sizeof(struct ci_attr) + CI_PATH_MAX];

	if (job->err == ENOENT) {
		const char *slash = strrchr(job->path, '/');
		policy_absent(&s->policy, job->path, (size_t)(slash - job->path));
		say(s, REC_ABSENT, 0, 0, job, NULL, 0);
	} else if (job->err != 0) {
		say(s, lasting_error(job->err) ? REC_ERROR : REC_PASS, (uint32_t)job->err, 0, job,
		    NULL, 0);
	} else {
		memcpy(body, &job->attr, sizeof(job->attr));
		memcpy(body + sizeof(job->attr), job->link, job->link_len);
		say(s, REC_KNOWN, 0, 0, job, body, sizeof(job->attr) + job->link_len);
	}
}

static void content_done(struct server *s, const struct fsjob *job)
{
	size_t len = strlen(job->path);

	if (job->err != 0) {
		say(s, REC_CONTENT_PASS, 0, 0, job, NULL, 0);
		return;
	}
	struct blob *blob = bulk_add(&s->bulk, job->path, len, &job->attr, job->fd, job->memfd_ino);
	if (!blob) {
		store_abandon(&s->store, job->fd, job->size);
		say(s, REC_CONTENT_PASS, 0, 0, job, NULL, 0);
		return;
	}
	const struct ci_entry *e = ci_find(&s->index.map, job->path, len);
	/* A file that the job has begun to change meanwhile is nobody's to have. */
	if (e && ci_has_content(ci_content(e)) && blob->size <= s->push_max)
		bulk_send_all(&s->bulk, blob);
	if (job->needed)
		push_closure(s, job->needed);
}

static void job_done(struct server *s, const struct fsjob *job)
{
	switch (job->kind) {
	case FSJOB_STAT:
		stat_done(s, job);
		break;
	case FSJOB_LIST:
		if (job->err == 0 && !job->too_large)
			say(s, REC_LISTING, 0, 0, job, job->names, job->names_size);
		else
			say(s, REC_SINGLE, 0, 0, job, NULL, 0);
		break;
	case FSJOB_ACCESS:
		say(s, REC_ACCESS, job->mode, job->err == 0, job, NULL, 0);
		break;
	case FSJOB_CONTENT:
		content_done(s, job);
		break;
	}
}

/* Look again at the flights that waited; one may settle, and free, others. */
static void resume(struct server *s, const struct pending *p)
{
	struct flight *f, *next;
	bool again;

	do {
		again = false;
		HASH_ITER (hh, s->flights.table, f, next) {
			if (f->waiting_for != p)
				continue;
			step(s, f, p);
			again = true;
			break;
		}
	} while (again);
}

bool root_collect(struct server *s)
{
	struct fsjob *job;
	bool any = false;

	while ((job = fsjob_collect(&s->pool))) {
		struct pending *p = job->owner;
		any = true;
		if (!s->stopping && !p->is_void) /* nobody listens after REC_STOP */
			job_done(s, job);
		else if (job->kind == FSJOB_CONTENT && job->err == 0)
			store_abandon(&s->store, job->fd, job->size);
		HASH_DEL(s->pending, p);
		resume(s, p);
		free(p);
		fsjob_free(job);
	}
	return any;
}

void root_changed(struct server *s, const struct change *c)
{
	struct flight *f, *next;

	mutate_acknowledged(s, c);
	HASH_ITER (hh, s->flights.table, f, next)
		if (f->op == WIRE_MUTATE)
			step(s, f, NULL);
	settle_contents(s);
}
