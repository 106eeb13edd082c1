/* The index: what the writer publishes is what a reader finds, and a damaged
 * index never makes a reader touch memory outside of its mapping. */
#include "index_fixture.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct index_writer w;

static void make_index(void)
{
	fixture_index(&w, FIXTURE_SIZE);
}

static const struct ci_entry *find(const char *path)
{
	return ci_find(&w.map, path, strlen(path));
}

TestSuite(index, .init = make_index);

Test(index, finds_exact_paths_only)
{
	fixture_file(&w, "/opt/a", 1);
	fixture_file(&w, "/opt/ab", 2);
	cr_assert_not_null(find("/opt/a"));
	cr_expect_eq(find("/opt/a")->attr.ino, 1);
	cr_expect_eq(find("/opt/ab")->attr.ino, 2);
	cr_expect_eq(ci_find(&w.map, "/opt/abc", 7)->attr.ino, 2);
	cr_expect_null(find("/opt/abc"));
	cr_expect_null(find("/opt/"));
	cr_expect_null(find(""));
}

Test(index, many_entries_in_few_chains)
{
	char path[64];

	for (int i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "/opt/lib/python3.11/site-packages/m%d.py", i);
		fixture_file(&w, path, (uint64_t)i);
	}
	for (int i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "/opt/lib/python3.11/site-packages/m%d.py", i);
		cr_assert_not_null(find(path), "%s", path);
		cr_assert_eq(find(path)->attr.ino, (uint64_t)i);
	}
	cr_expect_eq(atomic_load(&w.h->entries), 20000);
}

Test(index, hash_uses_the_whole_path)
{
	/* Same length, one byte different at each place in turn. */
	char path[100];
	int same = 0;

	memset(path, 'a', sizeof(path));
	uint32_t first = ci_hash(path, sizeof(path));
	for (size_t i = 0; i < sizeof(path); i++) {
		path[i] = 'b';
		same += ci_hash(path, sizeof(path)) == first;
		path[i] = 'a';
	}
	cr_expect_eq(same, 0);
	cr_expect_neq(ci_hash("aaaaaaaa", 8), ci_hash("aaaaaaaa", 7));
	cr_expect_eq(ci_hash(path, sizeof(path)), first);
}

Test(index, entry_is_made_once)
{
	struct ci_entry *e = iw_get(&w, "/opt/x", 6, DT_REG);

	cr_expect_eq(iw_get(&w, "/opt/x", 6, DT_DIR), e);
	cr_expect_eq(ci_state(e), CI_LISTED);
	cr_expect_eq(ci_dir(e), CI_DIR_UNKNOWN);
	cr_expect_eq(ci_content(e), CI_CONTENT_NONE);
	cr_expect_eq(atomic_load(&w.h->entries), 1);
	cr_expect_null(iw_get(&w, "", 0, DT_REG));
}

Test(index, states)
{
	struct ci_entry *e = iw_get(&w, "/opt/x", 6, DT_REG);

	iw_set_absent(e);
	cr_expect_eq(ci_state(e), CI_ABSENT);
	iw_set_error(e, EIO);
	cr_expect_eq(ci_state(e), CI_ERROR);
	cr_expect_eq(e->err, EIO);
	iw_set_pass(e);
	cr_expect_eq(ci_state(e), CI_PASS);
}

Test(index, link_target)
{
	const struct ci_entry *e = fixture_link(&w, "/opt/l", 3, "../somewhere");

	cr_assert_eq(ci_state(e), CI_KNOWN);
	cr_assert_eq(e->link_len, 12);
	cr_assert_str_eq(ci_string(&w.map, e->link, e->link_len), "../somewhere");
	cr_expect_null(ci_string(&w.map, e->link, e->link_len - 1), "not at its NUL");
}

