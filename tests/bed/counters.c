#include "counters.h"

#include <err.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Changes with the layout of struct counters: a file of another layout is refused. */
#define COUNTERS_MAGIC (UINT64_C(0x636f756e74667300) + OP_COUNT)

static const char *const op_names[] = {
#define COUNTED_OP(name) [OP_##name] = #name,
#include "counted_ops.inc"
#undef COUNTED_OP
};

const char *op_name(enum op op)
{
	return op_names[op];
}

/* Several mounts may create the file at once: sizing it and storing the same magic are
 * harmless when repeated. */
static bool prepare(int fd, const char *path, bool create)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		warn("cannot stat %s", path);
		return false;
	}
	if (create && st.st_size == 0 && ftruncate(fd, sizeof(struct counters)) != 0) {
		warn("cannot size %s", path);
		return false;
	}
	if (fstat(fd, &st) != 0 || st.st_size != (off_t)sizeof(struct counters)) {
		warnx("%s: not a file of counters", path);
		return false;
	}
	return true;
}

struct counters *counters_map(const char *path, bool create)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0644);
	if (fd < 0) {
		warn("cannot open %s", path);
		return NULL;
	}
	if (!prepare(fd, path, create)) {
		close(fd);
		return NULL;
	}
	struct counters *counters =
		mmap(NULL, sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (counters == MAP_FAILED) {
		warn("cannot map %s", path);
		return NULL;
	}
	uint64_t found = 0;
	bool ours =
		create && atomic_compare_exchange_strong(&counters->magic, &found, COUNTERS_MAGIC);
	if (!ours && atomic_load(&counters->magic) != COUNTERS_MAGIC) {
		warnx("%s: not a file of counters", path);
		munmap(counters, sizeof *counters);
		return NULL;
	}
	return counters;
}

uint64_t counters_total(struct counters *counters)
{
	uint64_t total = 0;

	for (int op = 0; op < OP_COUNT; op++)
		total += atomic_load(&counters->requests[op]);
	return total;
}

void counters_reset(struct counters *counters)
{
	for (int op = 0; op < OP_COUNT; op++)
		atomic_store(&counters->requests[op], 0);
	atomic_store(&counters->bytes_read, 0);
	atomic_store(&counters->bytes_written, 0);
}
