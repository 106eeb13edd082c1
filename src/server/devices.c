/* devices.c - see devices.h. */
#include "server/devices.h"

#include <mpi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

struct mount {
	uint64_t dev;
	char path[CI_PATH_MAX];
};

/* The octal numbers of mountinfo stand for spaces and the like. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		unsigned code;
		if (s[0] == '\\' && sscanf(s + 1, "%3o", &code) == 1) {
			*to++ = (char)code;
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

static bool next_mount(FILE *f, char **line, size_t *room, struct mount *m)
{
	unsigned major, minor;

	while (getline(line, room, f) >= 0) {
		if (sscanf(*line, "%*d %*d %u:%u %*s %4095s", &major, &minor, m->path) != 3)
			continue;
		unescape(m->path);
		m->dev = makedev(major, minor);
		return true;
	}
	return false;
}

static bool under(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return n == 1 || (strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/'));
}

static bool concerns_scope(const struct ci_map *m, const char *mount)
{
	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const char *real = ci_string(m, m->h->scope[i].real, m->h->scope[i].real_len);
		if (real && (under(real, mount) || under(mount, real)))
			return true;
	}
	return false;
}

/* Root's mounts that hold a part of the scope; the later of two hides the other. */
static unsigned list_mounts(struct mount *list, const struct ci_map *m)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t room = 0;
	unsigned n = 0;

	while (f && n < DEVICES_MAX && next_mount(f, &line, &room, &list[n]))
		n += concerns_scope(m, list[n].path);
	free(line);
	if (f)
		fclose(f);
	return n;
}

/* What is mounted at, or nearest above, each of these paths on this node. */
static void find_here(struct devices *d, const struct mount *list)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	size_t nearest[DEVICES_MAX] = {0}, room = 0;
	char *line = NULL;
	struct mount *here = malloc(sizeof(*here));

	while (f && here && next_mount(f, &line, &room, here))
		for (unsigned i = 0; i < d->count; i++)
			if (under(list[i].path, here->path) && strlen(here->path) >= nearest[i]) {
				nearest[i] = strlen(here->path);
				d->pair[i].here = here->dev;
			}
	free(here);
	free(line);
	if (f)
		fclose(f);
}

void devices_agree(struct devices *d, const struct ci_map *m, int rank)
{
	struct mount *list = calloc(DEVICES_MAX, sizeof(*list));

	if (!list)
		MPI_Abort(MPI_COMM_WORLD, 1);
	if (rank == 0)
		d->count = list_mounts(list, m);
	MPI_Bcast(&d->count, 1, MPI_UNSIGNED, 0, MPI_COMM_WORLD);
	MPI_Bcast(list, (int)(d->count * sizeof(*list)), MPI_BYTE, 0, MPI_COMM_WORLD);
	for (unsigned i = 0; i < d->count; i++)
		d->pair[i].root = d->pair[i].here = list[i].dev;
	if (rank != 0)
		find_here(d, list);
	free(list);
}
