/*
 * ctor.c - a library whose constructor asks for files, forks and opens others
 *
 * DIRECTORY (a macro) is where it lies.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *ctor_tells(void);

static const char *text = "never constructed";

static void files(void)
{
	static char longest[5000];
	static const struct {
		const char *what, *path;
	} names[] = {
		{"file", DIRECTORY "/libchild.so"},
		{"link", DIRECTORY "/liblink.so"},
		{"directory", DIRECTORY},
		{"absent", DIRECTORY "/absent"},
		{"below a file", DIRECTORY "/libchild.so/x"},
		{"loop", DIRECTORY "/loop"},
		{"dangling", DIRECTORY "/dangling"},
		{"too long", longest},
		{"empty", ""},
		{"bad address", (const char *)1},
	};
	struct stat st;

	memset(longest, 'x', sizeof(longest) - 1);
	memcpy(longest, DIRECTORY "/", sizeof(DIRECTORY));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (int flags = 0; flags <= AT_SYMLINK_NOFOLLOW; flags += AT_SYMLINK_NOFOLLOW) {
			int n = flags ? lstat(names[i].path, &st) : stat(names[i].path, &st);
			printf("  %s of %s: %s", flags ? "lstat" : "stat", names[i].what,
			       strerrorname_np(n ? errno : 0));
			if (n == 0 && !S_ISDIR(st.st_mode))
				printf(", %o, %ld bytes", st.st_mode, (long)st.st_size);
			printf("\n");
		}
		int fd = open(names[i].path, O_RDONLY);
		printf("  open: %s", strerrorname_np(fd < 0 ? errno : 0));
		if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
			printf(", fstat: %ld bytes, %d links", (long)st.st_size, (int)st.st_nlink);
		printf("\n");
		if (fd >= 0)
			close(fd);
	}
	int n = fstat(-1, &st);
	printf("  fstat of -1: %s\n", strerrorname_np(n ? errno : 0));
}

static void child(void)
{
	int status = -1;

	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		/* The parent is within dlopen: its lock is ours now. */
		void *h = dlopen(DIRECTORY "/libinctor.so", RTLD_NOW);
		printf("  the constructor's child opens: %s\n", h ? "yes" : dlerror());
		fflush(stdout);
		_exit(h ? 0 : 1);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	printf("  the constructor's child: %#x\n", (unsigned)status);
}

__attribute__((constructor)) static void construct(void)
{
	files();
	child();
	void *h = dlopen(DIRECTORY "/libinctor.so", RTLD_NOW);
	printf("  the constructor opens: %s\n", h ? "yes" : dlerror());
	h = dlopen("libenv.so", RTLD_NOW);
	printf("  the constructor opens by search: %s\n", h ? "yes" : dlerror());
	text = "constructed";
}

__attribute__((destructor)) static void destroy(void)
{
	int fd = open(DIRECTORY "/libchild.so", O_RDONLY);

	printf("  the destructor opens: %s\n", fd >= 0 ? "yes" : strerror(errno));
	close(fd);
}

const char *ctor_tells(void)
{
	return text;
}
