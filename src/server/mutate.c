/* mutate.c - see mutate.h. */
#include "server/mutate.h"
#include "common/resolve.h"
#include "server/apply.h"
#include "server/settle.h"

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

/* Likewise for a subtree or an inode that is to be forgotten. */
static bool is_forgotten(struct server *s, struct flight *f, enum record_kind kind,
                         const char *path, size_t len)
{
	if (!f->forget) {
		bool subtree = kind == REC_SUBTREE;
		f->forget = ++s->last_change;
		announce_volatile(s, kind, f->forget, path, len);
		f->forgotten = !change_expect(s, f->forget, path, subtree ? len : 0);
		if (f->forgotten && subtree)
			announce_volatile(s, REC_SETTLED, 0, path, len);
	}
	return f->forgotten;
}

bool mutate_step(struct server *s, struct flight *f)
{
	const struct ci_map *m = &s->index.map;
	char path[CI_PATH_MAX];
	bool settled = true;

	if (f->flags & WIRE_INODE) /* that all know once it is known, and nothing is under way */
		return (!f->forget && !s->changes &&
		        apply_knows_inode(&s->index, f->path, f->path_len)) ||
		       is_forgotten(s, f, REC_INODE, f->path, f->path_len);
	size_t len = cr_real(m, f->path, f->path_len, path);
	if (len == 0)
		return true;
	size_t dir_len = (size_t)((char *)memrchr(path, '/', len) - path);
	if (cr_real_in_scope(m, path, dir_len)) {
		path[dir_len] = '\0';
		settled &= is_volatile(s, path, dir_len);
		path[dir_len] = '/';
	}
	/* Of a path outside, too: processes remember where paths lead (client/outside.h). */
	if (f->flags & WIRE_SUBTREE)
		settled &= is_forgotten(s, f, REC_SUBTREE, path, len);
	/* No directory of the index may hold a scope's root: it is left alone itself. */
	if (cr_is_scope_root(m, path, len))
		settled &= is_volatile(s, path, len);
	return settled;
}

void mutate_acknowledged(struct server *s, const struct change *c)
{
	struct flight *f, *next;

	if (c->path_len > 0)
		announce_volatile(s, REC_SETTLED, 0, c->path, c->path_len);
	HASH_ITER (hh, s->flights.table, f, next)
		if (f->forget == c->serial)
			f->forgotten = true;
}
