/* mutate.c - see mutate.h. */
#include "server/mutate.h"
#include "common/resolve.h"
#include "server/settle.h"

#include <stddef.h>
#include <string.h>

/* Announce that a directory is volatile, or is so everywhere. */
static void announce_volatile(struct server *s, enum record_kind kind, uint32_t serial,
                              const char *path, size_t len)
{
	struct message *m = message_new(kind, serial, 0, path, len, NULL, 0);

	announce(s, m);
	message_drop(m);
}

/* True when the directory is volatile on every node; else see to it. */
static bool is_volatile(struct server *s, const char *path, size_t len)
{
	const struct ci_entry *e = ci_find(&s->index.map, path, len);

	if (e && ci_unserved(ci_dir(e)))
		return ci_dir(e) == CI_DIR_VOLATILE;
	/* In a full index what has no entry is not served anyway. */
	if (!e && atomic_load_explicit(&s->index.h->flags, memory_order_relaxed) & CI_FULL)
		return true;
	uint32_t serial = ++s->last_change;
	announce_volatile(s, REC_VOLATILE, serial, path, len);
	if (!ci_find(&s->index.map, path, len))
		return true; /* it is full now */
	if (change_expect(s, serial, path, len))
		return false;
	announce_volatile(s, REC_SETTLED, 0, path, len);
	return true;
}

/* Likewise for a subtree to be forgotten. */
static bool is_forgotten(struct server *s, struct flight *f, const char *path, size_t len)
{
	if (!f->subtree) {
		f->subtree = ++s->last_change;
		announce_volatile(s, REC_SUBTREE, f->subtree, path, len);
		f->subtree_done = !change_expect(s, f->subtree, "", 0);
	}
	return f->subtree_done;
}

/* Roots that are reached through the path may be others from now on: all names
 * in them are passed. */
static bool roots_are_volatile(struct server *s, const char *path, size_t len)
{
	const struct ci_map *m = &s->index.map;
	bool settled = true;

	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const struct ci_scope *scope = &m->h->scope[i];
		const char *prefix = ci_string(m, scope->prefix, scope->prefix_len);
		const char *root = ci_string(m, scope->real, scope->real_len);
		if (cr_under(prefix, scope->prefix_len, path, len) ||
		    cr_under(root, scope->real_len, path, len))
			settled &= is_volatile(s, root, scope->real_len);
	}
	return settled;
}

/* True when a directory of a scope holds the name. */
static bool is_held(const struct ci_map *m, const char *path, size_t len)
{
	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const struct ci_scope *scope = &m->h->scope[i];
		const char *root = ci_string(m, scope->real, scope->real_len);
		if (len > scope->real_len && cr_under(path, len, root, scope->real_len))
			return true;
	}
	return false;
}

bool mutate_step(struct server *s, struct flight *f)
{
	bool held = is_held(&s->index.map, f->path, f->path_len), settled = true;

	if (held)
		settled &= is_volatile(
			s, f->path, (size_t)((char *)memrchr(f->path, '/', f->path_len) - f->path));
	if (f->flags & WIRE_SUBTREE)
		settled &= is_forgotten(s, f, f->path, f->path_len);
	if (!held || (f->flags & WIRE_SUBTREE))
		settled &= roots_are_volatile(s, f->path, f->path_len);
	return settled;
}

void mutate_acknowledged(struct server *s, const struct change *c)
{
	struct flight *f, *next;

	if (c->path_len > 0)
		announce_volatile(s, REC_SETTLED, 0, c->path, c->path_len);
	HASH_ITER (hh, s->flights.table, f, next)
		if (f->subtree == c->serial)
			f->subtree_done = true;
}
