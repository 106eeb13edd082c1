/*
 * settle.h - waiters get their answer
 *
 * A flight is settled when the index can answer it, or when root says that
 * there is nothing more to come. Main thread only.
 */
#ifndef COLLFS_SERVER_SETTLE_H
#define COLLFS_SERVER_SETTLE_H

#include "server/server.h"

/* Apply a fact to the own index and send it to the children. */
void announce(struct server *s, struct message *m);

/* Expect each child to acknowledge a change. False when there is none to wait for. */
bool change_expect(struct server *s, uint32_t serial, const char *path, size_t len);

/* Answer everybody who waits for the flight, and end it. */
void settle_flight(struct server *s, struct flight *f);

/* A content has come, or will not: settle the flights that this answers. */
void settle_contents(struct server *s);

/* Give child n the answer of a request that the own index can answer. */
void settle_child(struct server *s, int child, enum wire_op op, uint32_t flags, const char *path,
                  size_t len);

#endif
