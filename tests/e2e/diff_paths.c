/*
 * diff_paths.c - every served call on every kind of path, one line for each
 *
 *   diff_paths prepare DIR   make the tree of paths in DIR (which must not exist)
 *   diff_paths run DIR       print what each call answers for each path
 *
 * A test runs it without the library and with it, with DIR in scope, and
 * compares the two: they must not differ in a byte. Left out are times of
 * access, which reading changes, attributes that statx(2) was not asked for, and
 * O_NOFOLLOW in F_GETFL, which a served descriptor has no way to show.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/undeclared.h"
#include "put.h"

#define LONG_NAME                                                                                  \
	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"        \
	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"        \
	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"        \
	"nnnnnnnnnnnn" /* 255 */

static const char *const paths[] = {
	".",
	"",
	"/",
	"file",
	"./file",
	"file/",
	"file/.",
	"file/..",
	"file/below",
	"empty",
	"big",
	"unreadable",
	"script",
	"absent",
	"absent/",
	"absent/below",
	"sub",
	"sub/",
	"sub//",
	"sub/.",
	"sub/..",
	"sub/../file",
	"sub/inner",
	"sub//inner",
	"sub/./inner",
	"sub/absent",
	"sub/deep",
	"sub/deep/leaf",
	"sub/deep/../inner",
	"closed",
	"closed/inner",
	"closed/absent",
	"to_file",
	"to_file/",
	"to_sub",
	"to_sub/",
	"to_sub/inner",
	"to_sub/..",
	"to_sub/../file",
	"to_sub/absent",
	"to_link",
	"dangling",
	"dangling/",
	"loop_a",
	"loop_a/x",
	"loop_self",
	"absolute",
	"absolute/inner",
	"outside",
	"outside/",
	"outside/..",
	"outside_file",
	"sub/up",
	"sub/up/file",
	"to_nothing/..",
	"deep_link",
	"deep_link/../inner",
	"fifo",
	"../",
	"..",
	"../..",
	LONG_NAME,
	LONG_NAME "n",
	LONG_NAME "/x",
	"empty_dir",
	"empty_dir/",
	"empty_dir/x",
	"name with blank",
	"\xc3\xa9t\xc3\xa9",
	"s*b",
};
#define PATH_COUNT (sizeof(paths) / sizeof(paths[0]))

/* How a path is handed to a call. */
struct at {
	int dirfd;
	const char *path;
	char note[16];
};

static const char *call_name;
static struct at at;

static void say(long result, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(long result, const char *format, ...)
{
	int err = errno;
	va_list args;

	printf("%s %s %.60s[%zu]: %ld", at.note, call_name, at.path, strlen(at.path), result);
	if (result < 0)
		printf(" %s", strerrorname_np(err));
	else {
		putchar(' ');
		va_start(args, format);
		vprintf(format, args);
		va_end(args);
	}
	putchar('\n');
}

static void say_stat(int result, const struct stat *st)
{
	say(result,
	    "dev %lx ino %lu mode %o nlink %lu uid %u gid %u rdev %lx size %ld blksize %ld "
	    "blocks %ld mtime %ld.%09ld ctime %ld.%09ld",
	    st->st_dev, st->st_ino, st->st_mode, st->st_nlink, st->st_uid, st->st_gid, st->st_rdev,
	    st->st_size, st->st_blksize, st->st_blocks, st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
	    st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
}

static uint64_t hash_bytes(uint64_t h, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	while (n-- > 0)
		h = (h ^ *p++) * UINT64_C(1099511628211);
	return h;
}

/* What can be seen through an open descriptor, which is closed then. */
static void say_fd(int fd)
{
	struct stat st = {0};
	char buf[8192], name[PATH_MAX], link[64];
	uint64_t h = 0;
	ssize_t n;

	if (fd < 0) {
		say(-1, "-");
		return;
	}
	while ((n = read(fd, buf, 1000)) > 0)
		h = hash_bytes(h, buf, (size_t)n);
	off_t end = lseek(fd, 0, SEEK_CUR);
	ssize_t again = pread(fd, buf, 10, 1);
	fstat(fd, &st);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, name, sizeof(name) - 1);
	name[len > 0 ? len : 0] = '\0';
	say(0,
	    "flags %x fdflags %x read %zd end %ld again %zd hash %lx name %s ino %lu dev %lx "
	    "nlink %lu mode %o size %ld mtime %ld write %zd",
	    fcntl(fd, F_GETFL) & ~(O_LARGEFILE | O_NOFOLLOW), fcntl(fd, F_GETFD), n, end, again, h,
	    name, st.st_ino, st.st_dev, st.st_nlink, st.st_mode, st.st_size, st.st_mtim.tv_sec,
	    write(fd, "x", 1));
	close(fd);
}

static void say_stream(FILE *f)
{
	char buf[4096];
	uint64_t h = 0;
	size_t n, total = 0;
	struct stat st = {0};

	if (!f) {
		say(-1, "-");
		return;
	}
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0) {
		h = hash_bytes(h, buf, n);
		total += n;
	}
	fstat(fileno(f), &st);
	say(0, "bytes %zu hash %lx error %d cloexec %d ino %lu", total, h, ferror(f) != 0,
	    fcntl(fileno(f), F_GETFD), st.st_ino);
	fclose(f);
}

/* libc leaves the order to the filesystem, which answers as it likes: the order
 * of the snapshot and of the real directory are the same one. */
