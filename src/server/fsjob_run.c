/* fsjob_run.c - see fsjob_run.h. */
#include "server/fsjob_run.h"
#include "common/log.h"
#include "common/program.h"
#include "server/closure.h"
#include "server/record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

/*
 * A content is read once, so the page cache gains nothing by keeping it, and
 * the kernel's readahead would cut it into small requests. Larger files are
 * therefore read with O_DIRECT where the filesystem allows it, in steps large
 * enough for several requests at a time.
 */
enum { READ_STEP = 4 << 20, DIRECT_MIN = 128 << 10, DIRECT_ALIGN = 4096 };

static struct ci_time time_of(const struct statx_timestamp *t)
{
	return (struct ci_time){.sec = t->tv_sec, .nsec = t->tv_nsec};
}

static int get_attr(int dir, const char *path, int flags, struct ci_attr *attr)
{
	struct statx x;

	if (statx(dir, path, flags | AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &x) != 0)
		return errno;
	*attr = (struct ci_attr){
		.dev = makedev(x.stx_dev_major, x.stx_dev_minor),
		.rdev = makedev(x.stx_rdev_major, x.stx_rdev_minor),
		.ino = x.stx_ino,
		.size = x.stx_size,
		.blocks = x.stx_blocks,
		.attributes = x.stx_attributes,
		.attributes_mask = x.stx_attributes_mask,
		.mode = x.stx_mode,
		.nlink = x.stx_nlink,
		.uid = x.stx_uid,
		.gid = x.stx_gid,
		.blksize = x.stx_blksize,
		.mask = x.stx_mask & (STATX_BASIC_STATS | STATX_BTIME),
		.atime = time_of(&x.stx_atime),
		.mtime = time_of(&x.stx_mtime),
		.ctime = time_of(&x.stx_ctime),
		.btime = time_of(&x.stx_btime),
	};
	return 0;
}

static void run_stat(struct fspool *p, struct fsjob *job)
{
	totals_add(p->totals, COUNT_root_lookups, 1);
	job->err = get_attr(AT_FDCWD, job->path, 0, &job->attr);
	if (job->err != 0 || !S_ISLNK(job->attr.mode))
		return;
	ssize_t n = readlink(job->path, job->link, sizeof(job->link) - 1);
	if (n < 0)
		job->err = errno;
	else
		job->link_len = (size_t)n;
}

/* A growing array of names that own their strings. */
struct names {
	struct index_name *list;
	size_t count, room;
};

static bool add_name(struct names *names, const struct dirent *d)
{
	if (names->count == names->room) {
		size_t room = names->room ? 2 * names->room : 128;
		struct index_name *grown = realloc(names->list, room * sizeof(*grown));
		if (!grown)
			return false;
		names->list = grown;
		names->room = room;
	}
	char *name = strdup(d->d_name);
	if (!name)
		return false;
	names->list[names->count++] = (struct index_name){
		.ino = d->d_ino, .name = name, .len = (uint16_t)strlen(name), .type = d->d_type};
	return true;
}

static int read_names(DIR *dir, size_t max, struct names *names, bool *too_large)
{
	struct dirent *d;

	while (errno = 0, (d = readdir(dir))) {
		if (names->count >= max) {
			*too_large = true;
			return 0;
		}
		if (!add_name(names, d))
			return ENOMEM;
	}
	return errno;
}

static void run_list(struct fspool *p, struct fsjob *job)
{
	struct names names = {0};
	struct stat st;

	totals_add(p->totals, COUNT_root_listings, 1);
	DIR *dir = opendir(job->path);
	if (!dir) {
		job->err = errno;
		return;
	}
	/* Readable but not searchable: each name gives EACCES, not ENOENT. */
	if (fstatat(dirfd(dir), ".", &st, 0) != 0)
		job->too_large = true;
	else
		job->err = read_names(dir, p->names_max, &names, &job->too_large);
	closedir(dir);
	if (job->err == 0 && !job->too_large) {
		job->names = record_pack_names(names.list, names.count, &job->names_size);
		if (!job->names)
			job->err = ENOMEM;
	}
	for (size_t i = 0; i < names.count; i++)
		free((char *)names.list[i].name);
	free(names.list);
}

