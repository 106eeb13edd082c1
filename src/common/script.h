/*
 * script.h - the first line of a script, as the kernel reads it
 *
 * Pure, without libc: any thread, also between vfork and exec.
 */
#ifndef COLLFS_COMMON_SCRIPT_H
#define COLLFS_COMMON_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/* What the kernel looks at of a file (BINPRM_BUF_SIZE), and how many scripts may
 * be each other's interpreters. */
#define SCRIPT_HEAD 256
#define SCRIPT_DEPTH 5

struct script {
	char head[SCRIPT_HEAD]; /* the other two lie in it */
	char *interpreter;
	char *argument; /* the rest of the line, or NULL */
};

/* False: the kernel would not start a file that begins so, or not as a script. */
bool script_parse(struct script *s, const void *bytes, size_t len);

#endif
