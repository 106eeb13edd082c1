/*
 * pingpong.c - the latency of an application's own messages
 *
 *   mpirun -n 2 bench/pingpong
 *
 * Two ranks send a message to and fro. Prints one line for each size: bytes, and
 * the median time of one way in microseconds. Run by bench/pingpong.sh with
 * and without the library, which must make no difference.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCHES = 101, LARGEST = 1 << 20 };

static int ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void to_and_fro(char *buffer, int size, int rank, int times)
{
	for (int i = 0; i < times; i++) {
		if (rank == 0)
			MPI_Send(buffer, size, MPI_CHAR, 1, 0, MPI_COMM_WORLD);
		MPI_Recv(buffer, size, MPI_CHAR, 1 - rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
		if (rank == 1)
			MPI_Send(buffer, size, MPI_CHAR, 0, 0, MPI_COMM_WORLD);
	}
}

static double median_us(char *buffer, int size, int rank)
{
	int times = size > 65536 ? 10 : 100;
	double us[BATCHES];

	to_and_fro(buffer, size, rank, times);
	for (int i = 0; i < BATCHES; i++) {
		double start = MPI_Wtime();
		to_and_fro(buffer, size, rank, times);
		us[i] = (MPI_Wtime() - start) * 1e6 / times / 2;
	}
	qsort(us, BATCHES, sizeof(us[0]), ascending);
	return us[BATCHES / 2];
}

int main(int argc, char **argv)
{
	static const int sizes[] = {0, 8, 1024, 65536, LARGEST};
	static char buffer[LARGEST];
	int rank, ranks;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &ranks);
	if (ranks != 2) {
		if (rank == 0)
			fprintf(stderr, "usage: mpirun -n 2 %s\n", argv[0]);
		MPI_Finalize();
		return 2;
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		double us = median_us(buffer, sizes[i], rank);
		if (rank == 0)
			printf("%d %.3f\n", sizes[i], us);
	}
	MPI_Finalize();
	return 0;
}
