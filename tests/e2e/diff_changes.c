/*
 * diff_changes.c - after a change, everybody sees it
 *
 *   diff_changes DIR
 *
 * For each call that changes files there is a directory in DIR, all made before
 * anything is looked at (past the library, by system calls). Looks at
 * everything in it, so that it is served, makes the change, and prints what this process, a fork child and a program that is
 * started then see. A test runs it without the library and with it, with DIR
 * in scope, each time in a fresh DIR of the same name, and compares.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

static const char *const names[] = {"a",    "b",      "sub",  "sub/x", "moved", "moved/x",
                                    "link", "link/x", "to_a", "new",   "new/x", "via"};
#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

static char *self;
static char outside[PATH_MAX]; /* a link, out of the current directory's way, to it */

static void say_name(const char *name)
{
	struct stat st;
	char text[64] = "", target[64] = "";

	printf(" %s:", name);
	if (lstat(name, &st) != 0) {
		printf("%s", strerrorname_np(errno));
		return;
	}
	bool old = st.st_mtim.tv_sec < 1000000000;
	printf("%o,%ld,%lu,%s", st.st_mode, S_ISDIR(st.st_mode) ? 0 : st.st_size, st.st_nlink,
	       old ? "old" : "now");
	if (S_ISLNK(st.st_mode) && readlink(name, target, sizeof(target) - 1) > 0)
		printf(",%s", target);
	int fd = S_ISFIFO(st.st_mode) ? -1 : open(name, O_RDONLY);
	if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0)
		printf(",%s", text);
	close(fd);
	printf(",%d", access(name, W_OK | X_OK));
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void say_all(const char *who)
{
	struct dirent **lines;

	printf("  %s", who);
	for (size_t i = 0; i < NAME_COUNT; i++)
		say_name(names[i]);
	int n = scandir(".", &lines, NULL, by_name);
	for (int i = 0; i < n; i++) {
		printf(" %s", strstr(lines[i]->d_name, "XX") ? "temp" : lines[i]->d_name);
		free(lines[i]);
	}
	if (n >= 0)
		free(lines);
	putchar('\n');
	fflush(stdout);
}

