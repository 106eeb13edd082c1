/* random_tree.c - see random_tree.h. */
#include "random_tree.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Few names, so that random paths often exist. */
static const char *const names[] = {"a", "b", "c", "d", "lib", "x.py", "..x", "...", ".h"};
#define NAMES (sizeof(names) / sizeof(names[0]))

unsigned tree_random(struct random_tree *t, unsigned n)
{
	return (unsigned)rand_r(&t->seed) % n;
}

static const char *any_name(struct random_tree *t)
{
	return names[tree_random(t, NAMES)];
}

static const char *any_dir(struct random_tree *t)
{
	return t->dirs[tree_random(t, (unsigned)t->dir_count)];
}

static void put(char path[PATH_MAX], const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(char path[PATH_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int n = vsnprintf(path, PATH_MAX, format, args);
	va_end(args);
	cr_assert(n > 0 && n < PATH_MAX);
}

static void make_dir(struct random_tree *t, const char *path)
{
	if (mkdir(path, 0755) == 0)
		put(t->dirs[t->dir_count++], "%s", path);
	else
		cr_assert_eq(errno, EEXIST, "mkdir %s: %s", path, strerror(errno));
}

static void make_file(const char *path)
{
	FILE *f = fopen(path, "wx");

	if (f)
		fclose(f);
}

/* Up to three steps up and down; may dangle, loop, end in "/", "/." or "..". */
static void relative_target(struct random_tree *t, bool escapes, const char *dir,
                            char target[PATH_MAX])
{
	size_t depth = 0, len = 0;
	unsigned steps = 1 + tree_random(t, 3);

	for (const char *p = dir + strlen(t->root); *p; p++)
		depth += *p == '/';
	target[0] = '\0';
	for (unsigned i = 0; i < steps; i++) {
		bool up = tree_random(t, 3) == 0 && (depth > 0 || escapes);
		if (up && depth > 0)
			depth--;
		len += (size_t)sprintf(target + len, "%s%s", i ? "/" : "", up ? ".." : any_name(t));
	}
	if (tree_random(t, 6) == 0)
		strcpy(target + len, tree_random(t, 2) ? "/" : "/.");
}

static void make_link(struct random_tree *t, bool escapes)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *dir = any_dir(t);

	put(path, "%s/%s", dir, any_name(t));
	switch (tree_random(t, escapes ? 5 : 3)) {
	case 0:
		put(target, "%s/%s", any_dir(t), any_name(t));
		break;
	case 3:
		put(target, "%s/outside", t->base);
		break;
	case 4:
		put(target, "%s%s/%s", t->alias, any_dir(t) + strlen(t->root), any_name(t));
		break;
	default:
		relative_target(t, escapes, dir, target);
	}
	if (symlink(target, path) != 0)
		cr_assert_eq(errno, EEXIST, "symlink %s: %s", path, strerror(errno));
}

void tree_make(struct random_tree *t, unsigned seed, bool escapes)
{
	char path[PATH_MAX];
	const char *tmp = getenv("TMPDIR");

	*t = (struct random_tree){.seed = seed};
	put(path, "%s/collfs-tree.XXXXXX", tmp ? tmp : "/tmp");
	cr_assert_not_null(mkdtemp(path));
	cr_assert_not_null(realpath(path, t->base));
	put(path, "%s/outside", t->base);
	cr_assert_eq(mkdir(path, 0755), 0);
	put(path, "%s/scope", t->base);
	cr_assert_eq(mkdir(path, 0755), 0);
	put(t->root, "%s/scope/root", t->base);
	put(t->alias, "%s/alias", t->base);
	cr_assert_eq(symlink("scope/root", t->alias), 0);
	make_dir(t, t->root);
	for (int i = 0; i < TREE_NODES / 3; i++) {
		put(path, "%s/%s", any_dir(t), any_name(t));
		make_dir(t, path);
	}
	for (int i = 0; i < TREE_NODES; i++) {
		put(path, "%s/%s", any_dir(t), any_name(t));
		if (tree_random(t, 2))
			make_file(path);
		else
			make_link(t, escapes);
	}
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void tree_remove(struct random_tree *t)
{
	cr_assert_eq(nftw(t->base, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

void tree_path(struct random_tree *t, const char *prefix, char path[PATH_MAX])
{
	static const char *const slashes[] = {"/", "/", "/", "/", "/", "/", "//", "///"};
	static const char *const ends[] = {"", "", "", "", "", "", "/", "//", "/.", "/.."};
	size_t len = (size_t)sprintf(path, "%s", prefix);
	const char *dir = any_dir(t);
	unsigned steps = tree_random(t, 6);

	/* Half of them begin deep in the tree. */
	if (tree_random(t, 2))
		len += (size_t)sprintf(path + len, "%s", dir + strlen(t->root));
	for (unsigned i = 0; i < steps; i++) {
		const char *name = any_name(t);
		unsigned kind = tree_random(t, 12);

		if (kind == 0)
			name = ".";
		else if (kind <= 2)
			name = "..";
		else if (kind == 3)
			name = "absent";
		const char *slash = slashes[tree_random(t, sizeof(slashes) / sizeof(slashes[0]))];
		len += (size_t)sprintf(path + len, "%s%s", slash, name);
	}
	strcpy(path + len, ends[tree_random(t, sizeof(ends) / sizeof(ends[0]))]);
}
