/*
 * origin.h - $ORIGIN of a program that was started from the node's store
 *
 * ld.so asks the kernel where the program lies, and such a program lies in
 * "/memfd:collfs:PATH". By the time an auditor is loaded, the directories of the
 * program's own RPATH or RUNPATH have been made of it. They are found from the
 * program's link map and cut to what they would be; each field is written only
 * when all around it is as it must be. So from then on ld.so itself makes,
 * tries, remembers and tells the right names, even when this process finds no
 * server.
 *
 * Callers hold ld.so's lock, but for origin_init (alone).
 */
#ifndef COLLFS_AUDITOR_ORIGIN_H
#define COLLFS_AUDITOR_ORIGIN_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

/* Look how the program was started. */
void origin_init(void);

/* True until origin_put_right has been called, if there is anything to do. */
bool origin_is_wrong(void);

/* Put right what ld.so knows of the program's place. */
void origin_put_right(struct link_map *program);

/* A candidate of a search path, in case ld.so could not be put right: its
 * wrong part is overwritten by slashes, where it lies. */
void origin_fix_candidate(const char *name);

/* Cut a string's wrong beginning off, in place. Returns the new length. */
size_t origin_cut(char *path, size_t len);

#endif
