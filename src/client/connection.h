/*
 * connection.h - a process's socket to its node's server
 *
 * Mechanism only: open, send and receive. Who may use the connection and what
 * a failure means is ask.c's business, which holds a lock around each call.
 *
 * The descriptor lies high, out of the way of programs that number their own,
 * and must be expected to be closed behind our back, or even to have become
 * somebody else's: connection_ours() tells.
 */
#ifndef COLLFS_CLIENT_CONNECTION_H
#define COLLFS_CLIENT_CONNECTION_H

#include <stdint.h>
#include <sys/types.h>

#include "common/session.h"
#include "common/wire.h"

struct connection {
	int fd;    /* -1: none */
	dev_t dev; /* of the socket: what connection_ours() compares */
	ino_t ino;
	pid_t server;
};

#define CONNECTION_NONE ((struct connection){.fd = -1})

/*
 * Connect and check that the other side is our own user. 0, or an errno (EAGAIN:
 * too many are waiting to be let in, for longer than CONNECTION_SEND_S seconds).
 */
int connection_open(struct connection *c, const struct session *s);

#define CONNECTION_SEND_S 5

/* True while the descriptor is still the socket that was opened. */
bool connection_ours(const struct connection *c);

/* True for any socket that leads to a server: the auditor has one of its own. */
bool connection_is_to_server(int fd);

/* Close the descriptor if it is still ours. */
void connection_close(struct connection *c);

/* Send WIRE_LEAVE, if that can be done without waiting. */
void connection_leave(const struct connection *c);

/*
 * Send one request, with descriptor `pass` unless it is -1, and wait for the
 * reply for at most timeout_ms. *got is the descriptor that came with it, or
 * -1. Returns 0 or an errno (ETIMEDOUT; EPROTO for a reply that makes no sense).
 */
int connection_call(const struct connection *c, enum wire_op op, uint32_t flags, const char *path,
                    size_t len, int pass, int timeout_ms, struct wire_reply *reply, int *got);

#endif
