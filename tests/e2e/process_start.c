/*
 * process_start.c - all the ways in which a process starts others
 *
 *   process_start SCENARIO ARGUMENT ...
 *
 * It prints what comes of it; a test compares that of a run with the library with
 * that of one without. The scenarios are listed at the end. What is started is
 * process_child, scripts, or nothing that could be.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

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

/* ---- the ways to execute a file: they return only when they have failed */

typedef void way(const char *file, char **argv, char **envp);

static void by_execve(const char *file, char **argv, char **envp)
{
	execve(file, argv, envp);
}

static void by_execv(const char *file, char **argv, char **envp)
{
	environ = envp;
	execv(file, argv);
}

static void by_execvp(const char *file, char **argv, char **envp)
{
	environ = envp;
	execvp(file, argv);
}

static void by_execvpe(const char *file, char **argv, char **envp)
{
	execvpe(file, argv, envp);
}

static void by_execl(const char *file, char **argv, char **envp)
{
	environ = envp;
	execl(file, argv[0], argv[1], argv[2], (char *)NULL);
}

static void by_execlp(const char *file, char **argv, char **envp)
{
	environ = envp;
	execlp(file, argv[0], argv[1], argv[2], (char *)NULL);
}

static void by_execle(const char *file, char **argv, char **envp)
{
	execle(file, argv[0], argv[1], argv[2], (char *)NULL, envp);
}

static void by_execveat(const char *file, char **argv, char **envp)
{
	execveat(AT_FDCWD, file, argv, envp, 0);
}

/* Relative to a descriptor of its directory. */
static void by_directory(const char *file, char **argv, char **envp)
{
	const char *slash = strrchr(file, '/');
	char directory[4096];

	snprintf(directory, sizeof(directory), "%.*s", slash ? (int)(slash - file) : 1,
	         slash ? file : ".");
	int fd = open(directory, O_RDONLY | O_DIRECTORY);
	if (fd >= 0)
		execveat(fd, slash ? slash + 1 : file, argv, envp, 0);
}

static void by_fexecve(const char *file, char **argv, char **envp)
{
	int fd = open(file, O_RDONLY);

	if (fd >= 0)
		fexecve(fd, argv, envp);
}

static void by_descriptor(const char *file, char **argv, char **envp)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		execveat(fd, "", argv, envp, AT_EMPTY_PATH);
}

static void by_link(const char *file, char **argv, char **envp)
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", open(file, O_RDONLY));
	execve(link, argv, envp);
}

static void by_raw_call(const char *file, char **argv, char **envp)
{
	syscall(SYS_execve, file, argv, envp);
}

