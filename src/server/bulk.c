/* bulk.c - see bulk.h. */
#include "server/bulk.h"
#include "common/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

enum { CHUNK = 256 * 1024, WINDOW = 8 };

struct transfer {
	struct transfer *prev, *next; /* utlist */
	struct blob *blob;
	uint64_t offset; /* next byte to send */
};

void bulk_init(struct bulk *b, struct tree *tree, struct store *store, struct index_writer *index)
{
	*b = (struct bulk){.tree = tree, .store = store, .index = index};
}

/* The content is whole: let the processes of this node open it. */
static void publish(struct bulk *b, struct blob *blob)
{
	struct ci_entry *e;

	if (blob->failed) {
		e = (struct ci_entry *)ci_find(&b->index->map, blob->path, blob->path_len);
		if (e)
			iw_set_content_pass(e);
		return;
	}
	e = apply_attr(b->index, blob->path, blob->path_len, &blob->attr);
	if (e && ci_content(e) == CI_CONTENT_NONE)
		iw_set_content(b->index, e, blob->fd, blob->memfd_ino);
}

static void fail(struct bulk *b, struct blob *blob)
{
	if (blob->fd >= 0)
		store_abandon(b->store, blob->fd, blob->size);
	blob->fd = -1;
	blob->failed = true;
}

static void finish(struct bulk *b, struct blob *blob)
{
	if (!blob->failed && !store_seal(blob->fd, &blob->memfd_ino))
		fail(b, blob);
	publish(b, blob);
}

static struct blob *new_blob(struct bulk *b, uint32_t serial, const char *path, size_t len,
                             const struct ci_attr *attr)
{
	struct blob *blob = calloc(1, sizeof(*blob));

	if (!blob)
		return NULL;
	blob->serial = serial;
	blob->fd = -1;
	blob->attr = *attr;
	blob->size = attr->size;
	blob->path_len = len;
	memcpy(blob->path, path, len);
	struct blob *older = bulk_find_path(b, path, len);
	if (older)
		HASH_DELETE(hh_path, b->by_path, older);
	HASH_ADD_KEYPTR(hh_path, b->by_path, blob->path, len, blob);
	HASH_ADD(hh, b->blobs, serial, sizeof(blob->serial), blob);
	return blob;
}

struct blob *bulk_add(struct bulk *b, const char *path, size_t len, const struct ci_attr *attr,
                      int fd, uint64_t memfd_ino)
{
	struct blob *blob = new_blob(b, ++b->last_serial, path, len, attr);

	if (!blob)
		return NULL;
	blob->fd = fd;
	blob->memfd_ino = memfd_ino;
	blob->received = blob->size;
	publish(b, blob);
	return blob;
}

void bulk_send(struct bulk *b, struct blob *blob, int child)
{
	uint64_t bit = UINT64_C(1) << child;

	if (blob->failed || (blob->sent & bit))
		return;
	blob->sent |= bit;
	struct message *head = message_new(REC_BULK, blob->serial, blob->all, blob->path,
	                                   blob->path_len, &blob->attr, sizeof(blob->attr));
	struct transfer *t = blob->size == 0 ? NULL : calloc(1, sizeof(*t));
	if (!head || (!t && blob->size > 0)) {
		/* The child keeps waiting; its processes time out and pass through. */
		log_error("out of memory: %s is not sent on", blob->path);
		message_drop(head);
		free(t);
		return;
	}
	tree_send(b->tree, b->tree->child[child], head, NULL);
	message_drop(head);
	if (t) {
		t->blob = blob;
		DL_APPEND(b->queue[child], t);
	}
}

void bulk_send_all(struct bulk *b, struct blob *blob)
{
	bool again = !blob->all;

	blob->all = true;
	for (int i = 0; i < b->tree->child_count; i++) {
		if (!(blob->sent >> i & 1)) {
			bulk_send(b, blob, i);
		} else if (again) {
			struct message *m =
				message_new(REC_BULK_ALL, blob->serial, 0, "", 0, NULL, 0);
			if (m)
				tree_send(b->tree, b->tree->child[i], m, NULL);
			message_drop(m);
		}
	}
}

struct blob *bulk_begin(struct bulk *b, const struct message *m)
{
	const struct record *h = &m->head;
	const struct ci_attr *attr = message_body(m);

	if (h->body_len != sizeof(*attr) || h->path_len == 0 || bulk_find(b, h->a))
		return NULL;
	struct blob *blob = new_blob(b, h->a, message_path(m), h->path_len, attr);
	if (!blob)
		return NULL;
	blob->all = h->b != 0;
	blob->fd = store_new(b->store, blob->path, blob->size);
	if (blob->fd < 0) {
		log_info("no room for %s (%llu bytes) here: %s", blob->path,
		         (unsigned long long)blob->size, strerror(errno));
		blob->failed = true;
	}
	if (blob->failed || blob->size == 0)
		finish(b, blob);
	return blob;
}

struct blob *bulk_chunk(struct bulk *b, const struct message *m)
{
	struct blob *blob = bulk_find(b, m->head.a);
	const char *body = message_body(m);
	uint64_t offset;

	if (!blob || m->head.body_len < sizeof(offset))
		return NULL;
	memcpy(&offset, body, sizeof(offset));
	uint64_t n = m->head.body_len - sizeof(offset);
	if (offset != blob->received || n > blob->size - offset)
		return NULL;
	if (!blob->failed && !store_write(blob->fd, body + sizeof(offset), n, offset)) {
		log_warn("cannot store %s: %s", blob->path, strerror(errno));
		fail(b, blob);
		finish(b, blob);
		return blob;
	}
	blob->received += n;
	if (blob->failed || blob->received < blob->size)
		return NULL;
	finish(b, blob);
	return blob;
}

struct blob *bulk_find(struct bulk *b, uint32_t serial)
{
	struct blob *blob;

	HASH_FIND(hh, b->blobs, &serial, sizeof(serial), blob);
	return blob;
}

struct blob *bulk_find_path(struct bulk *b, const char *path, size_t len)
{
	struct blob *blob;

	HASH_FIND(hh_path, b->by_path, path, len, blob);
	return blob;
}

static bool send_chunk(struct bulk *b, int child, struct transfer *t)
{
	struct blob *blob = t->blob;
	uint64_t n = blob->received - t->offset < CHUNK ? blob->received - t->offset : CHUNK;
	struct message *m =
		message_new(REC_CHUNK, blob->serial, 0, "", 0, NULL, sizeof(t->offset) + n);
	if (!m)
		return false;
	char *body = message_body(m);
	memcpy(body, &t->offset, sizeof(t->offset));
	bool ok = pread(blob->fd, body + sizeof(t->offset), n, (off_t)t->offset) == (ssize_t)n;
	if (ok) {
		tree_send(b->tree, b->tree->child[child], m, &b->in_flight[child]);
		t->offset += n;
	}
	message_drop(m);
	return ok;
}

bool bulk_progress(struct bulk *b)
{
	bool any = false;

	for (int i = 0; i < b->tree->child_count; i++) {
		struct transfer *t;
		while ((t = b->queue[i]) && b->in_flight[i] < WINDOW &&
		       (t->blob->failed || t->offset < t->blob->received)) {
			if (!t->blob->failed && !send_chunk(b, i, t))
				break;
			any = true;
			if (t->blob->failed || t->offset == t->blob->size) {
				DL_DELETE(b->queue[i], t);
				free(t);
			}
		}
	}
	return any;
}

bool bulk_idle(const struct bulk *b)
{
	for (int i = 0; i < b->tree->child_count; i++)
		if (b->queue[i])
			return false;
	return true;
}
