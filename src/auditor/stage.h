/*
 * stage.h - handing ld.so a file of the node's store in place of the real one
 *
 * A staged path is /proc/<server>/fd/<n>, a memfd that the node's server holds
 * (through a descriptor of our own where that directory is closed to us, as in
 * another user namespace). Each file is opened and examined first: it must be
 * the memfd the index means, may be mapped executable, and be one that ld.so
 * loads without complaint (elfcheck.h).
 *
 * Callers hold ld.so's lock; returned paths are valid until the next call.
 */
#ifndef COLLFS_AUDITOR_STAGE_H
#define COLLFS_AUDITOR_STAGE_H

#include <link.h>

#include "common/index.h"

/* Forget the last staged path: ld.so has asked for something else. */
void stage_clear(void);

/* For a candidate of a search, which ld.so goes on calling by its own name.
 * NULL: not staged. */
const char *stage_candidate(const char *name, const struct ci_entry *e);

/* For a request with a slash: `alias` as it was made, `name` with tokens
 * replaced, `absolute` the same made absolute. */
const char *stage_request(const char *alias, const char *name, const char *absolute,
                          const struct ci_entry *e);

/* Give the object just staged its own names, if this is it. */
void stage_rename(struct link_map *map);

/* An object was opened: its entry if it is the one just staged (its names are
 * then its own), else NULL. */
const struct ci_entry *stage_opened(struct link_map *map);

#endif
