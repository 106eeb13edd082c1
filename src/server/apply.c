/* apply.c - see apply.h. */
#include "server/apply.h"
#include "common/resolve.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_scope_root(const struct index_writer *w, const char *path, size_t len)
{
	for (uint32_t i = 0; i < w->h->scope_count; i++) {
		const struct ci_scope *scope = &w->h->scope[i];
		const char *real = ci_string(&w->map, scope->real, scope->real_len);
		if (scope->real_len == len && memcmp(real, path, len) == 0)
			return true;
	}
	return false;
}

/*
 * The entry that a fact is about. A fact that comes after its directory was
 * declared volatile, or forgotten, was found out before: it must not be
 * believed. (Root asks for names in directories that have an entry only.)
 */
static struct ci_entry *entry_for_fact(struct index_writer *w, const char *path, size_t len)
{
	const char *slash = memrchr(path, '/', len);
	const struct ci_entry *dir = slash ? ci_find(&w->map, path, (size_t)(slash - path)) : NULL;

	if (dir ? ci_unserved(ci_dir(dir)) : !is_scope_root(w, path, len))
		return NULL;
	struct ci_entry *e = iw_get(w, path, len, DT_UNKNOWN);
	return e && !ci_unserved(ci_dir(e)) ? e : NULL;
}

/*
 * The entry of a directory whose contents have been looked at. Its own name
 * may be the job's to change (it is then walked through, not served): what is
 * in it is served until a change in it is announced.
 */
static struct ci_entry *entry_for_contents(struct index_writer *w, const char *path, size_t len)
{
	struct ci_entry *e = (struct ci_entry *)ci_find(&w->map, path, len);

	return e && ci_dir(e) == CI_DIR_UNKNOWN ? e : NULL;
}

/* Same version of the same file: what coherence of attributes and content needs. */
static bool same_version(const struct ci_attr *a, const struct ci_attr *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size && a->mode == b->mode &&
	       a->mtime.sec == b->mtime.sec && a->mtime.nsec == b->mtime.nsec &&
	       a->ctime.sec == b->ctime.sec && a->ctime.nsec == b->ctime.nsec;
}

/* As this node's own kernel would tell them. */
static struct ci_attr local_attr(const struct index_writer *w, const char *path, size_t len,
                                 const struct ci_attr *attr)
{
	struct ci_attr local = *attr;

	local.dev = devices_local(&w->devices, path, len, attr->dev);
	return local;
}

struct ci_entry *apply_attr(struct index_writer *w, const char *path, size_t len,
                            const struct ci_attr *root_attr)
{
	const struct ci_attr attr = local_attr(w, path, len, root_attr);
	struct ci_entry *e = entry_for_fact(w, path, len);

	if (!e)
		return NULL;
	if (ci_state(e) == CI_KNOWN) {
		if (same_version(&e->attr, &attr))
			return e;
		e = iw_replace(w, e);
		if (!e)
			return NULL;
	}
	return iw_set_known(w, e, &attr, NULL, 0) ? e : NULL;
}

static void apply_known(struct index_writer *w, const struct message *m)
{
	const struct ci_attr *attr = message_body(m);
	size_t link_len = m->head.body_len - sizeof(*attr);
	struct ci_entry *e;

	if (m->head.body_len < sizeof(*attr))
		return;
	if (!S_ISLNK(attr->mode)) {
		apply_attr(w, message_path(m), m->head.path_len, attr);
		return;
	}
	const struct ci_attr local = local_attr(w, message_path(m), m->head.path_len, attr);
	e = entry_for_fact(w, message_path(m), m->head.path_len);
	if (e && ci_state(e) == CI_LISTED && link_len < CI_PATH_MAX)
		iw_set_known(w, e, &local, (const char *)(attr + 1), link_len);
}

static void apply_listing(struct index_writer *w, struct ci_entry *dir, const struct message *m)
{
	size_t count;
	struct index_name *names = record_unpack_names(message_body(m), m->head.body_len, &count);

	if (names)
		iw_set_listing(w, dir, names, count);
	free(names);
}

void apply_record(struct index_writer *w, const struct message *m)
{
	const struct record *h = &m->head;
	const char *path = message_path(m);
	struct ci_entry *e;

	if (h->kind == REC_KNOWN) {
		apply_known(w, m);
		return;
	}
	if (h->kind == REC_SUBTREE) {
		iw_kill_subtree(w, path, h->path_len);
		return;
	}
	if (h->kind == REC_VOLATILE || h->kind == REC_SETTLED) {
		e = iw_get(w, path, h->path_len, DT_DIR);
		if (e)
			iw_set_volatile(w, e, h->kind == REC_SETTLED);
		return;
	}
	bool contents = h->kind == REC_LISTING || h->kind == REC_SINGLE;
	e = contents ? entry_for_contents(w, path, h->path_len)
	             : entry_for_fact(w, path, h->path_len);
	if (!e)
		return;
	switch (h->kind) {
	case REC_ABSENT:
		iw_set_absent(e);
		break;
	case REC_ERROR:
		iw_set_error(e, (int)h->a);
		break;
	case REC_PASS:
		iw_set_pass(e);
		break;
	case REC_LISTING:
		apply_listing(w, e, m);
		break;
	case REC_SINGLE:
		iw_set_single(e);
		break;
	case REC_ACCESS:
		iw_set_access(e, h->a, h->b != 0);
		break;
	case REC_CONTENT_PASS:
		iw_set_content_pass(e);
		break;
	default:
		break;
	}
}
