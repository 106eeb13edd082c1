/* served.c - see served.h. */
#include "client/served.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "client/attachment.h"
#include "client/memory.h"
#include "client/real.h"

/* Of the mapping, not of the session: descriptors outlive it. */
const struct ci_entry *served_memfd(dev_t dev, ino_t ino, nlink_t nlink)
{
	const struct ci_map *m = &attachment.map;

	if (!m->h || nlink != 0 || dev != m->h->memfd_dev)
		return NULL;
	return ci_find_memfd(m, ino);
}

const struct ci_entry *served_fd(int fd)
{
	struct stat st;
	int saved = errno;

	if (!attachment.map.h)
		return NULL;
	int failed = real()->fstat(fd, &st);
	errno = saved;
	return failed ? NULL : served_memfd(st.st_dev, st.st_ino, st.st_nlink);
}

const struct ci_entry *served_at(int dirfd, const char *path)
{
	struct stat st;
	int saved = errno;

	if (!attachment.map.h)
		return NULL;
	int failed = real()->fstatat(dirfd, path, &st, 0);
	errno = saved;
	return failed ? NULL : served_memfd(st.st_dev, st.st_ino, st.st_nlink);
}

bool served_spelled(const char *path)
{
	/* The second character tells for nearly all that it does not. */
	if (!memory_byte_readable(path) || path[0] != '/' || !memory_byte_readable(path + 1) ||
	    (path[1] != 'p' && path[1] != 'd') || memory_path(path) == 0)
		return false;
	return strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/dev/", 5) == 0;
}

const struct ci_entry *served_link(const char *path)
{
	return served_spelled(path) ? served_at(AT_FDCWD, path) : NULL;
}

static struct timespec to_timespec(struct ci_time t)
{
	return (struct timespec){.tv_sec = t.sec, .tv_nsec = t.nsec};
}

void served_fill(const struct ci_attr *a, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_dev = a->dev;
	st->st_ino = a->ino;
	st->st_mode = a->mode;
	st->st_nlink = a->nlink;
	st->st_uid = a->uid;
	st->st_gid = a->gid;
	st->st_rdev = a->rdev;
	st->st_size = (off_t)a->size;
	st->st_blksize = a->blksize;
	st->st_blocks = (blkcnt_t)a->blocks;
	st->st_atim = to_timespec(a->atime);
	st->st_mtim = to_timespec(a->mtime);
	st->st_ctim = to_timespec(a->ctime);
}

static struct statx_timestamp to_statx(struct ci_time t)
{
	return (struct statx_timestamp){.tv_sec = t.sec, .tv_nsec = t.nsec};
}

void served_fill_statx(const struct ci_attr *a, unsigned mask, struct statx *st)
{
	memset(st, 0, sizeof(*st));
	st->stx_mask = a->mask & (mask | STATX_BASIC_STATS);
	st->stx_blksize = a->blksize;
	st->stx_attributes = a->attributes;
	st->stx_attributes_mask = a->attributes_mask;
	st->stx_nlink = a->nlink;
	st->stx_uid = a->uid;
	st->stx_gid = a->gid;
	st->stx_mode = (uint16_t)a->mode;
	st->stx_ino = a->ino;
	st->stx_size = a->size;
	st->stx_blocks = a->blocks;
	st->stx_atime = to_statx(a->atime);
	st->stx_ctime = to_statx(a->ctime);
	st->stx_mtime = to_statx(a->mtime);
	if (st->stx_mask & STATX_BTIME)
		st->stx_btime = to_statx(a->btime);
	st->stx_rdev_major = major(a->rdev);
	st->stx_rdev_minor = minor(a->rdev);
	st->stx_dev_major = major(a->dev);
	st->stx_dev_minor = minor(a->dev);
}
