/* scope_default.c - see scope_default.h. */
#include "launcher/scope_default.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/index.h"
#include "common/log.h"
#include "launcher/paths.h"

/* A script's interpreter may be a script: as deep as the kernel goes. */
#define INTERPRETER_DEPTH 4

/* Never served, not even when COLLFS_PATH says so: their files are made as they are read. */
static const char *const never[] = {"/proc", "/sys", "/dev"};

/* Nor these, unless COLLFS_PATH says so: on most clusters they are each node's own. */
static const char *const local[] = {"/bin",    "/boot", "/etc",  "/lib", "/lib32", "/lib64",
                                    "/libx32", "/run",  "/sbin", "/tmp", "/usr",   "/var"};

/* Software is installed below these, even where a directory above is local. */
static const char *const shared[] = {"/usr/local"};

/* Too much else is kept here to be taken as a whole. */
static const char *const mixed[] = {"/opt", "/home"};

/* True when `path` is `dir` or below it. */
static bool within(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static bool within_any(const char *path, const char *const *dirs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (within(path, dirs[i]))
			return true;
	return false;
}
#define WITHIN_ANY(path, dirs) within_any((path), (dirs), sizeof(dirs) / sizeof((dirs)[0]))

/*
 * Write `path` without doubled and final slashes and "." components. One with
 * ".." is replaced by its real path: what ".." means depends on links.
 */
static bool clean(const char *path, char out[PATH_MAX])
{
	size_t n = 0;

	if (path[0] != '/')
		return false;
	for (const char *p = path; *p;) {
		p += strspn(p, "/");
		size_t len = strcspn(p, "/");
		if (len == 2 && memcmp(p, "..", 2) == 0)
			return realpath(path, out) != NULL;
		if (len > 0 && !(len == 1 && *p == '.')) {
			if (n + len + 2 > PATH_MAX)
				return false;
			out[n++] = '/';
			memcpy(out + n, p, len);
			n += len;
		}
		p += len;
	}
	if (n == 0)
		out[n++] = '/';
	out[n] = '\0';
	return true;
}

/* Add a clean path, keeping the list free of paths that are below others. */
static void add(struct strv *scope, const char *path)
{
	for (size_t i = scope->n; i-- > 0;) {
		if (within(path, scope->v[i]))
			return;
		if (within(scope->v[i], path))
			strv_remove(scope, i);
	}
	strv_add(scope, path);
}

/* True when a tree that nobody named may be served. */
static bool is_software(const char *path)
{
	const char *home = getenv("HOME"), *tmp = getenv("TMPDIR");
	char dir[PATH_MAX];

	if (strcmp(path, "/") == 0 || WITHIN_ANY(path, never))
		return false;
	if (WITHIN_ANY(path, local) && !WITHIN_ANY(path, shared))
		return false;
	for (size_t i = 0; i < sizeof(mixed) / sizeof(mixed[0]); i++)
		if (strcmp(path, mixed[i]) == 0)
			return false;
	if (home && clean(home, dir) && within(dir, path))
		return false; /* the home directory or one above it */
	return !(tmp && clean(tmp, dir) && within(path, dir));
}

static void add_default(struct strv *scope, const char *path)
{
	char dir[PATH_MAX];

	if (clean(path, dir) && is_software(dir))
		add(scope, dir);
}

static bool has_directory(const char *prefix, const char *name)
{
	char path[PATH_MAX + 32];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", prefix, name);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/*
 * For PREFIX/bin/PROGRAM, PREFIX: if it looks like a place of installed software.
 * ROOT/shims/PROGRAM is a script of pyenv and its like, that chooses one of
 * ROOT/versions.
 */
static void add_prefix(struct strv *scope, const char *file)
{
	char prefix[PATH_MAX];

	if (!clean(file, prefix))
		return;
	char *slash = strrchr(prefix, '/');
	*slash = '\0';
	slash = strrchr(prefix, '/');
	if (!slash || slash == prefix)
		return;
	if (strcmp(slash, "/bin") == 0) {
		*slash = '\0';
		if (has_directory(prefix, "lib") || has_directory(prefix, "lib64"))
			add_default(scope, prefix);
	} else if (strcmp(slash, "/shims") == 0) {
		*slash = '\0';
		if (has_directory(prefix, "versions") && strlen(prefix) < PATH_MAX - 9)
			add_default(scope, strcat(prefix, "/versions"));
	}
}

/* The program that a script's first line names, "" when it is no script. */
static void read_interpreter(const char *file, char out[PATH_MAX])
{
	char head[PATH_MAX] = "";
	struct strv words = {0};

	out[0] = '\0';
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	ssize_t n = read(fd, head, sizeof(head) - 1);
	close(fd);
	if (n < 3 || head[0] != '#' || head[1] != '!')
		return;
	head[strcspn(head, "\n")] = '\0';
	strv_split(&words, head + 2, " \t");
	size_t i = 0;
	/* env [-S] [NAME=VALUE …] PROGRAM */
	if (words.n > 1 && strcmp(base_name(words.v[0]), "env") == 0)
		for (i = 1; i < words.n - 1 && (words.v[i][0] == '-' || strchr(words.v[i], '='));
		     i++)
			;
	if (words.n > 0)
		snprintf(out, PATH_MAX, "%s", words.v[i]);
	strv_free(&words);
}

/* The prefix of a program, of what its link leads to, and of its interpreter. */
static void add_program(struct strv *scope, const char *program, const char *path)
{
	char name[PATH_MAX], found[PATH_MAX], real[PATH_MAX];

	snprintf(name, sizeof(name), "%s", program);
	for (int depth = 0; *name && depth < INTERPRETER_DEPTH; depth++) {
		if (!program_find(name, path, found))
			return;
		/* A virtual environment's python is a link into another tree: both count. */
		add_prefix(scope, found);
		if (realpath(found, real))
			add_prefix(scope, real);
		read_interpreter(found, name);
	}
}

static void add_list(struct strv *scope, const char *list)
{
	struct strv entries = {0};

	if (list)
		strv_split(&entries, list, ":");
	for (size_t i = 0; i < entries.n; i++)
		add_default(scope, entries.v[i]);
	strv_free(&entries);
}

/* What the user names is taken as it is, but for what can only do harm. */
static void add_named(struct strv *scope, const char *list)
{
	struct strv entries = {0};
	char dir[PATH_MAX];

	strv_split(&entries, list, ":");
	for (size_t i = 0; i < entries.n; i++) {
		const char *entry = entries.v[i];
		if (entry[0] != '/')
			log_warn("COLLFS_PATH: %s is left out: not an absolute path", entry);
		else if (!clean(entry, dir))
			log_warn("COLLFS_PATH: %s is left out: no such directory", entry);
		else if (strcmp(dir, "/") == 0 || WITHIN_ANY(dir, never))
			log_warn("COLLFS_PATH: %s is left out: it cannot be served", entry);
		else
			add(scope, dir);
	}
	strv_free(&entries);
}

void scope_find(struct strv *scope, const struct mpiline *line)
{
	static const char *const lists[] = {"VIRTUAL_ENV", "CONDA_PREFIX",    "PYTHONHOME",
	                                    "PYTHONPATH",  "LD_LIBRARY_PATH", "OPAL_PREFIX"};
	const char *named = getenv("COLLFS_PATH");

	if (named && *named) {
		add_named(scope, named);
	} else {
		const char *path = getenv("PATH");
		for (size_t i = 0; line && i < line->programs.n; i++)
			add_program(scope, line->programs.v[i], line->path ? line->path : path);
		if (line && line->kind == MPI_LINE_MPIRUN)
			add_program(scope, line->argv.v[0], path);
		if (!line)
			add_program(scope, "python3", path);
		for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
			add_list(scope, getenv(lists[i]));
	}
	while (scope->n > CI_SCOPE_MAX) {
		log_warn("%s is left out: more than %d prefixes", scope->v[scope->n - 1],
		         CI_SCOPE_MAX);
		strv_remove(scope, scope->n - 1);
	}
}

bool scope_covers(const struct strv *scope, const char *path)
{
	for (size_t i = 0; i < scope->n; i++)
		if (within(path, scope->v[i]))
			return true;
	return false;
}
