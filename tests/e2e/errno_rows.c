/* errno_rows.c - see errno_rows.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <limits.h>
#include <link.h>
#include <linux/fs.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include "client/undeclared.h"
#include "errno_rows.h"

/* Bad arguments are the point. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#pragma GCC diagnostic ignored "-Wnonnull"
#pragma GCC diagnostic ignored "-Wunused-parameter"

struct situation now;
char room[2 * PAGE];
int home = -1;

static char *const no_path; /* NULL, but the compiler does not know */
static void *bad_pointer;

/* ---- what the rows use: each gives back nothing but success or failure */

static long opaque(long value)
{
	volatile long v = value;
	return v;
}

/* To open the other end of a FIFO is not for this process. */
static bool blocks(void)
{
	return !now.bad && strstr(now.name, "fifo");
}

static int fd_(int fd)
{
	return fd < 0 ? fd : close(fd);
}

static int stream_(FILE *f)
{
	return f ? fclose(f) : -1;
}

static int text_(char *text)
{
	free(text);
	return text ? 0 : -1;
}

static int back_(int result)
{
	int err = errno;
	if (syscall(SYS_fchdir, home) != 0)
		abort();
	errno = err;
	return result;
}

enum after_opendir {
	NOTHING,
	READDIR,
	READDIR64,
	READDIR_R,
	READDIR64_R,
	REWINDDIR,
	TELLDIR,
	SEEKDIR,
	DIRFD
};

static int dir_(DIR *dir, enum after_opendir what)
{
	struct dirent line, *next;
	struct dirent64 line64, *next64;
	int result = 0;

	if (!dir)
		return -1;
	errno = 0;
	switch (what) {
	case READDIR:
		while (readdir(dir))
			result++;
		break;
	case READDIR64:
		while (readdir64(dir))
			result++;
		break;
	case READDIR_R:
		while (readdir_r(dir, &line, &next) == 0 && next)
			result++;
		break;
	case READDIR64_R:
		while (readdir64_r(dir, &line64, &next64) == 0 && next64)
			result++;
		break;
	case REWINDDIR:
		readdir(dir);
		rewinddir(dir);
		while (readdir(dir))
			result++;
		break;
	case TELLDIR:
		result = telldir(dir) != 0;
		break;
	case SEEKDIR:
		seekdir(dir, -5);
		break;
	case DIRFD:
		result = dirfd(dir) < 0;
		break;
	case NOTHING:
		break;
	}
	int err = errno;
	closedir(dir);
	errno = err;
	return result;
}

static struct dirent **lines;
static struct dirent64 **lines64;

static int scan_(int count)
{
	for (int i = 0; i < count; i++)
		free(lines ? (void *)lines[i] : (void *)lines64[i]);
	free(lines ? (void *)lines : (void *)lines64);
	lines = NULL;
	lines64 = NULL;
	return count;
}

static glob_t found;

static int glob_(int result)
{
	int count = (int)found.gl_pathc;
	globfree(&found);
	memset(&found, 0, sizeof(found));
	return result ? result : 100 + count;
}

static char *template(const char *p, const char *suffix)
{
	static char text[3 * PATH_MAX];

	if (now.bad)
		return (char *)p;
	snprintf(text, sizeof(text), "%sXXXXXX%s", p, suffix);
	return text;
}

static int spawn_open(const char *p)
{
	posix_spawn_file_actions_t actions;

	posix_spawn_file_actions_init(&actions);
	int err = posix_spawn_file_actions_addopen(&actions, 3, p, O_WRONLY, 0);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

static int bind_(const char *p)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0), result = 0;

	if (now.bad) {
		result = bind(fd, (const struct sockaddr *)p, 20);
	} else if (strlen(p) < sizeof(address.sun_path)) {
		strcpy(address.sun_path, p);
		result = bind(fd, (struct sockaddr *)&address, sizeof(address));
	}
	int err = errno;
	close(fd);
	errno = err;
	return result;
}

