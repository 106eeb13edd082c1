/* attach.c - see attach.h. */
#include "client/attach.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "client/ask.h"
#include "client/attachment.h"
#include "client/cwd.h"
#include "client/original.h"
#include "client/owner.h"
#include "client/real.h"
#include "common/log.h"

#define WAIT_FIRST_NS 200000 /* 0.2 ms, doubled up to ... */
#define WAIT_LONGEST_NS 10000000

/* Connect; while nobody listens yet and the deadline allows, try again. */
static int connect_in_time(struct connection *c, const struct session *s)
{
	long pause = WAIT_FIRST_NS;

	for (;;) {
		struct timespec now;
		int err = connection_open(c, s);
		if (err != ECONNREFUSED && err != EAGAIN)
			return err;
		clock_gettime(CLOCK_REALTIME, &now);
		if (now.tv_sec >= s->deadline)
			return err;
		nanosleep(&(struct timespec){.tv_nsec = pause}, NULL);
		if (pause < WAIT_LONGEST_NS)
			pause *= 2;
	}
}

/*
 * The index is mapped in full, most of it never filled. A process whose memory
 * is limited by addresses, not by use, may not have them to spare.
 */
#define ADDRESS_SHARE 8
static bool fits(uint64_t size)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
	       size <= limit.rlim_cur / ADDRESS_SHARE;
}

/* Map the index. The seal against shrinking is what makes reading it safe. */
static bool map_index(int fd, uint64_t size, struct ci_map *m)
{
	struct stat st;
	int seals = real()->fcntl(fd, F_GET_SEALS);

	if (seals < 0 || !(seals & F_SEAL_SHRINK) || real()->fstat(fd, &st) != 0 ||
	    size < sizeof(struct ci_header) || (uint64_t)st.st_size < size)
		return false;
	void *at = fits(size) ? mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
	if (at == MAP_FAILED)
		return false;
	madvise(at, size, MADV_DONTDUMP); /* nothing of the program's in it */
	*m = (struct ci_map){.h = at, .size = size};
	if (ci_map_check(m))
		return true;
	munmap(at, size);
	return false;
}

/* Why answers from this index do not hold for this process, or NULL. */
static const char *unfit(const struct ci_map *m)
{
	struct stat ns, root;

	if (m->h->uid != geteuid() || m->h->gid != getegid())
		return "the session belongs to another user or group";
	if (real()->stat(CI_VIEW_NAMESPACE, &ns) != 0 || real()->stat("/", &root) != 0)
		return "what files this process sees cannot be told";
	if (!ci_same_view(m, &(struct ci_view){ns.st_ino, root.st_dev, root.st_ino}))
		return "this process sees other files (container or chroot)";
	return NULL;
}

bool attach_still_fits(void)
{
	int saved = errno;
	bool fits = getuid() == geteuid() && getgid() == getegid() && !unfit(&attachment.map);

	errno = saved;
	return fits;
}

static void fork_child(void)
{
	owner_claim();
	ask_fork_child();
	cwd_fork_child();
	original_fork_child();
}

void attach(const struct session *s)
{
	struct connection c = CONNECTION_NONE;
	struct ci_map map = {0};
	uint64_t size;
	int fd;

	/* Answers hold for one identity; a program that has two is left alone. */
	if (getuid() != geteuid() || getgid() != getegid())
		return;
	owner_claim();
	int err = pthread_atfork(NULL, original_fork_parent, fork_child);
	if (err == 0)
		err = connect_in_time(&c, s);
	if (err == 0)
		err = ask_init(s, &c, &size, &fd);
	if (err != 0) {
		log_info("no session on this node (%s)", strerror(err));
		return;
	}
	const char *why = "the index cannot be mapped";
	if (map_index(fd, size, &map))
		why = unfit(&map);
	close(fd);
	if (why) {
		log_info("not served: %s", why);
		ask_end();
		if (map.h)
			munmap((void *)map.h, map.size);
		return;
	}
	attachment.map = map;
	attachment.server = c.server;
	atomic_store_explicit(&attachment.telling, true, memory_order_release);
	atomic_store_explicit(&attachment.serving, true, memory_order_release);
}
