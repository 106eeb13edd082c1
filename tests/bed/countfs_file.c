/* Open files.
 *
 * Caching follows a network client with close-to-open consistency: at open the client compares
 * the file's version with the one it knows.  Unchanged, it keeps its pages, so a node reads each
 * byte once; changed, it drops pages and attributes, so that another node's finished write is
 * seen.
 */
#include "countfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Settles what the kernel may keep of the file just opened as `fd`. */
static void set_caching(struct inode *inode, const struct stat *st, struct fuse_file_info *fi)
{
	fi->keep_cache = inode_told(inode, st);
	/* A network client sends nothing when a file is closed that it did not write. */
	fi->noflush = (fi->flags & O_ACCMODE) == O_RDONLY;
	/* A negative offset drops attributes alone; this takes no lock that the opener holds. */
	if (!fi->keep_cache)
		fuse_lowlevel_notify_inval_inode(fs.session, inode_id(inode), -1, 0);
}

/* O_NOFOLLOW would refuse the link in /proc through which a file is opened, and O_DIRECT would
 * ask for aligned buffers; O_APPEND stays, because only the source knows the end of a file
 * that several nodes write. */
static int source_flags(int flags)
{
	return (flags & ~(O_NOFOLLOW | O_DIRECT)) | O_CLOEXEC;
}

static void do_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct inode *inode = inode_of(ino);
	struct stat st;

	request_begin(req, OP_open, inode, NULL);
	int fd = open(fd_path(inode->fd).text, source_flags(fi->flags));
	if (fd < 0) {
		fuse_reply_err(req, errno);
		return;
	}
	int error = fstat(fd, &st) != 0 ? errno : 0;
	if (error == 0 && inode_stale(&st))
		error = ESTALE;
	if (error != 0) {
		close(fd);
		fuse_reply_err(req, error);
		return;
	}
	fi->fh = (uint64_t)fd;
	set_caching(inode, &st, fi);
	if (fuse_reply_open(req, fi) != 0)
		close(fd);
}

static void do_create(fuse_req_t req, fuse_ino_t parent_id, const char *name, mode_t mode,
                      struct fuse_file_info *fi)
{
	struct inode *parent = inode_of(parent_id);
	struct fuse_entry_param entry;

	request_begin(req, OP_create, parent, name);
	caller_enter(req);
	int fd = openat(parent->fd, name, source_flags(fi->flags) | O_CREAT | O_NOFOLLOW, mode);
	caller_leave();
	if (fd < 0) {
		fuse_reply_err(req, errno);
		return;
	}
	/* By the descriptor: the name may mean another file by now. */
	int error = file_entry(open(fd_path(fd).text, O_PATH | O_CLOEXEC), &entry);
	if (error != 0) {
		close(fd);
		fuse_reply_err(req, error);
		return;
	}
	fi->fh = (uint64_t)fd;
	fi->noflush = (fi->flags & O_ACCMODE) == O_RDONLY;
	if (fuse_reply_create(req, &entry, fi) != 0) {
		close(fd);
		inode_forget(inode_of(entry.ino), 1);
	}
}

static void do_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                    struct fuse_file_info *fi)
{
	request_begin(req, OP_read, inode_of(ino), NULL);
	char *data = malloc(size);
	ssize_t got = data ? pread((int)fi->fh, data, size, offset) : -1;
	if (got < 0) {
		fuse_reply_err(req, errno);
	} else {
		count_bytes_read((size_t)got);
		fuse_reply_buf(req, data, (size_t)got);
	}
	free(data);
}

static void do_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size, off_t offset,
                     struct fuse_file_info *fi)
{
	request_begin(req, OP_write, inode_of(ino), NULL);
	ssize_t put = pwrite((int)fi->fh, data, size, offset);
	if (put < 0) {
		fuse_reply_err(req, errno);
		return;
	}
	count_bytes_written((size_t)put);
	fuse_reply_write(req, (size_t)put);
}

/* Closing a duplicate reports the write errors that close() would, on sources that have any to
 * report. */
static void do_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	request_begin(req, OP_flush, inode_of(ino), NULL);
	int copy = dup((int)fi->fh);
	reply_result(req, copy < 0 ? -1 : close(copy));
}

static void do_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	request_begin(req, OP_release, inode_of(ino), NULL);
	close((int)fi->fh);
	fuse_reply_err(req, 0);
}

static void do_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	request_begin(req, OP_fsync, inode_of(ino), NULL);
	reply_result(req, datasync ? fdatasync((int)fi->fh) : fsync((int)fi->fh));
}

static void do_lseek(fuse_req_t req, fuse_ino_t ino, off_t offset, int whence,
                     struct fuse_file_info *fi)
{
	request_begin(req, OP_lseek, inode_of(ino), NULL);
	off_t found = lseek((int)fi->fh, offset, whence);
	if (found < 0)
		fuse_reply_err(req, errno);
	else
		fuse_reply_lseek(req, found);
}

static void do_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t offset, off_t length,
                         struct fuse_file_info *fi)
{
	request_begin(req, OP_fallocate, inode_of(ino), NULL);
	reply_result(req, fallocate((int)fi->fh, mode, offset, length));
}

static void do_copy_file_range(fuse_req_t req, fuse_ino_t in, off_t in_offset,
                               struct fuse_file_info *in_fi, fuse_ino_t out, off_t out_offset,
                               struct fuse_file_info *out_fi, size_t length, int flags)
{
	(void)out;
	request_begin(req, OP_copy_file_range, inode_of(in), NULL);
	ssize_t copied = copy_file_range((int)in_fi->fh, &in_offset, (int)out_fi->fh, &out_offset,
	                                 length, (unsigned)flags);
	if (copied < 0)
		fuse_reply_err(req, errno);
	else
		fuse_reply_write(req, (size_t)copied);
}

void file_handlers(struct fuse_lowlevel_ops *ops)
{
	ops->open = do_open;
	ops->create = do_create;
	ops->read = do_read;
	ops->write = do_write;
	ops->flush = do_flush;
	ops->release = do_release;
	ops->fsync = do_fsync;
	ops->lseek = do_lseek;
	ops->fallocate = do_fallocate;
	ops->copy_file_range = do_copy_file_range;
}
