/*
 * exec.c - collfs-exec PROGRAM [ARGUMENT ...]: start a program from the node's store
 *
 * MPI's daemons run without the library. They would have the kernel open and map
 * a rank's program on the shared filesystem: an open and a close for each
 * rank, the program's pages for each node. So the launcher puts this word
 * before the program's name. It asks the node's server as the auditor does
 * (attach.h) and has the kernel start the content's memfd.
 *
 * In every doubt the program is started by its path as ever (common/program.h).
 *
 * Static and without libc, since each rank loads it from where it is installed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auditor/attach.h"
#include "auditor/environment.h"
#include "auditor/exec_start.h"
#include "auditor/exec_store.h"
#include "auditor/say.h"
#include "auditor/syscalls.h"
#include "common/program.h"

/* As a shell ends when it cannot start a command. */
enum { EXIT_NOT_FOUND = 127, EXIT_NOT_EXECUTABLE = 126, EXIT_USAGE = 2 };

static bool is_program(const char *path, const struct ci_entry **e)
{
	struct stat st;
	int err;

	*e = store_look(path, &err);
	if (*e)
		return program_executable(*e);
	return err == 0 && SYS_CALL(newfstatat, AT_FDCWD, path, &st, 0, 0, 0) == 0 &&
	       S_ISREG(st.st_mode) && SYS_CALL(faccessat, AT_FDCWD, path, X_OK, 0, 0, 0) == 0;
}

/*
 * The path to start for a name, looked for as the daemons do it: along PATH,
 * unless it has a slash. NULL: there is none. *e is its entry, or NULL.
 */
static const char *find(const char *name, const struct ci_entry **e)
{
	static char found[CI_PATH_MAX];
	const char *list = environment_get("PATH");
	size_t name_len = strlen(name);
	int err;

	*e = NULL;
	if (strchr(name, '/')) {
		*e = store_look(name, &err);
		return name;
	}
	for (const char *p = list ? list : ""; *p; p += *p == ':') {
		size_t len = strcspn(p, ":");
		if (len + 1 + name_len < sizeof(found)) {
			memcpy(found, p, len);
			found[len] = '/';
			memcpy(found + len + (len > 0), name, name_len + 1);
			if (is_program(found, e))
				return found;
		}
		p += len;
	}
	*e = NULL;
	return NULL;
}

/* What Open MPI tells the rank of its command line (MPI_INFO_ENV). */
static void tell_command(char *const *argv, char **envp)
{
	static const char command[] = "OMPI_COMMAND=", arguments[] = "OMPI_ARGV=";
	static char buffer[CI_PATH_MAX];
	const char *slash = memrchr(argv[0], '/', strlen(argv[0]));
	const char *name = slash ? slash + 1 : argv[0];
	size_t len = strlen(argv[0]), left = 0;

	for (char **v = envp; *v; v++) {
		envp[left++] = *v;
		if (memcmp(*v, command, sizeof(command) - 1) == 0 &&
		    sizeof(command) + strlen(name) <= sizeof(buffer)) {
			memcpy(buffer, command, sizeof(command) - 1);
			memcpy(buffer + sizeof(command) - 1, name, strlen(name) + 1);
			envp[left - 1] = buffer;
		} else if (memcmp(*v, arguments, sizeof(arguments) - 1) == 0) {
			/* Our first argument is the program. */
			char *rest = *v + sizeof(arguments) - 1 + len;
			if (!argv[1]) {
				left--;
			} else if (strlen(*v) > sizeof(arguments) + len && *rest == ' ') {
				envp[left - 1] = rest + 1 - (sizeof(arguments) - 1);
				memmove(envp[left - 1], arguments, sizeof(arguments) - 1);
			}
		}
	}
	envp[left] = NULL;
}

static const char *reason(long err)
{
	switch (err) {
	case ENOENT:
		return "No such file or directory";
	case EACCES:
		return "Permission denied";
	case ENOTDIR:
		return "Not a directory";
	case ENOEXEC:
		return "Exec format error";
	case ELOOP:
		return "Too many levels of symbolic links";
	case E2BIG:
		return "Argument list too long";
	case ENOMEM:
		return "Cannot allocate memory";
	default:
		return "cannot be executed";
	}
}

static void complain(const char *about, const char *text)
{
	static char line[2 * CI_PATH_MAX];
	const char *const parts[] = {"collfs-exec: ", about, ": ", text, "\n"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t len = strlen(parts[i]);
		if (len > sizeof(line) - n)
			len = sizeof(line) - n;
		memcpy(line + n, parts[i], len);
		n += len;
	}
	SYS_CALL(write, STDERR_FILENO, line, n, 0, 0, 0);
}

static int start(char **argv, char **envp)
{
	const struct ci_entry *e;
	long err = -ENOENT;

	say_init();
	attach();
	const char *path = find(argv[0], &e);
	if (path) {
		tell_command(argv, envp);
		if (e)
			store_start(e, path, argv, envp);
		err = SYS_CALL(execve, path, argv, envp, 0, 0, 0);
	}
	complain(argv[0], reason(-err));
	return err == -ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

void run(uintptr_t *stack)
{
	int argc = (int)stack[0], status = EXIT_USAGE;
	char **argv = (char **)(stack + 1), **envp = argv + argc + 1;

	environment_keep(argc, argv, envp);
	if (argc >= 2)
		status = start(argv + 1, envp);
	else
		complain("usage", "collfs-exec PROGRAM [ARGUMENT ...]");
	for (;;)
		SYS_CALL(exit_group, status, 0, 0, 0, 0, 0);
}
