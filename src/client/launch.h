/*
 * launch.h - a launcher of jobs that starts with the library preloaded
 *
 * LD_PRELOAD=libcollfs.so mpirun ... is all that a user has to write: the
 * launcher is then replaced by `collfs run`, which starts the servers and runs
 * it beside them. Called by the constructor only.
 */
#ifndef COLLFS_CLIENT_LAUNCH_H
#define COLLFS_CLIENT_LAUNCH_H

#include <stdbool.h>

/* True for a program of this name (its path, or argv[0]) that starts jobs. */
bool launch_is_launcher(const char *program);

/* True for the launchers' own daemons and our own programs: never served. */
bool launch_is_daemon(const char *program);

/* Become `collfs run -- argv...`. Returns, after a warning, when that fails. */
void launch(char **argv);

#endif
