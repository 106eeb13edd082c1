/* index.c - the reader's side of the index; see index.h for the contract. */
#include "common/index.h"

#include <string.h>

static bool power_of_two(uint32_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

bool ci_map_check(const struct ci_map *m)
{
	const struct ci_header *h = m->h;

	if (m->size < sizeof(*h) || h->magic != CI_MAGIC || h->version != CI_VERSION ||
	    h->header_size != sizeof(*h) || h->size > m->size)
		return false;
	if (!power_of_two(h->bucket_count) || !power_of_two(h->memfd_bucket_count) ||
	    h->scope_count > CI_SCOPE_MAX)
		return false;
	if (!ci_at(m, h->buckets, (uint64_t)h->bucket_count * sizeof(ci_ref)) ||
	    !ci_at(m, h->memfd_buckets, (uint64_t)h->memfd_bucket_count * sizeof(ci_ref)))
		return false;
	for (uint32_t i = 0; i < h->scope_count; i++) {
		const struct ci_scope *s = &h->scope[i];
		if (!ci_string(m, s->prefix, s->prefix_len) || !ci_string(m, s->real, s->real_len))
			return false;
	}
	return true;
}

/*
 * Eight bytes a step, multiply and fold (the scheme of FxHash with a final
 * avalanche): paths share long prefixes, so the whole string must count, and
 * a byte-wise hash would cost more than the rest of a hit.
 */
uint32_t ci_hash(const char *path, size_t len)
{
	const uint64_t k = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t h = len * k;
	uint64_t w;

	for (; len >= 8; path += 8, len -= 8) {
		memcpy(&w, path, 8);
		h = ((h << 5 | h >> 59) ^ w) * k;
	}
	w = 0;
	memcpy(&w, path, len);
	h = ((h << 5 | h >> 59) ^ w) * k;
	h ^= h >> 29;
	h *= k;
	return (uint32_t)(h >> 32);
}

static const struct ci_entry *entry_at(const struct ci_map *m, ci_ref ref)
{
	const struct ci_entry *e = ci_at(m, ref, sizeof(*e));
	if (!e || !ci_at(m, ref, sizeof(*e) + e->path_len + 1u))
		return NULL;
	return e;
}

const struct ci_entry *ci_find(const struct ci_map *m, const char *path, size_t len)
{
	uint32_t hash = ci_hash(path, len);
	const _Atomic ci_ref *bucket =
		(const _Atomic ci_ref *)((const char *)m->h +
	                                 (uint64_t)m->h->buckets * CI_REF_UNIT) +
		(hash & (m->h->bucket_count - 1));
	ci_ref ref = atomic_load_explicit(bucket, memory_order_acquire);

	while (ref != 0) {
		const struct ci_entry *e = entry_at(m, ref);
		if (!e)
			return NULL;
		if (e->hash == hash && e->path_len == len && memcmp(e->path, path, len) == 0 &&
		    ci_state(e) != CI_DEAD)
			return e;
		ref = e->next;
	}
	return NULL;
}

const struct ci_entry *ci_find_memfd(const struct ci_map *m, uint64_t ino)
{
	const _Atomic ci_ref *bucket =
		(const _Atomic ci_ref *)((const char *)m->h +
	                                 (uint64_t)m->h->memfd_buckets * CI_REF_UNIT) +
		(ci_hash_ino(ino) & (m->h->memfd_bucket_count - 1));
	ci_ref ref = atomic_load_explicit(bucket, memory_order_acquire);

	while (ref != 0) {
		const struct ci_entry *e = entry_at(m, ref);
		if (!e)
			return NULL;
		if (e->memfd_ino == ino)
			return e;
		ref = atomic_load_explicit(&e->ino_next, memory_order_acquire);
	}
	return NULL;
}

const struct ci_dirent *ci_listing(const struct ci_map *m, const struct ci_entry *dir,
                                   uint32_t *count)
{
	*count = 0;
	if (ci_dir(dir) != CI_DIR_COMPLETE)
		return NULL;
	const struct ci_dirent *list =
		ci_at(m, dir->listing, (uint64_t)dir->listing_count * sizeof(*list));
	if (list)
		*count = dir->listing_count;
	return list;
}

const char *ci_dirent_name(const struct ci_map *m, const struct ci_dirent *d)
{
	if (d->child == 0)
		return d->name_len == 2 ? ".." : ".";
	const struct ci_entry *e = entry_at(m, d->child);
	if (!e || d->name_len > e->path_len)
		return NULL;
	return e->path + e->path_len - d->name_len;
}

const char *ci_string(const struct ci_map *m, ci_ref ref, uint32_t len)
{
	const char *s = ci_at(m, ref, (uint64_t)len + 1);
	return s && s[len] == '\0' ? s : NULL;
}
