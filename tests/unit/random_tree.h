/*
 * random_tree.h - a directory tree made at random, and paths into it
 *
 * Directories, files and symbolic links of all kinds: relative and absolute,
 * to other links, dangling, looping, to the tree's outside. All random numbers
 * come from the seed that the test prints.
 */
#ifndef COLLFS_TESTS_RANDOM_TREE_H
#define COLLFS_TESTS_RANDOM_TREE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define TREE_NODES 60

struct random_tree {
	char base[PATH_MAX];  /* temporary directory; holds the root and the outside */
	char root[PATH_MAX];  /* what is in scope: base/scope/root */
	char alias[PATH_MAX]; /* a link to root, outside of it: base/alias */
	char dirs[TREE_NODES][PATH_MAX];
	size_t dir_count;
	unsigned seed;
};

/* Make the tree. With `escapes`, some links lead out of it. */
void tree_make(struct random_tree *t, unsigned seed, bool escapes);
void tree_remove(struct random_tree *t);

/* A number below n. */
unsigned tree_random(struct random_tree *t, unsigned n);

/* A random spelling of a path that begins with `prefix`; existing names are likely. */
void tree_path(struct random_tree *t, const char *prefix, char path[PATH_MAX]);

#endif
