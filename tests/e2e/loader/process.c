/*
 * process.c - libraries in processes that fork, start programs, change their
 * directory, run short of something, and in constructors that do all this
 *
 * Usage: process DIR, with LD_LIBRARY_PATH=DIR/bin:DIR/env:../sub
 *        process DIR again: what the started program does
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tell.h"

extern char **environ;

static const char *dir;
static char program[4096];

static const char *under(const char *name)
{
	static char path[4][4096];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
	return p;
}

static void await(const char *what, pid_t pid)
{
	int status = -1;

	if (pid > 0)
		waitpid(pid, &status, 0);
	printf("%s: %#x\n", what, (unsigned)status);
}

static void in_child(void)
{
	/* Without any variable nothing is served, and this is told apart. */
	load(under(environ[0] ? "process/libchild.so" : "process/libbare.so"), "child_tells");
	load("libenv.so", "env_tells");
	list_objects();
}

/* A child, a grandchild, and the parent while a child has the same loaded. */
static void forks(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		in_child();
		pid = fork();
		if (pid == 0) {
			load(under("process/libgrandchild.so"), "grandchild_tells");
			_exit(3);
		}
		await("grandchild", pid);
		_exit(0);
	}
	await("child", pid);
	load(under("process/libchild.so"), "child_tells");
	pid = fork();
	if (pid == 0) {
		describe(open_it(under("process/libchild.so"), RTLD_NOW | RTLD_NOLOAD),
		         "child_tells");
		_exit(0);
	}
	await("child of a process that has it", pid);
}

static void starts(void)
{
	char *argv[] = {program, (char *)dir, (char *)"again", NULL};
	char *no_variables[] = {NULL};
	char command[8192];
	pid_t pid = fork();

	if (pid == 0) {
		execv(program, argv);
		_exit(errno);
	}
	await("execv", pid);
	pid = fork();
	if (pid == 0) {
		setenv("PATH", under("bin"), 1);
		execvp("process", argv);
		_exit(errno);
	}
	await("execvp", pid);
	pid = vfork();
	if (pid == 0) {
		execv(program, argv);
		_exit(errno);
	}
	await("vfork, execv", pid);
	if (posix_spawn(&pid, program, NULL, NULL, argv, environ) != 0)
		pid = -1;
	await("posix_spawn", pid);
	snprintf(command, sizeof(command), "'%s' '%s' again", program, dir);
	printf("system: %#x\n", (unsigned)system(command));
	/* Without our variables it is an unserved program. */
	pid = fork();
	if (pid == 0) {
		execve(program, argv, no_variables);
		_exit(errno);
	}
	await("execve without environment", pid);
	pid = fork();
	if (pid == 0) {
		execv(under("bin/needsabsent"), argv);
		_exit(errno);
	}
	await("a program whose library is not there", pid);
}

static void directories(void)
{
	char *kept = get_current_dir_name();

	if (chdir(dir) != 0 || chdir("process/sub") != 0)
		return;
	load("./librelative.so", "relative_tells");
	load("../libchild.so", "child_tells");
	open_it("./libabsent.so", RTLD_NOW);
	/* A relative directory of LD_LIBRARY_PATH means another place now. */
	load("librelative2.so", "relative2_tells");
	if (chdir("..") != 0 || chdir(kept) != 0)
		return;
	free(kept);
	describe(open_it(under("process/sub/librelative.so"), RTLD_NOW), "relative_tells");
	/* In a directory that has been removed, a relative name leads nowhere. */
	char gone[] = "/tmp/collfs-gone.XXXXXX";
	if (!mkdtemp(gone) || chdir(gone) != 0 || rmdir(gone) != 0)
		return;
	open_it("./librelative.so", RTLD_NOW);
	load(under("process/libingone.so"), "ingone_tells");
	if (chdir("/") != 0)
		return;
}

static void *on_little_stack(void *unused)
{
	(void)unused;
	void *h = dlopen(under("process/libstack.so"), RTLD_NOW);
	return h ? h : (void *)dlerror();
}

static void little(void)
{
	struct rlimit limit;
	pthread_attr_t attr;
	pthread_t thread;
	void *h = NULL;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, (size_t)PTHREAD_STACK_MIN + 16384);
	if (pthread_create(&thread, &attr, on_little_stack, NULL) == 0)
		pthread_join(thread, &h);
	describe(h, "stack_tells");

	/* No descriptor left, then one. */
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		int highest = open("/dev/null", O_RDONLY), fd;
		limit = (struct rlimit){.rlim_cur = 64, .rlim_max = 64};
		setrlimit(RLIMIT_NOFILE, &limit);
		while ((fd = open("/dev/null", O_RDONLY)) >= 0)
			highest = fd;
		open_it(under("process/libfull.so"), RTLD_NOW);
		open_it("libenv.so", RTLD_NOW);
		close(highest);
		load(under("process/libfull.so"), "full_tells");
		load("libenv.so", "env_tells");
		_exit(0);
	}
	await("descriptors", pid);

	/* A library with more memory than there are addresses, or is allowed. */
	static const int kinds[] = {RLIMIT_AS, RLIMIT_DATA};
	for (int i = 0; i < 2; i++) {
		pid = fork();
		if (pid == 0) {
			getrlimit(kinds[i], &limit);
			limit.rlim_cur = (rlim_t)1 << 30;
			setrlimit(kinds[i], &limit);
			open_it(under("process/libhuge.so"), RTLD_NOW);
			_exit(0);
		}
		await("memory", pid);
	}
}

/* Whoever is somebody else, or somewhere else, than the process was at its start. */
static void strangers(void)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		/* The server knows this child as who it is now. */
		load(under("process/libstranger.so"), "stranger_tells");
		if (geteuid() == 0 && seteuid(65534) == 0)
			open_it(under("process/closed/libclosed.so"), RTLD_NOW);
		_exit(0);
	}
	await("another user", pid);
	pid = fork();
	if (pid == 0) {
		open_it("libinroot.so", RTLD_NOW);
		if (chroot(under("process/root")) == 0)
			load("libinroot.so", "inroot_tells");
		_exit(0);
	}
	await("another root directory", pid);
}

static void *in_thread(void *name)
{
	return dlopen(name, RTLD_NOW);
}

/* Forked by a thread while others load: the child has its own connection. */
static void threads(void)
{
	pthread_t thread[4];
	void *h[4] = {NULL}, *first = NULL;
	static char names[4][4096];

	for (int i = 0; i < 4; i++) {
		snprintf(names[i], sizeof(names[i]), "%s/process/%slibthreaded.so", dir,
		         i % 2 ? "sub/../" : "");
		pthread_create(&thread[i], NULL, in_thread, names[i]);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(thread[i], &h[i]);
		first = first ? first : h[i];
		same("in a thread", first, h[i]);
	}
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	dir = argv[1];
	setvbuf(stdout, NULL, _IONBF, 0);
	snprintf(program, sizeof(program), "%s/bin/process", dir);
	if (argc > 2) {
		in_child();
		return 7;
	}
	forks();
	starts();
	directories();
	load(under("process/libctor.so"), "ctor_tells");
	little();
	strangers();
	list_objects();
	threads();
	return 0;
}
