/*
 * session_cmds.h - the commands about sessions: start, env, status, invalidate, stop
 *
 * Each returns the exit status. Used by main.c; one thread.
 */
#ifndef COLLFS_LAUNCHER_SESSION_CMDS_H
#define COLLFS_LAUNCHER_SESSION_CMDS_H

#include "launcher/options.h"

int session_start(const struct options *o);
int session_env(const struct options *o);
int session_show(const struct options *o);
int session_invalidate(const struct options *o);
int session_stop(const struct options *o);

#endif
