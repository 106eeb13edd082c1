/* Lookup, and everything that makes, moves or removes a name. */
#include "countfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

void caller_enter(fuse_req_t req)
{
	const struct fuse_ctx *caller = fuse_req_ctx(req);

	/* glibc's setfsuid() would do as well, but these calls cannot fail for root and their
	 * result says nothing. */
	syscall(SYS_setfsgid, caller->gid);
	syscall(SYS_setfsuid, caller->uid);
}

void caller_leave(void)
{
	int error = errno;

	syscall(SYS_setfsuid, 0);
	syscall(SYS_setfsgid, 0);
	errno = error;
}

int file_entry(int fd, struct fuse_entry_param *entry)
{
	*entry = (struct fuse_entry_param){.entry_timeout = fs.entry_timeout,
	                                   .attr_timeout = fs.attr_timeout};
	if (fd < 0)
		return errno;
	if (fstat(fd, &entry->attr) != 0) {
		int error = errno;
		close(fd);
		return error;
	}
	struct inode *inode = inode_ref(fd, &entry->attr);
	if (inode == NULL)
		return errno;
	entry->ino = inode_id(inode);
	return 0;
}

int name_entry(struct inode *parent, const char *name, struct fuse_entry_param *entry)
{
	struct stat st;
	int error = file_entry(openat(parent->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), entry);

	if (error == ENOENT && fstat(parent->fd, &st) == 0 && inode_stale(&st))
		error = ESTALE;
	return error;
}

/* A caller that was killed meanwhile gets no reply, and the kernel will then not forget the
 * lookup either. */
static void reply_entry(fuse_req_t req, int error, const struct fuse_entry_param *entry)
{
	if (error != 0)
		fuse_reply_err(req, error);
	else if (fuse_reply_entry(req, entry) != 0 && entry->ino != 0)
		inode_forget(inode_of(entry->ino), 1);
}

static void do_lookup(fuse_req_t req, fuse_ino_t parent_id, const char *name)
{
	struct inode *parent = inode_of(parent_id);
	struct fuse_entry_param entry;

	request_wait();
	int error = name_entry(parent, name, &entry);
	request_count(req, error == ENOENT ? OP_lookup_negative : OP_lookup, parent, name);
	if (error == ENOENT && fs.negative_timeout > 0) {
		/* Node 0 with a timeout is how a negative answer is made cacheable. */
		entry.entry_timeout = fs.negative_timeout;
		error = 0;
	}
	reply_entry(req, error, &entry);
}

static void do_forget(fuse_req_t req, fuse_ino_t ino, uint64_t lookups)
{
	inode_forget(inode_of(ino), lookups);
	fuse_reply_none(req);
}

static void do_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets)
{
	for (size_t i = 0; i < count; i++)
		inode_forget(inode_of(forgets[i].ino), forgets[i].nlookup);
	fuse_reply_none(req);
}

/* The reply to a call that made `name`, or failed to and left errno. */
static void reply_made(fuse_req_t req, int made, struct inode *parent, const char *name)
{
	struct fuse_entry_param entry;
	int error = made < 0 ? errno : name_entry(parent, name, &entry);

	reply_entry(req, error, &entry);
}

static void do_mknod(fuse_req_t req, fuse_ino_t parent_id, const char *name, mode_t mode,
                     dev_t rdev)
{
	struct inode *parent = inode_of(parent_id);

	request_begin(req, OP_mknod, parent, name);
	caller_enter(req);
	int made = mknodat(parent->fd, name, mode, rdev);
	caller_leave();
	reply_made(req, made, parent, name);
}

static void do_mkdir(fuse_req_t req, fuse_ino_t parent_id, const char *name, mode_t mode)
{
	struct inode *parent = inode_of(parent_id);

	request_begin(req, OP_mkdir, parent, name);
	caller_enter(req);
	int made = mkdirat(parent->fd, name, mode);
	caller_leave();
	reply_made(req, made, parent, name);
}

static void do_symlink(fuse_req_t req, const char *target, fuse_ino_t parent_id, const char *name)
{
	struct inode *parent = inode_of(parent_id);

	request_begin(req, OP_symlink, parent, name);
	caller_enter(req);
	int made = symlinkat(target, parent->fd, name);
	caller_leave();
	reply_made(req, made, parent, name);
}

static void do_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent_id, const char *name)
{
	struct inode *parent = inode_of(parent_id);
	struct fuse_entry_param entry;

	request_begin(req, OP_link, parent, name);
	int fd = inode_of(ino)->fd;
	int error = 0;
	if (linkat(fd, "", parent->fd, name, AT_EMPTY_PATH) != 0)
		error = errno;
	else
		error = file_entry(fcntl(fd, F_DUPFD_CLOEXEC, 0), &entry);
	reply_entry(req, error, &entry);
}

static void do_unlink(fuse_req_t req, fuse_ino_t parent_id, const char *name)
{
	struct inode *parent = inode_of(parent_id);

	request_begin(req, OP_unlink, parent, name);
	reply_result(req, unlinkat(parent->fd, name, 0));
}

static void do_rmdir(fuse_req_t req, fuse_ino_t parent_id, const char *name)
{
	struct inode *parent = inode_of(parent_id);

	request_begin(req, OP_rmdir, parent, name);
	reply_result(req, unlinkat(parent->fd, name, AT_REMOVEDIR));
}

static void do_rename(fuse_req_t req, fuse_ino_t parent_id, const char *name, fuse_ino_t new_parent,
                      const char *new_name, unsigned int flags)
{
	struct inode *parent = inode_of(parent_id);

	request_begin(req, OP_rename, parent, name);
	reply_result(req, renameat2(parent->fd, name, inode_of(new_parent)->fd, new_name, flags));
}

void name_handlers(struct fuse_lowlevel_ops *ops)
{
	ops->lookup = do_lookup;
	ops->forget = do_forget;
	ops->forget_multi = do_forget_multi;
	ops->mknod = do_mknod;
	ops->mkdir = do_mkdir;
	ops->symlink = do_symlink;
	ops->link = do_link;
	ops->unlink = do_unlink;
	ops->rmdir = do_rmdir;
	ops->rename = do_rename;
}