Test(index, listing_keeps_order_and_names)
{
	static const char *const names[] = {".", "..", "zeta", "alpha", "..x", "m.py", NULL};
	struct ci_entry *dir = fixture_dir(&w, "/opt/d", 1);
	uint32_t count;

	cr_expect_null(ci_listing(&w.map, dir, &count));
	cr_expect_eq(count, 0);
	fixture_list(&w, dir, names);
	const struct ci_dirent *list = ci_listing(&w.map, dir, &count);
	cr_assert_not_null(list);
	cr_assert_eq(count, 6);
	for (uint32_t i = 0; i < count; i++) {
		const char *name = ci_dirent_name(&w.map, &list[i]);
		cr_assert_not_null(name);
		cr_expect_str_eq(name, names[i]);
		cr_expect_eq(list[i].name_len, strlen(names[i]));
		cr_expect_eq(list[i].ino, 1000 + i);
	}
	cr_expect_eq(ci_state(find("/opt/d/zeta")), CI_LISTED);
	cr_expect_null(find("/opt/d/.."));
}

Test(index, listing_of_an_empty_directory)
{
	static const char *const names[] = {NULL};
	struct ci_entry *dir = fixture_dir(&w, "/opt/d", 1);
	uint32_t count = 1;

	fixture_list(&w, dir, names);
	cr_expect_eq(ci_dir(dir), CI_DIR_COMPLETE);
	ci_listing(&w.map, dir, &count);
	cr_expect_eq(count, 0);
}

Test(index, contents_are_found_by_inode)
{
	char path[32];

	for (int i = 1; i <= 3000; i++) {
		snprintf(path, sizeof(path), "/opt/f%d", i);
		iw_set_content(&w, fixture_file(&w, path, (uint64_t)i), i, (uint64_t)i * 16384);
	}
	for (int i = 1; i <= 3000; i++) {
		const struct ci_entry *e = ci_find_memfd(&w.map, (uint64_t)i * 16384);
		cr_assert_not_null(e);
		cr_assert_eq(e->attr.ino, (uint64_t)i);
		cr_assert(ci_has_content(ci_content(e)));
		cr_assert_eq(ci_content(e), (uint32_t)i + 1);
	}
	cr_expect_null(ci_find_memfd(&w.map, 5));
}

Test(index, content_that_is_never_served)
{
	struct ci_entry *e = fixture_file(&w, "/opt/f", 1);

	cr_expect_not(ci_has_content(ci_content(e)));
	iw_set_content_pass(e);
	cr_expect_not(ci_has_content(ci_content(e)));
	cr_expect_neq(ci_content(e), CI_CONTENT_NONE);
}

Test(index, access_answers_add_up)
{
	struct ci_entry *e = fixture_file(&w, "/opt/f", 1);

	iw_set_access(e, R_OK, true);
	iw_set_access(e, W_OK, false);
	cr_expect_eq(atomic_load(&e->access), (R_OK | W_OK) | R_OK << 4);
	iw_set_access(e, R_OK, false);
	cr_expect_eq(atomic_load(&e->access), R_OK | W_OK);
}

Test(index, killed_subtree_is_not_found)
{
	fixture_dir(&w, "/opt/d", 1);
	fixture_file(&w, "/opt/d/f", 2);
	fixture_file(&w, "/opt/d/e/f", 3);
	fixture_file(&w, "/opt/dx", 4);
	uint32_t renames = atomic_load(&w.h->renames);

	iw_kill_subtree(&w, "/opt/d", 6);
	cr_expect_null(find("/opt/d"));
	cr_expect_null(find("/opt/d/f"));
	cr_expect_null(find("/opt/d/e/f"));
	cr_expect_not_null(find("/opt/dx"));
	cr_expect_gt(atomic_load(&w.h->renames), renames);
	/* A new entry of the same path takes the dead one's place. */
	fixture_file(&w, "/opt/d/f", 9);
	cr_expect_eq(find("/opt/d/f")->attr.ino, 9);
}

