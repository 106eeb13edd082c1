/* paths.c - see paths.h. */
#include "launcher/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* "dir/name" if that leaves room, made absolute. */
static bool join(char out[PATH_MAX], const char *dir, size_t dir_len, const char *name)
{
	char cwd[PATH_MAX] = "";

	if (dir_len == 0 || dir[0] != '/') {
		if (!getcwd(cwd, sizeof(cwd) - 1))
			return false;
		strcat(cwd, "/");
	}
	int n = snprintf(out, PATH_MAX, "%s%.*s%s%s", cwd, (int)dir_len, dir, dir_len ? "/" : "",
	                 name);
	return n > 0 && n < PATH_MAX;
}

bool program_find(const char *program, const char *path, char found[PATH_MAX])
{
	if (strchr(program, '/')) {
		const char *base = base_name(program);
		size_t dir_len = (size_t)(base - program);

		if (dir_len > 1)
			dir_len--; /* the slash, unless it is all of it */
		return join(found, program, dir_len, base) && is_program(found);
	}
	for (const char *p = path ? path : "/usr/bin:/bin";; p++) {
		size_t len = strcspn(p, ":");
		if (join(found, p, len, program) && is_program(found))
			return true;
		p += len;
		if (!*p)
			return false;
	}
}

/*
 * `to` as seen from `from`: both are clean absolute directories of the
 * configuration. "/usr/bin" to "/usr/lib/x" is "../lib/x".
 */
static bool relative(char out[PATH_MAX], const char *from, const char *to)
{
	size_t common = 0, i;
	char *p = out, *end = out + PATH_MAX;

	for (i = 0; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			common = i;
	if ((!from[i] || from[i] == '/') && (!to[i] || to[i] == '/'))
		common = i;
	p += snprintf(p, (size_t)(end - p), ".");
	for (const char *f = from + common; *f; f++)
		if (*f == '/' && f[1] && end - p > 4)
			p = stpcpy(p, "/..");
	return snprintf(p, (size_t)(end - p), "%s", to + common) < end - p;
}

/* The file `name` of the configured directory `dir`, moved or not. */
static bool part_find(char out[PATH_MAX], const char *own_dir, const char *dir, const char *name)
{
	char way[PATH_MAX], place[2 * PATH_MAX + 64];

	if (*own_dir && relative(way, COLLFS_BINDIR, dir)) {
		snprintf(place, sizeof(place), "%s/%s/%s", own_dir, way, name);
		if (realpath(place, out))
			return true;
	}
	snprintf(place, sizeof(place), "%s/%s", dir, name);
	if (realpath(place, out))
		return true;
	out[0] = '\0';
	return false;
}

bool install_find(struct install *in, const char *server)
{
	char own[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);

	own[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(own, '/');
	if (slash)
		*slash = '\0';

	if (!part_find(in->preload, own, COLLFS_LIBDIR, "libcollfs.so")) {
		log_error("%s/libcollfs.so is missing: is collfs installed?", COLLFS_LIBDIR);
		return false;
	}
	if (in->preload[strcspn(in->preload, " :")]) {
		log_error("the dynamic loader cannot preload %s: it takes spaces and colons for "
		          "separators; install collfs elsewhere",
		          in->preload);
		return false;
	}
	part_find(in->audit, own, COLLFS_LIBDIR, "collfs/libcollfs-audit.so");
	part_find(in->exec, own, COLLFS_LIBEXECDIR, "collfs/collfs-exec");

	if (server) {
		if (program_find(server, getenv("PATH"), in->server))
			return true;
		log_error("--server %s: no such program", server);
		return false;
	}
	if (!part_find(in->server, own, COLLFS_LIBEXECDIR, "collfs/collfsd")) {
		log_error("%s/collfs/collfsd is missing: is collfs installed?", COLLFS_LIBEXECDIR);
		return false;
	}
	return true;
}
