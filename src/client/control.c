/*
 * control.c - calls on a descriptor that a memfd would take otherwise
 *
 * Locks are to hold between nodes, as far as the shared filesystem has them do so;
 * flags, seals, ioctls, holes and ranges are those of the file itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "client/content.h"
#include "client/memory.h"
#include "client/original.h"
#include "client/quiet.h"
#include "client/real.h"
#include "client/served.h"

#ifndef RWF_DONTCACHE
#define RWF_DONTCACHE 0x80 /* Linux 6.14 */
#endif

/* The flags of a descriptor as they were asked for (content.h). */
static inline int flags_of(int fd)
{
	int flags = real()->fcntl(fd, F_GETFL);

	if (__builtin_expect(flags < 0 || !content_nofollow_marked(flags), 1))
		return flags;
	return served_fd(fd) ? content_nofollow_unmark(flags) : flags;
}

/* Make a call on the file behind a served descriptor. */
static int on_original(int fd, int command, void *arg)
{
	int file = original_open(fd, O_RDONLY);

	if (file < 0)
		return real()->fcntl(fd, command, arg);
	int result = real()->fcntl(file, command, arg);
	quiet_close(file);
	return result;
}

/* A duplicate has been made: both have one offset. Its number is one that was free. */
static int shared(int fd, int duplicate)
{
	if (duplicate >= 0 && duplicate != fd) {
		original_note_shared(fd);
		original_note_shared(duplicate);
	}
	return duplicate;
}

int dup(int fd)
{
	return shared(fd, real()->dup(fd));
}

int dup2(int fd, int duplicate)
{
	return shared(fd, real()->dup2(fd, duplicate));
}

int dup3(int fd, int duplicate, int flags)
{
	return shared(fd, real()->dup3(fd, duplicate, flags));
}

/* Here and below, the 64-bit twins are the same calls on the systems that we build for. */
static int control(int fd, int command, void *arg)
{
	switch (command) {
	case F_SETFL: /* memory takes some that this filesystem may not */
		if ((long)arg & (O_DIRECT | O_NOATIME))
			original_replace(fd);
		break;
	case F_SETLK:
	case F_SETLKW:
		original_replace(fd);
		original_note_lock();
		break;
	case F_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
	case F_OFD_GETLK:
	case F_SETLEASE:
		original_replace(fd);
		break;
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return shared(fd, real()->fcntl(fd, command, arg));
	case F_GET_SEALS:
	case F_ADD_SEALS:
		return on_original(fd, command, arg);
	default:
		break;
	}
	return real()->fcntl(fd, command, arg);
}

/* The argument is read whether there is one or not, as libc itself does. */
#define TAKE_ARGUMENT(last, arg)                                                                   \
	void *arg;                                                                                 \
	va_list args_;                                                                             \
	va_start(args_, last);                                                                     \
	arg = va_arg(args_, void *);                                                               \
	va_end(args_)

int fcntl(int fd, int command, ...)
{
	if (command == F_GETFL)
		return flags_of(fd);
	TAKE_ARGUMENT(command, arg);
	return control(fd, command, arg);
}

int fcntl64(int fd, int command, ...)
{
	if (command == F_GETFL)
		return flags_of(fd);
	TAKE_ARGUMENT(command, arg);
	return control(fd, command, arg);
}

int flock(int fd, int operation)
{
	original_replace(fd);
	return real()->flock(fd, operation);
}

int lockf(int fd, int command, off_t len)
{
	original_replace(fd);
	original_note_lock();
	return real()->lockf(fd, command, len);
}

int lockf64(int fd, int command, off64_t len)
{
	original_replace(fd);
	original_note_lock();
	return real()->lockf64(fd, command, len);
}

/* Requests to the filesystem. All others the kernel answers for any file. */
static bool asks_filesystem(unsigned long request)
{
	switch (_IOC_TYPE(request)) {
	case 'f':  /* FS_IOC_GETFLAGS, FS_IOC_FIEMAP; Lustre's own */
	case 'v':  /* FS_IOC_GETVERSION */
	case 'X':  /* FS_IOC_FSGETXATTR */
	case 0x94: /* FICLONE, FICLONERANGE; btrfs's own */
		return true;
	default:
		return request == FIBMAP || request == FIGETBSZ;
	}
}

