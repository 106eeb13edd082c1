/* coherence_ways.c - who does an action, and how the rank hears of it; see coherence.h. */
#include "coherence.h"

#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *program;
static int companion = -1; /* our end of its socket */
static char *shared;       /* what children say */

static void serve(int fd)
{
	struct action x;
	char said[SAID_LEN];

	while (read(fd, &x, sizeof(x)) == sizeof(x)) {
		said[0] = '\0';
		act(&x, said);
		if (write(fd, said, strlen(said) + 1) < 0)
			break;
	}
	_exit(0);
}

void ways_begin(const char *self)
{
	int ends[2];
	sigset_t set;

	program = self;
	shared = mmap(NULL, SAID_LEN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (shared == MAP_FAILED || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) {
		perror("coherence");
		exit(1);
	}
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		serve(ends[1]);
	}
	close(ends[1]);
	companion = ends[0];
}

void ways_end(void)
{
	close(companion);
	while (wait(NULL) > 0)
		;
}

static void by_fork(const struct action *x, char said[SAID_LEN], bool by_signal)
{
	pid_t pid = fork();

	if (pid == 0) {
		act(x, shared);
		if (by_signal) {
			kill(getppid(), SIGUSR2);
			pause(); /* it is the signal that tells, not the end */
		}
		_exit(0);
	}
	if (by_signal) {
		sigset_t set;
		struct timespec limit = {.tv_sec = 120};
		sigemptyset(&set);
		sigaddset(&set, SIGUSR2);
		if (sigtimedwait(&set, NULL, &limit) < 0)
			strcpy(shared, "no signal");
		strcpy(said, shared);
		kill(pid, SIGKILL);
	}
	waitpid(pid, NULL, 0);
	strcpy(said, shared);
}

/* The child uses our memory, as programs do that should not. */
static void by_vfork(const struct action *x, char said[SAID_LEN])
{
	volatile pid_t pid = vfork();

	if (pid == 0) {
		act(x, said);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void by_companion(const struct action *x, char said[SAID_LEN])
{
	if (write(companion, x, sizeof(*x)) < 0 || read(companion, said, SAID_LEN) <= 0)
		strcpy(said, "the companion does not answer");
}

static void by_spawn(const struct action *x, char said[SAID_LEN])
{
	posix_spawn_file_actions_t actions;
	char number[4][16];
	int ends[2];
	pid_t pid;
	ssize_t n, got = 0;

	snprintf(number[0], 16, "%d", x->kind);
	snprintf(number[1], 16, "%d", x->spelling);
	snprintf(number[2], 16, "%d", x->area);
	snprintf(number[3], 16, "%d", x->n);
	char *argv[] = {(char *)program,     "--act",
	                (char *)top,         (char *)top_linked,
	                (char *)top_outside, number[0],
	                number[1],           number[2],
	                number[3],           (char *)x->base,
	                (char *)x->a,        (char *)x->b,
	                (char *)x->text,     NULL};
	if (pipe(ends) != 0)
		return;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	int err = posix_spawn(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	while (err == 0 && (n = read(ends[0], said + got, (size_t)(SAID_LEN - 1 - got))) > 0)
		got += n;
	said[got] = '\0';
	close(ends[0]);
	if (err == 0)
		waitpid(pid, NULL, 0);
}

int act_main(char **argv)
{
	struct action x = {.kind = atoi(argv[5]),
	                   .spelling = atoi(argv[6]),
	                   .area = atoi(argv[7]),
	                   .n = atoi(argv[8])};
	char said[SAID_LEN] = "";

	top = argv[2];
	top_linked = argv[3];
	top_outside = argv[4];
	strcpy(x.base, argv[9]);
	strcpy(x.a, argv[10]);
	strcpy(x.b, argv[11]);
	strcpy(x.text, argv[12]);
	act(&x, said);
	fputs(said, stdout);
	return 0;
}

static void by_shell(const struct action *x, char said[SAID_LEN])
{
	char command[1024], quiet[1024 + 64];

	strcpy(said, "no command");
	if (act_command(x, command)) {
		snprintf(quiet, sizeof(quiet), "exec 2>/dev/null </dev/null; %s", command);
		strcpy(said, system(quiet) == 0 ? "ok" : "fails");
	}
}

struct task {
	const struct action *x;
	char *said;
};

static void *run(void *task)
{
	act(((struct task *)task)->x, ((struct task *)task)->said);
	return NULL;
}

static void by_thread(const struct action *x, char said[SAID_LEN])
{
	struct task task = {x, said};
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, &task) == 0)
		pthread_join(thread, NULL);
}

void act_by(enum method by, const struct action *x, char said[SAID_LEN])
{
	said[0] = shared[0] = '\0';
	switch (by) {
	case THREAD:
		by_thread(x, said);
		break;
	case FORK:
	case SIGNAL:
		by_fork(x, said, by == SIGNAL);
		break;
	case COMPANION:
		by_companion(x, said);
		break;
	case VFORK:
		by_vfork(x, said);
		break;
	case SPAWN:
		by_spawn(x, said);
		break;
	case SHELL:
		by_shell(x, said);
		break;
	default:
		act(x, said);
	}
}
