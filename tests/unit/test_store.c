/* The node's contents: bounds, sealing, and the accounting. */
#include "server/store.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct store s;

static void make_store(void)
{
	s = (struct store){.bytes_max = 10000, .file_max = 6000, .descriptor_max = 1000};
}

TestSuite(store, .init = make_store);

Test(store, content_comes_back)
{
	char back[8] = "";
	uint64_t ino = 0;
	struct stat st;
	int fd = store_new(&s, "/opt/lib/x.so", 7);

	cr_assert_geq(fd, 0);
	cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	cr_assert(store_write(fd, "ab", 2, 0));
	cr_assert(store_write(fd, "cdefg", 5, 2));
	cr_assert(store_seal(fd, &ino));
	cr_assert_eq(pread(fd, back, sizeof(back), 0), 7);
	cr_expect_str_eq(back, "abcdefg");
	cr_assert_eq(fstat(fd, &st), 0);
	cr_expect_eq(st.st_ino, ino);
	cr_expect_eq(s.bytes, 7);
	cr_expect_eq(s.files, 1);
}

Test(store, sealed_content_cannot_change)
{
	char proc[64];
	uint64_t ino;
	int fd = store_new(&s, "/x", 4);

	cr_assert(store_write(fd, "abcd", 4, 0));
	cr_assert(store_seal(fd, &ino));
	cr_expect_not(store_write(fd, "x", 1, 0));
	cr_expect_neq(ftruncate(fd, 2), 0);
	cr_expect_neq(ftruncate(fd, 8), 0);
	cr_expect_eq(mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	/* Nor through a descriptor of its own, which is how a process opens it. */
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	int again = open(proc, O_RDWR | O_CLOEXEC);
	cr_expect(again < 0 || !store_write(again, "x", 1, 0));
}

/* Libraries are mapped from it. */
Test(store, content_can_be_mapped_executable)
{
	uint64_t ino;
	int fd = store_new(&s, "/x.so", 4096);

	cr_assert(store_seal(fd, &ino));
	cr_expect_neq(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0), MAP_FAILED);
}

Test(store, empty_file)
{
	uint64_t ino;
	struct stat st;
	int fd = store_new(&s, "/pkg/__init__.py", 0);

	cr_assert_geq(fd, 0);
	cr_assert(store_seal(fd, &ino));
	cr_assert_eq(fstat(fd, &st), 0);
	cr_expect_eq(st.st_size, 0);
}

Test(store, one_file_is_bounded)
{
	cr_expect_eq(store_new(&s, "/x", 6001), -1);
	cr_expect_eq(errno, EFBIG);
	cr_expect_geq(store_new(&s, "/x", 6000), 0);
}

Test(store, size_that_no_file_has)
{
	s.file_max = s.bytes_max = UINT64_MAX;
	cr_expect_eq(store_new(&s, "/x", UINT64_MAX - 5), -1);
	cr_expect_eq(errno, EFBIG);
	cr_expect_eq(s.bytes, 0);
}

Test(store, all_files_together_are_bounded)
{
	int fd = store_new(&s, "/a", 6000);

	cr_expect_eq(store_new(&s, "/b", 4001), -1);
	cr_expect_eq(errno, ENOSPC);
	cr_expect_eq(s.bytes, 6000, "a refused content was counted");
	cr_expect_geq(store_new(&s, "/b", 4000), 0);
	store_abandon(&s, fd, 6000);
	cr_expect_eq(s.bytes, 4000);
	cr_expect_eq(s.files, 1);
	cr_expect_geq(store_new(&s, "/c", 6000), 0);
}

Test(store, longest_name)
{
	char path[4096];

	memset(path, 'n', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	cr_expect_geq(store_new(&s, path, 1), 0);
}
