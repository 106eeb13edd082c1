/* resolve.c - path walk over the index; see resolve.h. */
#include "common/resolve.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* The path being walked: `cur` is real and clean, `rest` is still to go. */
struct walk {
	const struct ci_map *m;
	struct cr_result *r;
	unsigned flags;
	unsigned links;
	size_t cur_len, root_len; /* bytes of r->path; of the scope root it began in */
	char rest[CI_PATH_MAX];
	size_t pos;
};

static const struct ci_scope *scope_of(const struct ci_map *m, const char *path, size_t len)
{
	const struct ci_header *h = m->h;
	const struct ci_scope *best = NULL;

	for (uint32_t i = 0; i < h->scope_count; i++) {
		const struct ci_scope *s = &h->scope[i];
		const char *prefix = (const char *)h + (uint64_t)s->prefix * CI_REF_UNIT;

		if (cr_under(path, len, prefix, s->prefix_len) &&
		    (!best || best->prefix_len < s->prefix_len))
			best = s;
	}
	return best;
}

static bool same_root(const struct ci_map *m, const struct ci_scope *s)
{
	const char *base = (const char *)m->h;

	return s->prefix_len == s->real_len &&
	       memcmp(base + (uint64_t)s->prefix * CI_REF_UNIT,
	              base + (uint64_t)s->real * CI_REF_UNIT, s->real_len) == 0;
}

static const char *real_of(const struct ci_map *m, const struct ci_scope *s)
{
	return (const char *)m->h + (uint64_t)s->real * CI_REF_UNIT;
}

bool cr_in_scope(const struct ci_map *m, const char *path, size_t len)
{
	return scope_of(m, path, len) != NULL;
}

bool cr_meets_scope(const struct ci_map *m, const char *path, size_t len)
{
	bool root = len == 1; /* its path is its slash */

	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const struct ci_scope *s = &m->h->scope[i];
		const char *prefix = (const char *)m->h + (uint64_t)s->prefix * CI_REF_UNIT;
		if (root || cr_under(prefix, s->prefix_len, path, len))
			return true;
	}
	return cr_in_scope(m, path, len);
}

bool cr_is_scope_root(const struct ci_map *m, const char *path, size_t len)
{
	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const struct ci_scope *s = &m->h->scope[i];
		if (s->real_len == len && memcmp(real_of(m, s), path, len) == 0)
			return true;
	}
	return false;
}

bool cr_real_in_scope(const struct ci_map *m, const char *path, size_t len)
{
	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const struct ci_scope *s = &m->h->scope[i];
		if (cr_under(path, len, real_of(m, s), s->real_len))
			return true;
	}
	return false;
}

size_t cr_real(const struct ci_map *m, const char *path, size_t len, char buf[CI_PATH_MAX])
{
	const struct ci_scope *s = cr_real_in_scope(m, path, len) ? NULL : scope_of(m, path, len);
	size_t head = s ? s->prefix_len : 0, root = s ? s->real_len : 0;

	if (root + len - head >= CI_PATH_MAX)
		return 0;
	if (s)
		memcpy(buf, real_of(m, s), root);
	memcpy(buf + root, path + head, len - head);
	buf[root + len - head] = '\0';
	return root + len - head;
}

/*
 * What is known of an entry at one moment. Its state may change at any time
 * (LISTED to KNOWN, say); conclusions drawn from two looks at it could be
 * true of neither.
 */
struct seen {
	enum ci_state state;
	unsigned type;
};

static struct seen look_at(const struct ci_entry *e)
{
	enum ci_state state = ci_state(e);

	return (struct seen){state, state == CI_KNOWN
	                                    ? IFTODT(e->attr.mode)
	                                    : atomic_load_explicit(&e->type, memory_order_relaxed)};
}

unsigned cr_type(const struct ci_entry *e)
{
	return look_at(e).type;
}

static enum cr_verdict verdict_errno(struct cr_result *r, int err)
{
	r->err = err;
	return CR_ERRNO;
}

