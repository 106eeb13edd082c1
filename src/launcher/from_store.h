/*
 * from_store.h - have the ranks' programs started from the node's store
 *
 * Puts collfs-exec before the program's name in each context of a line of
 * Open MPI's whose program is served; see auditor/exec.c. Used by run.c.
 */
#ifndef COLLFS_LAUNCHER_FROM_STORE_H
#define COLLFS_LAUNCHER_FROM_STORE_H

#include "launcher/mpiline.h"
#include "launcher/paths.h"
#include "launcher/strv.h"

/* Change `l`, unless COLLFS_EXEC is 0 or the line itself looks at the program. */
void programs_from_store(struct mpiline *l, const struct install *in, const struct strv *scope);

#endif
