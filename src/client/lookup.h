/*
 * lookup.h - the client's policy: is this call answered here, and with what
 *
 * The wrappers of every served family call lookup() and obey. It decides by
 * the index alone where it can, asks the node's server where the index says
 * so, a bounded number of times, and in every doubt says: the real call.
 * Any thread, also in signal handlers.
 */
#ifndef COLLFS_CLIENT_LOOKUP_H
#define COLLFS_CLIENT_LOOKUP_H

#include "common/index.h"
#include "common/resolve.h"
#include "common/wire.h"

enum lookup {
	LOOKUP_REAL,   /* do the real call */
	LOOKUP_FOUND,  /* *entry is the answer */
	LOOKUP_FAILED, /* the answer is an error, and errno is set to it */
};

/*
 * Look `path` up (relative to dirfd), following links unless `flags` (CR_* of
 * resolve.h) say otherwise. `need` is what the caller wants to know, and what
 * the server is asked for when the index cannot tell:
 *   WIRE_LOOKUP   the attributes (or the type, CR_TYPE_ONLY)
 *   WIRE_LIST     the listing, of a directory
 *   WIRE_CONTENT  the content, of a regular file
 *   WIRE_ACCESS   the access bits `mode`
 * On LOOKUP_FOUND the need is met, or cannot be: the caller looks.
 */
enum lookup lookup(int dirfd, const char *path, unsigned flags, enum wire_op need, unsigned mode,
                   const struct ci_entry **entry);

#endif
