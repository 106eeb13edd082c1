/*
 * errors.c - what dlopen, dlsym and dlvsym say of names that cannot be loaded
 *
 * Usage: errors now|lazy NAME... Each is opened in a child of its own: some of
 * the files are such that ld.so crashes.
 */
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

#include "tell.h"

static void symbols(void *h)
{
	if (!dlsym(h, "no_such_function"))
		printf("  %s\n", dlerror());
	if (!dlvsym(h, "plain_tells", "NO_SUCH_VERSION"))
		printf("  %s\n", dlerror());
	if (!dlsym(RTLD_DEFAULT, "no_such_function"))
		printf("  %s\n", dlerror());
}

static void try_it(const char *name, int flags)
{
	void *h = dlopen(name, flags);

	if (h) {
		struct link_map *map;
		if (dlinfo(h, RTLD_DI_LINKMAP, &map) == 0)
			printf("%s: loaded as %s\n", name, map->l_name);
		symbols(h);
		if (dlclose(h) != 0)
			printf("dlclose: %s\n", dlerror());
	} else {
		printf("%s: %s\n", name, dlerror());
		const char *second = dlerror();
		printf("  then %s\n", second ? second : "nothing");
	}
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	int flags = strcmp(argv[1], "lazy") == 0 ? RTLD_LAZY : RTLD_NOW;
	for (int i = 2; i < argc; i++) {
		int status = -1;
		fflush(stdout);
		pid_t pid = fork();
		if (pid == 0) {
			try_it(argv[i], flags);
			exit(0);
		}
		waitpid(pid, &status, 0);
		if (status != 0)
			printf("%s: ended with %#x\n", argv[i], (unsigned)status);
	}
	return 0;
}
