/*
 * errno_tree.h - the trees of files that the calls are made in
 */
#ifndef COLLFS_TESTS_ERRNO_TREE_H
#define COLLFS_TESTS_ERRNO_TREE_H

#include "errno_rows.h"

/* One tree, in a new directory. */
void make_tree(const char *dir);

/* All trees: one to ask in, one to ask in while signals come, one for each call. */
int prepare(const char *dir);

/* The name of a call's own tree. */
void name_dir(char name[64], const char *group, const struct row *row);

#endif
