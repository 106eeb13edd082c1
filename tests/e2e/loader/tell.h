/*
 * tell.h - what a program can see of its libraries, one line a fact
 *
 * No address, no device and no descriptor's number: a run with libcollfs and a
 * run without it must be the same, byte by byte. Included once, by each of the
 * scenarios' programs, behind a definition of _GNU_SOURCE.
 */
#ifndef COLLFS_TESTS_TELL_H
#define COLLFS_TESTS_TELL_H

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef const char *(*teller)(void);

static inline void *open_it(const char *name, int flags)
{
	errno = 0;
	void *h = dlopen(name, flags);
	if (!h)
		printf("dlopen %s: %s\n", name, dlerror());
	return h;
}

/* Everything that the interfaces tell of one handle. */
static inline void describe(void *h, const char *function)
{
	struct link_map *map;
	char origin[4096];
	Dl_info info;
	Lmid_t lmid;

	if (!h)
		return;
	teller tell = (teller)dlsym(h, function);
	printf("  %s says: %s\n", function, tell ? tell() : dlerror());
	if (dlinfo(h, RTLD_DI_LINKMAP, &map) == 0)
		printf("  l_name %s\n", map->l_name);
	if (dlinfo(h, RTLD_DI_ORIGIN, origin) == 0)
		printf("  origin %s\n", origin);
	if (dlinfo(h, RTLD_DI_LMID, &lmid) == 0)
		/* An auditor takes a namespace, so numbers of others differ. */
		printf("  namespace %s\n", lmid == LM_ID_BASE ? "of the program" : "of its own");
	if (tell && dladdr((void *)tell, &info))
		printf("  dladdr %s %s\n", info.dli_fname, info.dli_sname);

	Dl_serinfo size, *paths;
	if (dlinfo(h, RTLD_DI_SERINFOSIZE, &size) != 0)
		return;
	paths = malloc(size.dls_size);
	dlinfo(h, RTLD_DI_SERINFOSIZE, paths);
	if (dlinfo(h, RTLD_DI_SERINFO, paths) == 0) {
		for (unsigned i = 0; i < paths->dls_cnt; i++)
			printf("  searches %s\n", paths->dls_serpath[i].dls_name);
	}
	free(paths);
}

static inline void *load(const char *name, const char *function)
{
	printf("load %s\n", name);
	void *h = open_it(name, RTLD_NOW);
	describe(h, function);
	return h;
}

static inline void same(const char *what, void *a, void *b)
{
	printf("%s: %s\n", what,
	       a && a == b ? "one handle"
	       : a && b    ? "two handles"
	                   : "not loaded");
}

static inline int print_object(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	(void)data;
	/* The vDSO's name and place depend on the kernel. */
	if (!strstr(info->dlpi_name, "vdso") && !strstr(info->dlpi_name, "libcollfs"))
		printf("  object %s, %d segments\n", info->dlpi_name, (int)info->dlpi_phnum);
	return 0;
}

static inline void list_objects(void)
{
	dl_iterate_phdr(print_object, NULL);
}

#endif
