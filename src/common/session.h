/*
 * session.h - how the parts of one session find each other
 *
 * A session is named by COLLFS_SESSION=<id>.<deadline>: 32 lower-case hex
 * digits, drawn at random, and the time (seconds since the epoch, decimal)
 * until which a process may wait for its node's server to appear. After that,
 * no server means no session, at once: a job whose servers died does not wait
 * again in each new process.
 *
 * A process that is started from the node's store is told by the same variable,
 * behind a colon, by what path: it cannot hear it from the kernel. The client
 * cuts that off before main.
 *
 * The server of a node listens on the abstract Unix socket
 * "collfs/<uid>/<id>": nothing is left behind, however it dies. The launcher
 * listens for `collfs stop` on "collfs/<uid>/<id>/control".
 *
 * Pure functions; any thread.
 */
#ifndef COLLFS_COMMON_SESSION_H
#define COLLFS_COMMON_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#define SESSION_ENV "COLLFS_SESSION"
#define SESSION_ID_LEN 32
#define SESSION_VALUE_MAX 64 /* of the variable's value, with NUL */

struct session {
	char id[SESSION_ID_LEN + 1];
	int64_t deadline; /* CLOCK_REALTIME, seconds */
};

/* Parse the variable's value, up to a colon. False when it is not exactly of the
 * form above. */
bool session_parse(const char *value, struct session *s);

/* Write the variable's value into buf. */
void session_format(const struct session *s, char buf[SESSION_VALUE_MAX]);

/* The variable and its value for a program that is started by `path`, into buf.
 * False: it does not fit. */
bool session_put_program(const struct session *s, const char *path, char *buf, size_t size);

/* Cut the path of the program off the value. Returns it, or NULL. */
const char *session_cut_program(char *value);

/* Make the value that of no session; what is said of the program stays. */
void session_forget(char *value);

/* The address of the server of a node (suffix "") or of the launcher ("/control");
 * *len is its length for bind and connect. */
struct sockaddr_un session_address(const struct session *s, uint32_t uid, const char *suffix,
                                   socklen_t *len);

/* True for an address that session_address() makes, of whatever session. */
bool session_is_address(const struct sockaddr_un *a, socklen_t len);

#endif
