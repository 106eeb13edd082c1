/* flight.c - see flight.h. */
#include "server/flight.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The key is the tail of the structure, from `flags` to the end of the path. */
#define KEY_OFFSET offsetof(struct flight, flags)

static size_t key_length(size_t path_len)
{
	return offsetof(struct flight, path) - KEY_OFFSET + path_len;
}

static struct flight *new_flight(enum wire_op op, uint32_t flags, const char *path, size_t len)
{
	struct flight *f = calloc(1, sizeof(*f) + len + 1);

	if (!f)
		return NULL;
	f->op = (uint16_t)op;
	f->flags = flags;
	f->path_len = (uint16_t)len;
	memcpy(f->path, path, len);
	return f;
}

static struct flight *find_key(struct flights *f, const struct flight *key)
{
	struct flight *found;

	HASH_FIND(hh, f->table, &key->flags, key_length(key->path_len), found);
	return found;
}

struct flight *flight_get(struct flights *f, enum wire_op op, uint32_t flags, const char *path,
                          size_t len, bool *made)
{
	struct flight *fresh = new_flight(op, flags, path, len);
	struct flight *found = fresh ? find_key(f, fresh) : NULL;

	*made = fresh && !found;
	if (found) {
		free(fresh);
		return found;
	}
	if (fresh)
		HASH_ADD_KEYPTR(hh, f->table, &fresh->flags, key_length(len), fresh);
	return fresh;
}

struct flight *flight_find(struct flights *f, enum wire_op op, uint32_t flags, const char *path,
                           size_t len)
{
	struct flight *key = new_flight(op, flags, path, len);
	struct flight *found = key ? find_key(f, key) : NULL;

	free(key);
	return found;
}

bool flight_add_client(struct flight *f, struct client *c)
{
	struct client **grown = realloc(f->clients, (f->client_count + 1) * sizeof(*grown));

	if (!grown)
		return false;
	f->clients = grown;
	f->clients[f->client_count++] = c;
	return true;
}

void flights_forget_client(struct flights *f, const struct client *c)
{
	struct flight *flight, *next;

	HASH_ITER (hh, f->table, flight, next) {
		size_t kept = 0;
		for (size_t i = 0; i < flight->client_count; i++)
			if (flight->clients[i] != c)
				flight->clients[kept++] = flight->clients[i];
		flight->client_count = kept;
	}
}

void flight_end(struct flights *f, struct flight *flight)
{
	HASH_DEL(f->table, flight);
	free(flight->clients);
	free(flight->rest);
	free(flight);
}