Test(index, volatile_directory_keeps_its_directories_as_ways)
{
	struct ci_entry *dir = fixture_dir(&w, "/opt/d", 1);

	fixture_dir(&w, "/opt/d/sub", 2);
	fixture_file(&w, "/opt/d/sub/f", 3);
	fixture_file(&w, "/opt/d/f", 4);
	iw_set_volatile(&w, dir, true);
	cr_expect_eq(ci_dir(dir), CI_DIR_VOLATILE);
	cr_expect_null(find("/opt/d/f"));
	cr_expect_eq(ci_state(find("/opt/d/sub")), CI_PASS);
	cr_expect_eq(find("/opt/d/sub/f")->attr.ino, 3);
}

Test(index, full_index_says_so_and_stays_whole)
{
	struct index_writer small;
	char path[64];
	int made = 0;

	fixture_index(&small, UINT64_C(2) << 20);
	for (; made < 100000; made++) {
		snprintf(path, sizeof(path), "/opt/a-rather-long-name-to-fill-it/%d", made);
		if (!iw_get(&small, path, strlen(path), DT_REG))
			break;
	}
	cr_assert_lt(made, 100000);
	cr_assert_gt(made, 1000);
	cr_expect(atomic_load(&small.h->flags) & CI_FULL);
	cr_expect(ci_usable(&small.map));
	for (int i = 0; i < made; i++) {
		snprintf(path, sizeof(path), "/opt/a-rather-long-name-to-fill-it/%d", i);
		cr_assert_not_null(ci_find(&small.map, path, strlen(path)));
	}
	cr_expect_leq(atomic_load(&small.h->used), small.h->size);
}

Test(index, closed_index_is_not_usable)
{
	cr_expect(ci_usable(&w.map));
	iw_close(&w);
	cr_expect_not(ci_usable(&w.map));
}

/* The kernel tells of the owner's death, even by SIGKILL. */
Test(index, dead_owner_is_seen)
{
	int ready[2];
	struct index_writer shared = {.fd = -1};
	pid_t pid;

	cr_assert_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (iw_create(&shared, FIXTURE_SIZE) != 0)
			_exit(1);
		dprintf(ready[1], "%d\n", shared.fd);
		pause();
		_exit(0);
	}
	char line[16] = "", proc[64];
	cr_assert_gt(read(ready[0], line, sizeof(line) - 1), 0);
	snprintf(proc, sizeof(proc), "/proc/%d/fd/%d", (int)pid, atoi(line));
	int fd = open(proc, O_RDONLY | O_CLOEXEC);
	cr_assert_geq(fd, 0);
	void *p = mmap(NULL, FIXTURE_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	cr_assert_neq(p, MAP_FAILED);
	struct ci_map map = {.h = p, .size = FIXTURE_SIZE};

	cr_expect(ci_map_check(&map));
	cr_expect(ci_usable(&map));
	kill(pid, SIGKILL);
	cr_assert_eq(waitpid(pid, NULL, 0), pid);
	cr_expect_not(ci_usable(&map));
	close(ready[0]);
}

Test(index, nobody_else_can_write)
{
	char proc[64];

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", w.fd);
	int fd = open(proc, O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		cr_expect_eq(pwrite(fd, "x", 1, 0), -1);
		cr_expect_eq(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0),
		             MAP_FAILED);
		cr_expect_neq(ftruncate(fd, 0), 0);
		close(fd);
	}
	cr_expect_eq(mprotect(mmap(NULL, 4096, PROT_READ, MAP_SHARED, w.fd, 0), 4096,
	                      PROT_READ | PROT_WRITE),
	             -1);
}

Test(index, a_second_index_after_the_first)
{
	iw_destroy(&w);
	fixture_index(&w, FIXTURE_SIZE);
	fixture_file(&w, "/opt/x", 1);
	cr_expect_not_null(find("/opt/x"));
}

/* ---- readers beside the writer: whatever they see is whole */

#define RACE_DIRS 40
#define RACE_FILES 100
#define READERS 3

static _Atomic bool writer_done;

