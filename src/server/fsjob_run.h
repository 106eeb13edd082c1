/*
 * fsjob_run.h - what a worker does with a job. Any thread; see fsjob.h.
 */
#ifndef COLLFS_SERVER_FSJOB_RUN_H
#define COLLFS_SERVER_FSJOB_RUN_H

#include "server/fsjob.h"

/* Carry the job out on the filesystem and fill in its outcome. */
void fsjob_run(struct fspool *p, struct fsjob *job);

#endif
