/*
 * The path walk over the index against the kernel's own.
 *
 * A tree is made at random, and thousands of random spellings of paths into it
 * are resolved the way root does it (resolve, do what is asked for, resolve
 * again). Each answer must be the kernel's: the same inode, or the same errno.
 */
#include "index_fixture.h"
#include "random_tree.h"

#include "common/resolve.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TREES 25
#define PATHS 2000
#define ASKS_MAX 500
#define LIST_MAX 256

static struct index_writer w;

/* ---- root's part: what the file system says goes into the index */

static void answer_stat(const char *path)
{
	char target[PATH_MAX];
	struct stat st;
	struct ci_entry *e;
	ssize_t n = 0;

	if (lstat(path, &st) != 0) {
		int err = errno;
		e = iw_get(&w, path, strlen(path), DT_UNKNOWN);
		cr_assert_not_null(e);
		if (err == ENOENT)
			iw_set_absent(e);
		else
			iw_set_error(e, err);
		return;
	}
	if (S_ISLNK(st.st_mode)) {
		n = readlink(path, target, sizeof(target));
		cr_assert_gt(n, 0);
	}
	struct ci_attr attr = fixture_attr(st.st_mode, st.st_ino);
	e = iw_get(&w, path, strlen(path), IFTODT(st.st_mode));
	cr_assert_not_null(e);
	cr_assert(iw_set_known(&w, e, &attr, n > 0 ? target : NULL, (size_t)n));
}

static void answer_list(struct random_tree *t, const char *path)
{
	struct index_name list[LIST_MAX];
	struct ci_entry *e = iw_get(&w, path, strlen(path), DT_DIR);
	size_t count = 0;
	bool no_types = tree_random(t, 5) == 0, with_attributes = tree_random(t, 2) == 0;
	struct dirent *d;

	cr_assert_not_null(e);
	if (tree_random(t, 4) == 0) {
		iw_set_single(e);
		return;
	}
	DIR *dir = opendir(path);
	cr_assert_not_null(dir, "asked to list %s: %s", path, strerror(errno));
	while ((d = readdir(dir))) {
		cr_assert_lt(count, LIST_MAX);
		list[count++] = (struct index_name){.ino = d->d_ino,
		                                    .name = strdup(d->d_name),
		                                    .len = (uint16_t)strlen(d->d_name),
		                                    .type = no_types ? DT_UNKNOWN : d->d_type};
	}
	closedir(dir);
	cr_assert(iw_set_listing(&w, e, list, count));
	for (size_t i = 0; i < count; i++) {
		char child[PATH_MAX];
		bool dots = strcmp(list[i].name, ".") == 0 || strcmp(list[i].name, "..") == 0;
		if (with_attributes && !dots) {
			cr_assert_lt(snprintf(child, sizeof(child), "%s/%s", path, list[i].name),
			             PATH_MAX);
			answer_stat(child);
		}
		free((char *)list[i].name);
	}
}

/* A name in an unknown directory: root may look it up, or list the directory. */
static void answer_name(struct random_tree *t, const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (tree_random(t, 3) == 0) {
		answer_stat(path);
		return;
	}
	cr_assert_neq(slash, path);
	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path), path);
	answer_list(t, dir);
}

/* Resolve until nothing is asked for any more. */
static enum cr_verdict resolve_fully(struct random_tree *t, const char *path, unsigned flags,
                                     struct cr_result *r)
{
	for (int i = 0; i < ASKS_MAX; i++) {
		enum cr_verdict v = cr_resolve(&w.map, path, strlen(path), flags, r);
		if (v != CR_ASK)
			return v;
		cr_assert(r->path[0] == '/' && !strstr(r->path, "//") && !strstr(r->path, "/./") &&
		                  !strstr(r->path, "/../"),
		          "asked for \"%s\", which is not clean", r->path);
		size_t root_len = strlen(t->root);
		cr_assert(strncmp(r->path, t->root, root_len) == 0 &&
		                  (!r->path[root_len] || r->path[root_len] == '/'),
		          "%s: asked for %s, outside of the scope", path, r->path);
		if (r->ask == CR_ASK_NAME)
			answer_name(t, r->path);
		else
			answer_stat(r->path);
	}
	cr_assert_fail("%s: still asking after %d answers", path, ASKS_MAX);
	return CR_PASS;
}

/* ---- the kernel's part */

/*
 * True when the walk leaves the root, as the kernel sees it. An absolute link
 * always leaves it for the kernel, so this may say true where we know better.
 */
static bool kernel_leaves(int root_fd, const char *rest, unsigned flags)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC | (flags & CR_NOFOLLOW ? O_NOFOLLOW : 0),
	                       .resolve = RESOLVE_BENEATH};
	int fd;

	if (!*rest && (flags & CR_NOFOLLOW))
		return true; /* the prefix itself, which may be a link in its own directory */
	rest += strspn(rest, "/");
	do
		fd = (int)syscall(SYS_openat2, root_fd, *rest ? rest : ".", &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN);
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP;
}

