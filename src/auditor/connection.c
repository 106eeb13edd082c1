/* connection.c - see connection.h. */
#include "auditor/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "auditor/syscalls.h"

/* High, but not so high that the kernel grows the table of descriptors for it. */
#define FD_CEILING 1024
#define FD_ROOM 24

/* A descriptor as SCM_RIGHTS carries it. */
union fd_control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static int move_high(int fd)
{
	struct rlimit limit;
	int ceiling = FD_CEILING;

	if (SYS_CALL(prlimit64, 0, RLIMIT_NOFILE, NULL, &limit, 0, 0) == 0 &&
	    limit.rlim_cur < FD_CEILING)
		ceiling = (int)limit.rlim_cur;
	int high = (int)SYS_CALL(fcntl, fd, F_DUPFD_CLOEXEC,
	                         ceiling > FD_ROOM ? ceiling - FD_ROOM : 0, 0, 0, 0);
	if (high < 0)
		return fd; /* the limit is all in use: stay where we are */
	sys_close(fd);
	return high;
}

int connection_open(struct connection *c, const struct session *s, uint32_t uid, int timeout_ms)
{
	socklen_t len, peer_len = sizeof(struct ucred);
	struct sockaddr_un address = session_address(s, uid, "", &len);
	struct timespec patience = {.tv_sec = timeout_ms / 1000};
	struct ucred peer;
	struct stat st;

	int fd = (int)SYS_CALL(socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, 0, 0, 0);
	if (fd < 0)
		return fd;
	/* connect waits for a place in the server's queue; not for ever. */
	SYS_CALL(setsockopt, fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience), 0);
	int err = (int)SYS_CALL(connect, fd, &address, len, 0, 0, 0);
	if (err == 0)
		err = (int)SYS_CALL(getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_len, 0);
	if (err == 0 && peer.uid != uid)
		err = -EPERM;
	if (err == 0) {
		fd = move_high(fd);
		err = (int)SYS_CALL(fstat, fd, &st, 0, 0, 0, 0);
	}
	if (err != 0) {
		sys_close(fd);
		return err;
	}
	*c = (struct connection){
		.fd = fd,
		.owner = (int32_t)SYS_CALL(getpid, 0, 0, 0, 0, 0, 0),
		.peer = peer.pid,
		.ino = st.st_ino,
	};
	return 0;
}

static bool same_socket(const struct connection *c)
{
	struct stat st;

	return c->fd >= 0 && SYS_CALL(fstat, c->fd, &st, 0, 0, 0, 0) == 0 && S_ISSOCK(st.st_mode) &&
	       st.st_ino == c->ino;
}

bool connection_ours(const struct connection *c)
{
	return same_socket(c) && SYS_CALL(getpid, 0, 0, 0, 0, 0, 0) == c->owner;
}

void connection_close(struct connection *c)
{
	if (same_socket(c))
		sys_close(c->fd);
	*c = CONNECTION_NONE;
}

static int send_request(int fd, const struct wire_request *q, const char *path, int pass)
{
	struct iovec parts[] = {{(void *)q, sizeof(*q)}, {(void *)path, q->path_len}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	union fd_control control;
	long n;

	if (pass >= 0) {
		memset(&control, 0, sizeof(control));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.head), &pass, sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	do
		n = SYS_CALL(sendmsg, fd, &message, MSG_NOSIGNAL, 0, 0, 0);
	while (n == -EINTR);
	return n < 0 ? (int)n : 0;
}

static int64_t now_ms(void)
{
	struct timespec t = {0};

	SYS_CALL(clock_gettime, CLOCK_MONOTONIC, &t, 0, 0, 0, 0);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int wait_readable(int fd, int timeout_ms)
{
	int64_t end = now_ms() + timeout_ms;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	for (;;) {
		int64_t left = end - now_ms();
		if (left < 0)
			left = 0;
		struct timespec t = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
		long n = SYS_CALL(ppoll, &p, 1, &t, NULL, 0, 0);
		if (n > 0)
			return 0;
		if (n == 0)
			return -ETIMEDOUT;
		if (n != -EINTR)
			return (int)n;
	}
}

static int receive_reply(int fd, enum wire_op op, struct wire_reply *reply, int *got)
{
	struct iovec part = {reply, sizeof(*reply)};
	union fd_control control;
	struct msghdr message = {.msg_iov = &part,
	                         .msg_iovlen = 1,
	                         .msg_control = &control,
	                         .msg_controllen = sizeof(control)};
	long n;

	do
		n = SYS_CALL(recvmsg, fd, &message, MSG_CMSG_CLOEXEC, 0, 0, 0);
	while (n == -EINTR);
	if (n < 0)
		return (int)n;
	if (message.msg_controllen >= CMSG_LEN(sizeof(int)) &&
	    control.head.cmsg_level == SOL_SOCKET && control.head.cmsg_type == SCM_RIGHTS)
		memcpy(got, CMSG_DATA(&control.head), sizeof(int));
	if (n == 0)
		return -ECONNRESET;
	if ((message.msg_flags & MSG_TRUNC) || !wire_check_reply(reply, (size_t)n, op))
		return -EPROTO;
	return 0;
}

int connection_call(const struct connection *c, const struct wire_request *q, const char *path,
                    int pass, int timeout_ms, struct wire_reply *reply, int *got)
{
	*got = -1;
	int err = send_request(c->fd, q, path, pass);
	if (err == 0)
		err = wait_readable(c->fd, timeout_ms);
	if (err == 0)
		err = receive_reply(c->fd, (enum wire_op)q->op, reply, got);
	if (err != 0 && *got >= 0) {
		sys_close(*got);
		*got = -1;
	}
	return err;
}
