/*
 * node.h - what every server does: answer its processes, ask its parent, and
 * pass on the log and the contents. Main thread only.
 */
#ifndef COLLFS_SERVER_NODE_H
#define COLLFS_SERVER_NODE_H

#include "server/server.h"

/* The clients' handler (clients.h); context is the server. */
void node_client_request(void *server, struct client *c, enum wire_op op, uint32_t flags,
                         const char *path, size_t len, int fd);
void node_client_gone(void *server, struct client *c);

/* A message from another server; the caller drops it. */
void node_message(struct server *s, int source, const struct message *m);

/* The session ends here: tell the subtree, and the parent when all have told us. */
void node_stop(struct server *s);

#endif
