#include "box_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A socket's address holds 108 bytes, less than a path may have: the directory is named by a
 * descriptor. */
static int with_address(const char *path, int (*use)(int, const struct sockaddr *, socklen_t))
{
	char directory[PATH_MAX], name[PATH_MAX];
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(directory, sizeof directory, "%s", path);
	snprintf(name, sizeof name, "%s", path);
	int at = open(dirname(directory), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return -1;
	int length = snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", at,
	                      basename(name));
	int fd = -1;
	if (length >= (int)sizeof address.sun_path)
		errno = ENAMETOOLONG;
	else
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && use(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		int error = errno;
		close(fd);
		fd = -1;
		errno = error;
	}
	int error = errno;
	close(at);
	errno = error;
	return fd;
}

int box_listen(const char *path)
{
	int fd = with_address(path, bind);

	if (fd >= 0 && listen(fd, SOMAXCONN) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int box_connect(const char *path)
{
	return with_address(path, connect);
}

bool box_send(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size > 0) {
		ssize_t n = send(fd, at, size, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

bool box_receive(int fd, void *data, size_t size)
{
	char *at = data;

	while (size > 0) {
		ssize_t n = recv(fd, at, size, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

union descriptor_space {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(3 * sizeof(int))];
};

bool box_send_request(int fd, const struct box_request *request, const int descriptors[3])
{
	union descriptor_space space = {0};
	struct iovec data = {.iov_base = (void *)request, .iov_len = sizeof *request};
	struct msghdr message = {.msg_iov = &data,
	                         .msg_iovlen = 1,
	                         .msg_control = space.bytes,
	                         .msg_controllen = sizeof space.bytes};
	struct cmsghdr *control = CMSG_FIRSTHDR(&message);

	control->cmsg_level = SOL_SOCKET;
	control->cmsg_type = SCM_RIGHTS;
	control->cmsg_len = CMSG_LEN(3 * sizeof(int));
	memcpy(CMSG_DATA(control), descriptors, 3 * sizeof(int));
	return sendmsg(fd, &message, MSG_NOSIGNAL) == (ssize_t)sizeof *request;
}

bool box_receive_request(int fd, struct box_request *request, int descriptors[3])
{
	union descriptor_space space = {0};
	struct iovec data = {.iov_base = request, .iov_len = sizeof *request};
	struct msghdr message = {.msg_iov = &data,
	                         .msg_iovlen = 1,
	                         .msg_control = space.bytes,
	                         .msg_controllen = sizeof space.bytes};

	if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL) != (ssize_t)sizeof *request)
		return false;
	const struct cmsghdr *control = CMSG_FIRSTHDR(&message);
	if (control == NULL || control->cmsg_type != SCM_RIGHTS ||
	    control->cmsg_len != CMSG_LEN(3 * sizeof(int)))
		return false;
	memcpy(descriptors, CMSG_DATA(control), 3 * sizeof(int));
	return request->size <= BOX_REQUEST_MAX;
}