static struct {
	struct file_handle head;
	char bytes[128];
} handle = {.head = {.handle_bytes = 8, .handle_type = 1}};

static int handle_(int d, const char *p, unsigned size, int flags)
{
	int mount;

	handle.head.handle_bytes = size;
	int result = name_to_handle_at(d, p, (struct file_handle *)&handle, &mount, flags);
	memset(handle.bytes, 0, sizeof(handle.bytes));
	handle.head.handle_bytes = sizeof(handle.bytes);
	return result;
}

/* Nothing in the tree can be executed. */
static char *const arguments[] = {"x", NULL};
static char *bad_arguments[] = {"x", NULL, NULL};
static pid_t child;

/* The errno of an exec that fails in a child, without calls that are cancellation points.
 * Inlined: the child of a vfork must not return. */
static inline __attribute__((always_inline)) int child_(pid_t pid, const char *p)
{
	int status = 0;

	if (pid == 0) {
		execve(p, arguments, environ);
		_exit(errno);
	}
	while (syscall(SYS_wait4, pid, &status, 0, NULL) < 0 && errno == EINTR)
		;
	return status;
}

static int first_object(struct dl_phdr_info *info, size_t size, void *data)
{
	return 7;
}

/* ---- the rows as functions */

#include "errno_table.h"

#define DEFINE(group, name, variant, call)                                                         \
	static long group##_##name##_##variant(const char *p, int d, void *out)                    \
	{                                                                                          \
		return call;                                                                       \
	}
#define LIST(group, name, variant, fills) {#name, #variant, fills, group##_##name##_##variant},
#define DEFINE_PATH(name, variant, fills, ...) DEFINE(path, name, variant, (__VA_ARGS__))
#define DEFINE_AT(name, variant, fills, ...) DEFINE(at, name, variant, (__VA_ARGS__))
#define DEFINE_CHANGE(name, variant, fills, ...) DEFINE(change, name, variant, (__VA_ARGS__))
#define DEFINE_CHANGE_AT(name, variant, fills, ...) DEFINE(change_at, name, variant, (__VA_ARGS__))
#define DEFINE_FD(name, variant, fills, ...) DEFINE(fd, name, variant, (__VA_ARGS__))
#define DEFINE_LAST(name, variant, fills, ...) DEFINE(last, name, variant, (__VA_ARGS__))
#define LIST_PATH(name, variant, fills, ...) LIST(path, name, variant, fills)
#define LIST_AT(name, variant, fills, ...) LIST(at, name, variant, fills)
#define LIST_CHANGE(name, variant, fills, ...) LIST(change, name, variant, fills)
#define LIST_CHANGE_AT(name, variant, fills, ...) LIST(change_at, name, variant, fills)
#define LIST_FD(name, variant, fills, ...) LIST(fd, name, variant, fills)
#define LIST_LAST(name, variant, fills, ...) LIST(last, name, variant, fills)

PATH_ROWS(DEFINE_PATH)
AT_ROWS(DEFINE_AT)
CHANGE_ROWS(DEFINE_CHANGE)
CHANGE_AT_ROWS(DEFINE_CHANGE_AT)
FD_ROWS(DEFINE_FD)
LAST_ROWS(DEFINE_LAST)

#define END                                                                                        \
	{                                                                                          \
		NULL, NULL, NONE, NULL                                                             \
	}
const struct row path_rows[] = {PATH_ROWS(LIST_PATH) END};
const struct row at_rows[] = {AT_ROWS(LIST_AT) END};
const struct row change_rows[] = {CHANGE_ROWS(LIST_CHANGE) END};
const struct row change_at_rows[] = {CHANGE_AT_ROWS(LIST_CHANGE_AT) END};
const struct row fd_rows[] = {FD_ROWS(LIST_FD) END};
const struct row last_rows[] = {LAST_ROWS(LIST_LAST) END};

void rows_set_bad_pointer(void *pointer)
{
	bad_pointer = bad_arguments[1] = pointer;
}
