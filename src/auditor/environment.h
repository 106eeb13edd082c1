/*
 * environment.h - the process's environment as ld.so handed it over
 *
 * ld.so calls the constructor of an auditor with (argc, argv, envp) before it
 * asks la_version; behind envp lies the auxiliary vector. So neither /proc nor
 * a symbol of ld.so is needed, and the strings are those that libc's environ
 * and the children of this process will see.
 *
 * Used by the auditor, in la_version, and by collfs-exec: the main thread, before
 * any other exists.
 */
#ifndef COLLFS_AUDITOR_ENVIRONMENT_H
#define COLLFS_AUDITOR_ENVIRONMENT_H

#include <stdbool.h>

/* ld.so calls it; whoever is started without ld.so does so himself. */
void environment_keep(int argc, char **argv, char **envp);

/* The value of a variable, in place, or NULL. */
char *environment_get(const char *name);

/* The name that the program was started by. */
const char *environment_program(void);

/* True when LD_AUDIT names no other auditor. */
bool environment_one_auditor(void);

/* A value of the auxiliary vector (AT_SECURE, AT_PAGESZ), or `otherwise`. */
unsigned long environment_auxiliary(unsigned long type, unsigned long otherwise);

#endif
