/*
 * symbols.c - which definition a name is bound to, and what is told of it
 *
 * Usage: symbols DIR
 */
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

#include "tell.h"

typedef int (*number)(void);

static const char *dir;

static void *library(const char *name, int flags)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/symbols/%s", dir, name);
	return open_it(path, flags);
}

static void call(const char *what, void *h, const char *symbol)
{
	number f = h ? (number)dlsym(h, symbol) : NULL;
	Dl_info info;

	printf("%s: %d", what, f ? f() : -1);
	if (f && dladdr((void *)f, &info))
		printf(" from %s in %s", info.dli_sname ? info.dli_sname : "?", info.dli_fname);
	printf("\n");
}

/* libcalls.so calls common(), which it defines, too. */
static void scopes(void)
{
	/* The program defines it: that comes first, but for DEEPBIND. */
	call("own definition, behind the program's", library("libcalls.so", RTLD_NOW),
	     "calls_common");
	call("deep binding", library("libcallsdeep.so", RTLD_NOW | RTLD_DEEPBIND), "calls_common");
	call("a copy that is not bound yet", library("libcallslazy.so", RTLD_LAZY), "calls_common");
	/* needs_global() is in a library that is not named as needed. */
	void *user = library("libuser.so", RTLD_LAZY);
	void *local = library("libglobal.so", RTLD_NOW | RTLD_LOCAL);
	printf("local: %s\n", dlsym(RTLD_DEFAULT, "needs_global") ? "visible" : "hidden");
	same("made global", local, library("libglobal.so", RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD));
	printf("global: %s\n", dlsym(RTLD_DEFAULT, "needs_global") ? "visible" : "hidden");
	call("by a global library", user, "uses_global");
	library("libusernow.so", RTLD_NOW);
}

static void versions(void)
{
	void *h = library("libversions.so", RTLD_NOW);

	call("default version", h, "versioned");
	for (int i = 1; h && i <= 3; i++) {
		char version[8];
		snprintf(version, sizeof(version), "V_%d", i);
		number f = (number)dlvsym(h, "versioned", version);
		printf("%s: %d%s%s\n", version, f ? f() : -1, f ? "" : " ", f ? "" : dlerror());
	}
	call("linked with the old one", library("libold.so", RTLD_NOW), "uses_versioned");
	library("libfuture.so", RTLD_NOW); /* wants a version that is not there */
}

static void kinds(void)
{
	call("ifunc", library("libifunc.so", RTLD_NOW), "chosen");
	void *a = library("libunique1.so", RTLD_NOW), *b = library("libunique2.so", RTLD_NOW);
	printf("unique object: %s\n",
	       a && b && dlsym(a, "only_one") == dlsym(b, "only_one") ? "one" : "two");
	call("filter", library("libfilter.so", RTLD_NOW), "filtered");
	call("auxiliary", library("libauxiliary.so", RTLD_NOW), "filtered");
	call("prelinked group", library("libgroup.so", RTLD_NOW), "first_of_group");
}

/* All that dladdr1, dl_iterate_phdr and dlinfo say of an address must agree. */
static int find_name(struct dl_phdr_info *info, size_t size, void *data)
{
	void **want = data;

	(void)size;
	if ((ElfW(Addr))want[0] == info->dlpi_addr)
		want[1] = (void *)info->dlpi_name;
	return 0;
}

static void addresses(void)
{
	void *h = library("libifunc.so", RTLD_NOW);
	struct link_map *map, *by_address;
	const ElfW(Phdr) * headers;
	Dl_info info;

	if (!h || dlinfo(h, RTLD_DI_LINKMAP, &map) != 0)
		return;
	if (dladdr1((void *)map->l_ld, &info, (void **)&by_address, RTLD_DL_LINKMAP))
		printf("dladdr1: %s, %s\n", info.dli_fname,
		       map == by_address ? "the same map" : "another map");
	void *want[] = {(void *)map->l_addr, NULL};
	dl_iterate_phdr(find_name, want);
	printf("dl_iterate_phdr: %s, the map: %s\n", (char *)want[1], map->l_name);
	int n = dlinfo(h, RTLD_DI_PHDR, &headers);
	printf("dlinfo: %d segments\n", n);
	printf("at the map's beginning: %s\n",
	       memcmp((void *)map->l_addr, ELFMAG, SELFMAG) == 0 ? "a library" : "something");
}

int common(void);
int common(void)
{
	return 1;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	dir = argv[1];
	scopes();
	versions();
	kinds();
	addresses();
	list_objects();
	return 0;
}
