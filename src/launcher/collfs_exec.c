/*
 * collfs-exec PROGRAM [ARGUMENT ...] - start a rank's program from the node's store
 *
 * MPI's daemons run without the library: they would have the kernel read the
 * program from the shared filesystem. So the launcher puts this word before the
 * program's name. The library is preloaded here, and does it (collfs_execve);
 * where it is not, or cannot, the program is started as ever.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef int execve_fn(const char *path, char *const argv[], char *const envp[]);

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* As the daemons look for a name: along PATH, unless it has a slash. */
static const char *find(const char *name, char found[PATH_MAX])
{
	const char *path = getenv("PATH");

	if (strchr(name, '/'))
		return name;
	for (const char *p = path ? path : ""; *p; p += *p == ':') {
		size_t len = strcspn(p, ":");
		int n = snprintf(found, PATH_MAX, "%.*s%s%s", (int)len, p, len ? "/" : "", name);
		if (n > 0 && n < PATH_MAX && is_program(found))
			return found;
		p += len;
	}
	return NULL;
}

/* What Open MPI tells the rank of its command line (MPI_INFO_ENV). */
static void tell_command(const char *name, char *const *arguments)
{
	const char *slash = strrchr(name, '/');
	size_t size = 1;

	if (getenv("OMPI_COMMAND"))
		setenv("OMPI_COMMAND", slash ? slash + 1 : name, 1);
	if (!getenv("OMPI_ARGV"))
		return;
	for (char *const *a = arguments; *a; a++)
		size += strlen(*a) + 1;
	char *line = calloc(size, 1), *p = line;
	if (!line)
		return;
	for (char *const *a = arguments; *a; a++)
		p = stpcpy(stpcpy(p, p == line ? "" : " "), *a);
	setenv("OMPI_ARGV", line, 1);
	free(line);
}

int main(int argc, char **argv)
{
	char found[PATH_MAX];

	if (argc < 2) {
		fputs("usage: collfs-exec PROGRAM [ARGUMENT ...]\n", stderr);
		return 2;
	}
	const char *path = find(argv[1], found);
	if (path) {
		execve_fn *start = (execve_fn *)dlsym(RTLD_DEFAULT, "collfs_execve");
		tell_command(argv[1], argv + 2);
		(start ? start : execve)(path, argv + 1, environ);
	} else {
		errno = ENOENT;
	}
	int status = errno == ENOENT ? 127 : 126;
	fprintf(stderr, "collfs-exec: %s: %s\n", argv[1], strerror(errno));
	return status;
}
