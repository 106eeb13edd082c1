/*
 * mpirun_kind.h - whose launcher a command is
 *
 * The name mpirun is shared by several implementations that hand environment
 * variables on in different ways. Used by mpiline.c.
 */
#ifndef COLLFS_LAUNCHER_MPIRUN_KIND_H
#define COLLFS_LAUNCHER_MPIRUN_KIND_H

#include "launcher/mpiline.h"

/* What sort of command `program` (as typed) is. Looks into the file. */
enum mpi_kind mpirun_kind(const char *program);

#endif
