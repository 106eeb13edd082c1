/* wire.c - checks of what comes over the socket; see wire.h. */
#include "common/wire.h"

#include <string.h>

const char *wire_check_request(const void *packet, size_t n)
{
	const struct wire_request *q = packet;

	if (n < sizeof(*q) || q->magic != WIRE_MAGIC || q->version != WIRE_VERSION ||
	    q->op < WIRE_HELLO || q->op > WIRE_LEAVE)
		return NULL;
	if (q->path_len >= WIRE_PATH_MAX || n != sizeof(*q) + q->path_len)
		return NULL;
	const char *path = (const char *)packet + sizeof(*q);
	if (memchr(path, '\0', q->path_len))
		return NULL;
	if (q->op != WIRE_HELLO && q->op != WIRE_STATUS && q->op != WIRE_LEAVE &&
	    (q->path_len == 0 || path[0] != '/'))
		return NULL;
	return path;
}

bool wire_check_reply(const struct wire_reply *reply, size_t n, enum wire_op op)
{
	if (n < sizeof(*reply) || reply->magic != WIRE_MAGIC || reply->version != WIRE_VERSION ||
	    reply->op != op)
		return false;
	if (reply->status != WIRE_LOOK && reply->status != WIRE_REAL)
		return false;
	return n == sizeof(*reply) || (op == WIRE_STATUS && n == sizeof(*reply) + reply->value);
}