struct outcome {
	unsigned entries, errors, outside;
};

static void compare(struct random_tree *t, int root_fd, const char *prefix, struct outcome *seen)
{
	char path[PATH_MAX];
	struct cr_result r;
	struct stat st;

	tree_path(t, prefix, path);
	unsigned flags = tree_random(t, 2) ? CR_NOFOLLOW : 0;
	if (tree_random(t, 4) == 0)
		flags |= CR_TYPE_ONLY;
	enum cr_verdict v = resolve_fully(t, path, flags, &r);
	int err = (flags & CR_NOFOLLOW ? lstat(path, &st) : stat(path, &st)) == 0 ? 0 : errno;

	switch (v) {
	case CR_ENTRY:
		seen->entries++;
		cr_assert_eq(err, 0, "%s (flags %u): found, but the kernel says %s", path, flags,
		             strerror(err));
		cr_assert_eq(cr_type(r.entry), IFTODT(st.st_mode),
		             "%s (flags %u): type %u for mode %o", path, flags, cr_type(r.entry),
		             st.st_mode);
		if (ci_state(r.entry) == CI_KNOWN)
			cr_assert_eq(r.entry->attr.ino, st.st_ino,
			             "%s (flags %u): another inode (%s)", path, flags,
			             r.entry->path);
		else
			cr_assert(flags & CR_TYPE_ONLY, "%s: attributes were not asked for", path);
		break;
	case CR_ERRNO:
		seen->errors++;
		cr_assert_eq(r.err, err, "%s (flags %u): \"%s\", but the kernel says \"%s\"", path,
		             flags, strerror(r.err), err ? strerror(err) : "it exists");
		break;
	case CR_OUTSIDE:
		seen->outside++;
		cr_assert(kernel_leaves(root_fd, path + strlen(prefix), flags),
		          "%s (flags %u): taken for outside, but never leaves the scope", path,
		          flags);
		break;
	default:
		cr_assert_fail("%s (flags %u): passed, for no reason", path, flags);
	}
}

