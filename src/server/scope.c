/* scope.c - see scope.h. */
#include "server/scope.h"
#include "common/log.h"
#include "common/resolve.h"

#include <limits.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Pairs of NUL-terminated strings, prefix and real path. */
struct pairs {
	char *bytes;
	size_t used, room;
};

static bool put(struct pairs *p, const char *s, size_t len)
{
	if (p->room - p->used < len + 1) {
		size_t room = 2 * p->room + len + 1;
		char *grown = realloc(p->bytes, room);
		if (!grown)
			return false;
		p->bytes = grown;
		p->room = room;
	}
	memcpy(p->bytes + p->used, s, len);
	p->bytes[p->used + len] = '\0';
	p->used += len + 1;
	return true;
}

/* An absolute path without empty, "." and ".." components and final slash. */
static bool clean(const char *s, size_t len)
{
	if (len < 2 || s[0] != '/' || len >= CI_PATH_MAX)
		return false;
	for (size_t i = 0; i < len;) {
		size_t n = 0;
		i++;
		while (i + n < len && s[i + n] != '/')
			n++;
		if (n == 0 || (n == 1 && s[i] == '.') || (n == 2 && s[i] == '.' && s[i + 1] == '.'))
			return false;
		i += n;
	}
	return true;
}

/*
 * The other spellings by which a prefix that leads through links is reached: where each
 * of these links really is, with what follows it. A change there leads the prefix
 * elsewhere. False: out of memory.
 */
static bool put_ways(struct pairs *p, const char *prefix, const char *real)
{
	char at[PATH_MAX] = "", rest[PATH_MAX], link[PATH_MAX], joined[2 * PATH_MAX];
	int links = 0;

	snprintf(rest, sizeof(rest), "%s", prefix);
	for (const char *s = rest; *(s += strspn(s, "/"));) {
		size_t n = strcspn(s, "/"), at_len = strlen(at);
		if (n == 1 && s[0] == '.') {
			s += n;
			continue;
		}
		if (n == 2 && s[0] == '.' && s[1] == '.') {
			char *slash = strrchr(at, '/');
			*(slash ? slash : at) = '\0';
			s += n;
			continue;
		}
		if (at_len + 1 + n >= sizeof(at))
			return true;
		at[at_len] = '/';
		memcpy(at + at_len + 1, s, n);
		at[at_len + 1 + n] = '\0';
		s += n;
		ssize_t got = readlink(at, link, sizeof(link) - 1);
		if (got <= 0)
			continue;
		link[got] = '\0';
		size_t len = (size_t)snprintf(joined, sizeof(joined), "%s%s", at, s);
		if (++links > CR_LINK_MAX)
			return true;
		if (strcmp(joined, prefix) != 0 && clean(joined, len) &&
		    (!put(p, joined, len) || !put(p, real, strlen(real))))
			return false;
		len = (size_t)snprintf(joined, sizeof(joined), "%s%s", link, s);
		if (len >= sizeof(rest))
			return true;
		at[link[0] == '/' ? 0 : at_len] = '\0';
		memcpy(rest, joined, len + 1);
		s = rest;
	}
	return true;
}

static void resolve_list(struct pairs *p, const char *list)
{
	for (const char *s = list; *s;) {
		size_t len = strcspn(s, ":");
		char prefix[CI_PATH_MAX], real[PATH_MAX];

		if (len > 0 && !clean(s, len)) {
			log_warn("scope: %.*s is not a clean absolute path: left out",
			         (int)(len < 200 ? len : 200), s);
		} else if (len > 0) {
			memcpy(prefix, s, len);
			prefix[len] = '\0';
			const char *to = realpath(prefix, real);
			if (!to)
				log_info("scope: %s does not exist (yet)", prefix);
			to = to ? to : prefix;
			if (strcmp(to, "/") == 0) {
				log_warn("scope: %s is the root directory: left out", prefix);
				s += len + (s[len] == ':');
				continue;
			}
			if (!put(p, prefix, len) || !put(p, to, strlen(to)))
				return;
			/* Programs that resolve links themselves use the real path. */
			if (strcmp(prefix, to) != 0 &&
			    (!put(p, to, strlen(to)) || !put(p, to, strlen(to)) ||
			     !put_ways(p, prefix, to)))
				return;
		}
		s += len + (s[len] == ':');
	}
}

/* All of /proc/self/mountinfo with a final NUL, or NULL. */
static char *read_mounts(uint64_t *size)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *text = NULL;
	size_t room = 0;
	ssize_t n = f ? getdelim(&text, &room, '\0', f) : -1;

	if (f)
		fclose(f);
	*size = n > 0 ? (uint64_t)n + 1 : 0;
	return n > 0 ? text : NULL;
}

/* Root tells what mounts it sees. Who cannot learn from it has no numbers of its own. */
static void agree_on_devices(struct index_writer *w, int rank)
{
	uint64_t own_size, size;
	char *own = read_mounts(&own_size);

	size = own_size;
	MPI_Bcast(&size, sizeof(size), MPI_BYTE, 0, MPI_COMM_WORLD);
	if (size == 0 || size > INT_MAX) {
		free(own);
		return;
	}
	char *roots = rank == 0 ? own : malloc(size);
	/* Every rank must take part, so failure ends them all. */
	if (!roots)
		MPI_Abort(MPI_COMM_WORLD, 1);
	MPI_Bcast(roots, (int)size, MPI_BYTE, 0, MPI_COMM_WORLD);
	if (rank != 0 && own)
		devices_learn(&w->devices, &w->map, roots, own);
	for (size_t i = 0; i < w->devices.count; i++)
		log_debug("st_dev of %s: %llx, on root %llx", w->devices.at[i].path,
		          (unsigned long long)w->devices.at[i].local,
		          (unsigned long long)w->devices.at[i].root);
	if (rank != 0)
		free(roots);
	free(own);
}

bool scope_agree(struct index_writer *w, int rank, const char *list)
{
	struct pairs pairs = {0};
	uint64_t size;

	if (rank == 0)
		resolve_list(&pairs, list);
	size = pairs.used;
	MPI_Bcast(&size, sizeof(size), MPI_BYTE, 0, MPI_COMM_WORLD);
	if (size == 0) {
		if (rank == 0)
			log_error("nothing to serve: the scope is empty (set COLLFS_PATH)");
		return false;
	}
	char *bytes = rank == 0 ? pairs.bytes : malloc(size);
	/* Every rank must take part, so failure ends them all. */
	if (!bytes)
		MPI_Abort(MPI_COMM_WORLD, 1);
	MPI_Bcast(bytes, (int)size, MPI_BYTE, 0, MPI_COMM_WORLD);
	for (const char *p = bytes; p < bytes + size;) {
		const char *real = p + strlen(p) + 1;
		if (!iw_add_scope(w, p, real) && rank == 0)
			log_warn("scope: more than %d prefixes: %s is left out", CI_SCOPE_MAX, p);
		else if (rank == 0)
			log_info("scope: %s", p);
		p = real + strlen(real) + 1;
	}
	free(bytes);
	agree_on_devices(w, rank);
	return w->h->scope_count > 0;
}
