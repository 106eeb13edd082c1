/*
 * record.h - what servers say to each other over MPI
 *
 * Down the tree goes a log of records, each to every node and in one order:
 * what root found out (attributes, snapshots, errors), what must be forgotten,
 * and what has been answered. A node's index is the log, applied. Up the tree
 * go asks and acknowledgements. Contents of files travel as a head record,
 * which keeps its place in the log, and chunks, which do not (bulk.h).
 *
 * A message is a fixed head, a path, and a body. All servers of a session are
 * one build on one architecture (checked by magic and version), so the head
 * travels as it lies in memory.
 */
#ifndef COLLFS_SERVER_RECORD_H
#define COLLFS_SERVER_RECORD_H

#include "common/index.h"
#include "server/index_write.h"

#define RECORD_MAGIC 0x43455243u /* "CREC", little endian */
#define RECORD_VERSION 2u

enum record_kind {
	/* Down: facts about `path`. */
	REC_KNOWN = 1, /* body: ci_attr, then the target if a symbolic link */
	REC_ABSENT,
	REC_ERROR,        /* a: errno */
	REC_PASS,         /* not to be served */
	REC_LISTING,      /* body: names (record_pack_names) */
	REC_SINGLE,       /* the directory is too large or unreadable for a snapshot */
	REC_ACCESS,       /* a: mode asked, b: 1 if allowed */
	REC_CONTENT_PASS, /* the file's content is not to be served */
	/* Down: changes. a: serial, to be acknowledged. */
	REC_VOLATILE, /* names in the directory `path` are not served any more */
	REC_SUBTREE,  /* forget `path` and all below it */
	REC_INODE,    /* what is known of the inode (WIRE_INODE) is not served any more */
	REC_SETTLED,  /* all nodes have acknowledged that `path` is volatile */
	REC_DONE,     /* the ask (a: wire op, b: flags) about `path` is answered */
	REC_STOP,     /* the session ends */
	/* Down: contents. */
	REC_BULK,     /* a: serial, b: 1 = for all nodes, 0 = for who asked.
	                   * body: ci_attr; chunks follow */
	REC_BULK_ALL, /* a: serial of a content sent before: now for all nodes */
	REC_CHUNK,    /* a: serial; body: u64 offset, bytes. path: none */
	/* Up. */
	REC_ASK,    /* a: wire op, b: flags */
	REC_ACK,    /* a: serial of a change that the subtree has applied */
	REC_TOTALS, /* body: u64[COUNT_END]: the last words of a subtree */
	REC_KIND_END
};

struct record {
	uint32_t magic;
	uint16_t version;
	uint16_t kind;
	uint32_t a, b;
	uint32_t path_len;
	uint32_t pad;
	uint64_t body_len;
};

/* A record in memory of its own (malloc), counted: sends may share it. */
struct message {
	unsigned references;
	size_t size;
	_Alignas(16) struct record head; /* path and body follow */
};

/* A new message with room for the body, or NULL (no memory). */
struct message *message_new(enum record_kind kind, uint32_t a, uint32_t b, const char *path,
                            size_t path_len, const void *body, size_t body_len);
/* An empty message to receive `size` bytes into; NULL if size is impossible. */
struct message *message_receive(size_t size);
/* Check a received message: magic, version, kind, lengths. */
bool message_check(const struct message *m);
struct message *message_hold(struct message *m);
void message_drop(struct message *m);

/* The path is not NUL-terminated; the body is 8-byte aligned. */
const char *message_path(const struct message *m);
void *message_body(const struct message *m);

/* Bodies of REC_LISTING. Pack: malloc'ed bytes, *size set; NULL when out of memory. */
void *record_pack_names(const struct index_name *names, size_t count, size_t *size);
/* Unpack: malloc'ed array pointing into body; NULL when malformed or out of memory. */
struct index_name *record_unpack_names(const void *body, size_t size, size_t *count);

#endif
