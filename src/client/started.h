/*
 * started.h - a process whose program was started from the node's store
 *
 * collfs-exec has the kernel start a program by its memfd. What the kernel
 * derives from the program's path then shows the memfd; this is put right where
 * it can be.
 */
#ifndef COLLFS_CLIENT_STARTED_H
#define COLLFS_CLIENT_STARTED_H

/* The path of this process's program if it was started so and `link` is the
 * kernel's link to it (for processes that have no index), else NULL. */
const char *started_program(const char *link);

/* Called by the constructor with its own argument: the name that ps shows, and
 * AT_EXECFN. One system call where there is nothing to do. */
void started_put_right(char **argv, char **envp);

#endif
