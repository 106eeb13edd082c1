/* What the parts of countfs share.
 *
 *   countfs.c          options, mounting, the session
 *   countfs_request.c  the gate every request passes: service time, counters, log
 *   countfs_inode.c    the kernel's node ids and the source files behind them
 *   countfs_name.c     lookup and everything that makes, moves or removes a name
 *   countfs_attr.c     attributes, links' targets, extended attributes
 *   countfs_file.c     open files
 *   countfs_dir.c      open directories
 *   countfs_lock.c     advisory locks, valid between all mounts of one source
 *
 * Handlers run on many threads at once; only countfs_inode.c has state that needs a lock.
 */
#ifndef COUNTFS_H
#define COUNTFS_H

#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

#include "counters.h"

enum { MAX_COUNTER_FILES = 4 };

/* Set up by main() and constant afterwards. */
struct countfs {
	struct counters *counters[MAX_COUNTER_FILES];
	int counter_files;
	double entry_timeout, attr_timeout, negative_timeout;
	long latency_ns, queue_ns;
	bool read_only, readdirplus;
	const char *source; /* absolute, resolved */
	int log_fd;         /* -1: no log */
	struct fuse_session *session;
};
extern struct countfs fs;

/* --- countfs_inode.c --- */

struct inode {
	struct inode *next;
	dev_t dev;
	ino_t ino;
	int fd; /* O_PATH: the file stays reachable under any rename */
	uint64_t lookups;
	/* The version of the file that the kernel was last told about. */
	struct timespec mtime, ctime;
	off_t size;
};

bool inode_root(const char *source);

/* The node of the file behind the O_PATH descriptor `fd`, which is consumed, with one more
 * lookup counted on it. NULL and errno when memory ran out. */
struct inode *inode_ref(int fd, const struct stat *st);
void inode_forget(struct inode *inode, uint64_t lookups);

struct inode *inode_of(fuse_ino_t ino);
fuse_ino_t inode_id(const struct inode *inode);

/* Notes that the kernel is being told `st`; says whether that is what it already knew. */
bool inode_told(struct inode *inode, const struct stat *st);

/* Whether the file is gone from the source.  The name that led the kernel to it was cached,
 * and another node has removed or replaced the file since; answered with ESTALE, the kernel
 * looks the name up again, as with any network filesystem. */
bool inode_stale(const struct stat *st);

/* A path that reopens what an O_PATH descriptor refers to. */
struct fd_path {
	char text[32];
};
struct fd_path fd_path(int fd);

/* --- countfs_request.c --- */

/* Lets the service time of one request pass. */
void request_wait(void);
/* Counts and logs one request: on `name` in the directory `inode`, or with name NULL on
 * `inode` itself. */
void request_count(fuse_req_t req, enum op op, const struct inode *inode, const char *name);
/* Both, for handlers that know at once what they count. */
void request_begin(fuse_req_t req, enum op op, const struct inode *inode, const char *name);

void count_bytes_read(size_t n);
void count_bytes_written(size_t n);

/* Replies success when `result` is not negative, else errno. */
void reply_result(fuse_req_t req, long result);

/* --- handlers: each part enters its own --- */

void name_handlers(struct fuse_lowlevel_ops *ops);
void attr_handlers(struct fuse_lowlevel_ops *ops);
void file_handlers(struct fuse_lowlevel_ops *ops);
void dir_handlers(struct fuse_lowlevel_ops *ops);
void lock_handlers(struct fuse_lowlevel_ops *ops);

/* Fill `entry` and count a lookup on its node; return an errno value. file_entry() is for what is
 * open as the O_PATH descriptor `fd`, which it consumes; -1 stands for errno. (countfs_name.c) */
int name_entry(struct inode *parent, const char *name, struct fuse_entry_param *entry);
int file_entry(int fd, struct fuse_entry_param *entry);

/* Files made for a caller must be the caller's.  Only the filesystem ids of this thread
 * change, and only until caller_leave(), which keeps errno. (countfs_name.c) */
void caller_enter(fuse_req_t req);
void caller_leave(void);

#endif
