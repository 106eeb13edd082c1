/*
 * process_live.c - what a process may do with itself, and meanwhile
 *
 *   process_live SCENARIO DIR PROGRAM ...
 *
 * DIR holds f0 ... f99, each with its name as content; PROGRAM is process_child in
 * scope. It prints what a test compares between a run with the library and one
 * without. The scenarios are listed at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *dir, *program;

/* One line, written at once: the children write to the same file. */
static __attribute__((format(printf, 1, 2))) void say(const char *format, ...)
{
	char line[8192];
	va_list args;

	va_start(args, format);
	int n = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (write(1, line, (size_t)n) != n)
		_exit(99);
}

static void look(unsigned n)
{
	char path[4096], name[16], text[16] = "";
	struct stat st;

	snprintf(name, sizeof(name), "f%u", n);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0 || strcmp(text, name) != 0 ||
	    fstat(fd, &st) != 0 || st.st_nlink != 1)
		say("wrong: %s: %s (errno %d)\n", path, text, errno);
	if (fd >= 0)
		close(fd);
	snprintf(path, sizeof(path), "%s/absent%u", dir, n);
	if (access(path, F_OK) == 0 || errno != ENOENT)
		say("wrong: %s is there\n", path);
}

static void look_all(void)
{
	for (unsigned i = 0; i < 100; i++)
		look(i);
}

static void say_end(const char *what, pid_t pid)
{
	int status = -1;

	if (waitpid(pid, &status, 0) == pid)
		say("%s: status %x\n", what, (unsigned)status);
}