static void say_dir(DIR *d)
{
	struct dirent *line;
	uint64_t h = 0;
	unsigned count = 0;
	struct stat st = {0}, again = {0};

	if (!d) {
		say(-1, "-");
		return;
	}
	while ((line = readdir(d))) {
		h = hash_bytes(h, line->d_name, strlen(line->d_name) + 1);
		h = hash_bytes(h, &line->d_ino, sizeof(line->d_ino));
		h = hash_bytes(h, &line->d_type, 1);
		h = hash_bytes(h, &line->d_reclen, sizeof(line->d_reclen));
		count++;
	}
	rewinddir(d);
	line = readdir(d);
	long place = telldir(d);
	struct dirent *second = readdir(d);
	char second_name[256] = "";
	if (second)
		strcpy(second_name, second->d_name);
	seekdir(d, place);
	second = readdir(d);
	bool back = second && strcmp(second->d_name, second_name) == 0;
	fstat(dirfd(d), &st);
	fstatat(dirfd(d), ".", &again, 0);
	say(0, "lines %u hash %lx seek %d ino %lu %lu", count, h, back || !second, st.st_ino,
	    again.st_ino);
	closedir(d);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_dotted(const struct dirent *line)
{
	return line->d_name[0] != '.';
}

static void say_scan(int n, struct dirent **lines)
{
	uint64_t h = 0;

	for (int i = 0; i < n; i++) {
		h = hash_bytes(h, lines[i]->d_name, strlen(lines[i]->d_name) + 1);
		h = hash_bytes(h, &lines[i]->d_type, 1);
		free(lines[i]);
	}
	if (n >= 0)
		free(lines);
	say(n, "hash %lx", h);
}

static void say_text(const char *text)
{
	say(text ? 0 : -1, "%s", text ? text : "");
}

static void say_link(ssize_t n, const char *buf)
{
	say(n, "%.*s", n < 0 ? 0 : (int)n, buf);
}

#include "diff_calls.h"

static void run_plain(void)
{
	for (size_t i = 0; i < PLAIN_COUNT; i++) {
		call_name = plain_calls[i].name;
		errno = 0;
		plain_calls[i].call(at.path);
	}
}

static void run_at(void)
{
	for (size_t i = 0; i < AT_COUNT; i++) {
		call_name = at_calls[i].name;
		errno = 0;
		at_calls[i].call(at.dirfd, at.path);
	}
}

static void run_each(const char *note, int dirfd, const char *prefix, bool plain)
{
	static char path[3 * PATH_MAX];

	at.dirfd = dirfd;
	at.path = path;
	snprintf(at.note, sizeof(at.note), "%s", note);
	for (size_t i = 0; i < PATH_COUNT; i++) {
		/* An absolute path stays one. */
		snprintf(path, sizeof(path), "%s%s", paths[i][0] == '/' ? "" : prefix, paths[i]);
		if (plain)
			run_plain();
		run_at();
	}
	/* Around PATH_MAX, with the kernel's limit on either side. */
	for (int extra = -3; extra <= 2; extra++) {
		size_t n = (size_t)snprintf(path, sizeof(path), "%s", prefix);
		while (n + 2 < (size_t)(PATH_MAX + extra - 4))
			n += (size_t)sprintf(path + n, "./");
		while (n < (size_t)(PATH_MAX + extra - 4))
			path[n++] = '/';
		strcpy(path + n, "file");
		if (plain)
			run_plain();
		run_at();
	}
}

static int run(const char *dir)
{
	char prefix[PATH_MAX];

	snprintf(prefix, sizeof(prefix), "%s/", dir);
	run_each("absolute", AT_FDCWD, prefix, true);
	if (chdir(dir) != 0)
		return 1;
	run_each("relative", AT_FDCWD, "", true);
	int fd = open(".", O_RDONLY | O_DIRECTORY);
	run_each("dirfd", fd, "", false);
	if (chdir("sub/deep") != 0)
		return 1;
	run_each("updirfd", fd, "sub/../", false);
	run_each("up", AT_FDCWD, "../../", true);
	if (chdir("/") != 0)
		return 1;
	run_each("notdir", STDIN_FILENO, "", false);
	run_each("badfd", 977, "", false);
	close(fd);
	return 0;
}

static int prepare(const char *dir)
{
	char absolute[PATH_MAX];

	if (mkdir(dir, 0755) != 0 || chdir(dir) != 0) {
		perror(dir);
		return 1;
	}
	put_file("file", 10000, 0644);
	put_file("empty", 0, 0644);
	put_file("big", 300000, 0600);
	put_file("unreadable", 10, 0);
	put_file("script", 20, 0755);
	put_file("name with blank", 5, 0644);
	put_file("\xc3\xa9t\xc3\xa9", 6, 0644);
	put_file(LONG_NAME, 7, 0644);
	mkdir("sub", 0755);
	mkdir("sub/deep", 0755);
	put_file("sub/inner", 100, 0644);
	put_file("sub/deep/leaf", 50, 0644);
	mkdir("empty_dir", 0755);
	mkdir("closed", 0755);
	put_file("closed/inner", 9, 0644);
	put_link("file", "to_file");
	put_link("sub", "to_sub");
	put_link("to_file", "to_link");
	put_link("nowhere", "dangling");
	put_link("loop_b", "loop_a");
	put_link("loop_a", "loop_b");
	put_link("loop_self", "loop_self");
	put_link("/usr/include", "outside");
	put_link("/etc/passwd", "outside_file");
	put_link("absent/x", "to_nothing");
	put_link("sub/deep", "deep_link");
	put_link("..", "sub/up");
	if (!getcwd(absolute, sizeof(absolute) - 8))
		return 1;
	put_link(strcat(absolute, "/sub"), "absolute");
	if (mkfifo("fifo", 0644) != 0 || chmod("closed", 0) != 0)
		return 1;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "prepare") == 0)
		return prepare(argv[2]);
	if (argc == 3 && strcmp(argv[1], "run") == 0)
		return run(argv[2]);
	fprintf(stderr, "usage: %s prepare|run DIR\n", argv[0]);
	return 2;
}
