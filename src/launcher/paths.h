/*
 * paths.h - where the parts of this installation lie, and where programs are
 *
 * The places are found from where this program itself is, so that a tree that
 * was moved, or is mounted elsewhere, works; the configured directories are
 * the second choice. Used by run, start and env.
 */
#ifndef COLLFS_LAUNCHER_PATHS_H
#define COLLFS_LAUNCHER_PATHS_H

#include <limits.h>
#include <stdbool.h>

struct install {
	char preload[PATH_MAX]; /* libcollfs.so */
	char audit[PATH_MAX];   /* libcollfs-audit.so; "" when there is none */
	char exec[PATH_MAX];    /* collfs-exec; "" when there is none */
	char server[PATH_MAX];  /* collfsd */
};

/* Find the parts; `server` (may be NULL) overrides the server's place. False,
 * with the reason logged, when the library or the server is missing. */
bool install_find(struct install *in, const char *server);

/* The file that exec would run for `program`, looked for in `path` (a list as in
 * PATH) unless it has a slash; made absolute. False when there is none. */
bool program_find(const char *program, const char *path, char found[PATH_MAX]);

/* The last component. */
const char *base_name(const char *path);

#endif