static uint64_t size_of_ino(uint64_t ino)
{
	return ino * UINT64_C(0x9e3779b97f4a7c15);
}

static void race_path(char path[64], unsigned dir, int file)
{
	if (file < 0)
		snprintf(path, 64, "/opt/d%u", dir);
	else
		snprintf(path, 64, "/opt/d%u/file%d", dir, file);
}

static void *read_all_the_time(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;
	uintptr_t wrong = 0;

	while (!atomic_load(&writer_done)) {
		char path[64];
		uint32_t count;
		race_path(path, (unsigned)rand_r(&seed) % RACE_DIRS, -1);
		const struct ci_entry *dir = find(path);
		const struct ci_dirent *list = dir ? ci_listing(&w.map, dir, &count) : NULL;
		for (uint32_t i = 0; list && i < count; i++) {
			const char *name = ci_dirent_name(&w.map, &list[i]);
			wrong += !name || strncmp(name, "file", 4) != 0;
		}
		race_path(path, (unsigned)rand_r(&seed) % RACE_DIRS, rand_r(&seed) % RACE_FILES);
		const struct ci_entry *e = find(path);
		if (!e)
			continue;
		if (ci_state(e) == CI_KNOWN)
			wrong += e->attr.size != size_of_ino(e->attr.ino);
		if (ci_has_content(ci_content(e)))
			wrong += ci_find_memfd(&w.map, e->memfd_ino) != e;
	}
	return (void *)wrong;
}

static void write_dir(unsigned d)
{
	struct index_name names[RACE_FILES];
	char path[64], text[RACE_FILES][16];

	race_path(path, d, -1);
	for (int i = 0; i < RACE_FILES; i++) {
		int len = snprintf(text[i], sizeof(text[i]), "file%d", i);
		names[i] = (struct index_name){
			.ino = 1, .name = text[i], .len = (uint16_t)len, .type = DT_REG};
	}
	cr_assert(iw_set_listing(&w, fixture_dir(&w, path, 1), names, RACE_FILES));
	for (int i = 0; i < RACE_FILES; i++) {
		struct ci_attr attr = fixture_attr(S_IFREG, d * RACE_FILES + (unsigned)i + 1);
		attr.size = size_of_ino(attr.ino);
		race_path(path, d, i);
		struct ci_entry *e = iw_get(&w, path, strlen(path), DT_REG);
		cr_assert(iw_set_known(&w, e, &attr, NULL, 0));
		iw_set_content(&w, e, i, attr.ino);
	}
}

Test(index, readers_beside_the_writer, .timeout = 60)
{
	pthread_t readers[READERS];
	void *wrong;

	for (uintptr_t i = 0; i < READERS; i++)
		cr_assert_eq(pthread_create(&readers[i], NULL, read_all_the_time, (void *)(i + 1)),
		             0);
	for (unsigned d = 0; d < RACE_DIRS; d++)
		write_dir(d);
	atomic_store(&writer_done, true);
	for (int i = 0; i < READERS; i++) {
		cr_assert_eq(pthread_join(readers[i], &wrong), 0);
		cr_expect_null(wrong, "%zu wrong answers", (size_t)wrong);
	}
}

/* A copy whose bytes are changed at random, at the very end of readable memory. */
static struct ci_map damaged_copy(size_t size, unsigned *seed)
{
	long page = sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, size + (size_t)page, PROT_READ | PROT_WRITE,
	               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	cr_assert_neq(p, MAP_FAILED);
	cr_assert_eq(mprotect(p + size, (size_t)page, PROT_NONE), 0);
	memcpy(p, w.h, size);
	struct ci_header *h = (struct ci_header *)(void *)p;
	uint64_t used = atomic_load(&h->used);
	uint64_t entries = (uint64_t)h->memfd_buckets * CI_REF_UNIT;
	for (int i = 0; i < 40; i++) {
		/* Sparse tables take most of the index: aim at what is in use. */
		uint64_t at = entries + (uint64_t)rand_r(seed) % (used - entries);
		p[at] = (char)rand_r(seed);
	}
	_Atomic ci_ref *bucket = (_Atomic ci_ref *)(void *)(p + (uint64_t)h->buckets * CI_REF_UNIT);
	for (uint32_t i = 0; i < h->bucket_count; i++)
		if (atomic_load(&bucket[i]) != 0 && rand_r(seed) % 4 == 0)
			atomic_store(&bucket[i], (ci_ref)rand_r(seed));
	return (struct ci_map){.h = h, .size = size};
}

