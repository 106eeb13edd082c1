/*
 * mpi_options.h - the options of Open MPI's mpirun (4.1), and what they mean to us
 *
 * One table: how many words an option takes (to find the program's name behind
 * them) and whether the servers' mpirun needs it too. Used by mpiline.c for
 * the user's line, by options.c for that of collfs, and by run.c and servers.c
 * for the servers'. Constant data.
 */
#ifndef COLLFS_LAUNCHER_MPI_OPTIONS_H
#define COLLFS_LAUNCHER_MPI_OPTIONS_H

#include <stdbool.h>

#include "launcher/strv.h"

enum mpi_use {
	MPI_USE_NONE,     /* concerns the job alone */
	MPI_USE_COPY,     /* the servers' line gets it */
	MPI_USE_HOSTS,    /* the same: names nodes */
	MPI_USE_HOSTFILE, /* the same: names a file of nodes, of which there may be one */
	MPI_USE_RANKFILE, /* names nodes when no hostfile does */
	MPI_USE_MCA,      /* an MCA parameter: depends on which */
	MPI_USE_TUNE,     /* files of options and MCA parameters */
	MPI_USE_EXPORT,   /* -x */
	MPI_USE_PATH,     /* where programs are looked for */
	MPI_USE_PROGRAM,  /* does something with the program's file or name itself */
	MPI_USE_APPFILE,  /* the rest of the line stands in a file */
	MPI_USE_NO_JOB,   /* starts no job, or hands it to somebody else's daemons */
};

struct mpi_option {
	const char *name; /* without dashes: Open MPI takes one or two */
	unsigned char args;
	enum mpi_use use;
};

/* The option that a word of a command line names, or NULL. */
const struct mpi_option *mpi_option_find(const char *word);

/*
 * Add the options in `words` to those in `line`, but what is there already: Open
 * MPI ends a job whose line sets an MCA parameter twice, so the first counts.
 */
void mpi_options_add(struct strv *line, char *const *words, size_t n);

/* True when the servers should have this MCA parameter of the job, too. */
bool mpi_parameter_for_servers(const char *name);

#endif
