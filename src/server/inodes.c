/* inodes.c - see inodes.h. */
#include "server/inodes.h"

#include <stdlib.h>
#include <uthash.h>

struct inode {
	UT_hash_handle hh;
	uint64_t ino;
};

bool inodes_has(const struct inode *set, uint64_t ino)
{
	struct inode *found;

	HASH_FIND(hh, set, &ino, sizeof(ino), found);
	return found;
}

bool inodes_add(struct inode **set, uint64_t ino)
{
	struct inode *fresh;

	if (inodes_has(*set, ino))
		return true;
	fresh = calloc(1, sizeof(*fresh));
	if (!fresh)
		return false;
	fresh->ino = ino;
	HASH_ADD(hh, *set, ino, sizeof(fresh->ino), fresh);
	return true;
}
