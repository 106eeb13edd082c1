/* connection.c - see connection.h. */
#include "client/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "client/quiet.h"
#include "client/real.h"

/*
 * High, but not so high that the kernel would have to grow the process's table
 * of descriptors to megabytes for one socket.
 */
#define FD_CEILING 1024
#define FD_ROOM 24

static int move_high(int fd)
{
	struct rlimit limit;
	int ceiling = FD_CEILING;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < FD_CEILING)
		ceiling = (int)limit.rlim_cur;
	int high = real()->fcntl(fd, F_DUPFD_CLOEXEC,
	                         ceiling > 2 * FD_ROOM ? ceiling - FD_ROOM : ceiling / 2);
	if (high < 0)
		return fd; /* the limit is all in use: stay where we are */
	close(fd);
	return high;
}

int connection_open(struct connection *c, const struct session *s)
{
	socklen_t len;
	struct sockaddr_un address = session_address(s, (uint32_t)geteuid(), "", &len);
	struct timeval send_limit = {.tv_sec = CONNECTION_SEND_S};
	struct ucred peer;
	socklen_t peer_len = sizeof(peer);
	struct stat st;
	int err;

	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	/* For connect(2) as well, which would wait for ever for a server that hangs. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send_limit, sizeof(send_limit)) != 0 ||
	    connect(fd, (struct sockaddr *)&address, len) != 0)
		goto fail;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_len) != 0)
		goto fail;
	if (peer.uid != geteuid()) {
		errno = EPERM;
		goto fail;
	}
	fd = move_high(fd);
	if (real()->fstat(fd, &st) != 0)
		goto fail;
	*c = (struct connection){.fd = fd, .dev = st.st_dev, .ino = st.st_ino, .server = peer.pid};
	return 0;
fail:
	err = errno;
	close(fd);
	return err;
}

bool connection_ours(const struct connection *c)
{
	struct stat st;

	return c->fd >= 0 && real()->fstat(c->fd, &st) == 0 && S_ISSOCK(st.st_mode) &&
	       st.st_dev == c->dev && st.st_ino == c->ino;
}

bool connection_is_to_server(int fd)
{
	struct sockaddr_un peer;
	socklen_t len = sizeof(peer);
	int before = errno;
	bool is = getpeername(fd, (struct sockaddr *)&peer, &len) == 0 &&
	          session_is_address(&peer, len);

	errno = before;
	return is;
}

void connection_close(struct connection *c)
{
	if (connection_ours(c))
		quiet_close(c->fd); /* also in a fork child */
	*c = CONNECTION_NONE;
}

/* Room for one descriptor beside a message. */
union fd_control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static int send_request(int fd, const struct wire_request *q, const char *path, int pass)
{
	struct iovec parts[] = {{(void *)q, sizeof(*q)}, {(void *)path, q->path_len}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	union fd_control control;

	if (pass >= 0) {
		memset(&control, 0, sizeof(control));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(head), &pass, sizeof(int));
	}
	while (sendmsg(fd, &message, MSG_NOSIGNAL) < 0) {
		if (errno != EINTR)
			return errno;
	}
	return 0;
}

void connection_leave(const struct connection *c)
{
	struct wire_request q = wire_request(WIRE_LEAVE, 0, 0);

	if (connection_ours(c))
		send(c->fd, &q, sizeof(q), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int wait_readable(int fd, int timeout_ms)
{
	int64_t end = now_ms() + timeout_ms;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	for (;;) {
		int64_t left = end - now_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);
		if (n > 0)
			return 0;
		if (n == 0)
			return ETIMEDOUT;
		if (errno != EINTR)
			return errno;
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
	ssize_t n;

	while ((n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC)) < 0) {
		if (errno != EINTR)
			return errno;
	}
	for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head;
	     head = CMSG_NXTHDR(&message, head)) {
		if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
		    head->cmsg_len == CMSG_LEN(sizeof(int)))
			memcpy(got, CMSG_DATA(head), sizeof(int));
	}
	if (n == 0)
		return ECONNRESET;
	if ((message.msg_flags & MSG_TRUNC) || !wire_check_reply(reply, (size_t)n, op))
		return EPROTO;
	return 0;
}

int connection_call(const struct connection *c, enum wire_op op, uint32_t flags, const char *path,
                    size_t len, int pass, int timeout_ms, struct wire_reply *reply, int *got)
{
	struct wire_request q = wire_request(op, flags, len);

	*got = -1;
	int err = send_request(c->fd, &q, path, pass);
	if (err == 0)
		err = wait_readable(c->fd, timeout_ms);
	if (err == 0)
		err = receive_reply(c->fd, op, reply, got);
	if (err != 0 && *got >= 0) {
		close(*got);
		*got = -1;
	}
	return err;
}