static enum cr_verdict verdict_ask(struct cr_result *r, enum cr_ask ask, const char *path,
                                   size_t len)
{
	r->ask = ask;
	memmove(r->path, path, len);
	r->path[len] = '\0';
	return CR_ASK;
}

/* The answer when `e` is what the whole path names (links already followed). */
static enum cr_verdict final_entry(const struct ci_entry *e, struct seen seen, unsigned flags,
                                   struct cr_result *r)
{
	switch (seen.state) {
	case CI_KNOWN:
		if (ci_unserved(ci_dir(e)))
			return CR_PASS; /* its times and link count change under us */
		r->entry = e;
		return CR_ENTRY;
	case CI_LISTED:
		if (ci_unserved(ci_dir(e)))
			return CR_PASS;
		if ((flags & CR_TYPE_ONLY) && seen.type != DT_UNKNOWN) {
			r->entry = e;
			return CR_ENTRY;
		}
		return verdict_ask(r, CR_ASK_STAT, e->path, e->path_len);
	case CI_ABSENT:
		return verdict_errno(r, ENOENT);
	case CI_ERROR:
		return verdict_errno(r, e->err);
	case CI_PASS:
	case CI_DEAD:
		break;
	}
	return CR_PASS;
}

/*
 * Look again for a name that had no entry, now that its directory is at hand.
 * A snapshot's names are linked before it is published as complete: a name
 * that was missing before the directory's *state was read must be looked for
 * once more, or a snapshot published in between would make it vanish.
 */
static const struct ci_entry *find_again(const struct ci_map *m, const struct ci_entry *dir,
                                         const char *path, size_t len, enum ci_dir *state)
{
	*state = ci_dir(dir);
	return *state == CI_DIR_COMPLETE ? ci_find(m, path, len) : NULL;
}

/* The answer for a name that has no entry, in a directory of this state. */
static enum cr_verdict no_entry(enum ci_dir state, const char *path, size_t len,
                                struct cr_result *r)
{
	switch (state) {
	case CI_DIR_COMPLETE:
		return verdict_errno(r, ENOENT);
	case CI_DIR_LEAVING:
	case CI_DIR_VOLATILE:
		return CR_PASS;
	case CI_DIR_SINGLE:
		return verdict_ask(r, CR_ASK_STAT, path, len);
	case CI_DIR_UNKNOWN:
		break;
	}
	return verdict_ask(r, CR_ASK_NAME, path, len);
}

/*
 * Most paths that programs use are clean and real: the path as it is spelled
 * is then a key of the index, or the part before its last slash is one. That
 * takes one or two probes instead of one for each component. Only real paths
 * are keys, so a spelling with links, "//" or ".." is never found by mistake.
 */
static bool resolve_spelled(const struct ci_map *m, const char *path, size_t len, unsigned flags,
                            struct cr_result *r, enum cr_verdict *verdict)
{
	const struct ci_entry *e = ci_find(m, path, len);

	if (!e) {
		const char *slash = memrchr(path, '/', len);
		const char *name = slash + 1;
		size_t name_len = len - (size_t)(name - path);
		enum ci_dir state;

		if (name_len == 0 || name_len > NAME_MAX || slash == path ||
		    (name[0] == '.' && (name_len == 1 || (name_len == 2 && name[1] == '.'))))
			return false;
		const struct ci_entry *dir = ci_find(m, path, (size_t)(slash - path));
		if (!dir || cr_type(dir) != DT_DIR)
			return false;
		e = find_again(m, dir, path, len, &state);
		if (!e) {
			*verdict = no_entry(state, path, len, r);
			return true;
		}
	}
	struct seen seen = look_at(e);
	if (!(flags & CR_NOFOLLOW) && seen.state != CI_PASS && seen.type == DT_LNK)
		return false;
	*verdict = final_entry(e, seen, flags, r);
	return true;
}

