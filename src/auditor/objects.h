/*
 * objects.h - which loaded objects came from the store, and which did not
 *
 * ld.so knows a file by device and inode number. A staged file has those of its
 * memfd, so the same library loaded once for real and once staged, under two
 * names, would be two libraries. Hence: what was loaded for real stays real,
 * what was staged stays staged, whatever it is called. Inode numbers alone are
 * compared, since root may see another st_dev than this node; a false match
 * costs one real open.
 *
 * All this is about the program's own namespace. What objects of others (dlmopen)
 * need is loaded for real: ld.so does not ask us when a library is requested there
 * by its path, so one that we had staged could be loaded a second time.
 *
 * Callers hold ld.so's lock. The table is the auditor's own memory.
 */
#ifndef COLLFS_AUDITOR_OBJECTS_H
#define COLLFS_AUDITOR_OBJECTS_H

#include <link.h>
#include <stdbool.h>

#include "common/index.h"

/* Enter an object; `staged` is its entry in the index, NULL when it was opened
 * for real. */
void objects_add(const struct link_map *map, const struct ci_entry *staged);

/* Enter an object of another namespace. */
void objects_add_foreign(const struct link_map *map);

bool objects_foreign(const struct link_map *map);

/* The object is gone. */
void objects_remove(const struct link_map *map);

/* May this file be staged? Not when it is loaded for real, or when we lost count. */
bool objects_may_stage(const struct ci_entry *e);

/* True when at least one object is staged. */
bool objects_any_staged(void);

/* The staged object whose original was this very file, unchanged, or NULL. */
const struct ci_entry *objects_staged(uint64_t ino, uint64_t size, int64_t mtime_sec,
                                      uint32_t mtime_nsec);

#endif
