/*
 * run.h - `collfs run`: a job with servers beside it
 *
 * Stands where the user, or a batch system, expects mpirun to stand: same
 * output, same signals, same end. Whatever goes wrong with the servers, the
 * command runs. Used by main.c; one thread.
 */
#ifndef COLLFS_LAUNCHER_RUN_H
#define COLLFS_LAUNCHER_RUN_H

#include "launcher/options.h"

/* Returns the exit status, or does not return at all. */
int run_command(struct options *o);

#endif
