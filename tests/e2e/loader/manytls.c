/*
 * manytls.c - libraries with thread-local data, loaded while threads run
 *
 * Usage: manytls DIR
 *
 * Each library (tlspart.c) has data of the initial-exec kind, for which ld.so
 * must find room in blocks that exist already, or of the dynamic kind.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "tell.h"

#define LIBRARIES 8
#define THREADS 4

typedef long (*adder)(long);

static adder add[2 * LIBRARIES];
static pthread_barrier_t loaded;

static void *work(void *number)
{
	long n = (long)(size_t)number, sum = 0;

	pthread_barrier_wait(&loaded);
	for (int i = 0; i < 2 * LIBRARIES; i++)
		sum += add[i] ? add[i](n) : -1000;
	return (void *)(size_t)sum;
}

static void load_kind(const char *dir, const char *kind, adder *to)
{
	char name[4096];

	for (int i = 0; i < LIBRARIES; i++) {
		snprintf(name, sizeof(name), "%s/manytls/lib%s%d.so", dir, kind, i);
		void *h = dlopen(name, RTLD_NOW);
		printf("%s: %s\n", name, h ? "loaded" : dlerror());
		to[i] = h ? (adder)dlsym(h, "add") : NULL;
	}
}

static void modules(const char *dir)
{
	struct link_map *map;
	size_t module = 0;
	char name[4096];

	snprintf(name, sizeof(name), "%s/manytls/libdynamic0.so", dir);
	void *h = dlopen(name, RTLD_NOW | RTLD_NOLOAD);
	if (h && dlinfo(h, RTLD_DI_LINKMAP, &map) == 0 &&
	    dlinfo(h, RTLD_DI_TLS_MODID, &module) == 0)
		printf("%s has %s\n", map->l_name, module > 0 ? "a module" : "none");
}

int main(int argc, char **argv)
{
	pthread_t thread[THREADS];
	void *sum;

	if (argc != 2 || pthread_barrier_init(&loaded, NULL, THREADS + 1) != 0)
		return 2;
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, work, (void *)(i + 1));
	load_kind(argv[1], "static", add);
	load_kind(argv[1], "dynamic", add + LIBRARIES);
	modules(argv[1]);
	pthread_barrier_wait(&loaded);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(thread[i], &sum);
		printf("thread %d: %ld\n", i + 1, (long)(size_t)sum);
	}
	printf("main: %ld\n", add[0] ? add[0](5) : -1L);
	return 0;
}
