/* hook.c - an LD_PRELOAD of somebody else: counts the opens of libraries' files by
 * name, hands the calls on, and says so at the end. NAME is its name. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>

static int opens;

int open(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	va_list more;

	va_start(more, flags);
	int mode = va_arg(more, int);
	va_end(more);
	if (!real)
		real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
	opens++;
	return real(path, flags, mode);
}

__attribute__((constructor)) static void begin(void)
{
	Dl_info info;

	if (dladdr((void *)begin, &info))
		printf(NAME " is loaded as %s\n", info.dli_fname);
}

__attribute__((destructor)) static void end(void)
{
	printf(NAME ": %s\n", opens > 0 ? "opens were seen" : "nothing was seen");
}
