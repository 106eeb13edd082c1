/*
 * keeper.h - `collfs start`: servers that outlive one job
 *
 * A process in the background that holds the servers' standard input and
 * listens for `collfs stop`. Used by session_cmds.c.
 */
#ifndef COLLFS_LAUNCHER_KEEPER_H
#define COLLFS_LAUNCHER_KEEPER_H

#include "common/session.h"
#include "launcher/servers.h"

/*
 * Start the keeper and wait up to `seconds` until its servers are ready. NULL
 * when they are; otherwise they are gone again and the answer says why (fresh
 * memory).
 */
char *keeper_start(const struct servers_plan *plan, long seconds);

#endif
