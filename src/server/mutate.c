/* mutate.c - see mutate.h. */
#include "server/mutate.h"
#include "server/settle.h"

#include <dirent.h>
#include <limits.h>
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

/* The path with its final slashes cut off; the index of its last slash. */
static size_t split(char *path, size_t *len)
{
	while (*len > 1 && path[*len - 1] == '/')
		path[--*len] = '\0';
	return (size_t)((char *)memrchr(path, '/', *len) - path);
}

/* The real path of the scope that is exactly this path, or NULL. */
static const char *scope_root(const struct ci_map *m, const char *path, size_t len,
                              size_t *real_len)
{
	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const struct ci_scope *scope = &m->h->scope[i];
		const char *prefix = ci_string(m, scope->prefix, scope->prefix_len);
		if (scope->prefix_len != len || memcmp(prefix, path, len) != 0)
			continue;
		*real_len = scope->real_len;
		return ci_string(m, scope->real, scope->real_len);
	}
	return NULL;
}

/* Replace `path` (in directory `dir`) by what the link says. False: too long. */
static bool read_link(const struct ci_map *m, const struct ci_entry *link, const char *dir,
                      char path[CI_PATH_MAX], size_t *len)
{
	const char *target = ci_string(m, link->link, link->link_len);
	size_t dir_len = target && target[0] != '/' ? strlen(dir) + 1 : 0;

	if (!target || link->link_len == 0 || dir_len + link->link_len >= CI_PATH_MAX)
		return false;
	memmove(path, dir, dir_len ? dir_len - 1 : 0);
	if (dir_len)
		path[dir_len - 1] = '/';
	*len = dir_len + link->link_len;
	memcpy(path + dir_len, target, link->link_len + 1);
	return true;
}

static enum mutate_state need_stat(struct answer_need *need, const char *path, size_t len)
{
	need->need = NEED_STAT;
	memcpy(need->path, path, len + 1);
	need->len = len;
	return MUTATE_NEED;
}

enum mutate_state mutate_step(struct server *s, struct flight *f, struct answer_need *need)
{
	const struct ci_map *m = &s->index.map;
	char path[CI_PATH_MAX], child[CI_PATH_MAX];
	size_t len = f->path_len;
	bool settled = true;

	memcpy(path, f->path, len);
	path[len] = '\0';
	for (unsigned links = 0; links <= CR_LINK_MAX; links++) {
		struct cr_result r;
		size_t slash = split(path, &len);
		size_t name_len = len - slash - 1;

		if (slash == 0 || name_len == 0 || name_len > NAME_MAX)
			break;
		enum answer answer =
			answer_request(m, WIRE_LOOKUP, CR_TYPE_ONLY, path, slash, need);
		if (answer == ANSWER_NEED && !f->blind)
			return MUTATE_NEED;
		enum cr_verdict v = cr_resolve(m, path, slash, CR_TYPE_ONLY, &r);
		const char *dir = v == CR_ENTRY ? r.entry->path : path;
		size_t dir_len = v == CR_ENTRY ? r.entry->path_len : slash;
		/* A scope's root itself is made, moved or removed: no directory of
		 * the index holds it, so it is the root that becomes volatile. */
		size_t root_len;
		const char *root = v == CR_OUTSIDE ? scope_root(m, path, len, &root_len) : NULL;
		if (root && (f->flags & WIRE_SUBTREE))
			settled &= is_forgotten(s, f, root, root_len);
		if (root)
			settled &= is_volatile(s, root, root_len);
		if (v == CR_ERRNO || v == CR_OUTSIDE || dir_len + 1 + name_len >= sizeof(child))
			break;

		memcpy(child, dir, dir_len);
		child[dir_len] = '/';
		memcpy(child + dir_len + 1, path + slash + 1, name_len + 1);
		size_t child_len = dir_len + 1 + name_len;
		const struct ci_entry *e = ci_find(m, child, child_len);
		/* Only what is known before the change tells whether it is a link. */
		if (v == CR_ENTRY && !f->blind && !ci_unserved(ci_dir(r.entry)) &&
		    ((!e && ci_dir(r.entry) != CI_DIR_COMPLETE) ||
		     (e && ci_state(e) == CI_LISTED && cr_type(e) != DT_REG &&
		      cr_type(e) != DT_DIR)))
			return need_stat(need, child, child_len);
		bool is_link = e && ci_state(e) == CI_KNOWN && cr_type(e) == DT_LNK;
		struct ci_entry link = {0};
		if (is_link) {
			link.link = e->link;
			link.link_len = e->link_len;
		}

		child[dir_len] = '\0';
		settled &= is_volatile(s, child, dir_len);
		child[dir_len] = '/';
		if (links == 0 && (f->flags & WIRE_SUBTREE))
			settled &= is_forgotten(s, f, child, child_len);
		child[dir_len] = '\0';
		if (!is_link || !read_link(m, &link, child, path, &len))
			break;
	}
	return settled ? MUTATE_DONE : MUTATE_WAIT;
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
