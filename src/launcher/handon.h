/*
 * handon.h - have mpirun hand variables on to all ranks on all nodes
 *
 * Open MPI 4.1 has two ways to do so, -x and the parameter mca_base_env_list,
 * and ends the job when both are used. So the way that the user's line, its
 * files and environment already use is taken. Used by run.c.
 */
#ifndef COLLFS_LAUNCHER_HANDON_H
#define COLLFS_LAUNCHER_HANDON_H

#include "launcher/mpiline.h"
#include "launcher/strv.h"

/*
 * Make `argv` and `env` for mpirun out of its line `l` and environment `env`,
 * such that ranks get `vars` (NAME=VALUE). False, and nothing is changed but
 * *why (fresh memory), when that might break the job.
 */
bool handon(const struct mpiline *l, const struct strv *vars, struct strv *argv, struct strv *env,
            char **why);

#endif
