/*
 * index_fixture.h - an index in memory for the unit tests
 *
 * A test makes one with fixture_index, fills it by the writer's functions or
 * by the short forms below, and reads it as a client does. Each Criterion case
 * is a process of its own, so one index a case is enough.
 */
#ifndef COLLFS_TESTS_INDEX_FIXTURE_H
#define COLLFS_TESTS_INDEX_FIXTURE_H

#include "server/index_write.h"

#include <sys/stat.h>

#define FIXTURE_SIZE (UINT64_C(16) << 20)

/* A fresh index without scopes; the test fails when there is none. */
void fixture_index(struct index_writer *w, uint64_t size);

/* What root's statx would put into an entry; the inode number tells entries apart. */
struct ci_attr fixture_attr(mode_t mode, uint64_t ino);

/* Known entries: a directory, a regular file, a symbolic link. */
struct ci_entry *fixture_dir(struct index_writer *w, const char *path, uint64_t ino);
struct ci_entry *fixture_file(struct index_writer *w, const char *path, uint64_t ino);
struct ci_entry *fixture_link(struct index_writer *w, const char *path, uint64_t ino,
                              const char *target);

/* Publish a snapshot of `dir` with these names (DT_UNKNOWN, the list ends with NULL). */
void fixture_list(struct index_writer *w, struct ci_entry *dir, const char *const *names);

#endif
