/* The gate that every request passes: service time, counters, log. */
#include "countfs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const uint64_t second = UINT64_C(1000000000);

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * second + (uint64_t)now.tv_nsec;
}

/* The end of this request's turn at the one server that all mounts share.  The queue is a
 * single time in the first counter file: a client killed in it cannot block the others. */
static uint64_t queue_turn(uint64_t now)
{
	_Atomic uint64_t *busy_until = &fs.counters[0]->busy_until;
	uint64_t busy = atomic_load(busy_until), end;

	do {
		end = (busy > now ? busy : now) + (uint64_t)fs.queue_ns;
	} while (!atomic_compare_exchange_weak(busy_until, &busy, end));
	return end;
}

void request_wait(void)
{
	if (fs.latency_ns == 0 && fs.queue_ns == 0)
		return;

	uint64_t end = now_ns();
	if (fs.queue_ns != 0)
		end = queue_turn(end);
	end += (uint64_t)fs.latency_ns;
	struct timespec until = {.tv_sec = (time_t)(end / second), .tv_nsec = (long)(end % second)};
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

/* The path in the mount, from the kernel's own knowledge of where the file is now. */
static void write_log(fuse_req_t req, enum op op, const struct inode *inode, const char *name)
{
	char path[PATH_MAX], line[PATH_MAX + NAME_MAX + 64];
	ssize_t length = readlink(fd_path(inode->fd).text, path, sizeof path - 1);

	path[length > 0 ? length : 0] = '\0';
	size_t prefix = strlen(fs.source);
	const char *inside = strncmp(path, fs.source, prefix) == 0 ? path + prefix : path;
	length = snprintf(line, sizeof line, "%s\t%d\t%s%s%s\n", op_name(op),
	                  (int)fuse_req_ctx(req)->pid, *inside || name ? inside : "/",
	                  name ? "/" : "", name ? name : "");
	/* One write to a file opened for appending: lines of several threads do not mix.  A
	 * log that cannot be written (disk full) must not fail the request. */
	if (write(fs.log_fd, line, (size_t)length) < 0)
		return;
}

void request_count(fuse_req_t req, enum op op, const struct inode *inode, const char *name)
{
	for (int i = 0; i < fs.counter_files; i++)
		atomic_fetch_add(&fs.counters[i]->requests[op], 1);
	if (fs.log_fd >= 0)
		write_log(req, op, inode, name);
}

void request_begin(fuse_req_t req, enum op op, const struct inode *inode, const char *name)
{
	request_wait();
	request_count(req, op, inode, name);
}

void count_bytes_read(size_t n)
{
	for (int i = 0; i < fs.counter_files; i++)
		atomic_fetch_add(&fs.counters[i]->bytes_read, n);
}

void count_bytes_written(size_t n)
{
	for (int i = 0; i < fs.counter_files; i++)
		atomic_fetch_add(&fs.counters[i]->bytes_written, n);
}

void reply_result(fuse_req_t req, long result)
{
	fuse_reply_err(req, result < 0 ? errno : 0);
}
