/* store.c - see store.h. */
#include "server/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/index.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3 */
#endif

enum { MEMFD_NAME_MAX = 249 }; /* NAME_MAX less the kernel's "memfd:" */

static int new_memfd(const char *name)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create(name, flags | MFD_EXEC);

	if (fd < 0 && errno == EINVAL) /* an older kernel: executable anyway */
		fd = memfd_create(name, flags);
	return fd;
}

static bool reserve(struct store *s, uint64_t size)
{
	uint64_t now = atomic_fetch_add_explicit(&s->bytes, size, memory_order_relaxed) + size;

	if (now <= s->bytes_max)
		return true;
	atomic_fetch_sub_explicit(&s->bytes, size, memory_order_relaxed);
	return false;
}

int store_new(struct store *s, const char *path, uint64_t size)
{
	char name[MEMFD_NAME_MAX + 1];
	size_t len = strlen(path), room = MEMFD_NAME_MAX - strlen(CI_MEMFD_PREFIX);

	if (size > s->file_max || size > INT64_MAX) {
		errno = EFBIG;
		return -1;
	}
	if (!reserve(s, size)) {
		errno = ENOSPC;
		return -1;
	}
	/* What /proc/<pid>/maps shows; the end of a long path says most. */
	snprintf(name, sizeof(name), CI_MEMFD_PREFIX "%s", len > room ? path + len - room : path);
	int fd = new_memfd(name);
	if (fd < 0)
		goto unreserve;
	if (fd > s->descriptor_max) {
		close(fd);
		errno = EMFILE;
		goto unreserve;
	}
	/* Reserve now: a write without memory behind it would fail half way. */
	if (ftruncate(fd, (off_t)size) != 0 ||
	    (size > 0 && fallocate(fd, 0, 0, (off_t)size) != 0)) {
		int err = errno;
		close(fd);
		errno = err;
		goto unreserve;
	}
	atomic_fetch_add_explicit(&s->files, 1, memory_order_relaxed);
	return fd;
unreserve:
	atomic_fetch_sub_explicit(&s->bytes, size, memory_order_relaxed);
	return -1;
}

void store_abandon(struct store *s, int fd, uint64_t size)
{
	close(fd);
	atomic_fetch_sub_explicit(&s->bytes, size, memory_order_relaxed);
	atomic_fetch_sub_explicit(&s->files, 1, memory_order_relaxed);
}

bool store_write(int fd, const void *buf, size_t n, uint64_t offset)
{
	const char *p = buf;

	while (n > 0) {
		ssize_t done = pwrite(fd, p, n, (off_t)offset);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		offset += (uint64_t)done;
		n -= (size_t)done;
	}
	return true;
}

bool store_seal(int fd, uint64_t *ino)
{
	struct stat st;

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0 ||
	    fstat(fd, &st) != 0)
		return false;
	*ino = st.st_ino;
	return true;
}
