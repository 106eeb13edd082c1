/*
 * hostile.c - programs that are not nice to a library inside them
 *
 *   hostile SCENARIO DIR
 *
 * DIR holds f0 ... f99 (each with its own name as content), directories d0 ...
 * d9 with ten such files each, and nothing else; a test makes it and runs each
 * scenario with the library and DIR in scope. Every answer is checked against
 * what DIR is known to hold. Exit status 0: all was right; the scenarios are
 * listed at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *dir;
static _Atomic unsigned wrong;

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			dprintf(2, "hostile: line %d: %s (errno %d)\n", __LINE__, #what, errno);   \
			atomic_fetch_add(&wrong, 1);                                               \
		}                                                                                  \
	} while (0)

/* Everything about file n of a directory, by absolute or relative name. */
static void look(const char *prefix, unsigned n)
{
	char path[4096], name[16], text[16];
	struct stat st;

	snprintf(name, sizeof(name), "f%u", n);
	snprintf(path, sizeof(path), "%s%s", prefix, name);
	CHECK(stat(path, &st) == 0 && st.st_size == (off_t)strlen(name) && st.st_nlink == 1);
	CHECK(access(path, R_OK) == 0);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK(read(fd, text, sizeof(text)) == (ssize_t)strlen(name));
	CHECK(memcmp(text, name, strlen(name)) == 0);
	CHECK(fstat(fd, &st) == 0 && st.st_nlink == 1);
	close(fd);
	snprintf(path, sizeof(path), "%sabsent%u", prefix, n);
	CHECK(stat(path, &st) == -1 && errno == ENOENT);
}

static void look_all(void)
{
	char prefix[4096];

	snprintf(prefix, sizeof(prefix), "%s/", dir);
	for (unsigned i = 0; i < 100; i++)
		look(prefix, i);
	for (unsigned d = 0; d < 10; d++) {
		snprintf(prefix, sizeof(prefix), "%s/d%u/", dir, d);
		for (unsigned i = 0; i < 10; i++)
			look(prefix, i);
	}
}

static _Atomic unsigned handled;

static void on_alarm(int sig)
{
	char prefix[4096];
	int saved = errno;

	(void)sig;
	snprintf(prefix, sizeof(prefix), "%s/d%u/", dir, handled % 10);
	look(prefix, handled % 7);
	handled++;
	errno = saved;
}

static void scenario_signals(void)
{
	struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};

	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < 20; i++)
		look_all();
	setitimer(ITIMER_REAL, &never, NULL);
	CHECK(handled > 0);
}

static void *thread_looks(void *unused)
{
	for (int i = 0; i < 5; i++)
		look_all();
	return unused;
}

