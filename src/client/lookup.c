/* lookup.c - see lookup.h. */
#include "client/lookup.h"

#include <dirent.h>
#include <errno.h>

#include "client/ask.h"
#include "client/attachment.h"
#include "client/count.h"
#include "client/creds.h"
#include "client/memory.h"
#include "client/place.h"

/* The server resolves to the end each time; more rounds mean that things are
 * changing under us. */
#define ROUNDS_MAX 4

static bool need_met(const struct ci_entry *e, enum wire_op need, unsigned mode)
{
	switch (need) {
	case WIRE_LIST:
		return cr_type(e) != DT_DIR || ci_dir(e) != CI_DIR_UNKNOWN;
	case WIRE_CONTENT:
		return cr_type(e) != DT_REG || ci_content(e) != CI_CONTENT_NONE;
	case WIRE_ACCESS:
		return (atomic_load_explicit(&e->access, memory_order_acquire) & mode) == mode;
	default:
		return true;
	}
}

static bool may_ask(const struct ci_map *m)
{
	return !(atomic_load_explicit(&m->h->flags, memory_order_relaxed) & CI_FULL);
}

static enum lookup lookup_absolute(const struct ci_map *m, const char *path, size_t len,
                                   unsigned flags, enum wire_op need, unsigned mode,
                                   const struct ci_entry **entry)
{
	unsigned wire_flags = flags | (need == WIRE_ACCESS ? mode << WIRE_ACCESS_SHIFT : 0);
	struct cr_result r;

	for (int round = 0;; round++) {
		switch (cr_resolve(m, path, len, flags, &r)) {
		case CR_OUTSIDE:
			return LOOKUP_REAL;
		case CR_PASS:
			count(COUNT_passed);
			return LOOKUP_REAL;
		case CR_ERRNO:
			if (round == 0) {
				count(COUNT_hits);
				count(COUNT_negative_hits);
			}
			errno = r.err;
			return LOOKUP_FAILED;
		case CR_ENTRY:
			if (!need_met(r.entry, need, mode))
				break;
			if (round == 0)
				count(COUNT_hits);
			*entry = r.entry;
			return LOOKUP_FOUND;
		case CR_ASK:
			break;
		}
		if (round == ROUNDS_MAX || !may_ask(m) || !ask(need, wire_flags, path, len) ||
		    !served_index()) {
			count(COUNT_passed);
			return LOOKUP_REAL;
		}
	}
}

/* Apart from lookup_absolute, so that the memory for a path is not taken from
 * the stack of those whose path is absolute already. */
static __attribute__((noinline)) enum lookup lookup_relative(const struct ci_map *m, int dirfd,
                                                             const char *path, unsigned flags,
                                                             enum wire_op need, unsigned mode,
                                                             const struct ci_entry **entry)
{
	char absolute[CI_PATH_MAX];

	size_t len = place_absolute(dirfd, path, absolute);
	return len == 0 ? LOOKUP_REAL : lookup_absolute(m, absolute, len, flags, need, mode, entry);
}

enum lookup lookup(int dirfd, const char *path, unsigned flags, enum wire_op need, unsigned mode,
                   const struct ci_entry **entry)
{
	const struct ci_map *m = served_index();

	size_t len = m && !place_begins_outside(m, dirfd, path) ? memory_path(path) : 0;
	if (len == 0 || creds_changed_in_child())
		return LOOKUP_REAL;
	if (path[0] != '/')
		return lookup_relative(m, dirfd, path, flags, need, mode, entry);
	return lookup_absolute(m, path, len, flags, need, mode, entry);
}
