/*
 * closure.h - what a library will make ld.so look for next
 *
 * Reads DT_NEEDED, DT_RPATH and DT_RUNPATH of an ELF file with libelf, so that
 * root can push a library's dependencies ahead of ld.so's asking for them.
 * Purely advisory: nothing found, or a malformed file, costs only the push.
 * Source: System V ABI, dynamic section; ld.so(8) for the order of search.
 */
#ifndef COLLFS_SERVER_CLOSURE_H
#define COLLFS_SERVER_CLOSURE_H

#include <stdint.h>

/*
 * The candidates of a sealed content, in ld.so's order: for each needed name a
 * group of absolute paths, that name in each directory of RUNPATH (or RPATH)
 * with $ORIGIN put in from `path`. Each path ends with NUL, each group with an
 * empty path, and the whole with an empty group. malloc'ed; NULL when it is no
 * dynamic ELF file or names no such directory. Any thread.
 */
char *closure_read(int fd, uint64_t size, const char *path);

#endif
