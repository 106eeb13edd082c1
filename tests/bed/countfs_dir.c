/* Open directories.  Listings are cached like file contents: kept while the directory has not
 * changed. */
#include "countfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct open_dir {
	DIR *stream;
	off_t position; /* of the stream; -1 when only seeking can tell */
};

static struct open_dir *open_dir_of(const struct fuse_file_info *fi)
{
	return (struct open_dir *)(uintptr_t)fi->fh;
}

/* Returns an errno value. */
static int dir_open(struct inode *inode, struct open_dir **opened, struct stat *st)
{
	int error = 0;
	struct open_dir *dir = calloc(1, sizeof *dir);

	if (dir == NULL)
		return ENOMEM;
	int fd = openat(inode->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, st) != 0)
		error = errno;
	else if (inode_stale(st))
		error = ESTALE;
	else if ((dir->stream = fdopendir(fd)) == NULL)
		error = errno;
	if (error == 0) {
		*opened = dir;
		return 0;
	}
	if (fd >= 0)
		close(fd);
	free(dir);
	return error;
}

static void dir_close(struct open_dir *dir)
{
	closedir(dir->stream);
	free(dir);
}

static void do_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct inode *inode = inode_of(ino);
	struct stat st;

	request_begin(req, OP_opendir, inode, NULL);
	struct open_dir *dir;
	int error = dir_open(inode, &dir, &st);
	if (error != 0) {
		fuse_reply_err(req, error);
		return;
	}
	fi->fh = (uintptr_t)dir;
	fi->cache_readdir = 1;
	fi->keep_cache = inode_told(inode, &st);
	if (fuse_reply_open(req, fi) != 0)
		dir_close(dir);
}

/* The next entry at or after `offset`.  NULL at the end with errno 0, else an error. */
static struct dirent *next_entry(struct open_dir *dir, off_t offset)
{
	if (dir->position != offset)
		seekdir(dir->stream, offset);
	errno = 0;
	struct dirent *entry = readdir(dir->stream);
	dir->position = entry ? entry->d_off : -1;
	return entry;
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Adds an entry and returns the space it takes, which is more than `room` when it does not
 * fit. */
static size_t add_plain(fuse_req_t req, char *to, size_t room, const struct dirent *entry)
{
	const struct stat st = {.st_ino = entry->d_ino, .st_mode = (mode_t)entry->d_type << 12};

	return fuse_add_direntry(req, to, room, entry->d_name, &st, entry->d_off);
}

/* The same with attributes.  Each one that is handed out is a lookup that the kernel will
 * forget, so one that does not fit is forgotten here; "." and ".." and names that are gone
 * already carry none. */
static size_t add_plus(fuse_req_t req, struct inode *parent, char *to, size_t room,
                       const struct dirent *entry)
{
	struct fuse_entry_param param = {
		.attr = {.st_ino = entry->d_ino, .st_mode = (mode_t)entry->d_type << 12}};

	if (!is_dot(entry->d_name) && name_entry(parent, entry->d_name, &param) != 0)
		param = (struct fuse_entry_param){
			.attr = {.st_ino = entry->d_ino, .st_mode = (mode_t)entry->d_type << 12}};
	size_t size = fuse_add_direntry_plus(req, to, room, entry->d_name, &param, entry->d_off);
	if (size > room && param.ino != 0)
		inode_forget(inode_of(param.ino), 1);
	return size;
}

static void list(fuse_req_t req, struct inode *inode, size_t room, off_t offset,
                 struct fuse_file_info *fi, bool plus)
{
	struct open_dir *dir = open_dir_of(fi);
	char *buffer = malloc(room);
	size_t used = 0;

	if (buffer == NULL) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	struct dirent *entry;
	while ((entry = next_entry(dir, offset)) != NULL) {
		size_t size = plus ? add_plus(req, inode, buffer + used, room - used, entry)
		                   : add_plain(req, buffer + used, room - used, entry);
		if (size > room - used) {
			dir->position = -1; /* this entry must be read again */
			break;
		}
		used += size;
		offset = entry->d_off;
	}
	if (entry == NULL && errno != 0 && used == 0)
		fuse_reply_err(req, errno);
	else
		fuse_reply_buf(req, buffer, used);
	free(buffer);
}

static void do_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                       struct fuse_file_info *fi)
{
	request_begin(req, OP_readdir, inode_of(ino), NULL);
	list(req, inode_of(ino), size, offset, fi, false);
}

static void do_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                           struct fuse_file_info *fi)
{
	request_begin(req, OP_readdirplus, inode_of(ino), NULL);
	list(req, inode_of(ino), size, offset, fi, true);
}

static void do_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	request_begin(req, OP_releasedir, inode_of(ino), NULL);
	dir_close(open_dir_of(fi));
	fuse_reply_err(req, 0);
}

static void do_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	int fd = dirfd(open_dir_of(fi)->stream);

	request_begin(req, OP_fsyncdir, inode_of(ino), NULL);
	reply_result(req, datasync ? fdatasync(fd) : fsync(fd));
}

void dir_handlers(struct fuse_lowlevel_ops *ops)
{
	ops->opendir = do_opendir;
	ops->readdir = do_readdir;
	ops->readdirplus = do_readdirplus;
	ops->releasedir = do_releasedir;
	ops->fsyncdir = do_fsyncdir;
}
