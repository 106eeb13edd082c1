/*
 * mpiline.h - what a command line of mpirun says
 *
 * Reads the user's line as Open MPI would, to learn where the options of each
 * application context begin, which program runs, on which nodes, and how the
 * line hands environment variables on. Nothing is changed here. Used by run.c,
 * handon.c, from_store.c and scope_default.c.
 */
#ifndef COLLFS_LAUNCHER_MPILINE_H
#define COLLFS_LAUNCHER_MPILINE_H

#include <stdbool.h>

#include "launcher/strv.h"

/* What sort of command it is. */
enum mpi_kind {
	MPI_LINE_OTHER,   /* not one of Open MPI's launchers */
	MPI_LINE_SPREADS, /* another launcher, that hands its environment on by itself */
	MPI_LINE_MPIRUN,
};

struct mpi_context {
	size_t options; /* index of its first word */
	size_t program; /* index of the program's name; 0 when there is none */
};

struct mpiline {
	enum mpi_kind kind;
	struct strv argv;
	struct mpi_context *contexts;
	size_t context_count;
	struct strv programs; /* names, as typed */
	struct strv servers;  /* options for the servers' mpirun */
	size_t nodes;         /* index of the first of these that says where they run */
	const char *path;     /* --path, or NULL */
	size_t env_list;      /* index of the value of --mca mca_base_env_list, or 0 */
	bool exports;         /* has -x somewhere */
	bool appfile;         /* contexts stand in a file */
	bool wants_program;   /* an option does something with the program's file itself */
	bool no_job;          /* asks for help, a version, somebody else's daemons … */
	char *obstacle;       /* why the environment cannot be handed on, or NULL */
};

/* Read a command of n words. */
void mpiline_read(struct mpiline *l, char *const *argv, size_t n);

/* Put a word before the one at `at`, a program's name; it takes its place. */
void mpiline_insert(struct mpiline *l, size_t at, const char *word);

void mpiline_free(struct mpiline *l);

#endif
