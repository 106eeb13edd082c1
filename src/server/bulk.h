/*
 * bulk.h - contents on their way down the tree
 *
 * A content (struct blob) arrives at a server - from the filesystem at root,
 * in chunks from the parent elsewhere - and leaves to the children chunk by
 * chunk as it arrives (store and forward, pipelined), at most WINDOW chunks
 * under way to each child. A blob is sent to each child at most once. Main
 * thread only.
 */
#ifndef COLLFS_SERVER_BULK_H
#define COLLFS_SERVER_BULK_H

#include "server/apply.h"
#include "server/store.h"
#include "server/tree.h"

#include <uthash.h>

struct blob {
	UT_hash_handle hh;      /* by serial */
	UT_hash_handle hh_path; /* by path; of several versions, the newest */
	uint32_t serial;
	bool all;    /* for every node */
	bool failed; /* cannot be stored here: dropped, and not sent on */
	int fd;      /* the store's memfd, -1 if failed */
	uint64_t size, received, memfd_ino;
	uint64_t sent; /* bit n: child n has been sent it, or is being */
	struct ci_attr attr;
	size_t path_len;
	char path[CI_PATH_MAX];
};

struct transfer; /* a blob on its way to one child */

struct bulk {
	struct tree *tree;
	struct store *store;
	struct index_writer *index;
	struct blob *blobs, *by_path;
	uint32_t last_serial;
	struct transfer *queue[TREE_FANOUT_MAX]; /* first is being sent */
	unsigned in_flight[TREE_FANOUT_MAX];     /* chunks */
};

void bulk_init(struct bulk *b, struct tree *tree, struct store *store, struct index_writer *index);

/* Root: a content has been read (fd sealed). It becomes available here. NULL: no memory. */
struct blob *bulk_add(struct bulk *b, const char *path, size_t len, const struct ci_attr *attr,
                      int fd, uint64_t memfd_ino);
/* Begin to send a blob to child n unless it has been. */
void bulk_send(struct bulk *b, struct blob *blob, int child);
/* Send it to all children, who do the same. */
void bulk_send_all(struct bulk *b, struct blob *blob);

/* A REC_BULK from the parent: the blob whose chunks follow. NULL: malformed. */
struct blob *bulk_begin(struct bulk *b, const struct message *m);
/* A REC_CHUNK; the blob when that settled it: it is available now, or failed. */
struct blob *bulk_chunk(struct bulk *b, const struct message *m);
struct blob *bulk_find(struct bulk *b, uint32_t serial);
/* The newest blob of a path, or NULL. */
struct blob *bulk_find_path(struct bulk *b, const char *path, size_t len);

/* Send what can be sent now. True when something was. */
bool bulk_progress(struct bulk *b);
/* True when nothing waits to be sent. */
bool bulk_idle(const struct bulk *b);

#endif
