/*
 * exec_store.h - collfs-exec's part that knows the node's store
 *
 * Used by exec.c, which is one thread.
 */
#ifndef COLLFS_AUDITOR_EXEC_STORE_H
#define COLLFS_AUDITOR_EXEC_STORE_H

#include "common/index.h"

/*
 * The entry of a path, or NULL. *err is then the errno with which its execution
 * would fail, or 0 when the index does not know.
 */
const struct ci_entry *store_look(const char *path, int *err);

/* Start a program, or the interpreter of a script, that was found by `path`. Returns
 * only when that cannot be done. */
void store_start(const struct ci_entry *e, const char *path, char **argv, char **envp);

#endif
