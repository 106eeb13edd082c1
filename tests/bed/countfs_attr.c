/* Attributes, links' targets, extended attributes. */
#include "countfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static void reply_attr(fuse_req_t req, struct inode *inode)
{
	struct stat st;

	if (fstat(inode->fd, &st) != 0) {
		fuse_reply_err(req, errno);
		return;
	}
	inode_told(inode, &st);
	fuse_reply_attr(req, &st, fs.attr_timeout);
}

static void do_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct inode *inode = inode_of(ino);

	(void)fi;
	request_begin(req, OP_getattr, inode, NULL);
	reply_attr(req, inode);
}

static struct timespec new_time(int to_set, int set, int set_now, struct timespec value)
{
	if (to_set & set_now)
		return (struct timespec){.tv_nsec = UTIME_NOW};
	if (to_set & set)
		return value;
	return (struct timespec){.tv_nsec = UTIME_OMIT};
}

static int change_owner(struct inode *inode, const struct stat *attr, int to_set)
{
	uid_t uid = to_set & FUSE_SET_ATTR_UID ? attr->st_uid : (uid_t)-1;
	gid_t gid = to_set & FUSE_SET_ATTR_GID ? attr->st_gid : (gid_t)-1;

	return fchownat(inode->fd, "", uid, gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
}

static int change_times(struct inode *inode, const struct stat *attr, int to_set)
{
	const struct timespec times[2] = {
		new_time(to_set, FUSE_SET_ATTR_ATIME, FUSE_SET_ATTR_ATIME_NOW, attr->st_atim),
		new_time(to_set, FUSE_SET_ATTR_MTIME, FUSE_SET_ATTR_MTIME_NOW, attr->st_mtim),
	};

	return utimensat(inode->fd, "", times, AT_EMPTY_PATH);
}

/* Owner first: chown clears the set-id bits that a mode in the same request may want.  Times
 * last: truncation would change them. */
static int change(struct inode *inode, const struct stat *attr, int to_set,
                  const struct fuse_file_info *fi)
{
	const int owner = FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID;
	const int times = FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME;

	if (to_set & owner && change_owner(inode, attr, to_set) != 0)
		return -1;
	if (to_set & FUSE_SET_ATTR_MODE &&
	    chmod(fd_path(inode->fd).text, attr->st_mode & 07777) != 0)
		return -1;
	if (to_set & FUSE_SET_ATTR_SIZE &&
	    (fi ? ftruncate((int)fi->fh, attr->st_size)
	        : truncate(fd_path(inode->fd).text, attr->st_size)) != 0)
		return -1;
	if (to_set & times && change_times(inode, attr, to_set) != 0)
		return -1;
	return 0;
}

static void do_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set,
                       struct fuse_file_info *fi)
{
	struct inode *inode = inode_of(ino);

	request_begin(req, OP_setattr, inode, NULL);
	if (change(inode, attr, to_set, fi) != 0)
		fuse_reply_err(req, errno);
	else
		reply_attr(req, inode);
}

/* With default_permissions the kernel decides by itself and asks this only once. */
static void do_access(fuse_req_t req, fuse_ino_t ino, int mask)
{
	struct inode *inode = inode_of(ino);

	request_begin(req, OP_access, inode, NULL);
	reply_result(req, access(fd_path(inode->fd).text, mask));
}

static void do_readlink(fuse_req_t req, fuse_ino_t ino)
{
	struct inode *inode = inode_of(ino);
	char target[PATH_MAX + 1];

	request_begin(req, OP_readlink, inode, NULL);
	ssize_t length = readlinkat(inode->fd, "", target, sizeof target - 1);
	if (length < 0) {
		fuse_reply_err(req, errno);
		return;
	}
	target[length] = '\0';
	fuse_reply_readlink(req, target);
}

static void do_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct inode *inode = inode_of(ino);
	struct statvfs st;

	request_begin(req, OP_statfs, inode, NULL);
	if (fstatvfs(inode->fd, &st) != 0)
		fuse_reply_err(req, errno);
	else
		fuse_reply_statfs(req, &st);
}

/* The reply of getxattr and listxattr: `value` is NULL when the caller only asks for the size. */
static void reply_xattr(fuse_req_t req, char *value, ssize_t length)
{
	if (length < 0)
		fuse_reply_err(req, errno);
	else if (value == NULL)
		fuse_reply_xattr(req, (size_t)length);
	else
		fuse_reply_buf(req, value, (size_t)length);
	free(value);
}

static void do_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	struct inode *inode = inode_of(ino);

	request_begin(req, OP_getxattr, inode, NULL);
	char *value = size ? malloc(size) : NULL;
	reply_xattr(req, value,
	            size && !value ? -1 : getxattr(fd_path(inode->fd).text, name, value, size));
}

static void do_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
	struct inode *inode = inode_of(ino);

	request_begin(req, OP_listxattr, inode, NULL);
	char *list = size ? malloc(size) : NULL;
	reply_xattr(req, list, size && !list ? -1 : listxattr(fd_path(inode->fd).text, list, size));
}

static void do_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value,
                        size_t size, int flags)
{
	struct inode *inode = inode_of(ino);

	request_begin(req, OP_setxattr, inode, NULL);
	reply_result(req, setxattr(fd_path(inode->fd).text, name, value, size, flags));
}

static void do_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	struct inode *inode = inode_of(ino);

	request_begin(req, OP_removexattr, inode, NULL);
	reply_result(req, removexattr(fd_path(inode->fd).text, name));
}

void attr_handlers(struct fuse_lowlevel_ops *ops)
{
	ops->getattr = do_getattr;
	ops->setattr = do_setattr;
	ops->access = do_access;
	ops->readlink = do_readlink;
	ops->statfs = do_statfs;
	ops->getxattr = do_getxattr;
	ops->listxattr = do_listxattr;
	ops->setxattr = do_setxattr;
	ops->removexattr = do_removexattr;
}
