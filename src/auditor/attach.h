/*
 * attach.h - the auditor's part in the session: the index and its questions
 *
 * attach() is called once, by la_version, and may wait for the node's server
 * until the session's deadline. From then on `attachment` is read by everybody;
 * ask() is for callers that hold ld.so's lock (la_objsearch).
 */
#ifndef COLLFS_AUDITOR_ATTACH_H
#define COLLFS_AUDITOR_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/counters.h"
#include "common/index.h"
#include "common/wire.h"

struct attachment {
	struct ci_map map;
	int32_t server; /* process id of the node's server; 0: not visible from here */
};

extern struct attachment attachment;

/* True when this process takes part in a session. */
bool attach(void);

/*
 * False, from then on for ever, once the process has another identity, root
 * directory or mount namespace than it joined with. Some system calls: to be asked
 * for each library, not for each candidate.
 */
bool still_the_same(void);

/*
 * Have the server look into `path` (flags: see wire.h). True: the index has the
 * answer now.
 * With WIRE_FD, *fd is the descriptor that came with the reply (-1: none).
 */
bool ask(enum wire_op op, uint32_t wire_flags, const char *path, size_t len, int *fd);

/* Add one to a counter of this process, where statistics are asked for. */
void count(enum collfs_counter which);

#endif
