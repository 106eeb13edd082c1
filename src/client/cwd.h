/*
 * cwd.h - the current directory as a string, without a system call
 *
 * Kept from one getcwd(2) to the next chdir of this process or move of a
 * directory in the session. Readers copy it under a sequence lock and never
 * wait: when it is being renewed, or in doubt, the answer is "not known" and
 * the real call runs. Any thread, also in signal handlers.
 */
#ifndef COLLFS_CLIENT_CWD_H
#define COLLFS_CLIENT_CWD_H

#include <stdbool.h>
#include <stddef.h>

/* Copy the current directory into buf. 0: not known; otherwise its length. */
size_t cwd_copy(char *buf, size_t size);

/* True when it is known, and neither in a scope nor above one. */
bool cwd_outside(void);

/* After fork, in the child. */
void cwd_fork_child(void);

#endif
