/* Request counters kept in a file.
 *
 * countfs adds to them, countctl reads and resets them.  The file is mapped shared and every
 * change is one atomic operation, so any number of mounts may count into the same file at the
 * same time, and a process that is killed cannot leave it half written.
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum op {
#define COUNTED_OP(name) OP_##name,
#include "counted_ops.inc"
#undef COUNTED_OP
	OP_COUNT
};

struct counters {
	_Atomic uint64_t magic;
	_Atomic uint64_t requests[OP_COUNT];
	_Atomic uint64_t bytes_read;
	_Atomic uint64_t bytes_written;
	/* CLOCK_MONOTONIC nanoseconds up to which the modelled server is occupied (countfs
	 * --queue). */
	_Atomic uint64_t busy_until;
};

const char *op_name(enum op op);

/* Maps the counters in `path`; with `create`, makes the file when it is missing.  Returns NULL
 * after a message on stderr.  The mapping stays until the process ends. */
struct counters *counters_map(const char *path, bool create);

uint64_t counters_total(struct counters *counters);
void counters_reset(struct counters *counters);

#endif
