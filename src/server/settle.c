/* settle.c - see settle.h. */
#include "server/settle.h"
#include "common/log.h"
#include "server/answer.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

void announce(struct server *s, struct message *m)
{
	if (!m) {
		/* The nodes' waiters time out and pass through. */
		log_error("out of memory: an answer is lost");
		return;
	}
	if (s->stopping)
		return; /* the children have been told that nothing more comes */
	apply_record(&s->index, m);
	tree_send_down(&s->tree, m);
}

bool change_expect(struct server *s, uint32_t serial, const char *path, size_t len)
{
	if (s->tree.child_count == 0)
		return false;
	struct change *c = calloc(1, sizeof(*c) + len + 1);
	if (!c) {
		/* A change that is not waited for would be a lie; the end of the
		 * servers is not: every process does the real calls then. */
		log_error("out of memory: the servers end");
		abort();
	}
	c->serial = serial;
	c->remaining = s->tree.child_count;
	c->path_len = len;
	memcpy(c->path, path, len);
	DL_APPEND(s->changes, c);
	return true;
}

/* The content on its way or here that a request for content is about. */
static struct blob *content_wanted(struct server *s, uint32_t flags, const char *path, size_t len)
{
	struct cr_result r;

	if (cr_resolve(&s->index.map, path, len, (flags & CR_NOFOLLOW) | CR_TYPE_ONLY, &r) !=
	            CR_ENTRY ||
	    cr_type(r.entry) != DT_REG)
		return NULL;
	struct blob *blob = bulk_find_path(&s->bulk, r.entry->path, r.entry->path_len);
	return blob && !blob->failed ? blob : NULL;
}

void settle_child(struct server *s, int child, enum wire_op op, uint32_t flags, const char *path,
                  size_t len)
{
	if (op == WIRE_CONTENT) {
		struct blob *blob = content_wanted(s, flags, path, len);
		if (blob) {
			/* One node may be alone in wanting a file; two are a job. */
			if (server_is_root(s) && blob->sent)
				bulk_send_all(&s->bulk, blob);
			else
				bulk_send(&s->bulk, blob, child);
			return;
		}
	}
	struct message *m = message_new(REC_DONE, op, flags, path, len, NULL, 0);
	if (m)
		tree_send(&s->tree, s->tree.child[child], m, NULL);
	message_drop(m);
}

void settle_flight(struct server *s, struct flight *f)
{
	struct answer_need need;
	enum wire_op op = (enum wire_op)f->op;
	/* A change is in force whatever the index says of the path. */
	enum answer answer = op == WIRE_MUTATE ? ANSWER_LOOK
	                                       : answer_request(&s->index.map, op, f->flags,
	                                                        f->path, f->path_len, &need);
	enum wire_status status = answer == ANSWER_LOOK ? WIRE_LOOK : WIRE_REAL;

	for (size_t i = 0; i < f->client_count; i++)
		client_reply(f->clients[i], op, status, 0, -1, NULL, 0);
	for (int i = 0; i < s->tree.child_count; i++)
		if (f->children >> i & 1)
			settle_child(s, i, op, f->flags, f->path, f->path_len);
	flight_end(&s->flights, f);
}

void settle_contents(struct server *s)
{
	struct flight *f, *next;
	struct answer_need need;

	/* In a full index it may never be found: better the real call than a wait. */
	bool full = atomic_load_explicit(&s->index.h->flags, memory_order_relaxed) & CI_FULL;

	HASH_ITER (hh, s->flights.table, f, next)
		if (f->op == WIRE_CONTENT &&
		    (full || answer_request(&s->index.map, WIRE_CONTENT, f->flags, f->path,
		                            f->path_len, &need) != ANSWER_NEED))
			settle_flight(s, f);
}
