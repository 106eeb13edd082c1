/* mpirun_kind.c - see mpirun_kind.h. */
#include "launcher/mpirun_kind.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher/paths.h"

static bool one_of(const char *name, size_t len, const char *const *names)
{
	for (; *names; names++)
		if (strlen(*names) == len && strncmp(*names, name, len) == 0)
			return true;
	return false;
}

/* True when the program is known to be another implementation's. */
static bool is_foreign(const char *file)
{
	/* Libraries and programs that each of Open MPI's launchers names. */
	static const char *const marks[] = {"libopen-rte", "libprrte", "orterun", "prterun"};
	bool foreign = false;
	struct stat st;

	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && st.st_size > 4) {
		size_t size = (size_t)st.st_size;
		const char *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (text != MAP_FAILED) {
			/* A script may call anything: Open MPI, until proved otherwise. */
			foreign = memcmp(text, "\177ELF", 4) == 0;
			for (size_t i = 0; foreign && i < sizeof(marks) / sizeof(marks[0]); i++)
				foreign = !memmem(text, size, marks[i], strlen(marks[i]));
			munmap((void *)text, size);
		}
	}
	close(fd);
	return foreign;
}

enum mpi_kind mpirun_kind(const char *program)
{
	static const char *const mpi[] = {"mpirun", "mpiexec", "orterun", "prterun", NULL};
	static const char *const others[] = {"srun", "aprun", "jsrun", "flux", NULL};
	const char *name = base_name(program);
	char file[PATH_MAX];

	if (one_of(name, strlen(name), others))
		return MPI_LINE_SPREADS;
	/* Distributions add a suffix: mpirun.openmpi. */
	if (!one_of(name, strcspn(name, "."), mpi))
		return MPI_LINE_OTHER;
	if (program_find(program, getenv("PATH"), file) && is_foreign(file))
		return MPI_LINE_SPREADS;
	return MPI_LINE_MPIRUN;
}
