/*
 * place.c - print all that a program can find out about where it lies
 *
 * place            as libc, ld.so and the auxiliary vector tell it
 * place --kernel   as the kernel alone knows it: not to be compared
 */
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int kernel(void)
{
	char name[PATH_MAX];
	long n = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", name, sizeof(name));

	return printf("%.*s\n", (int)n, name) < 0;
}

static void show_names(char **argv)
{
	char link[PATH_MAX] = "", real[PATH_MAX] = "", comm[17] = "", few[8] = "";
	struct stat st, opened;

	printf("argv[0] %s, %s, %s\n", argv[0], program_invocation_name,
	       program_invocation_short_name);
	printf("AT_EXECFN %s\n", (const char *)getauxval(AT_EXECFN));
	prctl(PR_GET_NAME, comm);
	printf("comm %s\n", comm);
	printf("readlink %zd", readlink("/proc/self/exe", link, sizeof(link) - 1));
	printf(" %s, of 8 bytes: %zd\n", link, readlink("/proc/self/exe", few, sizeof(few)));
	printf("realpath %s\n", realpath("/proc/self/exe", real) ? real : strerror(errno));
	stat("/proc/self/exe", &st);
	int fd = open("/proc/self/exe", O_RDONLY);
	fstat(fd, &opened);
	printf("inode %lu %lu, mode %o, size %ld\n", (unsigned long)st.st_ino,
	       (unsigned long)opened.st_ino, st.st_mode, (long)opened.st_size);
	printf("access %d\n", access("/proc/self/exe", X_OK));
}

static int show_object(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	if (!strstr(info->dlpi_name, "libcollfs") && !strstr(info->dlpi_name, "vdso"))
		printf("object %s\n", info->dlpi_name);
	return 0;
}

/* glibc knows the program's only when it has replaced a token in some name. */
static void show_origin(void *handle)
{
	char origin[PATH_MAX] = "";

	printf("origin %d", dlinfo(handle, RTLD_DI_ORIGIN, origin));
	printf(" %s\n", origin);
}

static void show_search_path(void *handle)
{
	Dl_serinfo size, *list;

	if (dlinfo(handle, RTLD_DI_SERINFOSIZE, &size) != 0 || !(list = malloc(size.dls_size)))
		return;
	dlinfo(handle, RTLD_DI_SERINFOSIZE, list);
	dlinfo(handle, RTLD_DI_SERINFO, list);
	for (unsigned i = 0; i < list->dls_cnt; i++)
		printf("search %s\n", list->dls_serpath[i].dls_name);
	free(list);
}

static void show_loaded(const char *name)
{
	void *handle = dlopen(name, RTLD_NOW);
	struct link_map *map;

	if (!handle) {
		printf("dlopen %s: %s\n", name, dlerror());
		return;
	}
	dlinfo(handle, RTLD_DI_LINKMAP, &map);
	printf("dlopen %s: %s\n", name, map->l_name);
	show_origin(handle);
	show_search_path(handle);
}

int main(int argc, char **argv)
{
	/* Of the libraries' directory; the last of them is asked for twice. */
	static const char *const names[] = {
		"libabsent.so",
		"liblater.so",
		"$ORIGIN/../lib/libtoken.so",
		"${ORIGIN}/../lib/libabsent.so",
		"$ORIGIN/../lib/liblater.so",
	};
	Dl_info info;

	if (argc > 1 && strcmp(argv[1], "--kernel") == 0)
		return kernel();
	show_names(argv);
	dl_iterate_phdr(show_object, NULL);
	if (dladdr((void *)main, &info))
		printf("dladdr %s %s\n", info.dli_fname, info.dli_sname ? info.dli_sname : "-");
	void *self = dlopen(NULL, RTLD_NOW);
	show_search_path(self);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		show_loaded(names[i]);
	show_search_path(self);
	show_origin(self);
	fflush(stdout);
	/* Its own children: by the name that it has, and by the kernel's. */
	if (argc > 1 && strcmp(argv[1], "again") == 0) {
		execl("/proc/self/exe", argv[0], "once", (char *)NULL);
		return 1;
	}
	return 0;
}
