/* from_store.c - see from_store.h. */
#include "launcher/from_store.h"

#include <elf.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/log.h"
#include "common/program.h"
#include "launcher/scope_default.h"

/* A program or a script; and none that the kernel would give more rights to, which it
 * does only by the file itself. */
static bool is_plain(const char *path)
{
	char magic[SELFMAG];
	struct stat st;

	if (stat(path, &st) != 0 || (st.st_mode & (S_ISUID | S_ISGID)) ||
	    getxattr(path, "security.capability", NULL, 0) >= 0)
		return false;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, magic, sizeof(magic));
	close(fd);
	return n == SELFMAG && (memcmp(magic, ELFMAG, SELFMAG) == 0 || memcmp(magic, "#!", 2) == 0);
}

static bool is_served(const struct strv *scope, const char *path)
{
	char real[PATH_MAX];

	return scope_covers(scope, path) || (realpath(path, real) && scope_covers(scope, real));
}

/* Open MPI looks for this one itself, to give it options. */
static bool is_java(const char *name)
{
	return strcmp(base_name(name), "java") == 0;
}

void programs_from_store(struct mpiline *l, const struct install *in, const struct strv *scope)
{
	const char *enabled = getenv("COLLFS_EXEC");
	char found[PATH_MAX];

	if ((enabled && strcmp(enabled, "0") == 0) || !*in->exec || !*in->audit || l->appfile ||
	    l->wants_program || !program_libc_is_recent(gnu_get_libc_version()))
		return;
	for (size_t c = l->context_count; c-- > 0;) {
		size_t at = l->contexts[c].program;
		const char *name = at ? l->argv.v[at] : "";
		/* One that is missing is for mpirun to complain about. */
		if (!at || is_java(name) || !program_find(name, getenv("PATH"), found) ||
		    !is_served(scope, found) || !is_plain(found))
			continue;
		mpiline_insert(l, at, in->exec);
		log_debug("%s is started by %s", name, in->exec);
	}
}
