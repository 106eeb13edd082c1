/*
 * outside.c - what the library costs where it does not serve
 *
 *   LD_PRELOAD=libcollfs.so bench/outside OUTSIDEDIR
 *
 * Runs calls on files in OUTSIDEDIR, which is to be out of scope, by the name
 * that a program is bound to, and as libc has it, in turn in one process, and
 * prints nanoseconds a call for both and the ratio: the median of the pairs.
 * Without the library, or without a session, both are nearly the same.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAIRS 61
#define PAIR_NS 4e6 /* each half of a pair takes about so long */

/* The calls under test, twice: as this program is bound, and as libc has them. */
#define CALLS(X)                                                                                   \
	X(stat)                                                                                    \
	X(lstat)                                                                                   \
	X(fstat)                                                                                   \
	X(access)                                                                                  \
	X(readlink)                                                                                \
	X(realpath)                                                                                \
	X(open)                                                                                    \
	X(openat)                                                                                  \
	X(fopen)                                                                                   \
	X(opendir)                                                                                 \
	X(readdir)                                                                                 \
	X(closedir)                                                                                \
	X(unlink)                                                                                  \
	X(unlinkat)                                                                                \
	X(rename)                                                                                  \
	X(mkdir)                                                                                   \
	X(rmdir)                                                                                   \
	X(chmod)                                                                                   \
	X(chdir)                                                                                   \
	X(lseek)                                                                                   \
	X(fcntl)                                                                                   \
	X(ioctl)                                                                                   \
	X(flock)

struct calls {
#define FIELD(name) __typeof__(name) *name;
	CALLS(FIELD)
#undef FIELD
};

static const struct calls bound = {
#define BOUND(name) .name = name,
	CALLS(BOUND)
#undef BOUND
};
static struct calls plain;

static char directory[4096], file[4200], absent[4200], link_name[4200], made[4200], moved[4200];
static int file_fd, directory_fd;

static void check(int result)
{
	if (result < 0)
		perror("a call failed");
}

static void do_stat(const struct calls *c)
{
	struct stat st;
	check(c->stat(file, &st));
}

static void do_stat_absent(const struct calls *c)
{
	struct stat st;
	c->stat(absent, &st);
}

static void do_stat_relative(const struct calls *c)
{
	struct stat st;
	check(c->stat("file", &st));
}

static void do_lstat(const struct calls *c)
{
	struct stat st;
	check(c->lstat(link_name, &st));
}

static void do_fstat(const struct calls *c)
{
	struct stat st;
	check(c->fstat(file_fd, &st));
}

static void do_access(const struct calls *c)
{
	check(c->access(file, R_OK));
}

static void do_readlink(const struct calls *c)
{
	char target[64];
	check((int)c->readlink(link_name, target, sizeof(target)));
}

static void do_realpath(const struct calls *c)
{
	char resolved[4096];
	check(c->realpath(file, resolved) ? 0 : -1);
}

static void do_open(const struct calls *c)
{
	close(c->open(file, O_RDONLY | O_CLOEXEC));
}

static void do_openat(const struct calls *c)
{
	close(c->openat(directory_fd, "file", O_RDONLY | O_CLOEXEC));
}

static void do_fopen(const struct calls *c)
{
	fclose(c->fopen(file, "r"));
}

static void do_open_write(const struct calls *c)
{
	close(c->open(file, O_WRONLY | O_CLOEXEC));
}

static void do_open_write_relative(const struct calls *c)
{
	close(c->open("file", O_WRONLY | O_CLOEXEC));
}

static void do_listing(const struct calls *c)
{
	DIR *d = c->opendir(directory);
	while (d && c->readdir(d))
		continue;
	c->closedir(d);
}

