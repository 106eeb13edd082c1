/*
 * program.h - what an ELF file says of a program before it runs
 *
 * Used by exec.c. Pure.
 */
#ifndef COLLFS_AUDITOR_PROGRAM_H
#define COLLFS_AUDITOR_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether a program can be kept from noticing that the kernel knows it by
 * another name: the system's ld.so starts it, so that library and auditor are in
 * it, and it asks for its name through libc.
 */
bool program_can_be_put_right(const void *image, size_t size);

#endif
