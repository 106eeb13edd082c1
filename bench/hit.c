/*
 * hit.c - what one call costs when it is answered in the process
 *
 *   LD_PRELOAD=libcollfs.so bench/hit SERVEDDIR TMPFSDIR
 *
 * Runs each call on a file in SERVEDDIR, which is to be in scope, and the same
 * as a plain system call on a file in TMPFSDIR, the fastest filesystem there
 * is, and prints nanoseconds a call and the ratio. Makes the files it needs.
 * Without the library both columns show the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FILE_SIZE 10240
#define ROUNDS 5

static char served_file[4096], served_absent[4096], served_link[4096];
static char plain_file[4096], plain_absent[4096], plain_link[4096];
static char buf[FILE_SIZE];

static void stat_served(void)
{
	struct stat st;
	stat(served_file, &st);
}

static void stat_plain(void)
{
	struct stat st;
	syscall(SYS_newfstatat, AT_FDCWD, plain_file, &st, 0);
}

static void absent_served(void)
{
	struct stat st;
	stat(served_absent, &st);
}

static void absent_plain(void)
{
	struct stat st;
	syscall(SYS_newfstatat, AT_FDCWD, plain_absent, &st, 0);
}

static void access_served(void)
{
	access(served_file, R_OK);
}

static void access_plain(void)
{
	syscall(SYS_faccessat, AT_FDCWD, plain_file, R_OK);
}

static void readlink_served(void)
{
	if (readlink(served_link, buf, sizeof(buf)) < 0)
		perror(served_link);
}

static void readlink_plain(void)
{
	syscall(SYS_readlinkat, AT_FDCWD, plain_link, buf, sizeof(buf));
}

static void open_served(void)
{
	close(open(served_file, O_RDONLY | O_CLOEXEC));
}

static void open_plain(void)
{
	close((int)syscall(SYS_openat, AT_FDCWD, plain_file, O_RDONLY | O_CLOEXEC));
}

static void read_and_close(int fd)
{
	if (read(fd, buf, sizeof(buf)) != FILE_SIZE)
		perror("read");
	close(fd);
}

static void read_served(void)
{
	read_and_close(open(served_file, O_RDONLY | O_CLOEXEC));
}

static void read_plain(void)
{
	read_and_close((int)syscall(SYS_openat, AT_FDCWD, plain_file, O_RDONLY | O_CLOEXEC));
}

/* The price of the library where it does not serve. */
static void outside_served(void)
{
	struct stat st;
	stat(plain_file, &st);
}

static const struct {
	const char *name;
	void (*served)(void), (*plain)(void);
	unsigned count;
} cases[] = {
	{"stat, present", stat_served, stat_plain, 200000},
	{"stat, absent", absent_served, absent_plain, 200000},
	{"access", access_served, access_plain, 200000},
	{"readlink", readlink_served, readlink_plain, 200000},
	{"open+close", open_served, open_plain, 50000},
	{"open+read 10 KB+close", read_served, read_plain, 50000},
	{"stat out of scope", outside_served, stat_plain, 200000},
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The best of several rounds: the others were disturbed. */
static double measure(void (*call)(void), unsigned count)
{
	double best = 0;

	for (unsigned i = 0; i < count / 10; i++)
		call();
	for (int round = 0; round < ROUNDS; round++) {
		double start = now();
		for (unsigned i = 0; i < count; i++)
			call();
		double each = (now() - start) / count;
		if (round == 0 || each < best)
			best = each;
	}
	return best;
}

/* By system calls: what the library is told of is no longer served. */
static int make_files(const char *dir, char *file, char *absent, char *link)
{
	snprintf(file, 4096, "%s/hit-file", dir);
	snprintf(absent, 4096, "%s/hit-absent", dir);
	snprintf(link, 4096, "%s/hit-link", dir);
	int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, buf, sizeof(buf)) != (ssize_t)sizeof(buf) || close(fd) != 0)
		return -1;
	if (syscall(SYS_symlinkat, "hit-file", AT_FDCWD, link) != 0 && errno != EEXIST)
		return -1;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: %s SERVEDDIR TMPFSDIR\n", argv[0]);
		return 2;
	}
	if (make_files(argv[1], served_file, served_absent, served_link) != 0 ||
	    make_files(argv[2], plain_file, plain_absent, plain_link) != 0) {
		perror("making the files");
		return 1;
	}
	printf("%-24s %10s %10s %8s\n", "call", "served ns", "kernel ns", "ratio");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double served = measure(cases[i].served, cases[i].count);
		double plain = measure(cases[i].plain, cases[i].count);
		printf("%-24s %10.0f %10.0f %8.2f\n", cases[i].name, served, plain, served / plain);
	}
	return 0;
}
