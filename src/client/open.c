/* open.c - open and its twins. */
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>

#include "client/announce.h"
#include "client/attachment.h"
#include "client/content.h"
#include "client/original.h"
#include "client/outside.h"
#include "client/place.h"
#include "client/real.h"
#include "client/spawn.h"

static bool needs_mode(int flags)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

/* True when an open with these flags may change a file or a directory. A file
 * of O_TMPFILE has no name yet. */
static bool changes(int flags)
{
	if ((flags & O_PATH) || (flags & O_TMPFILE) == O_TMPFILE)
		return false;
	return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC));
}

static int open_changing(const struct ci_map *m, int dirfd, const char *path, int flags,
                         mode_t mode)
{
	uint32_t now = outside_now(m);
	bool announced = announce_open(dirfd, path, flags);
	int fd = real()->openat(dirfd, path, flags, mode);

	if (fd >= 0 && !announced)
		announce_opened(fd, now, dirfd, path, flags);
	return fd;
}

/* All of them come here: on a 64-bit system the twins are the same call. */
static int open_at(int dirfd, const char *path, int flags, mode_t mode)
{
	const struct ci_map *m = told_index();
	bool changing = changes(flags);
	int fd;

	/* Then it is no descriptor's name, either. */
	if (m && changing && announce_open_known_outside(m, dirfd, path, flags))
		return real()->openat(dirfd, path, flags, mode);
	/* Another open of a memfd is enough for who only reads. */
	if (!content_flags_served(flags) && !(flags & O_NOFOLLOW))
		path = original_path(path);
	if (!m || !path)
		return real()->openat(dirfd, path, flags, mode);
	if (changing)
		return open_changing(m, dirfd, path, flags, mode);
	if (place_begins_outside(m, dirfd, path))
		return real()->openat(dirfd, path, flags, mode);
	if (content_flags_served(flags)) {
		switch (content_open(dirfd, path, flags, &fd)) {
		case CONTENT_OPEN:
			return fd;
		case CONTENT_FAILED:
			return -1;
		case CONTENT_REAL:
			break;
		}
	}
	fd = real()->openat(dirfd, path, flags, mode);
	if (fd >= 0 && (flags & O_ACCMODE) == O_RDONLY)
		place_note_opened(fd, dirfd, path);
	return fd;
}

/* The mode is there only when the flags say so. */
#define TAKE_MODE(flags, mode)                                                                     \
	do {                                                                                       \
		va_list args_;                                                                     \
		va_start(args_, flags);                                                            \
		if (needs_mode(flags))                                                             \
			mode = va_arg(args_, mode_t);                                              \
		va_end(args_);                                                                     \
	} while (0)

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	TAKE_MODE(flags, mode);
	return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	TAKE_MODE(flags, mode);
	return open_at(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int dirfd, const char *path, int flags, ...)
{
	mode_t mode = 0;
	TAKE_MODE(flags, mode);
	return open_at(dirfd, path, flags, mode);
}

int openat64(int dirfd, const char *path, int flags, ...)
{
	mode_t mode = 0;
	TAKE_MODE(flags, mode);
	return open_at(dirfd, path, flags | O_LARGEFILE, mode);
}

/* A mode that is missing is libc's to report. */
int __open_2(const char *path, int flags)
{
	return needs_mode(flags) ? real()->__open_2(path, flags)
	                         : open_at(AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags)
{
	return needs_mode(flags) ? real()->__open64_2(path, flags)
	                         : open_at(AT_FDCWD, path, flags | O_LARGEFILE, 0);
}

int __openat_2(int dirfd, const char *path, int flags)
{
	return needs_mode(flags) ? real()->__openat_2(dirfd, path, flags)
	                         : open_at(dirfd, path, flags, 0);
}

int __openat64_2(int dirfd, const char *path, int flags)
{
	return needs_mode(flags) ? real()->__openat64_2(dirfd, path, flags)
	                         : open_at(dirfd, path, flags | O_LARGEFILE, 0);
}

int creat(const char *path, mode_t mode)
{
	return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int creat64(const char *path, mode_t mode)
{
	return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC | O_LARGEFILE, mode);
}

/* The name of what is opened is not known before. */
int open_by_handle_at(int mount_fd, struct file_handle *handle, int flags)
{
	int fd = real()->open_by_handle_at(mount_fd, handle, flags);

	if (fd >= 0 && changes(flags))
		announce_fd(fd, 0);
	return fd;
}

/* The open itself will happen inside libc, in the child: announced here. */
int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *actions, int fd, const char *path,
                                     int flags, mode_t mode)
{
	if (changes(flags))
		announce_open_elsewhere(AT_FDCWD, path, flags);
	spawn_note_open(flags);
	return real()->posix_spawn_file_actions_addopen(actions, fd, path, flags, mode);
}