/* Begin (again) at an absolute path: place `cur` on its scope's real root. */
static bool enter_scope(struct walk *w, const char *path, size_t len)
{
	const struct ci_scope *s = scope_of(w->m, path, len);
	if (!s || len - s->prefix_len >= sizeof(w->rest))
		return false;
	memcpy(w->r->path, (const char *)w->m->h + (uint64_t)s->real * CI_REF_UNIT, s->real_len);
	w->cur_len = w->root_len = s->real_len;
	memmove(w->rest, path + s->prefix_len, len - s->prefix_len);
	w->rest[len - s->prefix_len] = '\0';
	w->pos = 0;
	return true;
}

/* Replace the link just met by its target, keeping what is still to go. */
static enum cr_verdict follow(struct walk *w, const struct ci_entry *e)
{
	const char *target = ci_string(w->m, e->link, e->link_len);
	const char *tail = w->rest + w->pos;
	size_t tail_len = strlen(tail);
	char joined[CI_PATH_MAX];

	if (!target)
		return CR_PASS;
	if (++w->links > CR_LINK_MAX)
		return verdict_errno(w->r, ELOOP);
	if (e->link_len == 0)
		return verdict_errno(w->r, ENOENT);
	if (e->link_len + tail_len + 2 > sizeof(joined))
		return CR_PASS; /* let the kernel say ENAMETOOLONG */

	/* `tail` is empty or begins with a slash. */
	memcpy(joined, target, e->link_len);
	memcpy(joined + e->link_len, tail, tail_len + 1);
	size_t len = e->link_len + tail_len;

	if (target[0] == '/')
		return enter_scope(w, joined, len) ? CR_ASK : CR_OUTSIDE;
	memcpy(w->rest, joined, len + 1);
	w->pos = 0;
	/* A relative target is read in the directory that holds the link. */
	while (w->r->path[--w->cur_len] != '/')
		;
	return CR_ASK;
}

/*
 * Walk one component into `name`. CR_ENTRY: r->entry is the new current
 * place; CR_ASK with *again: a link was followed, go on.
 */
static enum cr_verdict step(struct walk *w, const struct ci_entry *dir, size_t name_at,
                            size_t name_len, bool last, bool *again)
{
	struct cr_result *r = w->r;

	*again = false;
	if (name_len > NAME_MAX || w->cur_len + 1 + name_len >= sizeof(r->path))
		return CR_PASS;
	r->path[w->cur_len] = '/';
	memcpy(r->path + w->cur_len + 1, w->rest + name_at, name_len);
	size_t len = w->cur_len + 1 + name_len;
	r->path[len] = '\0';

	enum ci_dir state;
	const struct ci_entry *e = ci_find(w->m, r->path, len);
	bool more = w->rest[w->pos] != '\0';
	if (!e)
		e = find_again(w->m, dir, r->path, len, &state);
	/* The way through a directory that the job writes in is known for as long as
	 * the next one keeps its name. */
	if (!e && more && state == CI_DIR_VOLATILE)
		return verdict_ask(r, CR_ASK_STAT, r->path, len);
	if (!e)
		return no_entry(state, r->path, len, r);

	struct seen seen = look_at(e);
	if (seen.type == DT_UNKNOWN && seen.state != CI_LISTED)
		return final_entry(e, seen, w->flags, r);
	bool type_will_do = last && !more && (w->flags & CR_NOFOLLOW) && (w->flags & CR_TYPE_ONLY);
	if (seen.state == CI_LISTED &&
	    (seen.type == DT_UNKNOWN || (seen.type == DT_LNK && !type_will_do)))
		return verdict_ask(r, CR_ASK_STAT, e->path, e->path_len);

	w->cur_len = len;
	r->entry = e;
	/* A final slash follows a link even where NOFOLLOW is asked for. */
	if (seen.type == DT_LNK && seen.state == CI_KNOWN &&
	    (more || !last || !(w->flags & CR_NOFOLLOW))) {
		enum cr_verdict v = follow(w, e);
		*again = v == CR_ASK;
		return v;
	}
	return CR_ENTRY;
}

/*
 * May the session's user go on from this directory, be it by "." or ".."? (A
 * name in it needs no such look: root has found it out by going there.) Where
 * the attributes do not tell for sure, the kernel is asked: CR_PASS.
 */
