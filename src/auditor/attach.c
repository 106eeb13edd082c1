/* attach.c - see attach.h. */
#include "auditor/attach.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "auditor/connection.h"
#include "auditor/decimal.h"
#include "auditor/environment.h"
#include "auditor/say.h"
#include "auditor/syscalls.h"

#define TIMEOUT_DEFAULT 60u
#define TIMEOUT_MOST 86400u
#define GREETING_LEAST_MS 5000

/* Pauses between attempts to connect: they grow, so that a server that is
 * just starting is found at once and a late one is not hammered. */
#define PAUSE_FIRST_NS 1000000
#define PAUSE_LONGEST_NS 10000000

#define COUNTERS_BYTES 4096

struct attachment attachment;

static struct session session;
static struct connection connection = CONNECTION_NONE;
static uint32_t user;
static int timeout_ms;
static bool given_up; /* of asking; what the index knows is still served */
static bool another;  /* this process, than the one that joined */
static struct counters_page *counters;

void count(enum collfs_counter which)
{
	/* Nobody else writes this page, and our callers hold ld.so's lock. (libgcc's
	 * atomic addition for arm64 needs libc.) */
	if (counters)
		atomic_store_explicit(
			&counters->n[which],
			atomic_load_explicit(&counters->n[which], memory_order_relaxed) + 1,
			memory_order_relaxed);
}

