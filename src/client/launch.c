/* launch.c - see launch.h. */
#include "client/launch.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/real.h"
#include "common/log.h"

static bool is_among(const char *program, const char *const *names, size_t count)
{
	static const char suffix[] = ".openmpi"; /* of Debian's alternatives */
	const char *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;

	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(names[i]);
		if (strncmp(name, names[i], n) == 0 &&
		    (name[n] == '\0' || strcmp(name + n, suffix) == 0))
			return true;
	}
	return false;
}

bool launch_is_launcher(const char *program)
{
	static const char *const names[] = {"mpirun", "mpiexec", "orterun", "prterun"};
	return is_among(program, names, sizeof(names) / sizeof(names[0]));
}

bool launch_is_daemon(const char *program)
{
	static const char *const names[] = {"orted", "prted", "prte", "collfs", "collfsd"};
	return is_among(program, names, sizeof(names) / sizeof(names[0]));
}

/* <prefix>/bin/collfs, where this library is <prefix>/lib.../libcollfs.so. */
static bool find_collfs(char path[PATH_MAX])
{
	Dl_info self;
	char library[PATH_MAX];

	if (!dladdr((void *)find_collfs, &self) || !real()->realpath(self.dli_fname, library))
		return false;
	for (char *slash; (slash = strrchr(library, '/'));) {
		*slash = '\0';
		if (snprintf(path, PATH_MAX, "%s/bin/collfs", library) < PATH_MAX &&
		    real()->access(path, X_OK) == 0)
			return true;
	}
	return false;
}

void launch(char **argv)
{
	char path[PATH_MAX];
	size_t count = 0;

	if (!find_collfs(path)) {
		log_warn("bin/collfs is not there beside the library: the job runs without");
		return;
	}
	while (argv[count])
		count++;
	char **line = calloc(count + 4, sizeof(*line));
	if (!line)
		return;
	line[0] = "collfs";
	line[1] = "run";
	line[2] = "--";
	memcpy(line + 3, argv, count * sizeof(*line));
	real()->execv(path, line);
	log_warn("%s cannot be started (%s): the job runs without", path, strerror(errno));
	free(line);
}
