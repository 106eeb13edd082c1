/*
 * connection.h - the auditor's socket to its node's server: mechanism only
 *
 * The descriptor is high and close-on-exec, and a program may close it behind
 * our back and get its number for a file of its own: so it is checked by its
 * inode before each use. Errors are negative errno values.
 *
 * Used by attach.c. Callers hold ld.so's lock: one request at a time.
 */
#ifndef COLLFS_AUDITOR_CONNECTION_H
#define COLLFS_AUDITOR_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/session.h"
#include "common/wire.h"

struct connection {
	int fd;        /* -1: none */
	int32_t owner; /* the process that opened it: a fork child has to open its own */
	int32_t peer;  /* the server's process id, as this process sees it; 0: not visible */
	uint64_t ino;  /* of the socket */
};

#define CONNECTION_NONE ((struct connection){.fd = -1})

/* Connect. 0, or -ECONNREFUSED while nobody listens, or another error. */
int connection_open(struct connection *c, const struct session *s, uint32_t uid, int timeout_ms);

/* True while the descriptor is still our socket, opened by this very process. */
bool connection_ours(const struct connection *c);

/* Forget the connection; closes the descriptor if it is ours or our parent's. */
void connection_close(struct connection *c);

/*
 * Send a request, handing over the descriptor `pass` unless it is -1, and wait
 * for the reply; *got is the descriptor that came with it, or -1.
 */
int connection_call(const struct connection *c, const struct wire_request *q, const char *path,
                    int pass, int timeout_ms, struct wire_reply *reply, int *got);

#endif
