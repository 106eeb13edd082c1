/*
 * scope_default.h - which paths the session serves
 *
 * COLLFS_PATH as the user gives it or, unset, the software trees that the
 * command and the environment name. Policy alone: the servers and clients obey
 * the list and know no path's meaning. Used by run.c,
 * session_cmds.c and from_store.c.
 */
#ifndef COLLFS_LAUNCHER_SCOPE_DEFAULT_H
#define COLLFS_LAUNCHER_SCOPE_DEFAULT_H

#include "launcher/mpiline.h"
#include "launcher/strv.h"

/* The prefixes, absolute and clean, none below another. `line` may be NULL. */
void scope_find(struct strv *scope, const struct mpiline *line);

/* True when a prefix covers the absolute path, as it is spelled. */
bool scope_covers(const struct strv *scope, const char *path);

#endif
