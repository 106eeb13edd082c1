/* clients.c - see clients.h. */
#include "server/clients.h"
#include "common/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utlist.h>

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static void watch_listener(struct clients *cs, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = &cs->listener};

	epoll_ctl(cs->epoll, EPOLL_CTL_MOD, cs->listener, &event);
	cs->deaf = events == 0;
}

int clients_listen(struct clients *cs, const struct session *session, int epoll)
{
	socklen_t len;
	struct sockaddr_un address = session_address(session, geteuid(), "", &len);
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = &cs->listener};

	cs->epoll = epoll;
	cs->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (cs->listener < 0)
		return -1;
	if (bind(cs->listener, (struct sockaddr *)&address, len) == 0 &&
	    listen(cs->listener, SOMAXCONN) == 0 &&
	    epoll_ctl(epoll, EPOLL_CTL_ADD, cs->listener, &event) == 0)
		return 0;
	int err = errno;
	close(cs->listener);
	cs->listener = -1;
	errno = err;
	return -1;
}

void clients_accept(struct clients *cs)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int fd = accept4(cs->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
			log_warn("no more processes can be served for now: %s", strerror(errno));
			watch_listener(cs, 0); /* or it would be ready for ever */
		}
		return;
	}
	struct client *c = NULL;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0 || cred.uid != geteuid()) {
		log_warn("connection of another user refused");
		goto refuse;
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		goto refuse;
	c->fd = fd;
	c->pid = cred.pid;
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
	if (epoll_ctl(cs->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		goto refuse;
	DL_APPEND(cs->list, c);
	return;
refuse:
	free(c);
	close(fd);
}

static void end(struct clients *cs, struct client *c, const struct clients_handler *h)
{
	h->gone(h->context, c);
	DL_DELETE(cs->list, c);
	close(c->fd);
	free(c);
	if (cs->deaf)
		watch_listener(cs, EPOLLIN);
}

/* The one descriptor that came along, or -1; more than one are not wanted. */
static int passed_descriptor(struct msghdr *msg)
{
	int fd = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			if (fd >= 0)
				close(fd);
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
		}
	}
	return fd;
}

void clients_read(struct clients *cs, struct client *c, const struct clients_handler *h)
{
	_Alignas(struct wire_request) char packet[WIRE_REQUEST_MAX];
	union control control;
	struct iovec iov = {.iov_base = packet, .iov_len = sizeof(packet)};
	struct msghdr msg = {.msg_iov = &iov,
	                     .msg_iovlen = 1,
	                     .msg_control = &control,
	                     .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end(cs, c, h);
		return;
	}
	int fd = passed_descriptor(&msg);
	const char *path = wire_check_request(packet, (size_t)n);
	if (!path || (msg.msg_flags & MSG_TRUNC)) {
		log_warn("malformed request of %zd bytes from process %ld: connection ended", n,
		         (long)c->pid);
		if (fd >= 0)
			close(fd);
		end(cs, c, h);
		return;
	}
	const struct wire_request *q = (const struct wire_request *)packet;
	h->request(h->context, c, (enum wire_op)q->op, q->flags, path, q->path_len, fd);
}

void clients_close(struct clients *cs, const struct clients_handler *h)
{
	while (cs->list)
		end(cs, cs->list, h);
	if (cs->listener >= 0)
		close(cs->listener);
	cs->listener = -1;
}

void client_reply(struct client *c, enum wire_op op, enum wire_status status, uint64_t value,
                  int fd, const void *extra, size_t extra_len)
{
	struct wire_reply reply = {.magic = WIRE_MAGIC,
	                           .version = WIRE_VERSION,
	                           .op = (uint16_t)op,
	                           .status = status,
	                           .value = value};
	union control control = {.head = {.cmsg_level = SOL_SOCKET,
	                                  .cmsg_type = SCM_RIGHTS,
	                                  .cmsg_len = CMSG_LEN(sizeof(int))}};
	struct iovec iov[2] = {{.iov_base = &reply, .iov_len = sizeof(reply)},
	                       {.iov_base = (void *)extra, .iov_len = extra_len}};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = extra_len ? 2 : 1};

	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control.room);
	}
	/* A client has one request at a time, so its buffer has room. If it cannot
	 * be answered all the same, it must not wait: its end is the next event. */
	if (sendmsg(c->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		log_debug("no reply to process %ld: %s", (long)c->pid, strerror(errno));
		shutdown(c->fd, SHUT_RDWR);
	}
}
