/*
 * index_write.h - the writer's side of the node's index (common/index.h)
 *
 * The server's main thread is the only caller and the only writer; readers in
 * other processes run concurrently without locks. Every function leaves the
 * index consistent at each store, in the order that index.h promises.
 *
 * When there is no room (the bound is reached or memory is short) a function
 * returns NULL/false and CI_FULL is set: from then on clients pass through
 * what the index does not know.
 */
#ifndef COLLFS_SERVER_INDEX_WRITE_H
#define COLLFS_SERVER_INDEX_WRITE_H

#include "common/index.h"
#include "server/devices.h"

#include <sys/types.h>

struct inode;

struct index_writer {
	struct ci_header *h; /* the writable mapping */
	struct ci_map map;   /* the same memory, for the readers' functions */
	int fd;              /* the sealed memfd, to be handed to clients */
	uint64_t used;       /* bytes given out */
	uint64_t backed;     /* bytes that have memory behind them (fallocate) */
	struct devices devices;
	struct inode *changed; /* inodes with several names that the job changes (inodes.h) */
};

/* One name of a snapshot, as it travels; the name is not NUL-terminated. */
struct index_name {
	uint64_t ino;
	const char *name;
	uint16_t len;
	uint8_t type; /* DT_* */
};

/*
 * Create the index: a memfd of `size` bytes (sparse; memory is taken as it
 * fills), sealed against writes by anyone else. The calling thread becomes
 * the owner whose death readers see. On failure: -1, errno set.
 */
int iw_create(struct index_writer *w, uint64_t size);
void iw_destroy(struct index_writer *w);

/* Before the first client: add a scope prefix. False when full. */
bool iw_add_scope(struct index_writer *w, const char *prefix, const char *real);

/* The live entry of a path, made (as CI_LISTED of unknown type) if need be. */
struct ci_entry *iw_get(struct index_writer *w, const char *path, size_t len, unsigned type);

/*
 * A new entry that takes the place of `old` (the file has changed): readers
 * see one or the other, never neither. NULL when full; `old` then stays.
 */
struct ci_entry *iw_replace(struct index_writer *w, struct ci_entry *old);

bool iw_set_known(struct index_writer *w, struct ci_entry *e, const struct ci_attr *attr,
                  const char *link, size_t link_len);
void iw_set_absent(struct ci_entry *e);
void iw_set_error(struct ci_entry *e, int err);
void iw_set_pass(struct ci_entry *e);

/* Publish a complete snapshot. Names without an entry get one (CI_LISTED). */
bool iw_set_listing(struct index_writer *w, struct ci_entry *dir, const struct index_name *names,
                    size_t count);
void iw_set_single(struct ci_entry *dir);

/* Publish a content: the server's descriptor and its inode, or "never". */
void iw_set_content(struct index_writer *w, struct ci_entry *e, int fd, uint64_t memfd_ino);
void iw_set_content_pass(struct ci_entry *e);

/* Publish what access(2) says for the bits in `mode` (R_OK | W_OK | X_OK). */
void iw_set_access(struct ci_entry *e, unsigned mode, bool allowed);

/*
 * The job writes into `dir`: its names are not served any more. Directories
 * in it stay as places to walk through. `everywhere`: all nodes know by now.
 */
void iw_set_volatile(struct index_writer *w, struct ci_entry *dir, bool everywhere);

/* A directory moves or goes: forget the path and all below it. */
void iw_kill_subtree(struct index_writer *w, const char *path, size_t len);

/* An inode changes under all its names: those that are known are passed through. */
void iw_pass_inode(struct index_writer *w, uint64_t ino);

/* The session ends: readers stop using the index. */
void iw_close(struct index_writer *w);

#endif
