/*
 * tell.h - the messages by which changes are announced
 *
 * Each returns when no node serves any more what it is about, or when that cannot be
 * had, which the log says at its highest level. Paths are real. Any thread.
 */
#ifndef COLLFS_CLIENT_TELL_H
#define COLLFS_CLIENT_TELL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "common/index.h"

/* True when a directory is volatile already: names in it are not served. */
bool tell_is_needless(const struct ci_map *m, const char *dir, size_t len);

/* A name in a scope changes; flags: WIRE_SUBTREE, all below it, too. With that also a
 * name outside, by which paths lead elsewhere: what is remembered of them is void. */
void tell(const struct ci_map *m, const char *path, size_t len, unsigned flags);

/* A file with several names changes under all of them: the servers know which. */
void tell_names(const struct ci_map *m, const struct stat *st);

/* Scopes that begin at or below this name: all that they serve goes with it. */
void tell_scopes(const struct ci_map *m, const char *path, size_t len);

#endif
