/*
 * options.h - the command line of collfs itself
 *
 * One table of options says which command takes which, and what help says of
 * them. Options that have a variable (--path and COLLFS_PATH …) set it, so that
 * there is one place to look. Used by main.c.
 */
#ifndef COLLFS_LAUNCHER_OPTIONS_H
#define COLLFS_LAUNCHER_OPTIONS_H

#include <stdbool.h>

#include "launcher/strv.h"

enum command { CMD_RUN, CMD_START, CMD_ENV, CMD_STATUS, CMD_INVALIDATE, CMD_STOP, CMD_COUNT };

enum env_format { FORMAT_SH, FORMAT_CSH, FORMAT_JSON };

struct options {
	enum command command;
	const char *mpirun;  /* --mpirun, or NULL */
	const char *server;  /* --server, or NULL */
	const char *session; /* --session, or NULL */
	long wait;           /* --wait or COLLFS_WAIT; -1 when neither is given */
	enum env_format format;
	bool json, all, help;
	struct strv mpi; /* options of mpirun for the servers' line */
	bool nodes;      /* that say where they run */
	char **rest;     /* the command to run; the paths to invalidate */
	int rest_count;
};

/* Exit status of a wrong use. */
#define EXIT_USAGE 2

/* Parse the words after "collfs". False: a complaint has been printed. */
bool options_parse(struct options *o, int argc, char **argv);

void options_help(enum command c);
void options_help_all(void);

#endif