/* A copy of what a range is cloned by names the file itself. Returns the file, or -1. */
static int range_of_file(void **arg, struct file_clone_range *range)
{
	if (!memory_readable(*arg, sizeof(*range)))
		return -1;
	memcpy(range, *arg, sizeof(*range));
	int from = original_open((int)range->src_fd, O_RDONLY);
	if (from >= 0) {
		range->src_fd = from;
		*arg = range;
	}
	return from;
}

/* The file that is cloned, of which `arg` tells, or -1. */
static int cloned(unsigned long request, void **arg, struct file_clone_range *range)
{
	if (request == FICLONERANGE)
		return range_of_file(arg, range);
	int from = request == FICLONE ? original_open((int)(long)*arg, O_RDONLY) : -1;
	if (from >= 0)
		*arg = (void *)(long)from;
	return from;
}

int ioctl(int fd, unsigned long request, ...)
{
	TAKE_ARGUMENT(request, arg);

	if (!asks_filesystem(request))
		return real()->ioctl(fd, request, arg);
	int file = original_open(fd, O_RDONLY);
	struct file_clone_range range;
	int from = cloned(request, &arg, &range);
	int result = real()->ioctl(file >= 0 ? file : fd, request, arg);
	quiet_close(file);
	quiet_close(from);
	return result;
}

/* Holes: the node's copy has none. */
static off64_t seek_hole(int fd, off64_t offset, int whence)
{
	int saved = errno;
	const struct ci_entry *e = served_fd(fd);
	bool sparse = e && e->attr.blocks < e->attr.size / 512;
	int file = sparse ? original_open(fd, O_RDONLY) : -1;

	errno = saved;
	if (file < 0)
		return real()->lseek64(fd, offset, whence);
	off64_t at = real()->lseek64(file, offset, whence);
	quiet_close(file);
	return at < 0 ? at : real()->lseek64(fd, at, SEEK_SET);
}

off_t lseek(int fd, off_t offset, int whence)
{
	return whence == SEEK_DATA || whence == SEEK_HOLE ? seek_hole(fd, offset, whence)
	                                                  : real()->lseek(fd, offset, whence);
}

off64_t lseek64(int fd, off64_t offset, int whence)
{
	return whence == SEEK_DATA || whence == SEEK_HOLE ? seek_hole(fd, offset, whence)
	                                                  : real()->lseek64(fd, offset, whence);
}

/* Between two filesystems of a kind, one of which memory is not, it may work. */
ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t len,
                        unsigned flags)
{
	ssize_t n = real()->copy_file_range(from, from_at, to, to_at, len, flags);

	if (n >= 0 || (errno != EXDEV && errno != EINVAL && errno != EOPNOTSUPP))
		return n;
	int file = original_open(from, O_RDONLY);
	if (file < 0)
		return n;
	off64_t at = from_at ? 0 : real()->lseek64(from, 0, SEEK_CUR);
	n = real()->copy_file_range(file, from_at ? from_at : &at, to, to_at, len, flags);
	if (n > 0 && !from_at)
		real()->lseek64(from, at, SEEK_SET);
	quiet_close(file);
	return n;
}

/* Not to wait is what some filesystems can promise, and memory could. */
static ssize_t not_waiting(int fd, const struct iovec *parts, int count, off64_t at, int flags)
{
	const int promises = RWF_NOWAIT | RWF_DONTCACHE;
	ssize_t n = real()->preadv64v2(fd, parts, count, at, flags);

	if (n >= 0 || errno != EOPNOTSUPP || !(flags & promises) || !served_fd(fd))
		return n;
	return real()->preadv64v2(fd, parts, count, at, flags & ~promises);
}

ssize_t preadv2(int fd, const struct iovec *parts, int count, off_t at, int flags)
{
	return not_waiting(fd, parts, count, at, flags);
}

ssize_t preadv64v2(int fd, const struct iovec *parts, int count, off64_t at, int flags)
{
	return not_waiting(fd, parts, count, at, flags);
}

int name_to_handle_at(int dirfd, const char *path, struct file_handle *handle, int *mount_id,
                      int flags)
{
	int file = original_itself(path, flags) ? original_open(dirfd, O_PATH) : -1;

	if (flags & AT_SYMLINK_FOLLOW)
		path = original_path(path);
	int result =
		real()->name_to_handle_at(file >= 0 ? file : dirfd, path, handle, mount_id, flags);
	quiet_close(file);
	return result;
}