Test(index, damage_never_faults, .timeout = 60)
{
	static const char *const names[] = {".", "..", "a", "b", "c", NULL};
	static const char *const paths[] = {"/opt", "/opt/a", "/opt/b", "/opt/c", "/opt/d"};
	const size_t size = UINT64_C(2) << 20;
	unsigned seed = (unsigned)getpid();
	uint32_t count;

	iw_destroy(&w);
	fixture_index(&w, size);
	struct ci_entry *dir = fixture_dir(&w, "/opt", 1);
	fixture_list(&w, dir, names);
	fixture_link(&w, "/opt/b", 2, "a");
	iw_set_content(&w, fixture_file(&w, "/opt/c", 3), 5, 4711);
	fprintf(stderr, "damage_never_faults: seed %u\n", seed);
	for (int round = 0; round < 200; round++) {
		struct ci_map m = damaged_copy(size, &seed);
		if (!ci_map_check(&m))
			goto next;
		for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
			const struct ci_entry *e = ci_find(&m, paths[i], strlen(paths[i]));
			if (!e)
				continue;
			ci_string(&m, e->link, e->link_len);
			const struct ci_dirent *list = ci_listing(&m, e, &count);
			for (uint32_t k = 0; list && k < count && k < 1000; k++)
				ci_dirent_name(&m, &list[k]);
		}
		ci_find_memfd(&m, 4711);
next:
		munmap((void *)m.h, size + (size_t)sysconf(_SC_PAGESIZE));
	}
}

/* An entry whose head is just inside and whose path is not. */
Test(index, entry_across_the_end_is_not_read)
{
	char *end = (char *)w.h + w.h->size;
	struct ci_entry *e = (struct ci_entry *)(void *)(end - sizeof(*e));
	_Atomic ci_ref *buckets =
		(_Atomic ci_ref *)((char *)w.h + (uint64_t)w.h->buckets * CI_REF_UNIT);
	uint32_t hash = ci_hash("/opt/x", 6);

	atomic_store(&buckets[hash & (w.h->bucket_count - 1)],
	             (ci_ref)((w.h->size - sizeof(*e)) / CI_REF_UNIT));
	e->hash = hash;
	e->path_len = 6;
	atomic_store(&e->state, CI_KNOWN);
	cr_expect_null(find("/opt/x")); /* would be a fault otherwise */
}

Test(index, map_check_refuses_what_is_not_an_index)
{
	struct ci_map m = w.map;
	struct ci_header *h = w.h;

	m.size = sizeof(*h) - 1;
	cr_expect_not(ci_map_check(&m));
	m.size = h->size - 1;
	cr_expect_not(ci_map_check(&m), "shorter than it says");
	m.size = w.map.size;
	h->magic ^= 1;
	cr_expect_not(ci_map_check(&m));
	h->magic ^= 1;
	h->version++;
	cr_expect_not(ci_map_check(&m));
	h->version--;
	h->bucket_count--;
	cr_expect_not(ci_map_check(&m));
	h->bucket_count = 1u << 31;
	cr_expect_not(ci_map_check(&m), "table larger than the mapping");
	h->bucket_count = 1u << 18;
	cr_expect(ci_map_check(&m));
	h->scope_count = CI_SCOPE_MAX + 1;
	cr_expect_not(ci_map_check(&m));
	h->scope_count = 1;
	cr_expect_not(ci_map_check(&m), "a scope without a prefix");
}
