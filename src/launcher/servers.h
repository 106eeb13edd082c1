/*
 * servers.h - the servers of a session: one mpirun with a collfsd on each node
 *
 * They live while a pipe is held open that is mpirun's standard input, so they
 * end with their launcher, however it ends. Their standard output brings
 * "ready N" and "stats {…}"; of their standard error, the lines of collfsd's own
 * log are shown, the rest (mpirun's explanations) is kept for the case that they
 * fail. Used by run.c and keeper.c; one thread.
 */
#ifndef COLLFS_LAUNCHER_SERVERS_H
#define COLLFS_LAUNCHER_SERVERS_H

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

#include "common/session.h"
#include "launcher/strv.h"

/* The mpirun that starts them when neither the job's line nor --mpirun names one. */
#define SERVERS_MPIRUN "mpirun"

/* How to start them. */
struct servers_plan {
	const char *mpirun;         /* program; found in PATH */
	const char *server;         /* collfsd */
	const struct strv *options; /* for mpirun: nodes, how to reach them */
	const struct strv *scope;
	const struct session *session;
	bool this_node_only;
	bool keep_log; /* nobody would see collfsd's own log: keep it for the reason */
};

#define LINE_MAX_BYTES 16384

struct line_reader {
	int fd;
	size_t n;
	char text[LINE_MAX_BYTES];
};

struct servers {
	pid_t pid;  /* 0 when they have ended */
	int status; /* then: as waitpid gave it */
	int in;     /* held open while they are wanted */
	struct line_reader out, err;
	unsigned ready; /* how many serve; 0: not all of them yet */
	char *stats;    /* JSON, once they have ended well */
	bool keep_log;

	/* Of standard error: the last lines of programs; the first message of
	 * mpirun, that it puts between two lines of dashes. */
	struct strv words, message;
	bool in_message;
};

/* False with errno when not even mpirun could be started. */
bool servers_start(struct servers *s, const struct servers_plan *plan);

/* Read what has arrived; never blocks. Call when servers_poll's fds are readable. */
void servers_read(struct servers *s);
void servers_poll(const struct servers *s, struct pollfd fds[2]);

/* True when they have ended. */
bool servers_ended(struct servers *s);

/* Why they ended or did not come up, in one line. Fresh memory. */
char *servers_reason(const struct servers *s);

/*
 * End them and wait until they are gone, which takes a bounded time; signals
 * on `signals` that ask for an end shorten it.
 */
void servers_stop(struct servers *s, int signals);

#endif
