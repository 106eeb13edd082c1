/*
 * collfs.h - what a program may ask libcollfs about itself
 *
 * No program needs this: the library works by being preloaded. A program that
 * wants to know whether it is served may look the functions up with dlsym(3),
 * or declare them weak, so that it runs without the library too.
 */
#ifndef COLLFS_H
#define COLLFS_H

#define COLLFS_VERSION_MAJOR 0
#define COLLFS_VERSION_MINOR 1
#define COLLFS_VERSION_PATCH 0
#define COLLFS_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that is loaded, as COLLFS_VERSION is of this header. */
const char *collfs_version(void);

/* 1 while this process is served by its node's server, else 0. Any thread. */
int collfs_present(void);

#ifdef __cplusplus
}
#endif

#endif
