/*
 * descriptor.h - what the parts of the program `descriptor` share
 *
 *   descriptor prepare DIR    make what the checks look at
 *   descriptor look DIR OUT   the checks that change nothing
 *   descriptor change DIR OUT those that change files, in a DIR of their own
 *   descriptor nodes DIR OUT  what two processes on two nodes see (nodes.c)
 *
 * Each check prints what a descriptor of a file in DIR, which a test serves,
 * shows and does; the test runs all with and without the library and compares.
 * OUT is a directory out of scope. The file that DESCRIPTOR_SERVED names is
 * told which files were served when a check opened them: the test makes sure
 * that it did not compare the same thing twice.
 */
#ifndef DESCRIPTOR_H
#define DESCRIPTOR_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATA_SIZE 100000 /* of the file "data" */
#define LINK_FORMS 6     /* names that a descriptor has below /proc and /dev */
#define LINK_WRITES 4    /* ways to open them for writing */

extern const char *dir, *out, *self;

/* Print a line that begins with the check's name. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A call's result as text: the number, or the name of its errno. What the call fills in
 * is not to be an argument beside it: the order is the compiler's. */
const char *result(long value);

/* DIR/name and OUT/name: text that holds until the next few calls. */
const char *in(const char *name);
const char *outside(const char *name);

/* Open DIR/name, which must be served where anything is; the check ends the program
 * when it cannot be opened. */
int served(const char *name, int flags);

/* What fstat tells of a descriptor, without the time of access. */
void say_stat(const char *what, int fd);

/* Run a function, or this program with an argument, in a child, and say how it ended. */
void in_child(const char *what, void (*run)(void *), void *arg);

/* The checks, by the files that have them. */
#define DATA_CHECKS(X)                                                                             \
	X(offsets)                                                                                 \
	X(copies)                                                                                  \
	X(reading)                                                                                 \
	X(seeking)                                                                                 \
	X(mapping)                                                                                 \
	X(transfer)                                                                                \
	X(copy_range)                                                                              \
	X(streams)                                                                                 \
	X(advice)                                                                                  \
	X(waiting)                                                                                 \
	X(ring)
#define FLAG_CHECKS(X)                                                                             \
	X(flags)                                                                                   \
	X(set_flags)                                                                               \
	X(open_flags)                                                                              \
	X(directories)                                                                             \
	X(attributes)                                                                              \
	X(refused)                                                                                 \
	X(controls)                                                                                \
	X(seals)                                                                                   \
	X(handles)                                                                                 \
	X(numbers)                                                                                 \
	X(no_leaks)
#define LOCK_CHECKS(X)                                                                             \
	X(shared_offsets)                                                                          \
	X(whole_locks)                                                                             \
	X(record_locks)                                                                            \
	X(kept_locks)                                                                              \
	X(open_file_locks)                                                                         \
	X(lockf_locks)                                                                             \
	X(leases)
#define LINK_CHECKS(X)                                                                             \
	X(links)                                                                                   \
	X(link_opens)                                                                              \
	X(link_access)                                                                             \
	X(maps)
#define PASS_CHECKS(X)                                                                             \
	X(exec_descriptor)                                                                         \
	X(exec_script)                                                                             \
	X(inherited)                                                                               \
	X(sent)                                                                                    \
	X(taken)
#define CHANGE_CHECKS(X)                                                                           \
	X(open_read_write)                                                                         \
	X(link_writes)                                                                             \
	X(change_mode)                                                                             \
	X(change_owner)                                                                            \
	X(change_times)                                                                            \
	X(change_xattr)                                                                            \
	X(change_by_link)                                                                          \
	X(reopen_for_writing)                                                                      \
	X(link_descriptor)                                                                         \
	X(truncating_open)                                                                         \
	X(unnamed_file)                                                                            \
	X(appended)                                                                                \
	X(other_name)                                                                              \
	X(removed)

#define DECLARE(name) void name(void);
DATA_CHECKS(DECLARE)
FLAG_CHECKS(DECLARE)
LOCK_CHECKS(DECLARE) /* with writers: in directories of their own */
LINK_CHECKS(DECLARE)
PASS_CHECKS(DECLARE)
CHANGE_CHECKS(DECLARE)
void nodes(void);

/* The program as a child of the check `inherited`. */
int inherited_child(int fd);

#endif
