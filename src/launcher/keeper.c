/* keeper.c - see keeper.h. */
#include "launcher/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "launcher/sessions.h"
#include "launcher/spawn.h"

/* What the keeper says when all is well; anything else is a complaint. */
#define READY_WORD "ready"

/* Cut the ties to the shell that called: its terminal, descriptors and directory. */
static bool detach(int keep)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || setsid() < 0)
		return false;
	for (int fd = 0; fd <= 2; fd++)
		if (dup2(null, fd) < 0)
			return false;
	/* A shell waits for the end of what `collfs start` prints: nobody else may
	 * hold that, or any other descriptor of its, open. */
	if (keep > 3)
		close_range(3, (unsigned)keep - 1, 0);
	close_range((unsigned)keep + 1, ~0u, 0);
	return true;
}

static void say(int *fd, const char *text)
{
	if (*fd < 0)
		return;
	if (write(*fd, text, strlen(text)) < 0)
		errno = 0; /* the caller was killed: `collfs stop` still works */
	close(*fd);
	*fd = -1;
}

/* Serve until asked to end. */
static void keep(struct servers *s, int control, int signals, int caller, long seconds)
{
	time_t deadline = time(NULL) + seconds;
	int asking = -1;

	while (asking < 0 && !servers_ended(s)) {
		struct pollfd fds[4];

		servers_poll(s, fds);
		fds[2] = (struct pollfd){.fd = signals, .events = POLLIN};
		fds[3] = (struct pollfd){.fd = control, .events = POLLIN};
		poll(fds, 4, caller >= 0 ? 200 : -1);
		servers_read(s);
		if (signals_take(signals, 0))
			break;
		asking = control_accept(control);
		if (s->ready)
			say(&caller, READY_WORD);
		else if (caller >= 0 && time(NULL) >= deadline)
			break;
	}
	char *reason = servers_reason(s);
	servers_stop(s, signals);
	say(&caller, reason);
	free(reason);
	if (asking >= 0)
		control_answer(asking, s->stats);
}

static _Noreturn void keeper(const struct servers_plan *plan, int caller, long seconds)
{
	static struct servers s;
	int control, signals;

	if (!detach(caller) || (control = session_listen(plan->session, SUFFIX_CONTROL)) < 0 ||
	    (signals = signals_open()) < 0 || !servers_start(&s, plan)) {
		say(&caller, strerror(errno));
		_exit(1);
	}
	/* mpirun has found its files by now: hold no mount busy. */
	if (chdir("/") != 0)
		errno = 0;
	keep(&s, control, signals, caller, seconds);
	_exit(0);
}

char *keeper_start(const struct servers_plan *plan, long seconds)
{
	char answer[4096];
	size_t n = 0;
	ssize_t got;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return text_format("%s", strerror(errno));
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		keeper(plan, ends[1], seconds);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return text_format("%s", strerror(errno));
	}
	while ((got = read(ends[0], answer + n, sizeof(answer) - 1 - n)) != 0) {
		if (got < 0 && errno != EINTR)
			break;
		if (got > 0)
			n += (size_t)got;
	}
	close(ends[0]);
	answer[n] = '\0';
	if (strcmp(answer, READY_WORD) == 0)
		return NULL;
	return text_format("%s", n ? answer : "the keeper died");
}
