/*
 * ask.h - one question to the node's server
 *
 * Owns the process's connection and the lock around it. A question is never
 * asked, and the real call runs instead, from a signal handler that interrupted
 * a question of its own thread, from a vfork child (it shares our memory but
 * is another process; only its changes are told, and what it executes is
 * asked for), and after the session has been given up. A fork child makes a connection of its own with its first
 * question. Any thread.
 */
#ifndef COLLFS_CLIENT_ASK_H
#define COLLFS_CLIENT_ASK_H

#include <stdbool.h>

#include "client/connection.h"

/*
 * The first connection: HELLO over `c`, which is taken over. Returns 0 and the
 * index (its size; its descriptor, which the caller closes), or an errno.
 */
int ask_init(const struct session *s, struct connection *c, uint64_t *index_size, int *index_fd);

/* Undo ask_init: the index that came with it was of no use. */
void ask_end(void);

/* Make sure of a connection, for a process that cannot make one later. */
void ask_be_connected(void);

/* Ask. True: look again in the index. False: do the real call. */
bool ask(enum wire_op op, uint32_t flags, const char *path, size_t len);

/* The same about a program that is to be executed; also from a vfork child. */
bool ask_for_program(enum wire_op op, uint32_t flags, const char *path, size_t len);

/* Ask for the memfd of a path with content (WIRE_FD). -1: not to be had. */
int ask_fd(const char *path, size_t len);

/* After fork, in the child: the parent's threads and its connection are not ours. */
void ask_fork_child(void);

#endif
