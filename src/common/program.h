/*
 * program.h - may a program be started from the node's store?
 *
 * Who starts one has the kernel execute the content's memfd: collfs-exec for the
 * ranks' programs, the client for what a process of the job executes. What the
 * kernel says of such a process differs from what it says of one that was started
 * by its path. Inside it the client puts right what readlink and stat say and
 * what ps shows, the auditor what $ORIGIN stands for; so it is only done where
 * both will be. In every other case, and in any doubt, the path is executed.
 *
 * Pure, without libc: any thread, also between vfork and exec.
 */
#ifndef COLLFS_COMMON_PROGRAM_H
#define COLLFS_COMMON_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "common/index.h"
#include "common/script.h"
#include "common/wire.h"

/* Have the server look into a path. True: the index has the answer now. */
typedef bool program_ask(enum wire_op op, uint32_t flags, const char *path, size_t len);

/*
 * Look an absolute path up, with all that starting needs to know. NULL: *err is
 * the errno with which its execution would fail, or 0 when the index does not
 * know. An entry may still be one that must be executed by its path.
 */
const struct ci_entry *program_look(const struct ci_map *m, const char *path, size_t len,
                                    program_ask *ask, int *err);

/* A regular file that may be executed. */
bool program_executable(const struct ci_entry *e);

/* One that gives no more rights, and has a content. */
bool program_startable(const struct ci_entry *e);

/*
 * The path in the kernel's name of a content's memfd of n bytes, in place (the
 * name's end is cut off), or NULL. The kernel cuts the name when the path is long.
 */
char *program_memfd_path(char *name, size_t n);

/*
 * Whether a program can be kept from noticing that the kernel knows it by
 * another name: the system's ld.so starts it, so that library and auditor are in
 * it, and it asks for its name through libc.
 */
bool program_can_be_put_right(const void *image, size_t size);

enum program_kind {
	PROGRAM_OTHER,  /* for the kernel alone */
	PROGRAM_FIT,    /* can be put right */
	PROGRAM_SCRIPT, /* its interpreter may be */
};

/* What kind of program an image is; of a script, *script says more. */
enum program_kind program_kind(const void *image, size_t size, struct script *script);

/*
 * The number of the session's variable in an environment with which a process has
 * the library and the auditor in it, and in which nothing is made of the
 * program's place before they are there; or PROGRAM_UNFIT.
 */
#define PROGRAM_UNFIT ((size_t)-1)
size_t program_environment(char *const envp[]);

/* Whether the auditor, which such a program needs, costs it nothing with this
 * version of glibc. */
bool program_libc_is_recent(const char *version);

#endif
