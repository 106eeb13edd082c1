/* pass.c - descriptors that go to other programs and processes. */
#include "descriptor.h"

#include <limits.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void say_program(void)
{
	char link[PATH_MAX], comm[17] = "";
	ssize_t n = readlink("/proc/self/exe", link, sizeof(link));

	prctl(PR_GET_NAME, comm);
	printf("exe %.*s execfn %s comm %s\n", (int)n, link, (const char *)getauxval(AT_EXECFN),
	       comm);
}

int inherited_child(int fd)
{
	char link[64], name[PATH_MAX] = "", buf[8];
	struct stat st;

	say_program();
	if (fstat(fd, &st) != 0)
		return printf("no descriptor: %s\n", result(-1)) < 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, name, sizeof(name) - 1) < 0)
		return 1;
	printf("child: %s ino %lu nlink %lu size %ld at %ld, reads %zd\n", name, st.st_ino,
	       st.st_nlink, st.st_size, lseek(fd, 0, SEEK_CUR), read(fd, buf, 5));
	return 0;
}

static void run_child(void *arg)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", *(int *)arg);
	execl(self, self, "inherited", number, NULL);
}

void inherited(void)
{
	int fd = served("data", O_RDONLY), cloexec = served("data", O_RDONLY | O_CLOEXEC);

	lseek(fd, 10, SEEK_SET);
	in_child("inherited", run_child, &fd);
	say("at %ld", lseek(fd, 0, SEEK_CUR));
	in_child("closed on exec", run_child, &cloexec);
	close(fd);
	close(cloexec);
	in_child("shell", (void (*)(void *))(void *)system, (void *)"read line </dev/null; exit 3");
}

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static struct msghdr message_of(struct iovec *part, union control *control)
{
	memset(control, 0, sizeof(*control));
	return (struct msghdr){.msg_iov = part,
	                       .msg_iovlen = 1,
	                       .msg_control = control,
	                       .msg_controllen = sizeof(*control)};
}

static void receive(void *arg)
{
	const int *pair = arg;
	char byte;
	struct iovec part = {&byte, 1};
	union control control;
	struct msghdr message = message_of(&part, &control);
	int fd = -1;

	if (recvmsg(pair[1], &message, 0) == 1)
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	say_stat("received", fd);
	say("reads %s at %ld", result(read(fd, &byte, 1)), lseek(fd, 0, SEEK_CUR));
	close(fd);
}

void sent(void)
{
	int fd = served("data", O_RDONLY), pair[2];
	struct iovec part = {"x", 1};
	union control control;
	struct msghdr message = message_of(&part, &control);

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		return;
	control.head = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
	                                .cmsg_type = SCM_RIGHTS,
	                                .cmsg_len = CMSG_LEN(sizeof(int))};
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	say("sent %s", result(sendmsg(pair[0], &message, 0)));
	in_child("receiver", receive, pair);
	say("at %ld", lseek(fd, 0, SEEK_CUR));
	close(fd);
	close(pair[0]);
	close(pair[1]);
}

static void take(void *arg)
{
	int parent = (int)syscall(SYS_pidfd_open, getppid(), 0);
	int fd = (int)syscall(SYS_pidfd_getfd, parent, *(int *)arg, 0);

	if (fd < 0) {
		say("pidfd_getfd %s", result(fd));
		return;
	}
	say_stat("taken", fd);
}

void taken(void)
{
	int fd = served("data", O_RDONLY);

	in_child("pidfd_getfd", take, &fd);
	close(fd);
}
