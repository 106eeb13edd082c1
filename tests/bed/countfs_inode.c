/* The kernel's node ids and the source files behind them.
 *
 * A node id is the address of a struct inode.  One source file has one node however many names
 * lead to it, found again by device and inode number; a node lives until the kernel has forgotten
 * every lookup that returned it. The O_PATH descriptor it holds keeps the source's inode number
 * from being reused meanwhile.
 */
#include "countfs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUCKETS = 1 << 14 };

static pthread_mutex_t lock =
	PTHREAD_MUTEX_INITIALIZER; /* guards the table, lookup counts and versions */
static struct inode *buckets[BUCKETS];
static struct inode root;

static struct inode **bucket_of(dev_t dev, ino_t ino)
{
	uint64_t hash = (ino ^ (dev << 20)) * UINT64_C(0x9e3779b97f4a7c15);

	return &buckets[hash >> 50];
}

static struct inode **find(dev_t dev, ino_t ino)
{
	struct inode **link = bucket_of(dev, ino);

	while (*link != NULL && ((*link)->ino != ino || (*link)->dev != dev))
		link = &(*link)->next;
	return link;
}

static void set_version(struct inode *inode, const struct stat *st)
{
	inode->mtime = st->st_mtim;
	inode->ctime = st->st_ctim;
	inode->size = st->st_size;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool inode_root(const char *source)
{
	struct stat st;

	root.fd = open(source, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root.fd < 0 || fstat(root.fd, &st) != 0)
		return false;
	root.dev = st.st_dev;
	root.ino = st.st_ino;
	root.lookups = 1; /* never forgotten */
	set_version(&root, &st);
	*bucket_of(root.dev, root.ino) = &root;
	return true;
}

struct inode *inode_ref(int fd, const struct stat *st)
{
	pthread_mutex_lock(&lock);
	struct inode **link = find(st->st_dev, st->st_ino);
	struct inode *inode = *link;
	bool known = inode != NULL;

	if (!known) {
		inode = calloc(1, sizeof *inode);
		if (inode != NULL) {
			inode->dev = st->st_dev;
			inode->ino = st->st_ino;
			inode->fd = fd;
			*link = inode;
		}
	}
	if (inode != NULL) {
		inode->lookups++;
		set_version(inode, st);
	}
	pthread_mutex_unlock(&lock);
	if (known || inode == NULL)
		close(fd);
	if (inode == NULL)
		errno = ENOMEM;
	return inode;
}

void inode_forget(struct inode *inode, uint64_t lookups)
{
	bool last = false;

	if (inode == &root)
		return;
	pthread_mutex_lock(&lock);
	inode->lookups -= lookups;
	if (inode->lookups == 0) {
		last = true;
		*find(inode->dev, inode->ino) = inode->next;
	}
	pthread_mutex_unlock(&lock);
	if (last) {
		close(inode->fd);
		free(inode);
	}
}

struct inode *inode_of(fuse_ino_t ino)
{
	return ino == FUSE_ROOT_ID ? &root : (struct inode *)ino;
}

fuse_ino_t inode_id(const struct inode *inode)
{
	return inode == &root ? FUSE_ROOT_ID : (fuse_ino_t)inode;
}

bool inode_told(struct inode *inode, const struct stat *st)
{
	pthread_mutex_lock(&lock);
	bool same = same_time(inode->mtime, st->st_mtim) && same_time(inode->ctime, st->st_ctim) &&
	            inode->size == st->st_size;
	set_version(inode, st);
	pthread_mutex_unlock(&lock);
	return same;
}

bool inode_stale(const struct stat *st)
{
	return st->st_nlink == 0;
}

struct fd_path fd_path(int fd)
{
	struct fd_path path;

	snprintf(path.text, sizeof path.text, "/proc/self/fd/%d", fd);
	return path;
}