/* Start the program in silence, by a kind of fork that is chosen. */
enum { FORK, VFORK, SPAWN, KINDS };
static int start(int kind)
{
	char *argv[] = {"started", "seven", NULL};
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t pid = -1;

	if (kind == SPAWN) {
		posix_spawn_file_actions_init(&actions);
		posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
		if (posix_spawn(&pid, program, &actions, NULL, argv, environ) != 0)
			pid = -1;
		posix_spawn_file_actions_destroy(&actions);
	} else {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		pid = kind == FORK ? fork() : vfork();
		if (pid == 0) {
			dup2(null, 1);
			execve(program, argv, environ);
			_exit(100);
		}
		close(null);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static void check_start(int kind)
{
	int status = start(kind);

	if (!WIFEXITED(status) || WEXITSTATUS(status) != 7)
		say("wrong: start %d: status %x\n", kind, (unsigned)status);
}

/* A daemon as the books have it; it closes by a loop, or by one call. */
static void be_daemon(bool loop)
{
	char *argv[] = {(char *)program, "daemon", NULL};

	setsid();
	if (fork() != 0)
		_exit(0);
	if (chdir("/") != 0)
		_exit(1);
	umask(027);
	if (loop) {
		for (int fd = 3; fd < 65536; fd++)
			close(fd);
	} else {
		close_range(3, ~0u, 0);
	}
	if (open("/dev/null", O_RDWR | O_CLOEXEC) != 3)
		say("wrong: the lowest number is not 3\n");
	look_all();
	for (int kind = 0; kind < KINDS; kind++)
		check_start(kind);
	look_all();
	execv(program, argv);
	_exit(1);
}

static void scenario_daemon(char **args)
{
	int status;

	(void)args;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int loop = 0; loop < 2; loop++) {
		look(1);
		if (fork() == 0)
			be_daemon(loop);
		while (wait(&status) > 0)
			say("ended: %x\n", (unsigned)status);
	}
}

/* All that a process has open is closed, over and over, and by its child. */
static void scenario_close_range(char **args)
{
	(void)args;
	for (unsigned i = 0; i < 20; i++) {
		look(i);
		close_range(3, ~0u, i % 2 ? CLOSE_RANGE_CLOEXEC : 0);
		look(99 - i);
		check_start((int)i % KINDS);
		pid_t pid = fork();
		if (pid == 0) {
			close_range(3, ~0u, CLOSE_RANGE_UNSHARE);
			look(i + 1);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

static atomic_bool done;

static void *thread_looks(void *unused)
{
	while (!done)
		look_all();
	return unused;
}

static void *thread_starts(void *kind)
{
	for (int i = 0; i < 12; i++)
		check_start((int)(intptr_t)kind);
	return NULL;
}

/* Threads that look, while others start programs in all ways. */
static void scenario_threads(char **args)
{
	pthread_t lookers[4], starters[KINDS];

	(void)args;
	for (int i = 0; i < 4; i++)
		pthread_create(&lookers[i], NULL, thread_looks, NULL);
	for (intptr_t i = 0; i < KINDS; i++)
		pthread_create(&starters[i], NULL, thread_starts, (void *)i);
	for (int i = 0; i < KINDS; i++)
		pthread_join(starters[i], NULL);
	done = true;
	for (int i = 0; i < 4; i++)
		pthread_join(lookers[i], NULL);
}

static _Atomic unsigned handled;

/* Opens, and once in a while starts a program, in the middle of something. */
static void on_alarm(int sig)
{
	unsigned n = handled++;
	int saved = errno;

	(void)sig;
	look(n % 100);
	if (n % 16 == 0)
		check_start((int)(n / 16 % 2)); /* posix_spawn is not for handlers */
	errno = saved;
}

static void scenario_signals(char **args)
{
	struct itimerval often = {{0, 5000}, {0, 5000}}, never = {{0, 0}, {0, 0}};

	(void)args;
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &often, NULL);
	while (handled < 64) {
		look_all();
		check_start((int)(handled % KINDS));
	}
	setitimer(ITIMER_REAL, &never, NULL);
}

/* A limit of descriptors below those that the library has. */
static void scenario_limit(char **args)
{
	struct rlimit limit = {12, 12};
	char path[4096];
	int count = 0;

	(void)args;
	look(0);
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		say("setrlimit: %s\n", strerror(errno));
	look_all();
	for (int kind = 0; kind < KINDS; kind++)
		check_start(kind);
	pid_t pid = fork();
	if (pid == 0) {
		look_all();
		_exit(0);
	}
	say_end("child", pid);
	snprintf(path, sizeof(path), "%s/f1", dir);
	while (open(path, O_RDONLY) >= 0)
		count++;
	say("%d more files, then %s\n", count, strerrorname_np(errno));
	close(9);
	look(77);
}

static void read_one(const char *when)
{
	char path[4096], text[32] = "";
	struct stat st = {0};

	snprintf(path, sizeof(path), "%s/f5", dir);
	if (stat(path, &st) != 0 || access(path, R_OK) != 0)
		say("%s: %s\n", when, strerrorname_np(errno));
	say("%s: size %ld\n", when, (long)st.st_size);
	int fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		say("%s: %s\n", when, strerrorname_np(errno));
	else
		say("%s: %s\n", when, text);
	if (fd >= 0)
		close(fd);
}

/* Another root directory, where the same names mean other files, and where there is
 * one more. */
static void scenario_chroot(char **args)
{
	char *argv[] = {"started", "in another root", NULL};

	read_one("before");
	if (access(args[1], X_OK) == 0)
		say("wrong: %s is here, too\n", args[1]);
	for (int v = 0; v < 4; v++) {
		const char *volatile file = v < 2 ? program : args[1];
		pid_t pid = v % 2 ? vfork() : fork();
		if (pid == 0) {
			if (chroot(args[0]) != 0 || chdir("/") != 0)
				_exit(101);
			read_one("in the other root");
			execve(file, argv, environ);
			_exit(102);
		}
		say_end(v % 2 ? "vfork" : "fork", pid);
		read_one("after");
	}
	if (chroot(args[0]) != 0)
		say("chroot: %s\n", strerror(errno));
	read_one("in the other root");
}

/* Another user, who may not read DIR/f5 nor execute the program. */
static void scenario_identity(char **args)
{
	char *argv[] = {"started", "as another user", NULL};
	volatile int err;

	(void)args;
	read_one("before");
	for (int v = 0; v < 4; v++) {
		err = 0;
		pid_t pid = v % 2 ? vfork() : fork();
		if (pid == 0) {
			if (v < 2 ? setgid(65534) != 0 || setuid(65534) != 0 : seteuid(65534) != 0)
				_exit(101);
			read_one("as another");
			execve(program, argv, environ);
			err = errno;
			if (v % 2 == 0)
				say("execve: %s\n", strerrorname_np(errno));
			_exit(102);
		}
		if (err)
			say("execve: %s\n", strerrorname_np(err));
		say_end(v % 2 ? "vfork" : "fork", pid);
		read_one("after");
	}
	if (seteuid(65534) != 0)
		say("seteuid: %s\n", strerror(errno));
	read_one("as another");
	if (seteuid(0) != 0)
		say("seteuid: %s\n", strerror(errno));
	read_one("as before");
}

/* A vfork child's own current directory, and the program by a relative name. */
static void scenario_directory(char **args)
{
	char *argv[] = {"started", "seven", NULL};
	const char *name = strrchr(program, '/') + 1;
	char there[4096];

	(void)args;
	snprintf(there, sizeof(there), "%.*s", (int)(name - 1 - program), program);
	for (int v = 0; v < 2; v++) {
		pid_t pid = v ? vfork() : fork();
		if (pid == 0) {
			if (chdir(there) != 0)
				_exit(101);
			execve(name, argv, environ);
			_exit(102);
		}
		say_end(v ? "vfork" : "fork", pid);
		if (access(name, X_OK) == 0)
			say("wrong: its parent has moved\n");
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(char **args);
	} scenarios[] = {
		{"daemon", scenario_daemon},     {"close-range", scenario_close_range},
		{"threads", scenario_threads},   {"signals", scenario_signals},
		{"limit", scenario_limit},       {"chroot", scenario_chroot},
		{"identity", scenario_identity}, {"directory", scenario_directory},
	};

	for (size_t i = 0; argc > 3 && i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (strcmp(scenarios[i].name, argv[1]) == 0) {
			dir = argv[2];
			program = argv[3];
			scenarios[i].run(argv + 4);
			return 0;
		}
	}
	return 2;
}
