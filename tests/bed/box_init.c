/* box-init SOCKET: the first process of a node of the test bed.
 *
 * It reaps orphans and runs the commands that box-run asks for on SOCKET, as sshd would: every
 * command gets a session of its own, and a client that goes away takes its command with it. 
 * Commands that made themselves a session of their own (daemons) stay.  Ends only by SIGKILL, and
 * the kernel then ends the whole node.
 */
#include "box_wire.h"

#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a command may take to end after its client has gone. */
enum { GRACE_MS = 2000 };

struct command {
	int descriptors[3];
	char *strings; /* owns what the vectors point into */
	const char *directory;
	char **arguments;
	char **variables;
};

static void default_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* The node's set-up may have been started with some ignored. */
	for (int number = 1; number < SIGRTMIN; number++)
		signal(number, SIG_DFL);
}

/* Points `vector` at the next `count` strings; returns what follows, or NULL when there are
 * not so many. */
static char *split(char *at, const char *end, char **vector, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		char *nul = at < end ? memchr(at, '\0', (size_t)(end - at)) : NULL;
		if (nul == NULL)
			return NULL;
		vector[i] = at;
		at = nul + 1;
	}
	vector[count] = NULL;
	return at;
}

static bool receive_command(int client, struct command *command)
{
	struct box_request request;

	if (!box_receive_request(client, &request, command->descriptors))
		return false;
	if (request.arguments == 0 || request.arguments > request.size ||
	    request.variables > request.size)
		return false;
	command->strings = malloc(request.size + 1);
	command->arguments = calloc(request.arguments + (size_t)1, sizeof(char *));
	command->variables = calloc(request.variables + (size_t)1, sizeof(char *));
	if (!command->strings || !command->arguments || !command->variables)
		return false;
	if (!box_receive(client, command->strings, request.size))
		return false;

	const char *end = command->strings + request.size;
	char *directory[2];
	char *at = split(command->strings, end, directory, 1);
	at = at ? split(at, end, command->arguments, request.arguments) : NULL;
	at = at ? split(at, end, command->variables, request.variables) : NULL;
	command->directory = directory[0];
	return at != NULL;
}

static _Noreturn void execute(const struct command *command)
{
	setsid();
	default_signals();
	for (int fd = 0; fd < 3; fd++)
		if (dup2(command->descriptors[fd], fd) < 0)
			_exit(126);
	/* The caller's directory may be one that only its own node has. */
	if (chdir(command->directory) != 0 && chdir("/") != 0)
		_exit(126);
	environ = command->variables;
	execvp(command->arguments[0], command->arguments);
	int error = errno;
	dprintf(2, "box: cannot run %s: %s\n", command->arguments[0], strerror(error));
	_exit(error == ENOENT ? 127 : 126);
}

static pid_t session_of(const char *pid)
{
	char path[64], text[512];
	int session = 0;

	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	/* The name before the last parenthesis may contain anything. */
	const char *after = strrchr(text, ')');
	if (after == NULL || sscanf(after + 1, " %*c %*d %*d %d", &session) != 1)
		return 0;
	return session;
}

static void kill_session(pid_t session)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (proc == NULL)
		return;
	while ((entry = readdir(proc)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    session_of(entry->d_name) == session)
			kill(atoi(entry->d_name), SIGKILL);
	closedir(proc);
}

/* Waits until the command ends, for at most `milliseconds` without news of it.  Returns false
 * when it still runs. */
static bool ended_within(pid_t pid, int *status, int child_ended, int milliseconds)
{
	struct pollfd poll_child = {.fd = child_ended, .events = POLLIN};
	struct signalfd_siginfo info;

	while (waitpid(pid, status, WNOHANG) != pid) {
		if (poll(&poll_child, 1, milliseconds) <= 0)
			return false;
		if (read(child_ended, &info, sizeof info) < 0)
			return false;
	}
	return true;
}

static void abandon(pid_t pid, int child_ended)
{
	int status;

	kill(-pid, SIGHUP);
	kill(-pid, SIGCONT);
	bool ended = ended_within(pid, &status, child_ended, GRACE_MS);
	kill_session(pid);
	if (!ended)
		waitpid(pid, &status, 0);
}

/* Passes signals on until the command ends or the client goes away. */
static void attend(int client, pid_t pid, int child_ended)
{
	struct pollfd both[2] = {{.fd = client, .events = POLLIN},
	                         {.fd = child_ended, .events = POLLIN}};
	unsigned char number;
	int status;

	for (;;) {
		if (poll(both, 2, -1) < 0)
			continue;
		if (both[1].revents && ended_within(pid, &status, child_ended, 0)) {
			box_send(client, &status, sizeof status);
			return;
		}
		if (both[0].revents) {
			if (!box_receive(client, &number, 1)) {
				abandon(pid, child_ended);
				return;
			}
			kill(-pid, number);
		}
	}
}

static _Noreturn void serve(int client)
{
	struct command command = {0};
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	int child_ended = signalfd(-1, &child, SFD_CLOEXEC);
	if (child_ended < 0 || !receive_command(client, &command))
		_exit(1);
	pid_t pid = fork();
	if (pid < 0)
		_exit(1);
	if (pid == 0)
		execute(&command);
	/* Whoever reads what the command writes must see the end when the command closes it. */
	for (int i = 0; i < 3; i++)
		close(command.descriptors[i]);
	attend(client, pid, child_ended);
	_exit(0);
}

/* Tells who waits on our standard output that commands are accepted, and lets go of the
 * caller's descriptors. */
static void report_ready(void)
{
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		err(1, "cannot report readiness");
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		err(1, "/dev/null");
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	close(null);
}

int main(int argc, char **argv)
{
	sigset_t child;

	if (argc != 2)
		errx(2, "usage: box-init SOCKET");
	int listener = box_listen(argv[1]);
	if (listener < 0)
		err(1, "cannot listen on %s", argv[1]);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	int child_ended = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (child_ended < 0)
		err(1, "signalfd");
	report_ready();

	struct pollfd both[2] = {{.fd = listener, .events = POLLIN},
	                         {.fd = child_ended, .events = POLLIN}};
	for (;;) {
		struct signalfd_siginfo info;

		if (poll(both, 2, -1) < 0)
			continue;
		if (both[1].revents && read(child_ended, &info, sizeof info) > 0)
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
		if (both[0].revents) {
			int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
			if (client >= 0 && fork() == 0)
				serve(client);
			if (client >= 0)
				close(client);
		}
	}
}