static enum cr_verdict searchable(struct walk *w, const struct ci_entry *dir, struct seen seen)
{
	const struct ci_attr *a = &dir->attr;

	if (ci_dir(dir) == CI_DIR_COMPLETE) /* root has looked at its "." */
		return CR_ENTRY;
	if (seen.state == CI_LISTED)
		return verdict_ask(w->r, CR_ASK_STAT, dir->path, dir->path_len);
	if (seen.state != CI_KNOWN)
		return CR_PASS;
	/* Of another's directory the user may be in the group or not. */
	unsigned need = a->uid == w->m->h->uid ? S_IXUSR : S_IXGRP | S_IXOTH;
	return (a->mode & need) == need ? CR_ENTRY : CR_PASS;
}

static bool only_slashes(const char *s)
{
	return s[strspn(s, "/")] == '\0';
}

static enum cr_verdict walk_path(struct walk *w)
{
	struct cr_result *r = w->r;

	for (;;) {
		r->path[w->cur_len] = '\0';
		const struct ci_entry *cur = ci_find(w->m, r->path, w->cur_len);
		if (!cur)
			return verdict_ask(r, CR_ASK_STAT, r->path, w->cur_len);
		struct seen seen = look_at(cur);
		if (seen.state == CI_ABSENT || seen.state == CI_ERROR)
			return final_entry(cur, seen, w->flags, r);

		bool slash = w->rest[w->pos] == '/';
		w->pos += strspn(w->rest + w->pos, "/");
		size_t at = w->pos, n = strcspn(w->rest + at, "/");
		if (n == 0 && !slash)
			return final_entry(cur, seen, w->flags, r);
		w->pos += n;

		/* Something follows, be it only a slash: it must be a directory. */
		if (seen.type == DT_UNKNOWN)
			return seen.state == CI_LISTED
			               ? verdict_ask(r, CR_ASK_STAT, cur->path, cur->path_len)
			               : CR_PASS;
		if (seen.type != DT_DIR)
			return verdict_errno(r, ENOTDIR);
		if (n == 0)
			return final_entry(cur, seen, w->flags, r);
		bool dot = n == 1 && w->rest[at] == '.';
		bool dots = n == 2 && w->rest[at] == '.' && w->rest[at + 1] == '.';
		if (dot || dots) {
			enum cr_verdict v = searchable(w, cur, seen);
			if (v != CR_ENTRY)
				return v;
		}
		if (dot)
			continue;
		if (dots) {
			if (w->cur_len <= w->root_len)
				return CR_OUTSIDE;
			while (r->path[--w->cur_len] != '/')
				;
			continue;
		}

		bool again;
		bool last = only_slashes(w->rest + w->pos);
		enum cr_verdict v = step(w, cur, at, n, last, &again);
		if (!again && v != CR_ENTRY)
			return v;
	}
}

/* Apart, so that the common case does not take its buffers from the stack too:
 * callers run on the small stacks of threads and signal handlers. */
static __attribute__((noinline)) enum cr_verdict resolve_walked(const struct ci_map *m,
                                                                const char *path, size_t len,
                                                                unsigned flags, struct cr_result *r)
{
	struct walk w = {.m = m, .r = r, .flags = flags};

	if (!enter_scope(&w, path, len))
		return CR_OUTSIDE;
	return walk_path(&w);
}

enum cr_verdict cr_resolve(const struct ci_map *m, const char *path, size_t len, unsigned flags,
                           struct cr_result *r)
{
	enum cr_verdict verdict;

	if (len == 0 || len >= CI_PATH_MAX || !cr_in_scope(m, path, len))
		return CR_OUTSIDE;
	if (resolve_spelled(m, path, len, flags, r, &verdict))
		return verdict;

	/* A prefix may itself be a link: the index has only what it leads to. */
	const struct ci_scope *s = scope_of(m, path, len);
	if ((flags & CR_NOFOLLOW) && len == s->prefix_len && !same_root(m, s))
		return CR_OUTSIDE;

	return resolve_walked(m, path, len, flags, r);
}
