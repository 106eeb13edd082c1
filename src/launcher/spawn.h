/*
 * spawn.h - child processes, and the signals that are for them
 *
 * The launcher stands where the user expects mpirun: signals sent to it are
 * meant for mpirun, and it ends as mpirun ended. Used by run.c, servers.c and
 * keeper.c; one thread.
 */
#ifndef COLLFS_LAUNCHER_SPAWN_H
#define COLLFS_LAUNCHER_SPAWN_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct spawn {
	char *const *argv;
	char *const *env;
	int in, out, err; /* descriptors to become 0, 1, 2; -1: as they are */
	int death_signal; /* what it gets when this process dies */
	bool own_group;   /* out of reach of the terminal's keys */
};

/* Start it; returns its pid, or -1 with errno. A program that cannot be
 * executed says so and ends with 127 or 126, as in a shell. */
pid_t spawn_start(const struct spawn *what);

/* Replace this process by the command; comes back only when that failed, with
 * the exit status to end with. */
int spawn_exec(char *const *argv, char *const *env);

/* From now on signals arrive on the returned descriptor (-1: errno); what is
 * executed gets the mask that was in force before. */
int signals_open(void);

/*
 * Take the signals that have arrived. Those that somebody sent (rather than a
 * terminal, whose keys reach all of its foreground group) are passed on to
 * `child` (0: none). Returns true when one asks for an end.
 */
bool signals_take(int fd, pid_t child);

/* End as a process ended whose wait status this is. */
_Noreturn void end_as(int status);

#endif
