/*
 * reopen.c - closing libraries and opening them again, also when the job has
 * changed them meanwhile
 *
 * Usage: reopen DIR. It changes files in DIR/changed.
 *        reopen DIR FILE: only tell which version that is
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tell.h"

#define CYCLES 300

static const char *dir;

static const char *under(const char *name)
{
	static char path[4][4096];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
	return p;
}

static void close_it(void *h)
{
	if (h && dlclose(h) != 0)
		printf("dlclose: %s\n", dlerror());
}

/* Constructors and destructors say so; each load begins anew. */
static void again(void)
{
	for (int i = 0; i < 3; i++)
		close_it(load(under("reopen/libcycle.so"), "cycle_tells"));
	/* Opened twice, it stays until it is closed twice. */
	void *a = open_it(under("reopen/libcycle.so"), RTLD_NOW);
	void *b = open_it(under("reopen/libcycle.so"), RTLD_NOW);
	same("opened twice", a, b);
	close_it(a);
	describe(b, "cycle_tells");
	close_it(b);
	close_it(load(under("reopen/libstays.so"), "stays_tells"));
	printf("built with nodelete: %s\n",
	       dlopen(under("reopen/libstays.so"), RTLD_NOW | RTLD_NOLOAD) ? "stays" : "gone");
	close_it(open_it(under("reopen/libkept.so"), RTLD_NOW | RTLD_NODELETE));
	load(under("reopen/libkept.so"), "kept_tells");
}

struct usage {
	int descriptors, maps;
	size_t heap;
};

static struct usage used(void)
{
	struct usage u = {.heap = mallinfo2().uordblks};
	DIR *d = opendir("/proc/self/fd");
	FILE *f = fopen("/proc/self/maps", "r");

	while (d && readdir(d))
		u.descriptors++;
	for (int c; f && (c = getc(f)) != EOF;)
		u.maps += c == '\n';
	closedir(d);
	fclose(f);
	return u;
}

/* Nothing is left behind by a cycle, with whatever it is done. */
static void count_cycles(void)
{
	static const char *const names[] = {"reopen/libquiet.so", "reopen/libquietlink.so",
	                                    "deep/1/libdeep1.so", "reopen/libabsent.so"};

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		struct usage before = {0}, after;
		for (int i = 0; i < CYCLES; i++) {
			if (i == 20)
				before = used();
			void *h = dlopen(under(names[n]), RTLD_NOW);
			if (h)
				dlclose(h);
			else
				dlerror();
		}
		after = used();
		/* What is lost in each cycle is at least a block of malloc's. */
		printf("%s, %d cycles: %+d descriptors, %+d maps, heap %s\n", names[n], CYCLES,
		       after.descriptors - before.descriptors, after.maps - before.maps,
		       (long)(after.heap - before.heap) < 8 * CYCLES ? "steady" : "grown");
	}
}

static void copy_over(const char *from, const char *to)
{
	static char bytes[1 << 20];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_TRUNC | O_CREAT, 0755);
	ssize_t n = read(in, bytes, sizeof(bytes));

	if (n < 0 || write(out, bytes, (size_t)n) != n)
		perror("copy");
	close(in);
	close(out);
}

static void *version(const char *name)
{
	return load(under(name), "version_tells");
}

/* Each change in a directory of its own: it is served up to that change. */
static void changes(void)
{
	close_it(version("changed/renamed/libv.so"));
	if (rename(under("changed/new/libnew1.so"), under("changed/renamed/libv.so")) != 0)
		perror("rename");
	close_it(version("changed/renamed/libv.so"));

	close_it(version("changed/written/libv.so"));
	copy_over(under("changed/new/libnew2.so"), under("changed/written/libv.so"));
	close_it(version("changed/written/libv.so"));

	close_it(version("changed/relinked/libv.so"));
	unlink(under("changed/relinked/libv.so"));
	if (symlink("libother.so", under("changed/relinked/libv.so")) != 0)
		perror("symlink");
	close_it(version("changed/relinked/libv.so"));

	close_it(version("changed/removed/libv.so"));
	unlink(under("changed/removed/libv.so"));
	close_it(version("changed/removed/libv.so"));

	/* Not there, and then there. */
	close_it(version("changed/created/libv.so"));
	copy_over(under("changed/new/libnew2.so"), under("changed/created/libv.so"));
	close_it(version("changed/created/libv.so"));

	/* A directory that moves away, and another that takes its name. */
	close_it(version("changed/moves/moved/libv.so"));
	if (rename(under("changed/moves/moved"), under("changed/moves/away")) != 0 ||
	    rename(under("changed/moves/next"), under("changed/moves/moved")) != 0)
		perror("rename");
	close_it(version("changed/moves/moved/libv.so"));
	close_it(version("changed/moves/away/libv.so"));
}

/* What is loaded stays what it is, whatever becomes of its file. */
static void changed_while_open(void)
{
	void *a = version("changed/busy/libv.so");
	copy_over(under("changed/new/libnew2.so"), under("changed/busy/unrelated.so"));
	same("a file beside it", a, open_it(under("changed/busy/liblink.so"), RTLD_NOW));
	same("a link from elsewhere", a, open_it(under("changed/links/busylink.so"), RTLD_NOW));
	if (rename(under("changed/busy/unrelated.so"), under("changed/busy/libv.so")) != 0)
		perror("rename");
	same("replaced, by its name", a, open_it(under("changed/busy/libv.so"), RTLD_NOW));
	void *b = open_it(under("changed/busy/liblink3.so"), RTLD_NOW);
	same("replaced, by a new link", a, b);
	describe(b, "version_tells");
	describe(a, "version_tells");
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	dir = argv[1];
	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc > 2) {
		version(argv[2]);
		return 0;
	}
	count_cycles();
	again();
	changes();
	changed_while_open();
	return 0;
}
