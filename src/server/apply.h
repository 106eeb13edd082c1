/*
 * apply.h - a record of the log becomes a fact in the node's index
 *
 * Every server, root included, applies the same records in the same order.
 * Main thread only.
 */
#ifndef COLLFS_SERVER_APPLY_H
#define COLLFS_SERVER_APPLY_H

#include "server/record.h"

/* Apply a checked record of one of the kinds REC_KNOWN … REC_SETTLED. */
void apply_record(struct index_writer *w, const struct message *m);

/* Make the entry say `root_attr`, replacing it when it said something else. */
struct ci_entry *apply_attr(struct index_writer *w, const char *path, size_t len,
                            const struct ci_attr *root_attr);

/* True when a WIRE_INODE path is in the set of changed inodes, or is none. */
bool apply_knows_inode(const struct index_writer *w, const char *path, size_t len);

#endif
