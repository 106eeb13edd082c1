/*
 * resolve.h - a path walk as the kernel does it, over the index
 *
 * Given an absolute path, say what the index knows of it: the entry, the errno
 * that the kernel would give, that somebody must ask (and for what), or that
 * the real call has to run. Clients and the auditor answer calls with it; the
 * root drives its own file-system requests by it: "resolve; do what is asked
 * for; resolve again", so that all of them agree on what a path means.
 *
 * Pure: no system call, no allocation, no errno; any thread.
 */
#ifndef COLLFS_COMMON_RESOLVE_H
#define COLLFS_COMMON_RESOLVE_H

#include <string.h>

#include "common/index.h"

/* As MAXSYMLINKS of the kernel (path_resolution(7)). */
#define CR_LINK_MAX 40

enum cr_verdict {
	CR_OUTSIDE, /* not in scope, or leads out of it: real call */
	CR_PASS,    /* in scope, but not to be served: real call */
	CR_ENTRY,   /* `entry` is the answer */
	CR_ERRNO,   /* the answer is the errno `err` */
	CR_ASK,     /* not known yet: `ask` about `path` */
};

enum cr_ask {
	CR_ASK_STAT, /* the attributes of `path` itself (lstat, readlink) */
	CR_ASK_NAME, /* whether `path` exists: a listing of its directory would tell too */
};

enum {
	CR_NOFOLLOW = 1u << 0,  /* do not follow a link in the last component */
	CR_TYPE_ONLY = 1u << 1, /* an entry of known type will do, without attributes */
};

struct cr_result {
	const struct ci_entry *entry; /* CR_ENTRY */
	int err;                      /* CR_ERRNO */
	enum cr_ask ask;              /* CR_ASK */
	char path[CI_PATH_MAX];       /* CR_ASK: real, clean, NUL-terminated */
};

/*
 * Resolve `path`: absolute, `len` bytes and then a NUL. Final slashes, ".",
 * ".." and links mean what they mean to the kernel.
 */
enum cr_verdict cr_resolve(const struct ci_map *m, const char *path, size_t len, unsigned flags,
                           struct cr_result *r);

/* True when a path is `prefix` or lies below it. Neither ends in a slash. */
static inline bool cr_under(const char *path, size_t len, const char *prefix, size_t prefix_len)
{
	return len >= prefix_len && memcmp(path, prefix, prefix_len) == 0 &&
	       (len == prefix_len || path[prefix_len] == '/');
}

/* True when the path lies under a scope prefix, by its spelling alone. */
bool cr_in_scope(const struct ci_map *m, const char *path, size_t len);

/* The same, or a scope's prefix lies below the path. */
bool cr_meets_scope(const struct ci_map *m, const char *path, size_t len);

/* True when a scope begins at this real path. */
bool cr_is_scope_root(const struct ci_map *m, const char *path, size_t len);

/* True when a real path is a scope's root, or lies below one. */
bool cr_real_in_scope(const struct ci_map *m, const char *path, size_t len);

/*
 * Write a clean path without links as the index would have it: with the real path
 * of its scope in place of the prefix. Returns its length, or 0 (too long).
 */
size_t cr_real(const struct ci_map *m, const char *path, size_t len, char buf[CI_PATH_MAX]);

/* DT_* of a live entry, DT_UNKNOWN (0) when its attributes must be asked for. */
unsigned cr_type(const struct ci_entry *e);

#endif
