/*
 * hammer.c - eight threads load and unload the same libraries under many names,
 * and fork, at once. Ends with 0 if every object always had its own name.
 *
 * Usage: hammer DIR
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS 1000
#define FORK_EVERY 250

static const char *const names[] = {
	"plain/libplain.so",  "plain/libalias.so",      "plain/link/../libplain.so",
	"wheel/pkg/ext.so",   "rpath/libouter.so",      "plain/libthread.so",
	"plain/sub/libup.so", "plain/libpathneeded.so",
};

static const char *dir;

static void fail(const char *what, const char *name)
{
	fprintf(stderr, "hammer: %s: %s\n", what, name);
	exit(1);
}

static void load_once(const char *path)
{
	struct link_map *map;
	char origin[4096];
	size_t len = strlen(dir);

	void *h = dlopen(path, RTLD_NOW);
	if (!h)
		fail("dlopen", dlerror());
	if (dlinfo(h, RTLD_DI_LINKMAP, &map) != 0 || strncmp(map->l_name, dir, len) != 0)
		fail("l_name", map->l_name);
	if (dlinfo(h, RTLD_DI_ORIGIN, origin) != 0 || strncmp(origin, dir, len) != 0)
		fail("origin", origin);
	dlclose(h);
}

static void in_child(const char *path)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		/* Another thread may have held ld.so's lock: no dlopen here. */
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		fail("fork", path);
}

static void *work(void *seed)
{
	unsigned state = (unsigned)(size_t)seed;
	char path[4096];

	for (int i = 1; i <= ROUNDS; i++) {
		size_t which = (size_t)rand_r(&state) % (sizeof(names) / sizeof(names[0]));
		snprintf(path, sizeof(path), "%s/%s", dir, names[which]);
		load_once(path);
		if (i % FORK_EVERY == 0)
			in_child(path);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];

	if (argc != 2)
		return 2;
	dir = argv[1];
	for (size_t i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, work, (void *)(i + 1)) != 0)
			fail("pthread_create", dir);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