static void on_threads(unsigned count, void *(*run)(void *))
{
	pthread_t threads[16];

	for (unsigned i = 0; i < count; i++)
		CHECK(pthread_create(&threads[i], NULL, run, NULL) == 0);
	for (unsigned i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

static void scenario_threads(void)
{
	on_threads(8, thread_looks);
}

static void *thread_forks(void *unused)
{
	for (int i = 0; i < 10; i++) {
		pid_t child = fork();
		if (child == 0) {
			look_all();
			_exit(wrong != 0);
		}
		int status = -1;
		waitpid(child, &status, 0);
		CHECK(status == 0);
		look_all();
	}
	return unused;
}

/* Forks while other threads are in the middle of a question. */
static void scenario_forks(void)
{
	on_threads(4, thread_forks);
}

static atomic_bool done;

static void *thread_relative(void *unused)
{
	while (!done)
		look("", 3);
	return unused;
}

/* A vfork child moves, in memory that it shares, while other threads look. */
static void scenario_vfork(void)
{
	pthread_t thread;
	char below[4096];

	snprintf(below, sizeof(below), "%s/d3", dir);
	CHECK(chdir(dir) == 0);
	look("", 50);
	CHECK(pthread_create(&thread, NULL, thread_relative, NULL) == 0);
	for (int i = 0; i < 200; i++) {
		pid_t child = vfork();
		if (child == 0) {
			struct stat st;
			bool right = chdir(below) == 0 && stat("f50", &st) == -1 &&
			             stat("f5", &st) == 0 && stat("../f50", &st) == 0;
			_exit(right ? 0 : 1);
		}
		int status = -1;
		waitpid(child, &status, 0);
		CHECK(status == 0);
		look("", 50);
	}
	done = true;
	pthread_join(thread, NULL);
}

/* What a vfork child makes, and what posix_spawn opens inside libc, is seen. */
static void scenario_vfork_writes(void)
{
	char path[4096];
	struct stat st;
	posix_spawn_file_actions_t actions;
	pid_t child;

	snprintf(path, sizeof(path), "%s/d5/made", dir);
	syscall(SYS_unlinkat, AT_FDCWD, path, 0); /* of an earlier run */
	snprintf(path, sizeof(path), "%s/d4/made", dir);
	syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	look_all();
	CHECK(stat(path, &st) == -1 && errno == ENOENT);
	child = vfork();
	if (child == 0) {
		close(open(path, O_WRONLY | O_CREAT, 0600));
		_exit(0);
	}
	waitpid(child, NULL, 0);
	CHECK(stat(path, &st) == 0);

	snprintf(path, sizeof(path), "%s/d5/made", dir);
	CHECK(stat(path, &st) == -1 && errno == ENOENT);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT, 0600);
	char *line[] = {"echo", "x", NULL};
	CHECK(posix_spawnp(&child, "echo", &actions, NULL, line, environ) == 0);
	posix_spawn_file_actions_destroy(&actions);
	waitpid(child, NULL, 0);
	CHECK(stat(path, &st) == 0 && st.st_size == 2);
}

static void scenario_closed(void)
{
	char prefix[4096];

	for (unsigned d = 0; d < 10; d++) {
		syscall(SYS_close_range, 3, ~0u, 0);
		snprintf(prefix, sizeof(prefix), "%s/d%u/", dir, d);
		look(prefix, d);
	}
	look_all();
}

/* Our descriptors' numbers are taken over by pipes: nothing may arrive there. */
static void scenario_replaced(void)
{
	int ends[2];
	char byte;

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
	for (int fd = 10; fd < 1024; fd++)
		dup2(ends[0], fd);
	look_all();
	CHECK(recv(ends[1], &byte, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
}

/* A program that looks for its descriptors finds none of ours. */
static void scenario_scanned(void)
{
	struct stat st;

	look_all();
	for (int fd = 3; fd < 1024; fd++)
		CHECK(fstat(fd, &st) == -1 ? errno == EBADF : !S_ISSOCK(st.st_mode));
	look_all();
}

static void scenario_no_descriptors(void)
{
	char path[4096];
	int last = -1, fd;

	look_all();
	while ((fd = dup(0)) >= 0)
		last = fd;
	CHECK(errno == EMFILE);
	struct stat st;
	for (unsigned d = 0; d < 10; d++) {
		snprintf(path, sizeof(path), "%s/d%u/f1", dir, d);
		CHECK(stat(path, &st) == 0);
		CHECK(open(path, O_RDONLY) == -1 && errno == EMFILE);
	}
	close(last);
	fd = open(path, O_RDONLY);
	CHECK(fd == last);
}

static void *thread_for_ever(void *unused)
{
	for (;;)
		look_all();
	return unused;
}

/* Threads that are cancelled while they ask or open. */
static void scenario_cancel(void)
{
	for (int i = 0; i < 20; i++) {
		pthread_t thread;
		CHECK(pthread_create(&thread, NULL, thread_for_ever, NULL) == 0);
		usleep(1000);
		pthread_cancel(thread);
		pthread_join(thread, NULL);
	}
	look_all();
}

static void *thread_small(void *unused)
{
	char prefix[64];

	for (unsigned d = 0; d < 10; d++) {
		snprintf(prefix, sizeof(prefix), "./d%u/../d%u/", d, d);
		look(prefix, 4);
	}
	return unused;
}

static void scenario_small_stack(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	CHECK(chdir(dir) == 0);
	pthread_attr_init(&attr);
	CHECK(pthread_attr_setstacksize(&attr, 64 * 1024) == 0);
	CHECK(pthread_create(&thread, &attr, thread_small, NULL) == 0);
	pthread_join(thread, NULL);
}

static void scenario_identity(void)
{
	char path[4096];
	struct stat st;

	look_all();
	if (getuid() != 0)
		return;
	snprintf(path, sizeof(path), "%s/d1", dir);
	CHECK(chmod(path, 0700) == 0);
	CHECK(setuid(65534) == 0);
	strcat(path, "/f1");
	CHECK(stat(path, &st) == -1 && errno == EACCES);
	CHECK(open(path, O_RDONLY) == -1 && errno == EACCES);
}

static const struct {
	const char *name;
	void (*run)(void);
} scenarios[] = {
	{"plain", look_all},
	{"signals", scenario_signals},
	{"threads", scenario_threads},
	{"forks", scenario_forks},
	{"vfork", scenario_vfork},
	{"vfork-writes", scenario_vfork_writes},
	{"closed", scenario_closed},
	{"replaced", scenario_replaced},
	{"scanned", scenario_scanned},
	{"no-descriptors", scenario_no_descriptors},
	{"cancel", scenario_cancel},
	{"small-stack", scenario_small_stack},
	{"identity", scenario_identity},
};

int main(int argc, char **argv)
{
	if (argc == 3) {
		dir = argv[2];
		for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
			if (strcmp(scenarios[i].name, argv[1]) == 0) {
				scenarios[i].run();
				return wrong != 0;
			}
		}
	}
	fprintf(stderr, "usage: %s SCENARIO DIR; scenarios:", argv[0]);
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		fprintf(stderr, " %s", scenarios[i].name);
	fputc('\n', stderr);
	return 2;
}