static unsigned first_seed(void)
{
	const char *given = getenv("COLLFS_TEST_SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10)
	                      : (unsigned)time(NULL) ^ (unsigned)getpid() << 16;

	fprintf(stderr, "COLLFS_TEST_SEED=%u repeats this run\n", seed);
	return seed;
}

static void compare_trees(bool escapes)
{
	struct random_tree t;
	struct outcome seen = {0};
	unsigned seed = first_seed();

	for (unsigned i = 0; i < TREES; i++) {
		tree_make(&t, seed + i, escapes);
		fixture_index(&w, FIXTURE_SIZE);
		cr_assert(iw_add_scope(&w, t.root, t.root));
		cr_assert(iw_add_scope(&w, t.alias, t.root));
		int root_fd = open(t.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
		cr_assert_geq(root_fd, 0);
		for (int k = 0; k < PATHS; k++)
			compare(&t, root_fd, k % 3 ? t.root : t.alias, &seen);
		close(root_fd);
		iw_destroy(&w);
		tree_remove(&t);
	}
	fprintf(stderr, "%u found, %u errors, %u outside\n", seen.entries, seen.errors,
	        seen.outside);
	/* A walk that gives up early would pass all of the above. */
	unsigned all = TREES * PATHS;
	cr_expect_gt(seen.entries, all / 10);
	cr_expect_gt(seen.errors, all / 10);
	cr_expect_lt(seen.outside, all / 2);
}

Test(resolve, random_tree, .timeout = 120)
{
	compare_trees(false);
}

Test(resolve, random_tree_with_ways_out, .timeout = 120)
{
	compare_trees(true);
}

/* ---- single cases */

static void make_index(void)
{
	fixture_index(&w, FIXTURE_SIZE);
	cr_assert(iw_add_scope(&w, "/s", "/s"));
	fixture_dir(&w, "/s", 1);
}

static enum cr_verdict resolve(const char *path, unsigned flags, struct cr_result *r)
{
	return cr_resolve(&w.map, path, strlen(path), flags, r);
}

TestSuite(walk, .init = make_index);

Test(walk, nothing_known_asks_for_the_first_name)
{
	struct cr_result r;

	cr_assert_eq(resolve("/s/a/b", 0, &r), CR_ASK);
	cr_expect_eq(r.ask, CR_ASK_NAME);
	cr_expect_str_eq(r.path, "/s/a");
}

Test(walk, empty_index_asks_for_the_root)
{
	struct cr_result r;

	iw_kill_subtree(&w, "/s", 2);
	cr_assert_eq(resolve("/s/a", 0, &r), CR_ASK);
	cr_expect_eq(r.ask, CR_ASK_STAT);
	cr_expect_str_eq(r.path, "/s");
}

Test(walk, forty_links_are_followed_and_no_more)
{
	char path[32], target[32];
	struct cr_result r;

	fixture_file(&w, "/s/0", 100);
	for (int i = 1; i <= CR_LINK_MAX + 1; i++) {
		snprintf(path, sizeof(path), "/s/%d", i);
		snprintf(target, sizeof(target), "%d", i - 1);
		fixture_link(&w, path, (uint64_t)i, target);
	}
	cr_assert_eq(resolve("/s/40", 0, &r), CR_ENTRY);
	cr_expect_eq(r.entry->attr.ino, 100);
	cr_assert_eq(resolve("/s/41", 0, &r), CR_ERRNO);
	cr_expect_eq(r.err, ELOOP);
	cr_assert_eq(resolve("/s/41", CR_NOFOLLOW, &r), CR_ENTRY);
	cr_expect_eq(r.entry->attr.ino, 41);
}

Test(walk, error_of_the_file_system_is_delivered)
{
	struct cr_result r;

	iw_set_error(iw_get(&w, "/s/d", 4, DT_UNKNOWN), EACCES);
	cr_assert_eq(resolve("/s/d", 0, &r), CR_ERRNO);
	cr_expect_eq(r.err, EACCES);
	cr_assert_eq(resolve("/s/d/x", 0, &r), CR_ERRNO);
	cr_expect_eq(r.err, EACCES);
}

Test(walk, complete_directory_knows_what_is_not_there)
{
	static const char *const names[] = {"a", NULL};
	struct cr_result r;

	fixture_list(&w, fixture_dir(&w, "/s", 1), names);
	cr_assert_eq(resolve("/s/b", 0, &r), CR_ERRNO);
	cr_expect_eq(r.err, ENOENT);
	cr_assert_eq(resolve("/s/b/c", 0, &r), CR_ERRNO);
	cr_expect_eq(r.err, ENOENT);
}

Test(walk, single_directory_is_asked_name_by_name)
{
	struct cr_result r;

	iw_set_single(fixture_dir(&w, "/s", 1));
	cr_assert_eq(resolve("/s/b/c", 0, &r), CR_ASK);
	cr_expect_eq(r.ask, CR_ASK_STAT);
	cr_expect_str_eq(r.path, "/s/b");
	iw_set_absent(iw_get(&w, "/s/b", 4, DT_UNKNOWN));
	cr_assert_eq(resolve("/s/b/c", 0, &r), CR_ERRNO);
	cr_expect_eq(r.err, ENOENT);
}

Test(walk, volatile_directory_is_passed_but_walked_through)
{
	struct ci_entry *dir = fixture_dir(&w, "/s/d", 2);
	struct cr_result r;

	fixture_file(&w, "/s/d/f", 3);
	fixture_dir(&w, "/s/d/sub", 4);
	fixture_file(&w, "/s/d/sub/f", 5);
	iw_set_volatile(&w, dir, true);
	cr_expect_eq(resolve("/s/d", 0, &r), CR_PASS);
	cr_expect_eq(resolve("/s/d/f", 0, &r), CR_PASS);
	cr_expect_eq(resolve("/s/d/absent", 0, &r), CR_PASS);
	cr_assert_eq(resolve("/s/d/sub/f", 0, &r), CR_ENTRY);
	cr_expect_eq(r.entry->attr.ino, 5);
	cr_assert_eq(resolve("/s/d/./sub//f", 0, &r), CR_ENTRY);
	cr_expect_eq(r.entry->attr.ino, 5);
}

Test(walk, known_type_is_enough_only_when_it_is_asked_for)
{
	struct cr_result r;

	iw_get(&w, "/s/f", 4, DT_REG);
	cr_expect_eq(resolve("/s/f", CR_TYPE_ONLY, &r), CR_ENTRY);
	cr_assert_eq(resolve("/s/f", 0, &r), CR_ASK);
	cr_expect_eq(r.ask, CR_ASK_STAT);
	cr_assert_eq(resolve("/s/f/", CR_TYPE_ONLY, &r), CR_ERRNO);
	cr_expect_eq(r.err, ENOTDIR);
	iw_get(&w, "/s/l", 4, DT_LNK);
	cr_expect_eq(resolve("/s/l", CR_TYPE_ONLY | CR_NOFOLLOW, &r), CR_ENTRY);
	cr_assert_eq(resolve("/s/l", CR_TYPE_ONLY, &r), CR_ASK);
	cr_expect_str_eq(r.path, "/s/l");
}

Test(walk, names_too_long_are_the_kernels_business)
{
	char path[CI_PATH_MAX + 2];
	struct cr_result r;

	memset(path, 'a', sizeof(path));
	memcpy(path, "/s/", 3);
	path[sizeof(path) - 1] = '\0';
	cr_expect_eq(cr_resolve(&w.map, path, CI_PATH_MAX + 1, 0, &r), CR_OUTSIDE);
	path[3 + NAME_MAX + 1] = '\0';
	cr_expect_eq(resolve(path, 0, &r), CR_PASS);
	path[3 + NAME_MAX] = '\0';
	cr_expect_eq(resolve(path, 0, &r), CR_ASK);
}
