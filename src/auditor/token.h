/*
 * token.h - $ORIGIN at the beginning of a requested name
 *
 * ld.so lets an auditor see the name of a dlopen before it replaces dynamic
 * string tokens. $ORIGIN is replaced here the same way, so that a library in the
 * store is found under this name too; a name with any other token is left alone.
 *
 * Callers hold ld.so's lock.
 */
#ifndef COLLFS_AUDITOR_TOKEN_H
#define COLLFS_AUDITOR_TOKEN_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

/* The name as ld.so will read it for a request by `loader`: `name` itself,
 * `buffer`, or NULL when that is not known. */
const char *token_replace(const char *name, const struct link_map *loader, bool is_program,
                          char *buffer, size_t size);

#endif
