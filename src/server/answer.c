/* answer.c - see answer.h. */
#include "server/answer.h"

#include <dirent.h>
#include <string.h>

enum { RESOLVE_FLAGS = CR_NOFOLLOW | CR_TYPE_ONLY };

static enum answer missing(struct answer_need *need, enum need what, const char *path, size_t len)
{
	need->need = what;
	memcpy(need->path, path, len);
	need->path[len] = '\0';
	need->len = len;
	return ANSWER_NEED;
}

static enum answer access_known(const struct ci_entry *e, unsigned mode, struct answer_need *need)
{
	uint32_t bits = atomic_load_explicit(&e->access, memory_order_acquire);
	unsigned unknown = mode & 7u & ~bits;

	if (unknown == 0)
		return ANSWER_LOOK;
	need->mode = unknown & -unknown;
	return missing(need, NEED_ACCESS, e->path, e->path_len);
}

/* What the operation wants to know of the entry that the path leads to. */
static enum answer about_entry(enum wire_op op, uint32_t flags, const struct ci_entry *e,
                               struct answer_need *need)
{
	switch (op) {
	case WIRE_LIST:
		if (cr_type(e) == DT_DIR && ci_dir(e) == CI_DIR_UNKNOWN)
			return missing(need, NEED_LIST, e->path, e->path_len);
		return ANSWER_LOOK;
	case WIRE_CONTENT:
		if (cr_type(e) == DT_REG && ci_content(e) == CI_CONTENT_NONE)
			return missing(need, NEED_CONTENT, e->path, e->path_len);
		return ANSWER_LOOK;
	case WIRE_ACCESS:
		return access_known(e, flags >> WIRE_ACCESS_SHIFT, need);
	default:
		return ANSWER_LOOK;
	}
}

enum answer answer_request(const struct ci_map *m, enum wire_op op, uint32_t flags,
                           const char *path, size_t len, struct answer_need *need)
{
	struct cr_result r;
	unsigned resolve = flags & RESOLVE_FLAGS;

	if (op == WIRE_LIST || op == WIRE_CONTENT)
		resolve |= CR_TYPE_ONLY;
	switch (cr_resolve(m, path, len, resolve, &r)) {
	case CR_ENTRY:
		return about_entry(op, flags, r.entry, need);
	case CR_ERRNO:
		return ANSWER_LOOK;
	case CR_ASK:
		return missing(need, r.ask == CR_ASK_NAME ? NEED_NAME : NEED_STAT, r.path,
		               strlen(r.path));
	case CR_OUTSIDE:
	case CR_PASS:
		break;
	}
	return ANSWER_REAL;
}
