/*
 * inodes.h - files with several names that the job has changed
 *
 * A change by one name is one of all names, and who knows which there are? So
 * what root finds out about such an inode is not believed from then on, by
 * whatever name. A set of inode numbers, of all filesystems alike: to take one
 * for another costs speed, not truth. Main thread only.
 */
#ifndef COLLFS_SERVER_INODES_H
#define COLLFS_SERVER_INODES_H

#include <stdbool.h>
#include <stdint.h>

struct inode;

/* False: out of memory. */
bool inodes_add(struct inode **set, uint64_t ino);
bool inodes_has(const struct inode *set, uint64_t ino);

#endif
