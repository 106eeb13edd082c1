/*
 * environment.h - the variables that the processes of a job need
 *
 * Which variables they are, and which parts of the inherited environment are
 * ours: mpirun itself runs without the library, its ranks with it. The user's
 * own preloaded libraries stay, behind ours, and so do auditors, in front of
 * ours: each gets what the one before it returns, and is to see the names that
 * ld.so asks for. Used by run.c, handon.c, servers.c, session_cmds.c and report.c.
 */
#ifndef COLLFS_LAUNCHER_ENVIRONMENT_H
#define COLLFS_LAUNCHER_ENVIRONMENT_H

#include <stdbool.h>

#include "common/session.h"
#include "launcher/paths.h"
#include "launcher/strv.h"

/* What keeps the client from starting servers in a launcher that has it preloaded. */
#define LAUNCHER_ENV "COLLFS_LAUNCHER"

/* Set where the session's only server is that of this node: a job that may use
 * others needs a session of its own. */
#define LOCAL_ENV "COLLFS_LOCAL"

/* A list of the dynamic loader that has an entry of ours. */
struct loader_list {
	const char *name;       /* of the variable */
	const char *separators; /* between entries */
	const char *ours;       /* how our entry begins, or the file name in it */
	bool last;              /* ours stands behind the others, not in front */
};
extern const struct loader_list loader_lists[3];

/* The loader's list that NAME[=VALUE] sets, or NULL. */
const struct loader_list *loader_list_of(const char *assignment);

/* `ours` (a path or NULL) and the entries of `list` (may be NULL) that are not ours,
 * as a value; "" when that is nothing. Fresh memory. */
char *loader_list_merge(const struct loader_list *which, const char *ours, const char *list);

/* Our entry in a value of the list, or NULL. Fresh memory. */
char *loader_list_ours(const struct loader_list *which, const char *list);

/* The environment of this process. */
void env_copy(struct strv *env);

/* Take away what makes a process load the library or take part in a session. */
void env_strip(struct strv *env);

/* NAME=VALUE of all that a process of the job needs, `env` being what it would have. */
void env_of_job(struct strv *vars, const struct install *in, const struct session *s,
                const struct strv *env);

/* Where the statistics go: NULL (not wanted), "1" (standard error) or a file. */
const char *stats_wanted(void);

#endif
