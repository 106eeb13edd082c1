/*
 * scope.h - all servers agree on what is served
 *
 * Root takes the list of prefixes, finds each one's real path on the shared
 * filesystem, and tells the others. Collective over MPI_COMM_WORLD.
 */
#ifndef COLLFS_SERVER_SCOPE_H
#define COLLFS_SERVER_SCOPE_H

#include "server/index_write.h"

/* False, after a message, when there is nothing to serve or memory ran out. */
bool scope_agree(struct index_writer *w, int rank, const char *list);

#endif
