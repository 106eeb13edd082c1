/* box-run [--with-parent] SOCKET COMMAND [ARGUMENT...]: runs a command in the node whose box-init
 * listens on SOCKET.
 *
 * The command gets this process's standard descriptors, environment and working directory;
 * signals sent here reach it, and its exit status becomes ours.  With --with-parent, the command
 * ends when the parent of this process does.
 */
#include "box_wire.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static const int forwarded[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
                                SIGUSR1, SIGUSR2, SIGCONT, SIGALRM};

static int block_forwarded(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof forwarded / sizeof *forwarded; i++)
		sigaddset(&set, forwarded[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		err(255, "signalfd");
	return fd;
}

/* Dying at once is enough: box-init sees the connection close and ends the command. */
static void die_with_parent(void)
{
	pid_t parent = getppid();

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		exit(255);
}

static size_t size_of(char **vector, uint32_t *count)
{
	size_t size = 0;

	for (*count = 0; vector[*count] != NULL; (*count)++)
		size += strlen(vector[*count]) + 1;
	return size;
}

static char *append(char *to, char **vector)
{
	for (; *vector != NULL; vector++)
		to = stpcpy(to, *vector) + 1;
	return to;
}

static void send_command(int server, char **arguments)
{
	static const int descriptors[3] = {0, 1, 2};
	char current[PATH_MAX];
	char *directory[] = {getcwd(current, sizeof current) ? current : "/", NULL};
	struct box_request request;
	uint32_t one;

	size_t size = size_of(directory, &one) + size_of(arguments, &request.arguments) +
	              size_of(environ, &request.variables);
	if (size > BOX_REQUEST_MAX)
		errx(255, "arguments and environment are too long");
	request.size = (uint32_t)size;
	char *strings = malloc(size);
	if (strings == NULL)
		err(255, "malloc");
	append(append(append(strings, directory), arguments), environ);
	if (!box_send_request(server, &request, descriptors) || !box_send(server, strings, size))
		err(255, "cannot send the command");
	free(strings);
}

static int await_status(int server, int signals)
{
	struct pollfd both[2] = {{.fd = server, .events = POLLIN},
	                         {.fd = signals, .events = POLLIN}};
	struct signalfd_siginfo info;
	int status;

	for (;;) {
		if (poll(both, 2, -1) < 0)
			continue;
		if (both[0].revents) {
			if (!box_receive(server, &status, sizeof status))
				errx(255, "the node is gone");
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		}
		if (both[1].revents && read(signals, &info, sizeof info) == (ssize_t)sizeof info) {
			unsigned char number = (unsigned char)info.ssi_signo;
			box_send(server, &number, 1);
		}
	}
}

int main(int argc, char **argv)
{
	int first = 1;

	if (argc > 1 && strcmp(argv[1], "--with-parent") == 0) {
		die_with_parent();
		first++;
	}
	if (argc - first < 2)
		errx(255, "usage: box-run [--with-parent] SOCKET COMMAND [ARGUMENT...]");
	int signals = block_forwarded();
	int server = box_connect(argv[first]);
	if (server < 0)
		err(255, "cannot reach the node at %s", argv[first]);
	send_command(server, argv + first + 1);
	return await_status(server, signals);
}
