/* ask.c - see ask.h. */
#include "client/ask.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/attachment.h"
#include "client/count.h"
#include "client/owner.h"
#include "common/log.h"

#define TIMEOUT_DEFAULT 60 /* seconds; COLLFS_TIMEOUT */
#define HELLO_LEAST 5      /* seconds that a greeting may take in any case */

static struct {
	pthread_mutex_t lock;
	struct connection connection; /* under lock */
	struct session session;
	int timeout_s;
} asking = {.lock = PTHREAD_MUTEX_INITIALIZER, .connection = {.fd = -1}};

/* This thread is inside ask(): whoever interrupts it must not ask. */
static _Thread_local volatile bool inside;

void ask_fork_child(void)
{
	pthread_mutex_init(&asking.lock, NULL);
	connection_close(&asking.connection);
	inside = false;
}

/* What strerror says, without its locks and memory: signal handlers come here, too. */
static const char *describe(int err)
{
	const char *words = strerrordesc_np(err);

	return words ? words : "unknown error";
}

/* An old server's death and a session's regular end need no word from each process. */
static void give_up(int err)
{
	if (!served_index())
		return;
	log_warn("no answer from this node's server (%s): this process goes on without it",
	         describe(err));
	detach();
}

/*
 * A change could not be announced. The server may be alive, and come to it
 * later, with no word of what is changed from now on: that is what it is told
 * on the same connection, without waiting.
 */
static void give_up_telling(const struct connection *c)
{
	connection_leave(c);
	fall_silent();
}

/*
 * A server that hangs must not cost each new process of the job the whole
 * timeout: after the session's deadline a greeting is answered at once.
 */
static int hello_timeout_s(void)
{
	int64_t left = asking.session.deadline - (int64_t)time(NULL);

	if (left < HELLO_LEAST)
		left = HELLO_LEAST;
	return left < asking.timeout_s ? (int)left : asking.timeout_s;
}

static int hello(struct connection *c, int page_fd, struct wire_reply *reply, int *index_fd)
{
	const char *name = program_invocation_short_name;
	size_t len = strnlen(name, WIRE_PATH_MAX - 1);

	int err = connection_call(c, WIRE_HELLO, 0, name, len, page_fd, hello_timeout_s() * 1000,
	                          reply, index_fd);
	if (err != 0)
		return err;
	if (reply->status == WIRE_LOOK && *index_fd >= 0)
		return 0;
	if (*index_fd >= 0)
		close(*index_fd);
	return ECONNREFUSED;
}

int ask_init(const struct session *s, struct connection *c, uint64_t *index_size, int *index_fd)
{
	struct wire_reply reply;
	const char *timeout = getenv("COLLFS_TIMEOUT");
	const char *stats = getenv("COLLFS_STATS");

	asking.session = *s;
	asking.timeout_s = timeout ? atoi(timeout) : 0;
	if (asking.timeout_s <= 0 || asking.timeout_s > 86400)
		asking.timeout_s = TIMEOUT_DEFAULT;

	int page_fd = stats && *stats ? count_init() : -1;
	int err = hello(c, page_fd, &reply, index_fd);
	if (page_fd >= 0)
		close(page_fd);
	if (err != 0) {
		connection_close(c);
		return err;
	}
	*index_size = reply.value;
	asking.connection = *c;
	return 0;
}

void ask_end(void)
{
	connection_close(&asking.connection);
}

/* Under the lock: make sure of a connection that is ours. 0 or an errno. */
static int connected(void)
{
	struct connection *c = &asking.connection;
	struct wire_reply reply;
	int index_fd;

	if (connection_ours(c))
		return 0;
	int err = connection_open(c, &asking.session);
	if (err != 0)
		return err;
	if (c->server != attachment.server)
		err = ECONNRESET; /* not the one whose index we hold */
	if (err == 0)
		err = hello(c, -1, &reply, &index_fd);
	if (err == 0)
		close(index_fd);
	return err;
}

static bool lock_in_time(void)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += asking.timeout_s;
	return pthread_mutex_clocklock(&asking.lock, CLOCK_MONOTONIC, &end) == 0;
}

/* Errors of the moment, after which the next question may succeed. */
static bool passing(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM || err == ENOBUFS || err == EINTR;
}

