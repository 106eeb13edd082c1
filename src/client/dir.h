/*
 * dir.h - directory streams over a listing of the index
 *
 * A served stream is handed to the program as a DIR and told apart from libc's
 * by its first word, which in libc's is the descriptor, never negative. As
 * POSIX has it, one stream is for one thread at a time.
 */
#ifndef COLLFS_CLIENT_DIR_H
#define COLLFS_CLIENT_DIR_H

#include <dirent.h>

#include "client/lookup.h"

struct served_dir;

/* The stream, when it is one of ours, else NULL. */
struct served_dir *dir_served(DIR *dir);

/* Open a stream over the listing of `path`: LOOKUP_FOUND and *dir (NULL and
 * errno when there is no memory). */
enum lookup dir_open(int dirfd, const char *path, DIR **dir);

#endif
