/* spawn.c - see spawn.h. */
#include "launcher/spawn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"

static const int taken[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGUSR1,
                            SIGUSR2, SIGTSTP, SIGCONT, SIGALRM, SIGCHLD};
static sigset_t mask_before;
static bool mask_known;

int spawn_exec(char *const *argv, char *const *env)
{
	if (mask_known)
		sigprocmask(SIG_SETMASK, &mask_before, NULL);
	execvpe(argv[0], argv, env);
	int err = errno;
	log_error("cannot run %s: %s", argv[0], strerror(err));
	return err == ENOENT ? 127 : 126;
}

static void place(int fd, int number)
{
	if (fd >= 0 && dup2(fd, number) < 0)
		_exit(126);
}

static _Noreturn void child(const struct spawn *what, pid_t parent)
{
	/* Set first, then asked: a parent that died in between is noticed. */
	prctl(PR_SET_PDEATHSIG, what->death_signal);
	if (getppid() != parent)
		_exit(126);
	if (what->own_group)
		setpgid(0, 0);
	place(what->in, 0);
	place(what->out, 1);
	place(what->err, 2);
	_exit(spawn_exec(what->argv, what->env));
}

pid_t spawn_start(const struct spawn *what)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		child(what, parent);
	/* In both processes, so that the group exists whoever comes first. */
	if (pid > 0 && what->own_group)
		setpgid(pid, pid);
	return pid;
}

int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(&set, taken[i]);
	/* Ignored by who started us, ends of children would not be told. */
	signal(SIGCHLD, SIG_DFL);
	if (sigprocmask(SIG_BLOCK, &set, &mask_before) != 0)
		return -1;
	mask_known = true;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool signals_take(int fd, pid_t child_pid)
{
	struct signalfd_siginfo info;
	bool end = false;

	while (read(fd, &info, sizeof(info)) == sizeof(info)) {
		int number = (int)info.ssi_signo;
		if (number == SIGCHLD)
			continue;
		end |= number == SIGINT || number == SIGTERM || number == SIGHUP ||
		       number == SIGQUIT;
		if (child_pid > 0 && info.ssi_code <= 0)
			kill(child_pid, number);
	}
	return end;
}

void end_as(int status)
{
	if (WIFSIGNALED(status)) {
		/* The child has left its core; ours would only hide it. */
		const struct rlimit none = {0, 0};
		int number = WTERMSIG(status);
		sigset_t set;

		setrlimit(RLIMIT_CORE, &none);
		signal(number, SIG_DFL);
		sigemptyset(&set);
		sigaddset(&set, number);
		raise(number);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		exit(128 + number);
	}
	exit(WEXITSTATUS(status));
}
