/*
 * many.c - many files made in one directory by all ranks
 *
 *   mpirun many DIR N
 *
 * Everybody looks at DIR, then each rank makes its share of N files, in a way of
 * its own, then all see all of them: their number, names and contents.
 */
#include <dirent.h>
#include <fcntl.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *dir;
static int me, ranks, dir_fd;

static void check(int good, const char *what, const char *name)
{
	if (good)
		return;
	fprintf(stderr, "many: rank %d: %s: %s\n", me, what, name);
	MPI_Abort(MPI_COMM_WORLD, 1);
}

static int count_names(void)
{
	DIR *d = opendir(dir);
	int n = 0;

	check(d != NULL, "not to be listed", dir);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

/* As programs do it: by an absolute path, relative to the current directory or
 * to a descriptor, by a stream, and with O_EXCL. */
static void make(const char *name)
{
	char path[4096];
	size_t len = strlen(name);
	int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	switch (me % 5) {
	case 0:
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		break;
	case 1:
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		break;
	case 2:
		fd = openat(dir_fd, name, O_WRONLY | O_CREAT, 0644);
		break;
	case 3: {
		FILE *f = fopen(path, "w");
		check(f && fputs(name, f) >= 0 && fclose(f) == 0, "not to be made", name);
		return;
	}
	default:
		fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0644);
	}
	check(fd >= 0 && write(fd, name, len) == (ssize_t)len && close(fd) == 0, "not to be made",
	      name);
}

static void read_back(const char *name)
{
	char path[4096], text[64];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	check(stat(path, &st) == 0 && st.st_size == (off_t)strlen(name), "not as it was made",
	      name);
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text));
	close(fd);
	check(n == (ssize_t)strlen(name) && memcmp(text, name, (size_t)n) == 0, "not its text",
	      name);
}

int main(int argc, char **argv)
{
	char name[32];

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &me);
	MPI_Comm_size(MPI_COMM_WORLD, &ranks);
	if (argc != 3)
		return 2;
	dir = argv[1];
	int n = atoi(argv[2]), before = count_names();
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < n; i += n / 50) {
		snprintf(name, sizeof(name), "%s/f%d", dir, i);
		check(access(name, F_OK) != 0, "it is there before", name);
	}
	check(chdir(dir) == 0, "not to be entered", dir);
	MPI_Barrier(MPI_COMM_WORLD);
	for (int i = me; i < n; i += ranks) {
		snprintf(name, sizeof(name), "f%d", i);
		make(name);
	}
	MPI_Barrier(MPI_COMM_WORLD);
	check(count_names() == before + n, "names are missing", dir);
	for (int i = 0; i < n; i += n / 50) {
		snprintf(name, sizeof(name), "f%d", i);
		read_back(name);
	}
	MPI_Finalize();
	return 0;
}
