/* index_fixture.c - see index_fixture.h. */
#include "index_fixture.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>

#define NAMES_MAX 64

void fixture_index(struct index_writer *w, uint64_t size)
{
	cr_assert_eq(iw_create(w, size), 0, "iw_create: %s", strerror(errno));
	cr_assert(ci_map_check(&w->map));
}

struct ci_attr fixture_attr(mode_t mode, uint64_t ino)
{
	return (struct ci_attr){.dev = 7, .ino = ino, .mode = mode, .nlink = 1, .mask = 0x7ff};
}

static struct ci_entry *known(struct index_writer *w, const char *path, mode_t mode, uint64_t ino,
                              const char *target)
{
	struct ci_attr attr = fixture_attr(mode, ino);
	struct ci_entry *e = iw_get(w, path, strlen(path), IFTODT(mode));

	cr_assert_not_null(e);
	cr_assert(iw_set_known(w, e, &attr, target, target ? strlen(target) : 0));
	return e;
}

struct ci_entry *fixture_dir(struct index_writer *w, const char *path, uint64_t ino)
{
	return known(w, path, S_IFDIR | 0755, ino, NULL);
}

struct ci_entry *fixture_file(struct index_writer *w, const char *path, uint64_t ino)
{
	return known(w, path, S_IFREG | 0644, ino, NULL);
}

struct ci_entry *fixture_link(struct index_writer *w, const char *path, uint64_t ino,
                              const char *target)
{
	return known(w, path, S_IFLNK | 0777, ino, target);
}

void fixture_list(struct index_writer *w, struct ci_entry *dir, const char *const *names)
{
	struct index_name list[NAMES_MAX];
	size_t count = 0;

	for (; names[count]; count++) {
		cr_assert_lt(count, NAMES_MAX);
		list[count] = (struct index_name){.ino = 1000 + count,
		                                  .name = names[count],
		                                  .len = (uint16_t)strlen(names[count]),
		                                  .type = DT_UNKNOWN};
	}
	cr_assert(iw_set_listing(w, dir, list, count));
}