static bool set_direct(int file, bool on)
{
	int flags = fcntl(file, F_GETFL);

	return flags >= 0 && fcntl(file, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

/* Copy exactly `size` bytes; a file that is shorter or longer is changing. */
static int copy_content(int from, int to, uint64_t size)
{
	size_t room = size < READ_STEP ? (size_t)size : READ_STEP;
	char *buf = aligned_alloc(DIRECT_ALIGN, (room | (DIRECT_ALIGN - 1)) + 1);
	bool direct = size >= DIRECT_MIN && set_direct(from, true);
	uint64_t done = 0;
	int err = 0;

	if (!buf)
		return ENOMEM;
	if (!direct)
		posix_fadvise(from, 0, 0, POSIX_FADV_SEQUENTIAL);
	while (done < size) {
		/* O_DIRECT wants whole blocks, also where the file ends in one. */
		ssize_t n = read(from, buf, (room | (DIRECT_ALIGN - 1)) + 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EINVAL && direct && set_direct(from, false)) {
			direct = false;
			continue;
		}
		if (n <= 0 || (uint64_t)n > size - done) {
			err = n < 0 ? errno : EAGAIN;
			break;
		}
		if (!store_write(to, buf, (size_t)n, done)) {
			err = errno;
			break;
		}
		done += (uint64_t)n;
	}
	free(buf);
	return err;
}

/*
 * Has the file changed while it was read? The time of access has, of course:
 * not asking for it spares the request that a changed attribute would cost.
 */
static int check_unchanged(int file, const struct ci_attr *before)
{
	struct statx x;

	if (statx(file, "", AT_EMPTY_PATH, STATX_SIZE | STATX_MTIME | STATX_CTIME, &x) != 0)
		return errno;
	bool same = x.stx_size == before->size && x.stx_mtime.tv_sec == before->mtime.sec &&
	            x.stx_mtime.tv_nsec == before->mtime.nsec &&
	            x.stx_ctime.tv_sec == before->ctime.sec &&
	            x.stx_ctime.tv_nsec == before->ctime.nsec;
	return same ? 0 : EAGAIN;
}

/*
 * A program with capabilities of its own gets them from the file alone, so its
 * content is not to be executed. Only of programs that might be is this asked.
 */
static int check_capabilities(int file, int content, const struct ci_attr *attr)
{
	if (!(attr->mode & (S_IXUSR | S_IXGRP | S_IXOTH)) || attr->size == 0)
		return 0;
	void *image = mmap(NULL, attr->size, PROT_READ, MAP_PRIVATE, content, 0);
	if (image == MAP_FAILED)
		return errno;
	bool program = program_can_be_put_right(image, attr->size);
	munmap(image, attr->size);
	if (!program)
		return 0;
	if (fgetxattr(file, "security.capability", NULL, 0) >= 0)
		return EPERM;
	return errno == ENODATA || errno == EOPNOTSUPP ? 0 : errno;
}

static void run_content(struct fspool *p, struct fsjob *job)
{
	int file = open(job->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	totals_add(p->totals, COUNT_root_opens, 1);
	if (file < 0) {
		job->err = errno;
		return;
	}
	job->err = get_attr(file, "", AT_EMPTY_PATH, &job->attr);
	if (job->err != 0)
		goto out;
	if (!S_ISREG(job->attr.mode)) {
		job->err = EINVAL;
		goto out;
	}
	job->size = job->attr.size;
	job->fd = store_new(p->store, job->path, job->size);
	if (job->fd < 0) {
		job->err = errno;
		log_info("%s (%llu bytes) is passed through: %s", job->path,
		         (unsigned long long)job->size, strerror(errno));
		goto out;
	}
	job->err = copy_content(file, job->fd, job->size);
	if (job->err == 0)
		job->err = check_unchanged(file, &job->attr);
	if (job->err == 0)
		job->err = check_capabilities(file, job->fd, &job->attr);
	if (job->err == 0 && !store_seal(job->fd, &job->memfd_ino))
		job->err = errno;
	if (job->err != 0) {
		store_abandon(p->store, job->fd, job->size);
		job->fd = -1;
		goto out;
	}
	totals_add(p->totals, COUNT_root_bytes, job->size);
	job->needed = closure_read(job->fd, job->size, job->path);
out:
	close(file);
}

void fsjob_run(struct fspool *p, struct fsjob *job)
{
	switch (job->kind) {
	case FSJOB_STAT:
		run_stat(p, job);
		break;
	case FSJOB_LIST:
		run_list(p, job);
		break;
	case FSJOB_CONTENT:
		run_content(p, job);
		break;
	case FSJOB_ACCESS:
		totals_add(p->totals, COUNT_root_lookups, 1);
		job->err = access(job->path, (int)job->mode) == 0 ? 0 : errno;
		break;
	}
}
