/* cwd.c - see cwd.h; and the wrappers that change the current directory. */
#include "client/cwd.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "client/attachment.h"
#include "client/owner.h"
#include "client/real.h"
#include "common/resolve.h"

static struct {
	_Atomic unsigned sequence; /* odd: being written */
	_Atomic unsigned moves;    /* chdir calls of this process */
	unsigned moves_seen;       /* the rest under `sequence` */
	unsigned renames_seen;
	bool known, outside;
	size_t len;
	char path[CI_PATH_MAX];
} cwd = {.moves = 1};

/*
 * This thread has called chdir, and who it was has not been looked at. A vfork
 * child shares this memory but has then a current directory of its own; its
 * parent's thread sleeps meanwhile, and both use this flag.
 */
static _Thread_local bool moved_by_somebody;

static unsigned renames_now(void)
{
	return atomic_load_explicit(&attachment.map.h->renames, memory_order_acquire);
}

static void renew(void)
{
	unsigned sequence = atomic_load_explicit(&cwd.sequence, memory_order_relaxed);

	if ((sequence & 1) || !owner_is_us() ||
	    !atomic_compare_exchange_strong(&cwd.sequence, &sequence, sequence + 1))
		return;
	cwd.moves_seen = atomic_load(&cwd.moves);
	cwd.renames_seen = renames_now();
	/* The system call returns the length with the NUL, and does not allocate. */
	long n = syscall(SYS_getcwd, cwd.path, sizeof(cwd.path));
	cwd.known = n > 1 && cwd.path[0] == '/';
	cwd.len = cwd.known ? (size_t)n - 1 : 0;
	cwd.outside = cwd.known && !cr_meets_scope(&attachment.map, cwd.path, cwd.len);
	atomic_store_explicit(&cwd.sequence, sequence + 2, memory_order_release);
}

static bool is_fresh(void)
{
	return cwd.moves_seen == atomic_load_explicit(&cwd.moves, memory_order_acquire) &&
	       cwd.renames_seen == renames_now();
}

/* *fresh = false: it has to be renewed first. */
static size_t copy_once(char *buf, size_t size, bool *fresh)
{
	unsigned before = atomic_load_explicit(&cwd.sequence, memory_order_acquire);

	*fresh = is_fresh();
	size_t len = cwd.len;
	if (!*fresh || (before & 1) || len == 0 || len >= size)
		return 0;
	memcpy(buf, cwd.path, len + 1);
	atomic_thread_fence(memory_order_acquire);
	return atomic_load_explicit(&cwd.sequence, memory_order_relaxed) == before ? len : 0;
}

bool cwd_outside(void)
{
	unsigned before = atomic_load_explicit(&cwd.sequence, memory_order_acquire);

	bool outside = !moved_by_somebody && is_fresh() && cwd.outside;
	atomic_thread_fence(memory_order_acquire);
	return outside && !(before & 1) &&
	       atomic_load_explicit(&cwd.sequence, memory_order_relaxed) == before;
}

size_t cwd_copy(char *buf, size_t size)
{
	bool fresh;
	int saved = errno;

	if (moved_by_somebody) {
		if (!owner_is_us())
			return 0;
		moved_by_somebody = false;
	}
	size_t len = copy_once(buf, size, &fresh);
	if (!fresh) {
		renew();
		len = copy_once(buf, size, &fresh);
	}
	errno = saved;
	return len;
}

void cwd_fork_child(void)
{
	if (atomic_load(&cwd.sequence) & 1)
		atomic_fetch_add(&cwd.sequence, 1);
	atomic_fetch_add(&cwd.moves, 1);
}

static void moved(void)
{
	if (!attachment.map.h)
		return;
	moved_by_somebody = true;
	atomic_fetch_add(&cwd.moves, 1);
}

int chdir(const char *path)
{
	int result = real()->chdir(path);
	if (result == 0)
		moved();
	return result;
}

int fchdir(int fd)
{
	int result = real()->fchdir(fd);
	if (result == 0)
		moved();
	return result;
}
