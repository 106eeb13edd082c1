/*
 * start.h - execute a program from the node's store
 *
 * The kernel reads a program by itself, so whoever executes one in scope has it
 * opened on the shared filesystem. Here the kernel is given the content's memfd
 * instead, wherever the new process cannot tell (common/program.h), and for a
 * script the interpreter with the arguments that the kernel would give it. How
 * the program was named travels in the session's variable; the new process's
 * client puts right what shows it (started.h). In any doubt, and after any
 * failure, the caller makes the real call.
 *
 * Any thread, signal handlers, and vfork children: only the stack is used, and
 * nothing is left open.
 */
#ifndef COLLFS_CLIENT_START_H
#define COLLFS_CLIENT_START_H

enum start {
	START_REAL,   /* make the real call */
	START_FAILED, /* there is no such program: errno tells */
	START_MADE,   /* `call` has been made, and has returned 0 */
};

/* What is to be called with a file that the kernel can execute: like execve, which
 * returns only when it fails, or posix_spawn, which returns 0 when it does not. */
typedef int start_call(const char *file, char *const argv[], char *const envp[], void *context);

/* Execute the program at `path` by `call`, which may be made and fail before the
 * answer is START_REAL. */
enum start start_program(const char *path, char *const argv[], char *const envp[], start_call *call,
                         void *context);

/*
 * A program that is named by an open descriptor or by the kernel's link to one
 * (fd < 0), and may be a served file's: a memfd, of which the kernel knows neither
 * the mode nor the path. NULL: execute what was named. Otherwise it is the path of
 * the file that has to be executed in its place.
 */
const char *start_instead(int fd, const char *link, char *const envp[]);

#endif