static void do_create_unlink(const struct calls *c)
{
	close(c->open(made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
	check(c->unlink(made));
}

static void do_create_unlink_at(const struct calls *c)
{
	close(c->openat(directory_fd, "made", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
	check(c->unlinkat(directory_fd, "made", 0));
}

static void do_rename(const struct calls *c)
{
	check(c->rename(file, moved));
	check(c->rename(moved, file));
}

static void do_mkdir_rmdir(const struct calls *c)
{
	check(c->mkdir(made, 0755));
	check(c->rmdir(made));
}

static void do_chmod(const struct calls *c)
{
	check(c->chmod(file, 0644));
}

static void do_chdir(const struct calls *c)
{
	check(c->chdir(directory));
}

static void do_lseek(const struct calls *c)
{
	check((int)c->lseek(file_fd, 0, SEEK_SET));
}

static void do_fcntl(const struct calls *c)
{
	check(c->fcntl(file_fd, F_GETFL));
}

static void do_ioctl(const struct calls *c)
{
	int n;
	check(c->ioctl(file_fd, FIONREAD, &n));
}

static void do_flock(const struct calls *c)
{
	check(c->flock(file_fd, LOCK_SH));
	check(c->flock(file_fd, LOCK_UN));
}

static const struct {
	const char *name;
	void (*run)(const struct calls *);
} cases[] = {
	{"stat", do_stat},
	{"stat, no such file", do_stat_absent},
	{"stat, relative", do_stat_relative},
	{"lstat of a link", do_lstat},
	{"fstat", do_fstat},
	{"access", do_access},
	{"readlink", do_readlink},
	{"realpath", do_realpath},
	{"open, close", do_open},
	{"openat, close", do_openat},
	{"fopen, fclose", do_fopen},
	{"opendir, readdir, closedir", do_listing},
	{"open to write, close", do_open_write},
	{"the same, relative", do_open_write_relative},
	{"create, close, unlink", do_create_unlink},
	{"the same by directory fd", do_create_unlink_at},
	{"rename, twice", do_rename},
	{"mkdir, rmdir", do_mkdir_rmdir},
	{"chmod", do_chmod},
	{"chdir", do_chdir},
	{"lseek", do_lseek},
	{"fcntl, F_GETFL", do_fcntl},
	{"ioctl, FIONREAD", do_ioctl},
	{"flock, twice", do_flock},
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double time_calls(void (*run)(const struct calls *), const struct calls *c, unsigned count)
{
	double start = now();

	for (unsigned i = 0; i < count; i++)
		run(c);
	return (now() - start) / count;
}

static int ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static double median(double values[PAIRS])
{
	qsort(values, PAIRS, sizeof(values[0]), ascending);
	return values[PAIRS / 2];
}

static void measure(const char *name, void (*run)(const struct calls *))
{
	double ours[PAIRS], libc[PAIRS], ratio[PAIRS];
	unsigned count = (unsigned)(PAIR_NS / time_calls(run, &plain, 100)) + 1;

	time_calls(run, &bound, 100);
	for (int i = 0; i < PAIRS; i++) {
		/* Who goes first changes, so that neither has the warmer caches. */
		if (i % 2)
			ours[i] = time_calls(run, &bound, count);
		libc[i] = time_calls(run, &plain, count);
		if (i % 2 == 0)
			ours[i] = time_calls(run, &bound, count);
		ratio[i] = ours[i] / libc[i];
	}
	printf("%-28s %10.0f %10.0f %8.3f\n", name, median(ours), median(libc), median(ratio));
	fflush(stdout);
}

static int find_plain(void)
{
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

	if (!libc)
		return -1;
#define FIND(name)                                                                                 \
	*(void **)&plain.name = dlsym(libc, #name);                                                \
	if (!plain.name)                                                                           \
		return -1;
	CALLS(FIND)
#undef FIND
	return 0;
}

static int make_files(void)
{
	snprintf(file, sizeof(file), "%s/file", directory);
	snprintf(absent, sizeof(absent), "%s/absent", directory);
	snprintf(link_name, sizeof(link_name), "%s/link", directory);
	snprintf(made, sizeof(made), "%s/made", directory);
	snprintf(moved, sizeof(moved), "%s/moved", directory);
	file_fd = open(file, O_RDWR | O_CREAT, 0644);
	directory_fd = open(directory, O_RDONLY | O_DIRECTORY);
	return file_fd < 0 || directory_fd < 0 || symlink("file", link_name) != 0 ||
	                       chdir(directory) != 0
	               ? -1
	               : 0;
}

static void remove_files(void)
{
	unlink(link_name);
	unlink(file);
	if (chdir("/") != 0 || rmdir(directory) != 0)
		perror(directory);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s OUTSIDEDIR\n", argv[0]);
		return 2;
	}
	if (snprintf(directory, sizeof(directory), "%s/outside-XXXXXX", argv[1]) >=
	            (int)sizeof(directory) ||
	    !mkdtemp(directory) || find_plain() != 0 || make_files() != 0) {
		perror("making the files");
		return 1;
	}
	printf("%-28s %10s %10s %8s\n", "call", "library ns", "libc ns", "ratio");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		measure(cases[i].name, cases[i].run);
	remove_files();
	return 0;
}