void ask_be_connected(void)
{
	int saved = errno, old_state;

	if (inside || !owner_is_us())
		return;
	inside = true;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old_state);
	if (lock_in_time()) {
		if (connected() != 0)
			connection_close(&asking.connection);
		pthread_mutex_unlock(&asking.lock);
	}
	pthread_setcancelstate(old_state, NULL);
	inside = false;
	errno = saved;
}

/*
 * A process that shares or copied our memory without our knowing (vfork, clone),
 * or a signal handler that interrupted a question, must leave the connection
 * alone, but a change that it makes has to be told, and most vfork children
 * execute a program: by a connection of the moment, without the lock.
 */
static bool call_apart(enum wire_op op, uint32_t flags, const char *path, size_t len)
{
	struct connection c = CONNECTION_NONE;
	struct wire_reply reply;
	int got;

	int err = connection_open(&c, &asking.session);
	if (err == 0 && c.server == attachment.server)
		err = hello(&c, -1, &reply, &got);
	else if (err == 0)
		err = ECONNRESET;
	if (err == 0) {
		close(got);
		err = connection_call(&c, op, flags, path, len, -1, asking.timeout_s * 1000, &reply,
		                      &got);
		if (got >= 0)
			close(got);
	}
	/* Or the next one would wait as long. Any other error may be of a vfork child's
	 * own, who has changed its user, and is none of its parent's. */
	bool for_all = err == ETIMEDOUT || owner_is_us();
	if (err != 0 && !passing(err) && op == WIRE_MUTATE && for_all)
		give_up_telling(&c);
	connection_close(&c);
	if (err == ETIMEDOUT)
		give_up(err);
	return err == 0 && reply.status == WIRE_LOOK;
}

/* By the process's connection, under the lock. */
static bool call_in_turn(enum wire_op op, uint32_t flags, const char *path, size_t len, int *got)
{
	struct wire_reply reply;
	bool look = false;

	if (!lock_in_time()) {
		give_up(ETIMEDOUT);
		return op == WIRE_MUTATE && call_apart(op, flags, path, len);
	}
	count(COUNT_asked);
	int err = connected();
	if (err == 0)
		err = connection_call(&asking.connection, op, flags, path, len, -1,
		                      asking.timeout_s * 1000, &reply, got);
	if (err == 0) {
		look = reply.status == WIRE_LOOK;
	} else {
		if (!passing(err))
			give_up(err);
		if (!passing(err) && op == WIRE_MUTATE)
			give_up_telling(&asking.connection);
		connection_close(&asking.connection); /* a late reply must not be read */
	}
	pthread_mutex_unlock(&asking.lock);
	return look;
}

static bool call(enum wire_op op, uint32_t flags, const char *path, size_t len, bool or_apart,
                 int *got)
{
	int saved = errno, old_state;
	bool look;

	*got = -1;
	if (len >= WIRE_PATH_MAX)
		return false;
	/* Waiting is a cancellation point; a thread must not die with the lock, nor a
	 * vfork child run what its parent's thread has to do at its end. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old_state);
	if (inside || !owner_is_us()) {
		look = or_apart && call_apart(op, flags, path, len);
	} else {
		inside = true;
		look = call_in_turn(op, flags, path, len, got);
		inside = false;
	}
	pthread_setcancelstate(old_state, NULL);
	errno = saved;
	return look;
}

static bool call_without_fd(enum wire_op op, uint32_t flags, const char *path, size_t len,
                            bool or_apart)
{
	int got;
	bool look = call(op, flags, path, len, or_apart, &got);

	if (got >= 0)
		close(got);
	return look;
}

bool ask(enum wire_op op, uint32_t flags, const char *path, size_t len)
{
	return call_without_fd(op, flags, path, len, op == WIRE_MUTATE);
}

bool ask_for_program(enum wire_op op, uint32_t flags, const char *path, size_t len)
{
	uint32_t index = atomic_load_explicit(&attachment.map.h->flags, memory_order_relaxed);

	return !(index & CI_FULL) && call_without_fd(op, flags, path, len, true);
}

int ask_fd(const char *path, size_t len)
{
	int got;

	call(WIRE_FD, 0, path, len, false, &got);
	return got;
}
