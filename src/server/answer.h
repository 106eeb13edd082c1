/*
 * answer.h - does the node's index answer a request, and if not, what is missing?
 *
 * The same question on every server: a node asks it before it sends a request
 * up, root asks it to find out what to do next. Pure but for the index;
 * main thread only.
 */
#ifndef COLLFS_SERVER_ANSWER_H
#define COLLFS_SERVER_ANSWER_H

#include "common/resolve.h"
#include "common/wire.h"

enum answer {
	ANSWER_LOOK, /* the index has it */
	ANSWER_REAL, /* the client must do the real call */
	ANSWER_NEED, /* `need` about `path` is missing */
};

enum need { NEED_STAT, NEED_NAME, NEED_LIST, NEED_CONTENT, NEED_ACCESS };

struct answer_need {
	enum need need;
	unsigned mode; /* NEED_ACCESS: one of R_OK, W_OK, X_OK */
	char path[CI_PATH_MAX];
	size_t len;
};

/* op: WIRE_LOOKUP, WIRE_LIST, WIRE_CONTENT or WIRE_ACCESS, flags as in wire.h. */
enum answer answer_request(const struct ci_map *m, enum wire_op op, uint32_t flags,
                           const char *path, size_t len, struct answer_need *need);

#endif