static const struct {
	const char *name;
	way *run;
} ways[] = {
	{"execve", by_execve},   {"execv", by_execv},           {"execvp", by_execvp},
	{"execvpe", by_execvpe}, {"execl", by_execl},           {"execlp", by_execlp},
	{"execle", by_execle},   {"execveat", by_execveat},     {"directory", by_directory},
	{"fexecve", by_fexecve}, {"descriptor", by_descriptor}, {"link", by_link},
	{"raw", by_raw_call},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static void say_end(const char *what, const char *file, pid_t pid)
{
	int status = -1;

	if (waitpid(pid, &status, 0) == pid)
		say("%s %s: status %x\n", what, file, (unsigned)status);
}

static void by_fork(unsigned w, const char *file, char **argv, char **envp)
{
	pid_t pid = fork();

	if (pid == 0) {
		ways[w].run(file, argv, envp);
		say("%s %s: %s\n", ways[w].name, file, strerrorname_np(errno));
		_exit(100);
	}
	say_end(ways[w].name, file, pid);
}

static void by_vfork(const char *file, char **argv, char **envp)
{
	volatile int err = 0;
	pid_t pid = vfork();

	if (pid == 0) {
		execve(file, argv, envp);
		err = errno;
		_exit(100);
	}
	if (err)
		say("vfork %s: %s\n", file, strerrorname_np(err));
	say_end("vfork", file, pid);
}

static void by_spawn(const char *file, char **argv, char **envp, bool search)
{
	const char *name = search ? "posix_spawnp" : "posix_spawn";
	pid_t pid;
	int err = search ? posix_spawnp(&pid, file, NULL, NULL, argv, envp)
	                 : posix_spawn(&pid, file, NULL, NULL, argv, envp);

	if (err)
		say("%s %s: %s\n", name, file, strerrorname_np(err));
	else
		say_end(name, file, pid);
}

static void run_every_way(const char *file, char **argv, char **envp)
{
	for (unsigned w = 0; w < WAYS; w++)
		by_fork(w, file, argv, envp);
	by_vfork(file, argv, envp);
	by_spawn(file, argv, envp, false);
	by_spawn(file, argv, envp, true);
}

/* Every file in every way. */
static void scenario_each(char **args)
{
	for (; *args; args++) {
		char *argv[] = {"other-name", "seven", "an argument", NULL};
		run_every_way(*args, argv, environ);
	}
}

/* Every file once. */
static void scenario_once(char **args)
{
	char *argv[] = {"other-name", "an argument", NULL};

	for (; *args; args++)
		by_fork(0, *args, argv, environ);
}

/* Without arguments, or with none at all. */
static void scenario_arguments(char **args)
{
	char *none[] = {NULL}, *empty[] = {"", NULL}, *many[400];

	for (unsigned i = 0; i < 399; i++)
		many[i] = "word";
	many[399] = NULL;
	for (; *args; args++) {
		by_fork(0, *args, none, environ);
		by_fork(0, *args, empty, environ);
		by_fork(0, *args, many, environ);
		by_fork(0, *args, NULL, environ);
		by_vfork(*args, empty, environ);
	}
}

/* Environments without what the library needs, or with little else. */
static void scenario_environments(char **args)
{
	static const char *const gone[] = {"LD_PRELOAD", "LD_AUDIT", "COLLFS_SESSION"};
	char *argv[] = {"program", "seven", "x", NULL}, *nothing[] = {NULL}, *few[64], *often[64];

	for (; *args; args++) {
		run_every_way(*args, argv, nothing);
		for (unsigned g = 0; g < 3; g++) {
			unsigned n = 0, m = 0;
			for (char **v = environ; *v && n < 62; v++) {
				bool is = strncmp(*v, gone[g], strlen(gone[g])) == 0;
				if (!is)
					few[n++] = *v;
				often[m++] = *v;
				if (is)
					often[m++] = *v;
			}
			few[n] = often[m] = NULL;
			by_fork(0, *args, argv, few);
			by_fork(9, *args, argv, few);
			by_fork(11, *args, argv, few);
			by_fork(0, *args, argv, often);
			by_vfork(*args, argv, few);
			by_spawn(*args, argv, few, false);
		}
		by_fork(0, *args, argv, NULL);
	}
}

/* Addresses that lead nowhere are the kernel's to report. */
static void scenario_addresses(char **args)
{
	char *argv[] = {"program", NULL}, *wrong[] = {"program", (char *)1, NULL};
	char *volatile nowhere = (char *)1;
	char *const at = nowhere;

	by_fork(0, NULL, argv, environ);
	by_fork(7, NULL, argv, environ);
	for (; *args; args++) {
		by_fork(0, *args, (char **)at, environ);
		by_fork(0, *args, argv, (char **)at);
		by_fork(0, *args, wrong, environ);
		by_fork(0, *args, argv, wrong);
		by_fork(9, *args, argv, wrong);
	}
	pid_t pid = fork();
	if (pid == 0) {
		execve(at, argv, environ);
		say("%s\n", strerrorname_np(errno));
		execveat(AT_FDCWD, at, argv, environ, 0);
		say("%s\n", strerrorname_np(errno));
		_exit(0);
	}
	say_end("address", "1", pid);
}

/* ---- posix_spawn with things to do before: process spawn PROGRAM DIR */

static void spawn(const char *what, const char *file, posix_spawn_file_actions_t *actions,
                  posix_spawnattr_t *attributes)
{
	char *argv[] = {"spawned", "seven", NULL};
	pid_t pid;

	for (int search = 0; search < 2; search++) {
		int err = search ? posix_spawnp(&pid, file, actions, attributes, argv, environ)
		                 : posix_spawn(&pid, file, actions, attributes, argv, environ);
		if (err)
			say("%s: %s\n", what, strerrorname_np(err));
		else
			say_end(what, file, pid);
	}
}

static void scenario_spawn(char **args)
{
	const char *program = args[0], *dir = args[1];
	const char *name = strrchr(program, '/') + 1;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char path[4096];

	posix_spawn_file_actions_init(&actions);
	spawn("empty list", program, &actions, NULL);
	snprintf(path, sizeof(path), "%s/f1", dir);
	posix_spawn_file_actions_addopen(&actions, 7, path, O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, 7, 9);
	posix_spawn_file_actions_adddup2(&actions, 1, 8);
	posix_spawn_file_actions_addclose(&actions, 0);
	spawn("descriptors", program, &actions, NULL);
	spawn("search", name, &actions, NULL);
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	spawn("close all", program, &actions, NULL);
	posix_spawn_file_actions_addchdir_np(&actions, dir);
	spawn("directory", program, &actions, NULL);
	snprintf(path, sizeof(path), "./%s", name);
	spawn("relative, elsewhere", path, &actions, NULL);
	posix_spawn_file_actions_addopen(&actions, 0, "/nonexistent", O_RDONLY, 0);
	spawn("action fails", program, &actions, NULL);
	spawn("action fails first", "/nonexistent/program", &actions, NULL);
	posix_spawn_file_actions_destroy(&actions);

	posix_spawn_file_actions_init(&actions);
	snprintf(path, sizeof(path), "%s", program);
	*strrchr(path, '/') = '\0';
	posix_spawn_file_actions_addchdir_np(&actions, path);
	snprintf(path, sizeof(path), "./%s", name);
	spawn("relative, there", path, &actions, NULL);
	posix_spawn_file_actions_destroy(&actions);

	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_RESETIDS);
	spawn("attributes", program, NULL, &attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setpgroup(&attributes, 1);
	spawn("attributes fail", program, NULL, &attributes);
	spawn("attributes fail first", "/nonexistent/program", NULL, &attributes);
	posix_spawnattr_destroy(&attributes);
}

/* ---- one attempt alone: a file that must not be there before: process once-made PROGRAM FILE */

static void spawn_making(const char *what, const char *file, const char *made, char **argv,
                         posix_spawn_file_actions_t *actions)
{
	pid_t pid;

	for (int search = 0; search < 2; search++) {
		unlink(made);
		int err = search ? posix_spawnp(&pid, strrchr(file, '/') + 1, actions, NULL, argv,
		                                environ)
		                 : posix_spawn(&pid, file, actions, NULL, argv, environ);
		if (err)
			say("%s: %s\n", what, strerrorname_np(err));
		else
			say_end(what, file, pid);
		say("made: %s\n", access(made, F_OK) == 0 ? "yes" : "no");
	}
	unlink(made);
}

static void scenario_once_made(char **args)
{
	static char word[256 * 1024]; /* longer than the kernel takes */
	char *argv[] = {"spawned", "seven", NULL}, *large[] = {"spawned", word, NULL};
	posix_spawn_file_actions_t actions;

	memset(word, 'x', sizeof(word) - 1);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 7, args[1], O_WRONLY | O_CREAT | O_EXCL, 0600);
	spawn_making("new file", args[0], args[1], argv, &actions);
	spawn_making("too large", args[0], args[1], large, &actions);
	posix_spawn_file_actions_adddup2(&actions, 77, 9);
	spawn_making("action fails later", args[0], args[1], argv, &actions);
	posix_spawn_file_actions_destroy(&actions);
}

/* system and popen: process shell COMMAND */
static void scenario_shell(char **args)
{
	char line[4096];

	say("system: %x\n", (unsigned)system(args[0]));
	FILE *f = popen(args[0], "r");
	while (f && fgets(line, sizeof(line), f))
		say("popen: %s", line);
	say("pclose: %x\n", f ? (unsigned)pclose(f) : 0);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(char **args);
	} scenarios[] = {
		{"each", scenario_each},           {"once", scenario_once},
		{"arguments", scenario_arguments}, {"environments", scenario_environments},
		{"addresses", scenario_addresses}, {"spawn", scenario_spawn},
		{"once-made", scenario_once_made}, {"shell", scenario_shell},
	};

	for (size_t i = 0; argc > 1 && i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (strcmp(scenarios[i].name, argv[1]) == 0) {
			scenarios[i].run(argv + 2);
			return 0;
		}
	}
	return 2;
}
