/*
 * clients.h - the processes of this node: connections on the abstract socket
 *
 * Accepts only processes of the server's own user (SO_PEERCRED). Requests are
 * checked (wire.h) and given to the handler; anything malformed ends its
 * connection. Main thread only.
 */
#ifndef COLLFS_SERVER_CLIENTS_H
#define COLLFS_SERVER_CLIENTS_H

#include "common/counters.h"
#include "common/session.h"
#include "common/wire.h"

#include <stdbool.h>
#include <sys/types.h>

struct client {
	struct client *prev, *next; /* utlist */
	int fd;
	pid_t pid;
	bool auditor;
	struct counters_page *page; /* mapped read-only; NULL: not counted */
};

struct clients {
	struct client *list;
	int listener; /* -1: none */
	bool deaf;    /* no descriptor was free to accept with: until a client goes */
	int epoll;
};

/* What the owner does with a client's words and with its end. */
struct clients_handler {
	void *context;
	/* fd: a descriptor that came along, or -1; the handler owns it. */
	void (*request)(void *context, struct client *c, enum wire_op op, uint32_t flags,
	                const char *path, size_t len, int fd);
	void (*gone)(void *context, struct client *c); /* c is freed after this */
};

/* Listen. -1 and errno (EADDRINUSE: this node has a server of this session already). */
int clients_listen(struct clients *cs, const struct session *session, int epoll);
/* Something can be read: on the listener (accept) or from a client. */
void clients_accept(struct clients *cs);
void clients_read(struct clients *cs, struct client *c, const struct clients_handler *h);
/* End every connection. */
void clients_close(struct clients *cs, const struct clients_handler *h);

/* Send a reply, with a descriptor unless fd is -1 and with `extra` bytes behind it. */
void client_reply(struct client *c, enum wire_op op, enum wire_status status, uint64_t value,
                  int fd, const void *extra, size_t extra_len);

#endif
