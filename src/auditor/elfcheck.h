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

/* What ld.so will ask the kernel for, in bytes. */
struct elf_need {
	size_t addresses; /* for all segments together */
	size_t zeros;     /* of those, memory that does not come from the file */
};

/* `page` is the size of a memory page: ld.so wants segments aligned to it. */
bool elf_is_loadable(const void *image, size_t size, size_t page, struct elf_need *need);

#endif
