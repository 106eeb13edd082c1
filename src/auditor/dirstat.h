/*
 * dirstat.h - sparing the filesystem ld.so's stat of search directories
 *
 * After a candidate that is not there, ld.so (open_path in elf/dl-load.c) stats
 * the candidate's directory, once for each directory and hardware subdirectory
 * of the process, to remember whether it exists. It takes the directory's name
 * from the buffer in which it has built the candidate; that very buffer, in the
 * stack frame of our caller, is what la_objsearch gets. So the directory part
 * is overwritten there: by slashes (the root directory) when the directory
 * exists, by an empty name when it does not. The stat then has the right
 * result without a look at the filesystem.
 *
 * Within one search directory ld.so rebuilds only what follows the directory,
 * so the next call puts the directory's name back first.
 *
 * Off when somebody else could see the buffer: a second auditor, LD_DEBUG.
 * Callers hold ld.so's lock.
 */
#ifndef COLLFS_AUDITOR_DIRSTAT_H
#define COLLFS_AUDITOR_DIRSTAT_H

#include <stdbool.h>

/* Read the environment. */
void dirstat_init(void);

/* At each call for a candidate of a search path: undo the last overwriting. */
void dirstat_restore(const char *name);

/* Overwrite the directory of an absolute candidate that is not there, if `name`
 * lies in our callers' stack frames. */
void dirstat_spare(const char *name, bool directory_exists);

#endif
