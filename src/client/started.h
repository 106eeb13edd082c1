/*
 * started.h - a process whose program was started from the node's store
 *
 * collfs-exec and the client's own exec calls have the kernel start a program by
 * its memfd. What the kernel derives from the program's path then shows the memfd;
 * this is put right where it can be.
 */
#ifndef COLLFS_CLIENT_STARTED_H
#define COLLFS_CLIENT_STARTED_H

#include <stdbool.h>

/* The path of this process's program if it was started so and `link` is the
 * kernel's link to it (for processes that have no index), else NULL. */
const char *started_program(const char *link);

/*
 * Called by the constructor: the name that ps shows, and AT_EXECFN. `session` is
 * the value of the session's variable, or NULL; what it says of the program is
 * cut off. True when the program came from the store. No system call where there
 * is nothing to do.
 */
bool started_put_right(char *session, char **envp);

#endif
