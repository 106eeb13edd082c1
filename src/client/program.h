/*
 * program.h - what an ELF file says of a program before it runs
 *
 * Used by exec.c. Any thread.
 */
#ifndef COLLFS_CLIENT_PROGRAM_H
#define COLLFS_CLIENT_PROGRAM_H

#include <stdbool.h>

/*
 * Whether the program that fd is open on can be kept from noticing that the
 * kernel knows it by another name: it is started by the same ld.so as this
 * process, so that library and auditor are in it, and it asks for its name
 * through libc.
 */
bool program_can_be_put_right(int fd);

#endif
