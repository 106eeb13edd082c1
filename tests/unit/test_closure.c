/* What a library will make ld.so look for next; the build makes the libraries. */
#include "server/closure.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_fixture(const char *name, uint64_t *size)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", FIXTURES, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert_geq(fd, 0, "%s is missing", path);
	cr_assert_eq(fstat(fd, &st), 0);
	*size = (uint64_t)st.st_size;
	return fd;
}

static char *closure_of(const char *name, const char *seen_at)
{
	uint64_t size;
	int fd = open_fixture(name, &size);
	char *closure = closure_read(fd, size, seen_at);

	close(fd);
	return closure;
}

static void expect_group(const char **p, const char *const *paths)
{
	for (; *paths; paths++) {
		cr_expect_str_eq(*p, *paths);
		*p += strlen(*p) + 1;
	}
	cr_assert_eq(**p, '\0', "one more candidate: %s", *p);
	(*p)++;
}

Test(closure, runpath_with_origin)
{
	static const char *const libm[] = {"/opt/app/lib/../deps/libm.so.6", "/abs/dir/libm.so.6",
	                                   "/opt/app/lib/libm.so.6", NULL};
	static const char *const libc[] = {"/opt/app/lib/../deps/libc.so.6", "/abs/dir/libc.so.6",
	                                   "/opt/app/lib/libc.so.6", NULL};
	char *closure = closure_of("closure_runpath.so", "/opt/app/lib/x.so");
	const char *p = closure;

	cr_assert_not_null(closure);
	expect_group(&p, libm);
	expect_group(&p, libc);
	cr_expect_eq(*p, '\0');
	free(closure);
}

Test(closure, rpath_where_there_is_no_runpath)
{
	char *closure = closure_of("closure_rpath.so", "/opt/app/lib/x.so");

	cr_assert_not_null(closure);
	cr_expect_str_eq(closure, "/opt/app/lib/../deps/libm.so.6");
	free(closure);
}

Test(closure, library_without_a_search_path)
{
	cr_expect_null(closure_of("closure_plain.so", "/opt/app/lib/x.so"));
}

static int memory_file(const void *bytes, size_t n)
{
	int fd = memfd_create("closure", MFD_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, bytes, n), (ssize_t)n);
	return fd;
}

Test(closure, what_is_no_library)
{
	char text[512] = "#!/bin/sh\n";
	int fd = memory_file(text, sizeof(text));

	cr_expect_null(closure_read(fd, sizeof(text), "/opt/x.so"));
	cr_expect_null(closure_read(fd, 3, "/opt/x.so"));
	cr_expect_null(closure_read(fd, 0, "/opt/x.so"));
	close(fd);
}

/* Cut short or with bytes changed, it is read without harm. */
Test(closure, damaged_libraries, .timeout = 60)
{
	uint64_t size;
	int fd = open_fixture("closure_runpath.so", &size);
	char *whole = malloc(size);
	unsigned seed = (unsigned)getpid();

	cr_assert_eq(pread(fd, whole, size, 0), (ssize_t)size);
	close(fd);
	fprintf(stderr, "damaged_libraries: seed %u\n", seed);
	for (int round = 0; round < 300; round++) {
		char *bytes = malloc(size);
		uint64_t n = round % 3 ? size : 64 + (uint64_t)rand_r(&seed) % (size - 64);
		memcpy(bytes, whole, size);
		for (int i = 0; i < 10; i++)
			bytes[16 + (uint64_t)rand_r(&seed) % (n - 16)] = (char)rand_r(&seed);
		fd = memory_file(bytes, n);
		free(closure_read(fd, n, "/opt/app/lib/x.so"));
		close(fd);
		free(bytes);
	}
	free(whole);
}
