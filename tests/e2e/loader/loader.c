/*
 * loader.c - every way to load a library, and what the program then sees of it
 *
 * Usage: loader DIR, with LD_LIBRARY_PATH=DIR/bin:DIR/env.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tell.h"

const char *startup_tells(void);

static const char *dir;

static const char *joined(const char *suffix, const char *name)
{
	static char path[8][4096];
	static unsigned turn;
	char *p = path[turn++ % 8];

	snprintf(p, sizeof(path[0]), "%s%s/%s", dir, suffix, name);
	return p;
}

static const char *under(const char *name)
{
	return joined("", name);
}

/* A link from outside the scope to a library in it. */
static const char *outside(const char *name)
{
	return joined(".outside", name);
}

static void aliases(void)
{
	void *a = load(under("plain/libplain.so"), "plain_tells");

	same("by a link", a, open_it(under("plain/libalias.so"), RTLD_NOW));
	same("by a link again", a, open_it(under("plain/libalias.so"), RTLD_NOW));
	same("by its soname", a, open_it("libplain.so.1", RTLD_NOW));
	same("through a linked directory", a,
	     open_it(under("plain/link/../libplain.so"), RTLD_NOW));
	same("with slashes and dots", a, open_it(under("plain/.//sub/..//libplain.so"), RTLD_NOW));
	same("with NOLOAD", a, open_it(under("plain/libalias.so"), RTLD_NOW | RTLD_NOLOAD));
	same("the same by the same name", a, open_it(under("plain/libplain.so"), RTLD_LAZY));
	a = open_it("libfound.so", RTLD_NOW);
	same("found by RUNPATH, then by path", a, open_it(under("runpath/libfound.so"), RTLD_NOW));
	a = open_it("libstartup.so", RTLD_NOW);
	same("at start-up, then by path", a, open_it(under("runpath/libstartup.so"), RTLD_NOW));
	a = open_it(outside("liblinkfirst.so"), RTLD_NOW);
	same("by a link outside, then by path", a,
	     open_it(under("plain/liblinkfirst.so"), RTLD_NOW));
	a = open_it(under("plain/liblinklast.so"), RTLD_NOW);
	same("by path, then by a link outside", a, open_it(outside("liblinklast.so"), RTLD_NOW));
	void *none = dlopen(under("plain/libopened.so"), RTLD_NOW | RTLD_NOLOAD);
	printf("NOLOAD of what is not loaded: %s\n", none ? "a handle" : "nothing");
	if (!none) {
		const char *error = dlerror();
		printf("  %s\n", error ? error : "no error");
	}
}

static void reload(void)
{
	for (int i = 0; i < 3; i++) {
		void *h = load(under("plain/sub/libup.so"), "up_tells");
		printf("dlclose %d\n", h ? dlclose(h) : -1);
		printf("loaded after dlclose: %s\n",
		       dlopen(under("plain/sub/libup.so"), RTLD_NOW | RTLD_NOLOAD) ? "yes" : "no");
		dlerror();
	}
}

static void failures(void)
{
	static const char *const names[] = {
		"plain/libabsent.so",    "plain/nodir/libabsent.so",
		"plain/libtext.so",      "plain/libempty.so",
		"plain/libshort.so",     "plain/libcut.so",
		"plain/libdirectory.so", "plain/program",
		"plain/libplain.so/x",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		open_it(under(names[i]), RTLD_NOW);
	open_it("libnosuchlibrary.so.7", RTLD_NOW);
	open_it("", RTLD_NOW);
	open_it("./libnosuchlibrary.so.7", RTLD_NOW);
}

static void relative(void)
{
	if (chdir(dir) != 0)
		return;
	load("plain/librelative.so", "relative_part_tells");
	load("./plain/../plain/librelative.so", "relative_part_tells");
	if (chdir("plain/sub") == 0)
		same("relative, elsewhere", open_it(under("plain/librelative.so"), RTLD_NOW),
		     open_it("../librelative.so", RTLD_NOW));
	if (chdir("/") != 0)
		return;
}

static void tokens(void)
{
	void *a = load("$ORIGIN/../plain/libtoken.so", "token_tells");
	same("with braces", a, open_it("${ORIGIN}/../plain/libtoken.so", RTLD_NOW));
	same("by path", a, open_it(under("plain/libtoken.so"), RTLD_NOW));
	a = open_it("libenv.so", RTLD_NOW);
	same("by search and by ORIGIN", a, open_it("$ORIGIN/../env/libenv.so", RTLD_NOW));
	load(under("plain/libdstuser.so"), "dstuser_tells");
	open_it("$ORIGIN/libabsent.so", RTLD_NOW);
	open_it("$NOTOKEN/libabsent.so", RTLD_NOW);
}

static void namespaces(void)
{
	void *a = open_it(under("plain/libplain.so"), RTLD_NOW);
	void *b = dlmopen(LM_ID_NEWLM, under("wheel/pkg/ext.so"), RTLD_NOW);

	printf("dlmopen: %s\n", b ? "yes" : dlerror());
	describe(b, "ext_tells");
	if (!b)
		return;
	Lmid_t lmid;
	dlinfo(b, RTLD_DI_LMID, &lmid);
	void *c = dlmopen(lmid, under("plain/libplain.so"), RTLD_NOW);
	same("one library in two namespaces", a, c);
	describe(c, "plain_tells");
	load(under("plain/libafter.so"), "after_tells");
}

static void *in_thread(void *unused)
{
	(void)unused;
	load(under("plain/libthread.so"), "thread_part_tells");
	return NULL;
}

static void thread(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, in_thread, NULL) == 0)
		pthread_join(t, NULL);
}

static void child(void)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		load(under("plain/libchild.so"), "child_part_tells");
		fflush(stdout);
		_exit(0);
	}
	int status = -1;
	waitpid(pid, &status, 0);
	printf("child ended with %d\n", status);
	/* A program that closes every descriptor it does not know. */
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	load(under("plain/libchild.so"), "child_part_tells");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	dir = argv[1];
	printf("start-up: %s\n", startup_tells());
	list_objects();
	load("libfound.so", "found_tells");
	load("libenv.so", "env_tells");
	load(under("rpath/libouter.so"), "outer_tells");
	describe(open_it("libinner.so", RTLD_NOW), "inner_tells");
	load(under("wheel/pkg/ext.so"), "ext_tells");
	describe(open_it("libdep2-3c4d.so", RTLD_NOW), "dep2_tells");
	aliases();
	reload();
	failures();
	relative();
	load(under("plain/libpathneeded.so"), "pathneeded_tells");
	load(under("plain/libopener.so"), "opener_tells");
	tokens();
	namespaces();
	thread();
	child();
	printf("at the end\n");
	list_objects();
	return 0;
}
