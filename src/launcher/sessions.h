/*
 * sessions.h - sessions on this node: to draw, find, ask and end them
 *
 * A session is known by its sockets alone (common/session.h); nothing is
 * written anywhere. Used by run.c, keeper.c and session_cmds.c; one thread.
 */
#ifndef COLLFS_LAUNCHER_SESSIONS_H
#define COLLFS_LAUNCHER_SESSIONS_H

#include <stdbool.h>

#include "common/session.h"
#include "launcher/strv.h"

/* Address suffixes (session_address). */
#define SUFFIX_SERVER ""
#define SUFFIX_CONTROL "/control"

/* A new session, with a random id. */
bool session_draw(struct session *s, int64_t deadline);

/* True when the environment names a session that this process can take part in. */
bool session_joined(struct session *s);

/* A connection to a session's socket on this node, or -1 with errno. */
int session_connect(const struct session *s, const char *suffix);

/* True when something listens there. */
bool session_listens(const struct session *s, const char *suffix);

/* The ids of this user's sessions that have a socket on this node. */
void sessions_find(struct strv *ids);

/* What the server of this node says of itself, in JSON; fresh memory, NULL with errno. */
char *session_status(const struct session *s);

/* Tell the session that a path, and all below it, changes; waits until no node serves it. */
bool session_change(const struct session *s, const char *path);

/* Listen on a session's socket, without blocking; -1 with errno. */
int session_listen(const struct session *s, const char *suffix);

/* Hang up on everybody who has connected. */
void session_refuse(int listener);

/* The keeper's side of the control socket: a connection that asks for the end,
 * -1 when there is none; its answer, the statistics (may be NULL). */
int control_accept(int listener);
void control_answer(int connection, const char *stats);

/* Ask the keeper to end the session and wait for it. The statistics in fresh
 * memory ("" when there are none), NULL with errno when there is no keeper. */
char *control_stop(const struct session *s);

#endif