/* A page of counters, mapped here and to be sent with the first HELLO, or -1. */
static int make_counters(void)
{
	const char *stats = environment_get("COLLFS_STATS");

	if (!stats || *stats == '\0')
		return -1;
	int fd = (int)SYS_CALL(memfd_create, "collfs-counters", MFD_CLOEXEC | MFD_ALLOW_SEALING, 0,
	                       0, 0, 0);
	if (fd < 0)
		return -1;
	if (SYS_CALL(ftruncate, fd, COUNTERS_BYTES, 0, 0, 0, 0) == 0 &&
	    SYS_CALL(fcntl, fd, F_ADD_SEALS, F_SEAL_SHRINK, 0, 0, 0) == 0)
		counters = sys_map(COUNTERS_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	if (!counters) {
		sys_close(fd);
		return -1;
	}
	counters->magic = COUNTERS_MAGIC;
	return fd;
}

/* The process's own view; any server's is another one when it cannot be told. */
static struct ci_view own_view(void)
{
	struct stat ns, root;

	if (SYS_CALL(newfstatat, AT_FDCWD, CI_VIEW_NAMESPACE, &ns, 0, 0, 0) != 0 ||
	    SYS_CALL(newfstatat, AT_FDCWD, "/", &root, 0, 0, 0) != 0)
		return (struct ci_view){0};
	return (struct ci_view){ns.st_ino, root.st_dev, root.st_ino};
}

static uint32_t group(void)
{
	return (uint32_t)SYS_CALL(getegid, 0, 0, 0, 0, 0, 0);
}

/* Answers hold for one identity, `uid`; a program that has two is left alone. */
static bool two_identities(uint32_t uid)
{
	return uid != (uint32_t)SYS_CALL(geteuid, 0, 0, 0, 0, 0, 0) ||
	       uid != (uint32_t)SYS_CALL(getuid, 0, 0, 0, 0, 0, 0) ||
	       group() != (uint32_t)SYS_CALL(getgid, 0, 0, 0, 0, 0, 0);
}

/*
 * The index is mapped in full, most of it never filled. A process whose memory
 * is limited by addresses, not by use, may not have them to spare.
 */
#define ADDRESS_SHARE 8
static bool fits(uint64_t size)
{
	struct rlimit limit;

	return SYS_CALL(prlimit64, 0, RLIMIT_AS, NULL, &limit, 0, 0) != 0 ||
	       limit.rlim_cur == RLIM_INFINITY || size <= limit.rlim_cur / ADDRESS_SHARE;
}

/* Map the index. The seal against shrinking is what makes reading it safe. */
static bool map_index(int fd, uint64_t size)
{
	struct ci_map m = {.size = size};
	struct stat st;
	long seals = SYS_CALL(fcntl, fd, F_GET_SEALS, 0, 0, 0, 0);

	if (seals < 0 || !(seals & F_SEAL_SHRINK) || SYS_CALL(fstat, fd, &st, 0, 0, 0, 0) != 0 ||
	    size < sizeof(struct ci_header) || (uint64_t)st.st_size < size)
		return false;
	m.h = fits(size) ? sys_map(size, PROT_READ, MAP_SHARED, fd) : NULL;
	if (!m.h)
		return false;
	struct ci_view view = own_view();
	if (ci_map_check(&m) && ci_usable(&m) && m.h->uid == user && m.h->gid == group() &&
	    ci_same_view(&m, &view)) {
		attachment.map = m;
		return true;
	}
	sys_unmap(m.h, size);
	return false;
}

/*
 * A server that hangs must not cost each new process of the job the whole
 * timeout: after the session's deadline a greeting is answered at once.
 */
static int greeting_ms(void)
{
	struct timespec now;

	SYS_CALL(clock_gettime, CLOCK_REALTIME, &now, 0, 0, 0, 0);
	int64_t left = (session.deadline - now.tv_sec) * 1000;
	if (left < GREETING_LEAST_MS)
		left = GREETING_LEAST_MS;
	return left < timeout_ms ? (int)left : timeout_ms;
}

/* Say who we are; *index is the descriptor of the index that the server sends. */
static int hello(int pass, struct wire_reply *reply, int *index)
{
	const char *program = environment_program();
	size_t len = strlen(program);
	struct wire_request q = wire_request(WIRE_HELLO, WIRE_AUDITOR,
	                                     len < WIRE_PATH_MAX ? len : WIRE_PATH_MAX - 1);

	int err = connection_call(&connection, &q, program, pass, greeting_ms(), reply, index);
	if (err == 0 && reply->status != WIRE_LOOK)
		err = -ECONNREFUSED;
	return err;
}

/* Connect; while nobody listens yet and the deadline allows, try again. */
static int connect_in_time(void)
{
	struct timespec pause = {.tv_nsec = PAUSE_FIRST_NS}, now;

	for (;;) {
		int err = connection_open(&connection, &session, user, greeting_ms());
		if (err != -ECONNREFUSED && err != -EAGAIN)
			return err;
		SYS_CALL(clock_gettime, CLOCK_REALTIME, &now, 0, 0, 0, 0);
		if (now.tv_sec >= session.deadline)
			return err;
		SYS_CALL(nanosleep, &pause, NULL, 0, 0, 0, 0);
		if (pause.tv_nsec < PAUSE_LONGEST_NS)
			pause.tv_nsec += PAUSE_FIRST_NS;
	}
}

static bool join(void)
{
	struct wire_reply reply;
	int index = -1, err = connect_in_time();

	if (err != 0)
		return false;
	int page = make_counters();
	err = hello(page, &reply, &index);
	if (page >= 0)
		sys_close(page);
	attachment.server = connection.peer;
	bool joined = err == 0 && index >= 0 && map_index(index, reply.value);
	if (index >= 0)
		sys_close(index);
	if (!joined) {
		connection_close(&connection);
		if (counters)
			sys_unmap(counters, COUNTERS_BYTES);
	}
	return joined;
}

bool attach(void)
{
	char *value = environment_get(SESSION_ENV);
	const char *disable = environment_get("COLLFS_DISABLE");

	user = (uint32_t)SYS_CALL(geteuid, 0, 0, 0, 0, 0, 0);
	if (!value || !session_parse(value, &session) || (disable && strcmp(disable, "1") == 0) ||
	    environment_auxiliary(AT_SECURE, 1) != 0 || two_identities(user))
		return false;
	timeout_ms = 1000 * (int)decimal_get(environment_get("COLLFS_TIMEOUT"), TIMEOUT_MOST,
	                                     TIMEOUT_DEFAULT);
	if (join()) {
		say("attached to session", session.id);
		return true;
	}
	/* One wait is enough: neither the client nor a child shall wait again. */
	say("no server for session", session.id);
	session_forget(value);
	return false;
}

bool still_the_same(void)
{
	if (another || !attachment.map.h)
		return false;
	struct ci_view view = own_view();
	another = two_identities(user) || attachment.map.h->gid != group() ||
	          !ci_same_view(&attachment.map, &view);
	if (another)
		say("another identity or view than", session.id);
	return !another;
}

/*
 * The connection of this process. A fork child and a program that closed our
 * descriptor get a new one; the server is there or it is not, no waiting.
 */
static bool connected(void)
{
	struct wire_reply reply;
	int index = -1;

	if (connection_ours(&connection))
		return true;
	connection_close(&connection);
	if (connection_open(&connection, &session, user, greeting_ms()) != 0)
		return false;
	if (hello(-1, &reply, &index) != 0) {
		connection_close(&connection);
		return false;
	}
	if (index >= 0)
		sys_close(index);
	return true;
}

bool ask(enum wire_op op, uint32_t wire_flags, const char *path, size_t len, int *fd)
{
	struct wire_request q = wire_request(op, wire_flags, len);
	struct wire_reply reply;
	uint32_t flags = atomic_load_explicit(&attachment.map.h->flags, memory_order_acquire);

	*fd = -1;
	if (given_up || !ci_usable(&attachment.map) || (op != WIRE_FD && (flags & CI_FULL)))
		return false;
	if (!connected()) {
		given_up = true;
		return false;
	}
	if (connection_call(&connection, &q, path, -1, timeout_ms, &reply, fd) != 0) {
		say("no reply about", path);
		connection_close(&connection);
		given_up = true;
		return false;
	}
	return reply.status == WIRE_LOOK;
}
