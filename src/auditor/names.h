/*
 * names.h - putting right what ld.so derived from a staged path
 *
 * ld.so takes the name that la_objsearch returns for a request with a slash as
 * the object's name: l_name, l_origin (what $ORIGIN stands for) and the first
 * of its aliases are copies of it in ld.so's own memory. A staged path is made
 * at least as long as the original, so that each copy can be overwritten where
 * it lies; no pointer and no allocation of ld.so's is touched.
 *
 * l_name is public (link.h). l_origin is a field of the private part of struct
 * link_map: its place is *learned* in this very process from an object whose
 * origin is known from its public name, and before a write the string found
 * there must be, byte for byte, the staged directory. Until the place is
 * known, requests with a slash are not staged at all.
 *
 * Callers hold ld.so's lock.
 */
#ifndef COLLFS_AUDITOR_NAMES_H
#define COLLFS_AUDITOR_NAMES_H

#include <link.h>
#include <stdbool.h>

/* Try to learn from an object that ld.so has opened under its own name. */
void names_learn(const struct link_map *map);

/* True when the names of a staged object can be put right. */
bool names_known(void);

/* What $ORIGIN stands for in an object that has a name, or NULL. */
const char *names_origin(const struct link_map *map);

/* Where ld.so keeps the address of that (NULL: it has not asked yet), or NULL. */
char **names_origin_slot(struct link_map *map);

/* Overwrite what ld.so derived for `map` from the path `staged`: l_name, the
 * origin and the first alias. None may be longer than what it replaces. */
void names_restore(struct link_map *map, const char *staged, const char *name, const char *origin,
                   const char *alias);

#endif
