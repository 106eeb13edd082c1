/*
 * elfcheck.h - would ld.so load this file without a word?
 *
 * Its error messages name the file that it has opened. So that no message ever
 * names a staged path, only files that pass all of ld.so's own tests are
 * staged; any other is left to ld.so under its real name. Pure; any thread.
 */
#ifndef COLLFS_AUDITOR_ELFCHECK_H
#define COLLFS_AUDITOR_ELFCHECK_H

#include <stdbool.h>
#include <stddef.h>

/* `page` is the size of a memory page: ld.so wants segments aligned to it. */
bool elf_is_loadable(const void *image, size_t size, size_t page);

#endif
