/* Advisory locks.
 *
 * They are taken on the source file itself, so they hold between all mounts of one source, as on
 * a cluster. Record locks become locks of the open file: a program that opens the same file twice
 * and expects the two not to conflict is not modelled.
 */
#include "countfs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

struct wait_for_lock {
	fuse_req_t req;
	int fd;
	bool whole_file;
	int operation;       /* whole_file: of flock() */
	struct flock region; /* else: of fcntl() */
};

static int try_lock(struct wait_for_lock *wait)
{
	if (wait->whole_file)
		return flock(wait->fd, wait->operation | LOCK_NB);
	wait->region.l_pid = 0; /* required of locks of an open file */
	return fcntl(wait->fd, F_OFD_SETLK, &wait->region);
}

static bool is_conflict(int error)
{
	return error == EWOULDBLOCK || error == EAGAIN || error == EACCES;
}

/* Tries again until the lock is free or the caller was interrupted.  The caller is inside the
 * lock call, so it cannot close the file meanwhile. */
static void *keep_trying(void *argument)
{
	struct wait_for_lock *wait = argument;
	const struct timespec pause = {.tv_nsec = 1000000};
	int result;

	while ((result = try_lock(wait)) != 0 && is_conflict(errno)) {
		if (fuse_req_interrupted(wait->req)) {
			errno = EINTR;
			break;
		}
		nanosleep(&pause, NULL);
	}
	reply_result(wait->req, result);
	free(wait);
	return NULL;
}

/* Waiting must not occupy one of the session's threads: the unlock that everybody waits for
 * needs one. */
static int wait_aside(const struct wait_for_lock *wait)
{
	pthread_t thread;
	sigset_t all, before;
	struct wait_for_lock *copy = malloc(sizeof *copy);

	if (copy == NULL)
		return ENOMEM;
	*copy = *wait;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&thread, NULL, keep_trying, copy);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		pthread_detach(thread);
	else
		free(copy);
	return error;
}

static void lock(struct wait_for_lock *wait, bool may_wait)
{
	int result = try_lock(wait);

	if (result == 0 || !may_wait || !is_conflict(errno)) {
		reply_result(wait->req, result);
		return;
	}
	int error = wait_aside(wait);
	if (error != 0)
		fuse_reply_err(wait->req, error);
}

static void do_flock(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, int operation)
{
	struct wait_for_lock wait = {
		.req = req, .fd = (int)fi->fh, .whole_file = true, .operation = operation};

	request_begin(req, OP_flock, inode_of(ino), NULL);
	lock(&wait, !(operation & LOCK_NB));
}

static void do_setlk(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi,
                     struct flock *region, int sleep)
{
	struct wait_for_lock wait = {.req = req, .fd = (int)fi->fh, .region = *region};

	request_begin(req, OP_setlk, inode_of(ino), NULL);
	lock(&wait, sleep);
}

static void do_getlk(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi,
                     struct flock *region)
{
	request_begin(req, OP_getlk, inode_of(ino), NULL);
	region->l_pid = 0;
	if (fcntl((int)fi->fh, F_OFD_GETLK, region) != 0)
		fuse_reply_err(req, errno);
	else
		fuse_reply_lock(req, region);
}

void lock_handlers(struct fuse_lowlevel_ops *ops)
{
	ops->flock = do_flock;
	ops->setlk = do_setlk;
	ops->getlk = do_getlk;
}
