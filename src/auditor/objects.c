/* objects.c - see objects.h. */
#include "auditor/objects.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "auditor/syscalls.h"

#define FIRST_ROOM 256

struct object {
	const struct link_map *map;
	const struct ci_entry *staged;
	uint64_t ino; /* of the file opened for real; 0: not looked up */
	bool foreign; /* of another namespace */
};

static struct object *objects;
static size_t used, room, staged_count, foreign_count;
static bool incomplete; /* no memory for an object: nothing can be told for sure */

static bool make_room(void)
{
	size_t more = room ? 2 * room : FIRST_ROOM;

	if (used < room)
		return true;
	struct object *grown = sys_map(more * sizeof(*grown), PROT_READ | PROT_WRITE,
	                               MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (!grown)
		return false;
	if (objects) {
		memcpy(grown, objects, used * sizeof(*grown));
		sys_unmap(objects, room * sizeof(*grown));
	}
	objects = grown;
	room = more;
	return true;
}

/* One stat of a file that ld.so has just opened; wanted only once staging begins. */
static void look_up(struct object *o)
{
	struct stat st;

	if (SYS_CALL(newfstatat, AT_FDCWD, o->map->l_name, &st, 0, 0, 0) == 0)
		o->ino = st.st_ino;
}

static struct object *append(const struct link_map *map)
{
	if (!make_room()) {
		incomplete = true;
		return NULL;
	}
	objects[used] = (struct object){.map = map};
	return &objects[used++];
}

void objects_add(const struct link_map *map, const struct ci_entry *staged)
{
	struct object *o = append(map);

	if (!o)
		return;
	o->staged = staged;
	staged_count += staged != NULL;
	/* A relative name means something only now. */
	if (!staged && map->l_name[0] != '/')
		look_up(o);
}

void objects_add_foreign(const struct link_map *map)
{
	struct object *o = append(map);

	if (!o)
		return;
	o->foreign = true;
	foreign_count++;
}

bool objects_foreign(const struct link_map *map)
{
	for (size_t i = 0; foreign_count > 0 && i < used; i++) {
		if (objects[i].map == map)
			return objects[i].foreign;
	}
	return false;
}

void objects_remove(const struct link_map *map)
{
	for (size_t i = 0; i < used; i++) {
		if (objects[i].map == map) {
			staged_count -= objects[i].staged != NULL;
			foreign_count -= objects[i].foreign;
			objects[i] = objects[--used];
			return;
		}
	}
}

bool objects_may_stage(const struct ci_entry *e)
{
	if (incomplete)
		return false;
	for (size_t i = 0; i < used; i++) {
		struct object *o = &objects[i];
		if (o->staged || o->foreign)
			continue;
		if (o->ino == 0)
			look_up(o);
		if (o->ino == e->attr.ino)
			return false;
	}
	return true;
}

bool objects_any_staged(void)
{
	return staged_count > 0;
}

/* The inode number alone would not do: staged objects do not keep their
 * originals' inodes in use, so a deleted file's number may have a new owner. */
const struct ci_entry *objects_staged(uint64_t ino, uint64_t size, int64_t mtime_sec,
                                      uint32_t mtime_nsec)
{
	for (size_t i = 0; staged_count > 0 && i < used; i++) {
		const struct ci_entry *e = objects[i].staged;
		if (e && e->attr.ino == ino && e->attr.size == size &&
		    e->attr.mtime.sec == mtime_sec && e->attr.mtime.nsec == mtime_nsec)
			return e;
	}
	return NULL;
}
