/* dir.c - opendir, readdir and the rest of their family. */
#include "client/dir.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "client/attachment.h"
#include "client/place.h"
#include "client/real.h"

#define SERVED_MAGIC (-0x636c6673) /* no descriptor */

struct served_dir {
	int magic;
	const struct ci_entry *entry;
	const struct ci_dirent *lines; /* memory of the index is never reused */
	uint32_t count, at;
	DIR *backing; /* the real directory, from the first dirfd() on */
	bool passed;  /* after rewinddir the listing no longer held: read `backing` */
	struct dirent line;
};

/* On the systems that we build for, the 64-bit twins are the same functions. */
_Static_assert(sizeof(struct dirent) == sizeof(struct dirent64), "a 64-bit system is needed");

struct served_dir *dir_served(DIR *dir)
{
	return dir && *(int *)dir == SERVED_MAGIC ? (struct served_dir *)dir : NULL;
}

enum lookup dir_open(int dirfd, const char *path, DIR **dir)
{
	const struct ci_entry *e;
	uint32_t count;

	enum lookup answer = lookup(dirfd, path, CR_TYPE_ONLY, WIRE_LIST, 0, &e);
	if (answer != LOOKUP_FOUND)
		return answer;
	if (cr_type(e) != DT_DIR) {
		errno = ENOTDIR;
		return LOOKUP_FAILED;
	}
	const struct ci_dirent *lines = ci_listing(&attachment.map, e, &count);
	if (!lines)
		return LOOKUP_REAL;
	struct served_dir *d = malloc(sizeof(*d));
	if (d)
		*d = (struct served_dir){
			.magic = SERVED_MAGIC, .entry = e, .lines = lines, .count = count};
	*dir = (DIR *)d;
	return LOOKUP_FOUND;
}

/* The real directory behind a served stream. NULL and errno when it cannot be opened. */
static DIR *backing(struct served_dir *d)
{
	if (!d->backing) {
		d->backing = real()->opendir(d->entry->path);
		if (d->backing)
			place_note_opened(real()->dirfd(d->backing), AT_FDCWD, d->entry->path);
	}
	return d->backing;
}

static struct dirent *next_line(struct served_dir *d)
{
	if (d->passed)
		return real()->readdir(d->backing);
	while (d->at < d->count) {
		const struct ci_dirent *from = &d->lines[d->at++];
		const char *name = ci_dirent_name(&attachment.map, from);
		if (!name || from->name_len >= sizeof(d->line.d_name))
			continue;
		d->line.d_ino = from->ino;
		d->line.d_off = d->at;
		d->line.d_type = from->type;
		/* As the kernel counts: the head, the name and its NUL, in eights. */
		d->line.d_reclen =
			(unsigned short)((offsetof(struct dirent, d_name) + from->name_len + 8u) &
		                         ~7u);
		memcpy(d->line.d_name, name, from->name_len);
		d->line.d_name[from->name_len] = '\0';
		return &d->line;
	}
	return NULL;
}

DIR *opendir(const char *path)
{
	DIR *dir;

	switch (dir_open(AT_FDCWD, path, &dir)) {
	case LOOKUP_FOUND:
		return dir;
	case LOOKUP_FAILED:
		return NULL;
	case LOOKUP_REAL:
		break;
	}
	return real()->opendir(path);
}

struct dirent *readdir(DIR *dir)
{
	struct served_dir *d = dir_served(dir);
	return d ? next_line(d) : real()->readdir(dir);
}

struct dirent64 *readdir64(DIR *dir)
{
	struct served_dir *d = dir_served(dir);
	return d ? (struct dirent64 *)next_line(d) : real()->readdir64(dir);
}

static int next_line_r(struct served_dir *d, struct dirent *out, struct dirent **result)
{
	int saved = errno;

	errno = 0;
	const struct dirent *line = next_line(d);
	int err = line ? 0 : errno;
	errno = saved;
	*result = line ? memcpy(out, line, line->d_reclen) : NULL;
	return err;
}

int readdir_r(DIR *dir, struct dirent *out, struct dirent **result)
{
	struct served_dir *d = dir_served(dir);
	return d ? next_line_r(d, out, result) : real()->readdir_r(dir, out, result);
}

int readdir64_r(DIR *dir, struct dirent64 *out, struct dirent64 **result)
{
	struct served_dir *d = dir_served(dir);
	return d ? next_line_r(d, (struct dirent *)out, (struct dirent **)result)
	         : real()->readdir64_r(dir, out, result);
}

/* To rewind is to look anew: the directory may have changed meanwhile. */
static void rewind_served(struct served_dir *d)
{
	DIR *fresh = NULL;
	int saved = errno;

	d->at = 0;
	enum lookup answer = dir_open(AT_FDCWD, d->entry->path, &fresh);
	if (answer == LOOKUP_FOUND && fresh && !d->passed) {
		struct served_dir *f = (struct served_dir *)fresh;
		d->entry = f->entry;
		d->lines = f->lines;
		d->count = f->count;
	} else if (backing(d)) {
		d->passed = true;
		real()->rewinddir(d->backing);
	}
	free(fresh);
	errno = saved;
}

void rewinddir(DIR *dir)
{
	struct served_dir *d = dir_served(dir);

	if (d)
		rewind_served(d);
	else
		real()->rewinddir(dir);
}

long telldir(DIR *dir)
{
	struct served_dir *d = dir_served(dir);

	if (!d)
		return real()->telldir(dir);
	return d->passed ? real()->telldir(d->backing) : (long)d->at;
}

void seekdir(DIR *dir, long position)
{
	struct served_dir *d = dir_served(dir);

	if (!d)
		real()->seekdir(dir, position);
	else if (d->passed)
		real()->seekdir(d->backing, position);
	else if (position >= 0 && position <= (long)d->count)
		d->at = (uint32_t)position;
}

int dirfd(DIR *dir)
{
	struct served_dir *d = dir_served(dir);

	if (!d)
		return real()->dirfd(dir);
	return backing(d) ? real()->dirfd(d->backing) : -1;
}

int closedir(DIR *dir)
{
	struct served_dir *d = dir_served(dir);

	if (!d)
		return real()->closedir(dir);
	int result = d->backing ? real()->closedir(d->backing) : 0;
	free(d);
	return result;
}