/* What the file system holds before: made by system calls, and of old. */
static void put(const char *name, const char *text)
{
	struct timespec old[2] = {{1000, 0}, {1000, 0}};
	int fd = (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (write(fd, text, strlen(text)) < 0)
		perror(name);
	syscall(SYS_utimensat, fd, NULL, old, 0);
	close(fd);
}

static void make_tree(void)
{
	struct timespec old[2] = {{1000, 0}, {1000, 0}};

	put("a", "first");
	put("b", "second");
	syscall(SYS_mkdirat, AT_FDCWD, "sub", 0755);
	put("sub/x", "below");
	syscall(SYS_symlinkat, "sub", AT_FDCWD, "link");
	syscall(SYS_symlinkat, "a", AT_FDCWD, "to_a");
	syscall(SYS_utimensat, AT_FDCWD, "sub", old, 0);
	syscall(SYS_utimensat, AT_FDCWD, "link", old, AT_SYMLINK_NOFOLLOW);
	syscall(SYS_utimensat, AT_FDCWD, "to_a", old, AT_SYMLINK_NOFOLLOW);
}

static void write_to(int fd, const char *text)
{
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("  error %s\n", strerrorname_np(errno));
	close(fd);
}

static void stream_to(FILE *f, const char *text)
{
	if (!f || fputs(text, f) < 0)
		printf("  error %s\n", strerrorname_np(errno));
	if (f)
		fclose(f);
}

static const struct timespec times_old[2] = {{500, 0}, {500, 0}};
static const struct timeval times_tv[2] = {{500, 0}, {500, 0}};
static const struct utimbuf times_utime = {500, 500};

static int in_fd(int flags)
{
	return open("a", flags);
}

static int dir_fd(void)
{
	return open("sub", O_RDONLY | O_DIRECTORY);
}

static char *beyond(const char *name)
{
	static char path[2 * PATH_MAX];
	snprintf(path, sizeof(path), "%s/%s", outside, name);
	return path;
}

/* A call that is made while the process has no descriptor left. */
#define WITHOUT_FDS(call)                                                                          \
	struct rlimit limit, none;                                                                 \
	int lowest = dup(0);                                                                       \
	close(lowest);                                                                             \
	getrlimit(RLIMIT_NOFILE, &limit);                                                          \
	none = limit;                                                                              \
	none.rlim_cur = (rlim_t)lowest;                                                            \
	setrlimit(RLIMIT_NOFILE, &none);                                                           \
	(void)call;                                                                                \
	setrlimit(RLIMIT_NOFILE, &limit);

/* X(name, call) */
#define CHANGES(X)                                                                                 \
	X(nothing, ;)                                                                              \
	X(open_write, write_to(open("a", O_WRONLY), "W");)                                         \
	X(open_rdwr, write_to(open("a", O_RDWR), "W");)                                            \
	X(open_trunc, write_to(open("a", O_WRONLY | O_TRUNC), "W");)                               \
	X(open_trunc_ro, close(open("a", O_RDONLY | O_TRUNC));)                                    \
	X(open_append, write_to(open64("a", O_WRONLY | O_APPEND), "W");)                           \
	X(open_creat, write_to(open("new", O_WRONLY | O_CREAT, 0600), "W");)                       \
	X(open_excl, write_to(open("new", O_WRONLY | O_CREAT | O_EXCL, 0600), "W");)               \
	X(open_excl_there, write_to(open("a", O_WRONLY | O_CREAT | O_EXCL, 0600), "W");)           \
	X(open_by_link, write_to(open("to_a", O_WRONLY), "W");)                                    \
	X(open_below_link, write_to(open("link/x", O_WRONLY), "W");)                               \
	X(open_beyond, write_to(open(beyond("a"), O_WRONLY), "W");)                                \
	X(open_creat_beyond, write_to(open(beyond("new"), O_WRONLY | O_CREAT, 0600), "W");)        \
	X(openat, int d = dir_fd(); write_to(openat(d, "x", O_WRONLY), "W"); close(d);)            \
	X(creat, write_to(creat("new", 0600), "W");)                                               \
	X(dangling,                                                                                \
	  if (symlink("new", "via") == 0) write_to(open("via", O_WRONLY | O_CREAT, 0600), "W");)   \
	X(fopen_w, stream_to(fopen("a", "w"), "W");)                                               \
	X(fopen_a, stream_to(fopen("a", "a"), "W");)                                               \
	X(fopen_rp, stream_to(fopen("a", "r+"), "W");)                                             \
	X(fopen_new, stream_to(fopen64("new", "wx"), "W");)                                        \
	X(freopen, stream_to(freopen("a", "w", fopen("/dev/null", "r")), "W");)                    \
	X(unlink, unlink("a");)                                                                    \
	X(unlink_beyond, unlink(beyond("a"));)                                                     \
	X(unlinkat, int d = dir_fd(); unlinkat(d, "x", 0); close(d);)                              \
	X(unlink_absent, unlink("new");)                                                           \
	X(remove, remove("a");)                                                                    \
	X(rmdir, unlink("sub/x"); rmdir("sub");)                                                   \
	X(rename, rename("a", "b");)                                                               \
	X(rename_new, rename("a", "new");)                                                         \
	X(rename_dir, rename("sub", "moved");)                                                     \
	X(renameat, renameat(AT_FDCWD, "sub", AT_FDCWD, "moved");)                                 \
	X(renameat2, renameat2(AT_FDCWD, "a", AT_FDCWD, "sub", RENAME_EXCHANGE);)                  \
	X(rename_back, rename("sub", "moved"); stat("moved/x", &(struct stat){0});                 \
	  rename("moved", "sub");)                                                                 \
	X(mkdir, mkdir("new", 0700);)                                                              \
	X(mkdir_there, mkdir("sub", 0700);)                                                        \
	X(mkdir_write, mkdir("new", 0700); write_to(creat("new/x", 0600), "W");)                   \
	X(mkdirat, mkdirat(AT_FDCWD, "new", 0700);)                                                \
	X(link, link("a", "new");)                                                                 \
	X(linkat, linkat(AT_FDCWD, "to_a", AT_FDCWD, "new", AT_SYMLINK_FOLLOW);)                   \
	X(symlink, symlink("b", "new");)                                                           \
	X(symlink_dir, symlink("sub", "new");)                                                     \
	X(symlink_turned, unlink("link"); symlink("nowhere", "link");)                             \
	X(symlinkat, symlinkat("b", AT_FDCWD, "new");)                                             \
	X(mkfifo, mkfifo("new", 0600);)                                                            \
	X(mknod, mknod("new", S_IFREG | 0600, 0);)                                                 \
	X(mkstemp, char t[] = "t-XXXXXX"; close(mkstemp(t)); rename(t, "new");)                    \
	X(mkostemps, char t[] = "t-XXXXXX.c"; close(mkostemps(t, 2, 0)); rename(t, "new");)        \
	X(mkdtemp, char t[] = "t-XXXXXX"; if (mkdtemp(t)) rename(t, "new");)                       \
	X(truncate, truncate("a", 2);)                                                             \
	X(chmod, chmod("a", 0400);)                                                                \
	X(chmod_dir, chmod("sub", 0);)                                                             \
	X(fchmodat, fchmodat(AT_FDCWD, "a", 0700, 0);)                                             \
	X(fchmod_served, int fd = in_fd(O_RDONLY); fchmod(fd, 0711); close(fd);)                   \
	X(futimens_served, int fd = in_fd(O_RDONLY); futimens(fd, times_old); close(fd);)          \
	X(fchmod_write, int fd = in_fd(O_WRONLY); fchmod(fd, 0711); close(fd);)                    \
	X(fchmod_dir, int fd = dir_fd(); fchmod(fd, 0711); close(fd);)                             \
	X(utime, utime("a", NULL);)                                                                \
	X(utime_old, utime("a", &times_utime);)                                                    \
	X(utimes, utimes("a", NULL); utimes("b", times_tv);)                                       \
	X(utimensat, utimensat(AT_FDCWD, "a", NULL, 0);)                                           \
	X(lutimes, lutimes("to_a", NULL);)                                                         \
	X(no_fd_unlink, WITHOUT_FDS(unlink("a")))                                                  \
	X(no_fd_rename_dir, WITHOUT_FDS(rename("sub", "moved")))                                   \
	X(no_fd_mkdir, WITHOUT_FDS(mkdir("new", 0700)))                                            \
	X(no_fd_unlinkat, int d = dir_fd(); WITHOUT_FDS(unlinkat(d, "x", 0)) close(d);)            \
	X(no_fd_chmod, WITHOUT_FDS(chmod("to_a", 0400)))                                           \
	X(no_fd_truncate_beyond, WITHOUT_FDS(truncate(beyond("a"), 1)))                            \
	X(write_through, int fd = in_fd(O_WRONLY); say_all("open"); write_to(fd, "W");)

#define DEFINE(name, ...)                                                                          \
	static void change_##name(void)                                                            \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#pragma GCC diagnostic ignored "-Wunused-result"
CHANGES(DEFINE)

#define LIST(name, ...) {#name, change_##name},
static const struct {
	const char *name;
	void (*change)(void);
} changes[] = {CHANGES(LIST)};

static void others_look(void)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		say_all("child ");
		_exit(0);
	}
	waitpid(child, NULL, 0);
	child = vfork();
	if (child == 0) {
		execl(self, self, "--look", (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

static void enter(const char *parent, const char *name)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%s/%s", parent, name);
	snprintf(outside, sizeof(outside), "%s-%s", parent, name);
	syscall(SYS_mkdirat, AT_FDCWD, dir, 0755);
	syscall(SYS_symlinkat, dir, AT_FDCWD, outside);
	if (chdir(dir) != 0) {
		perror(dir);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	size_t count = sizeof(changes) / sizeof(changes[0]);

	self = realpath("/proc/self/exe", NULL);
	if (argc == 2 && strcmp(argv[1], "--look") == 0) {
		say_all("exec  ");
		return 0;
	}
	if (argc != 2) {
		fprintf(stderr, "usage: %s DIR\n", argv[0]);
		return 2;
	}
	for (size_t i = 0; i < count; i++) {
		enter(argv[1], changes[i].name);
		make_tree();
	}
	for (size_t i = 0; i < count; i++) {
		enter(argv[1], changes[i].name);
		printf("%s\n", changes[i].name);
		say_all("before");
		others_look();
		changes[i].change();
		say_all("after ");
		others_look();
	}
	return 0;
}
