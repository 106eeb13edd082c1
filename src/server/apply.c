/* apply.c - see apply.h. */
#include "server/apply.h"
#include "common/log.h"
#include "common/resolve.h"
#include "common/wire.h"
#include "server/inodes.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct ci_entry *directory_of(const struct index_writer *w, const char *path,
                                           size_t len)
{
	const char *slash = memrchr(path, '/', len);

	return slash ? ci_find(&w->map, path, (size_t)(slash - path)) : NULL;
}

/*
 * A name of which only this is known: it is passed through. Whether it is a
 * directory, which can be walked through until it is renamed or removed, was found
 * out at some time; what has once been remembered of the name stays so. `everywhere`:
 * no node has served anything below it, and who changes that has nobody to tell.
 */
static void remember_passed(struct index_writer *w, const char *path, size_t len, unsigned type,
                            bool everywhere)
{
	if (ci_find(&w->map, path, len))
		return;
	struct ci_entry *e = iw_get(w, path, len, type);
	if (!e)
		return;
	iw_set_pass(e);
	/* So that no late fact about what is below comes in. */
	if (type != DT_DIR)
		iw_set_volatile(w, e, everywhere);
}

/*
 * The entry that a fact is about. A fact that comes after its directory was
 * declared volatile, or forgotten, was found out before: it must not be
 * believed. (Root asks for names in directories that have an entry only.) What
 * is once passed through stays so.
 */
static struct ci_entry *entry_for_fact(struct index_writer *w, const char *path, size_t len,
                                       bool is_directory)
{
	const struct ci_entry *dir = directory_of(w, path, len);

	if (dir ? ci_unserved(ci_dir(dir)) : !cr_is_scope_root(&w->map, path, len)) {
		/* Below what cannot be walked through there is nothing to remember. */
		if (dir && cr_type(dir) == DT_DIR)
			remember_passed(w, path, len, is_directory ? DT_DIR : DT_UNKNOWN, true);
		return NULL;
	}
	struct ci_entry *e = iw_get(w, path, len, DT_UNKNOWN);
	return e && !ci_unserved(ci_dir(e)) && ci_state(e) != CI_PASS ? e : NULL;
}

/* For the scopes whose roots are this path, or lie below it. */
static void each_root_below(struct index_writer *w, const char *path, size_t len,
                            void (*call)(struct index_writer *w, const char *root, size_t len))
{
	for (uint32_t i = 0; i < w->h->scope_count; i++) {
		const struct ci_scope *scope = &w->h->scope[i];
		const char *root = ci_string(&w->map, scope->real, scope->real_len);
		if (cr_under(root, scope->real_len, path, len))
			call(w, root, scope->real_len);
	}
}

static void remember_gone(struct index_writer *w, const char *path, size_t len)
{
	remember_passed(w, path, len, DT_UNKNOWN, false); /* REC_SETTLED will follow */
}

/* A directory goes, and its name must not be taken for another one's; nor may a scope
 * be walked through that has been forgotten as a whole. */
static void apply_subtree(struct index_writer *w, const char *path, size_t len)
{
	const struct ci_entry *dir = directory_of(w, path, len);

	iw_kill_subtree(w, path, len);
	if (dir && ci_unserved(ci_dir(dir)))
		remember_gone(w, path, len);
	each_root_below(w, path, len, remember_gone);
}

/* All nodes have stopped serving this: whoever changes it has nobody to tell. What has
 * been forgotten since has no entry, and gets none. */
static void settle(struct index_writer *w, const char *path, size_t len)
{
	struct ci_entry *e = (struct ci_entry *)ci_find(&w->map, path, len);

	if (e && ci_unserved(ci_dir(e)))
		iw_set_volatile(w, e, true);
}

static void apply_settled(struct index_writer *w, const char *path, size_t len)
{
	settle(w, path, len);
	each_root_below(w, path, len, settle);
}

/* The same for a fact with attributes: the inode may be one that is changed. */
static struct ci_entry *entry_for_attr(struct index_writer *w, const char *path, size_t len,
                                       const struct ci_attr *attr)
{
	struct ci_entry *e = entry_for_fact(w, path, len, S_ISDIR(attr->mode));

	if (!e || S_ISDIR(attr->mode) || !inodes_has(w->changed, attr->ino))
		return e;
	iw_set_pass(e);
	return NULL;
}

/* 0: not as WIRE_INODE has it. */
static uint64_t inode_number(const char *path, size_t len)
{
	uint64_t ino = 0;

	if (len < 2 || len >= WIRE_INODE_MAX)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if (path[i] < '0' || path[i] > '9')
			return 0;
		ino = ino * 10 + (uint64_t)(path[i] - '0');
	}
	return ino;
}

bool apply_knows_inode(const struct index_writer *w, const char *path, size_t len)
{
	uint64_t ino = inode_number(path, len);
	return ino == 0 || inodes_has(w->changed, ino);
}

static void apply_inode(struct index_writer *w, const char *path, size_t len)
{
	uint64_t ino = inode_number(path, len);

	/* Nothing that is known has an inode that is in the set already. */
	if (apply_knows_inode(w, path, len))
		return;
	if (!inodes_add(&w->changed, ino)) {
		/* As in change_expect: no service is no lie. */
		log_error("out of memory: the servers end");
		abort();
	}
	iw_pass_inode(w, ino);
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
	struct ci_entry *e = entry_for_attr(w, path, len, root_attr);

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
	e = entry_for_attr(w, message_path(m), m->head.path_len, attr);
	if (!e || ci_state(e) != CI_LISTED || link_len >= CI_PATH_MAX)
		return;
	const struct ci_attr local = local_attr(w, message_path(m), m->head.path_len, attr);
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
		apply_subtree(w, path, h->path_len);
		return;
	}
	if (h->kind == REC_INODE) {
		apply_inode(w, path, h->path_len);
		return;
	}
	if (h->kind == REC_SETTLED) {
		apply_settled(w, path, h->path_len);
		return;
	}
	if (h->kind == REC_VOLATILE) {
		e = iw_get(w, path, h->path_len, DT_DIR);
		if (e)
			iw_set_volatile(w, e, false);
		return;
	}
	bool contents = h->kind == REC_LISTING || h->kind == REC_SINGLE;
	e = contents ? entry_for_contents(w, path, h->path_len)
	             : entry_for_fact(w, path, h->path_len, false);
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
