/* record.c - see record.h. */
#include "server/record.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Bodies begin at a multiple of 8 so that structures can be read in place. */
static size_t padded(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

struct message *message_receive(size_t size)
{
	if (size < sizeof(struct record) || size > INT_MAX)
		return NULL;
	struct message *m = malloc(offsetof(struct message, head) + size);
	if (m) {
		m->references = 1;
		m->size = size;
	}
	return m;
}

struct message *message_new(enum record_kind kind, uint32_t a, uint32_t b, const char *path,
                            size_t path_len, const void *body, size_t body_len)
{
	struct message *m = message_receive(sizeof(struct record) + padded(path_len) + body_len);

	if (!m)
		return NULL;
	m->head = (struct record){.magic = RECORD_MAGIC,
	                          .version = RECORD_VERSION,
	                          .kind = (uint16_t)kind,
	                          .a = a,
	                          .b = b,
	                          .path_len = (uint32_t)path_len,
	                          .body_len = body_len};
	char *p = (char *)(&m->head + 1);
	memset(p, 0, padded(path_len));
	memcpy(p, path, path_len);
	if (body)
		memcpy(p + padded(path_len), body, body_len);
	return m;
}

bool message_check(const struct message *m)
{
	const struct record *h = &m->head;

	return h->magic == RECORD_MAGIC && h->version == RECORD_VERSION && h->kind > 0 &&
	       h->kind < REC_KIND_END && h->path_len < CI_PATH_MAX && h->body_len <= m->size &&
	       m->size == sizeof(*h) + padded(h->path_len) + h->body_len;
}

struct message *message_hold(struct message *m)
{
	m->references++;
	return m;
}

void message_drop(struct message *m)
{
	if (m && --m->references == 0)
		free(m);
}

const char *message_path(const struct message *m)
{
	return (const char *)(&m->head + 1);
}

void *message_body(const struct message *m)
{
	return (char *)(&m->head + 1) + padded(m->head.path_len);
}

/* A packed name: inode (8 bytes), length (2), type (1), the name. */
enum { NAME_HEAD = 11 };

void *record_pack_names(const struct index_name *names, size_t count, size_t *size)
{
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += NAME_HEAD + names[i].len;
	char *body = malloc(total ? total : 1), *p = body;
	if (!body)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		memcpy(p, &names[i].ino, 8);
		memcpy(p + 8, &names[i].len, 2);
		p[10] = (char)names[i].type;
		memcpy(p + NAME_HEAD, names[i].name, names[i].len);
		p += NAME_HEAD + names[i].len;
	}
	*size = total;
	return body;
}

struct index_name *record_unpack_names(const void *body, size_t size, size_t *count)
{
	const char *p = body, *end = p + size;
	struct index_name *names = malloc((size / NAME_HEAD + 1) * sizeof(*names));

	*count = 0;
	if (!names)
		return NULL;
	while (p < end) {
		struct index_name *n = &names[*count];
		if (end - p < NAME_HEAD)
			goto malformed;
		memcpy(&n->ino, p, 8);
		memcpy(&n->len, p + 8, 2);
		n->type = (uint8_t)p[10];
		n->name = p + NAME_HEAD;
		if (n->len == 0 || n->len > NAME_MAX || end - n->name < n->len ||
		    memchr(n->name, '/', n->len) || memchr(n->name, '\0', n->len))
			goto malformed;
		p = n->name + n->len;
		(*count)++;
	}
	return names;
malformed:
	free(names);
	return NULL;
}
