/*
 * chains.c - dependencies: a long chain, many at once, a diamond, a circle; and
 * processes that each load some of the libraries, in an order of their own
 *
 * Usage: chains DIR all | reversed | partial [RANK SIZE] | wait
 *
 * Without numbers, Open MPI's. With wait, it goes on when its standard input ends.
 */
#define _GNU_SOURCE
#include "tell.h"

#define PARTS 12

static char path[4096];

static const char *under(const char *dir, const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static const struct {
	const char *name, *function;
} trees[] = {
	{"deep/1/libdeep1.so", "deep1_tells"}, {"wide/libwide.so", "wide_tells"},
	{"diamond/libtop.so", "top_tells"},    {"diamond/other/libright.so", "right_tells"},
	{"circle/libone.so", "one_tells"},
};

#define TREES ((int)(sizeof(trees) / sizeof(trees[0])))

static void load_tree(const char *dir, int which)
{
	load(under(dir, trees[which].name), trees[which].function);
}

static void load_part(const char *dir, int which)
{
	char name[64], function[64];

	snprintf(name, sizeof(name), "partial/libpart%d.so", which);
	snprintf(function, sizeof(function), "part%d_tells", which);
	load(under(dir, name), function);
}

int main(int argc, char **argv)
{
	const char *of_mpi[] = {getenv("OMPI_COMM_WORLD_RANK"), getenv("OMPI_COMM_WORLD_SIZE")};
	int rank = argc > 4 ? atoi(argv[3]) : of_mpi[0] ? atoi(of_mpi[0]) : 0;
	int size = argc > 4 ? atoi(argv[4]) : of_mpi[1] ? atoi(of_mpi[1]) : 1;

	if (argc < 3 || size < 1)
		return 2;
	if (strcmp(argv[2], "partial") == 0) {
		/* No two ranks begin with the same, and each leaves some out. */
		for (int i = 0; i < PARTS; i++) {
			int which = (rank % 2 ? PARTS - i + rank : i + rank) % PARTS;
			if (which % size != (rank + 1) % size || size == 1)
				load_part(argv[1], which);
		}
		load_tree(argv[1], rank % TREES);
	} else {
		for (int i = 0; i < TREES; i++)
			load_tree(argv[1], strcmp(argv[2], "reversed") == 0 ? TREES - 1 - i : i);
	}
	list_objects();
	fflush(stdout);
	while (strcmp(argv[2], "wait") == 0 && getchar() != EOF)
		;
	return 0;
}
