/* devices.c - see devices.h. */
#include "server/devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

/* A line of mountinfo (proc(5)). */
struct mount {
	char point[CI_PATH_MAX];
	size_t len;
	uint64_t dev;
	bool automatic; /* a place where something will be mounted by and by */
};

/* mountinfo writes white space and backslashes as \ooo. In place. */
static size_t unescape(char *s)
{
	char *to = s;

	for (const char *from = s; *from; to++) {
		if (from[0] == '\\' && strspn(from + 1, "01234567") >= 3) {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
	return (size_t)(to - s);
}

/* Take the next line. NULL at the end; a line that makes no sense has dev 0. */
static const char *next_mount(const char *text, struct mount *m)
{
	const char *end = strchr(text, '\n');
	unsigned major, minor;

	if (!end)
		return NULL;
	m->dev = 0;
	if (sscanf(text, "%*u %*u %u:%u %*s %4095s", &major, &minor, m->point) == 3)
		m->dev = makedev(major, minor);
	m->len = unescape(m->point);
	const char *type = memmem(text, (size_t)(end - text), " - ", 3);
	m->automatic = type && strncmp(type + 3, "autofs ", 7) == 0;
	return end + 1;
}

static bool below(const char *path, size_t len, const char *dir, size_t n)
{
	if (n == 1) /* the root directory */
		return true;
	return len >= n && memcmp(path, dir, n) == 0 && (len == n || path[n] == '/');
}

/* The device that a path lies on, 0 when that cannot be told. */
static uint64_t device_of(const char *mounts, const char *path, size_t len)
{
	static struct mount m;
	uint64_t dev = 0;
	size_t best = 0;

	while ((mounts = next_mount(mounts, &m))) {
		/* Of two on one place, the later one is seen. */
		if (m.dev != 0 && m.len >= best && below(path, len, m.point, m.len)) {
			best = m.len;
			dev = m.automatic ? 0 : m.dev;
		}
	}
	return dev;
}

static void learn(struct devices *d, const char *path, size_t len, const char *root_mounts,
                  const char *local_mounts)
{
	struct device new = {.len = len,
	                     .root = device_of(root_mounts, path, len),
	                     .local = device_of(local_mounts, path, len)};

	if (new.root == 0 || new.local == 0 || new.root == new.local)
		return;
	struct device *grown = realloc(d->at, (d->count + 1) * sizeof(*d->at));
	if (!grown)
		return;
	d->at = grown;
	new.path = strndup(path, len);
	if (new.path)
		d->at[d->count++] = new;
}

void devices_learn(struct devices *d, const struct ci_map *m, const char *root_mounts,
                   const char *local_mounts)
{
	static struct mount mount;

	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const struct ci_scope *s = &m->h->scope[i];
		const char *path = ci_string(m, s->real, s->real_len);

		if (!path)
			continue;
		learn(d, path, s->real_len, root_mounts, local_mounts);
		for (const char *text = root_mounts; (text = next_mount(text, &mount));) {
			if (mount.len > s->real_len &&
			    below(mount.point, mount.len, path, s->real_len))
				learn(d, mount.point, mount.len, root_mounts, local_mounts);
		}
	}
}

uint64_t devices_local(const struct devices *d, const char *path, size_t len, uint64_t dev)
{
	const struct device *best = NULL;

	for (size_t i = 0; i < d->count; i++) {
		const struct device *e = &d->at[i];
		if (e->root == dev && (!best || e->len > best->len) &&
		    below(path, len, e->path, e->len))
			best = e;
	}
	return best ? best->local : dev;
}
