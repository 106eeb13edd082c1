/*
 * wire.h - what a process of the job and its node's server say to each other
 *
 * A SOCK_SEQPACKET connection on an abstract Unix socket (session.h). Strict
 * request and reply, one at a time; each message is one packet: a fixed head
 * and, in requests, a path. Answers travel through the index, not through the
 * socket: a reply says only "look again" or "do the real call".
 *
 * Used by: client, auditor, launcher (request side), server (reply side).
 * Pure functions; any thread.
 */
#ifndef COLLFS_COMMON_WIRE_H
#define COLLFS_COMMON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_MAGIC 0x53464c43u /* "CLFS", little endian */
#define WIRE_VERSION 2u
#define WIRE_PATH_MAX 4096u /* as PATH_MAX, with the final NUL */

enum wire_op {
	WIRE_HELLO = 1, /* path: program name. Reply: value = index size, fd = index.
	                 * flags: WIRE_AUDITOR. A descriptor may come with it: the
	                 * process's page of counters (counters.h) */
	WIRE_LOOKUP,    /* resolve path (flags: CR_* of resolve.h) as far as it goes */
	WIRE_LIST,      /* the same, and list the directory it names */
	WIRE_CONTENT,   /* the same, and fetch the regular file it names */
	WIRE_ACCESS,    /* the same, and ask access(2) on it; flags: R_OK|W_OK|X_OK << 8 | CR_* */
	WIRE_MUTATE,    /* path (real, clean) is about to change; flags: WIRE_SUBTREE,
	                 * WIRE_INODE. The reply comes when every node has stopped
	                 * serving it */
	WIRE_FD,        /* path: clean, with content. Reply: fd = its memfd, for
	                 * processes that cannot open /proc/<server>/fd */
	WIRE_STATUS,    /* reply: wire_reply, then value bytes of JSON in the same packet */
	WIRE_LEAVE,     /* a change was not answered in time, and others will not be
	                 * told: nothing must be served any more. path: none. No reply */
};

enum {
	WIRE_AUDITOR = 1u << 0, /* HELLO: the half inside ld.so is asking */
	WIRE_SUBTREE = 1u << 0, /* MUTATE: a directory moves or goes: all below it too */
	WIRE_INODE = 1u << 1,   /* MUTATE: path is a slash and the number, in decimal, of
	                         * an inode with several names: all that are known */
};
#define WIRE_ACCESS_SHIFT 8
#define WIRE_INODE_MAX 24 /* bytes of such a path, with the final NUL */

enum wire_status {
	WIRE_LOOK = 1, /* the index has the answer: resolve again */
	WIRE_REAL,     /* do the real call */
};

struct wire_request {
	uint32_t magic;
	uint16_t version;
	uint16_t op; /* enum wire_op */
	uint32_t flags;
	uint32_t path_len; /* bytes that follow, without NUL */
};

struct wire_reply {
	uint32_t magic;
	uint16_t version;
	uint16_t op;     /* of the request */
	uint32_t status; /* enum wire_status */
	uint32_t pad;
	uint64_t value;
};

/* Largest packets. */
#define WIRE_REQUEST_MAX (sizeof(struct wire_request) + WIRE_PATH_MAX)
#define WIRE_STATUS_MAX 8192u

/* Fill a request's head for a path of len bytes. */
static inline struct wire_request wire_request(enum wire_op op, uint32_t flags, size_t len)
{
	return (struct wire_request){WIRE_MAGIC, WIRE_VERSION, (uint16_t)op, flags, (uint32_t)len};
}

/*
 * Check a received packet of `n` bytes: magic, version, known op, exact
 * length, no NUL inside the path, and (but for HELLO) an absolute path.
 * Returns the path (not NUL-terminated) or NULL when it must be refused.
 */
const char *wire_check_request(const void *packet, size_t n);

/* Check a received reply of n bytes to a request `op`. */
bool wire_check_reply(const struct wire_reply *reply, size_t n, enum wire_op op);

#endif
