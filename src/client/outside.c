/* outside.c - see outside.h. */
#include "client/outside.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>

#include "client/cwd.h"

#define KNOWN_MAX 1024 /* a power of two; 8 KiB, touched where it is used */

static _Atomic uint64_t known[KNOWN_MAX];

/* 64 bits, unlike ci_hash: nothing compares the paths themselves afterwards. */
static uint64_t mix(uint64_t h, const char *s, size_t len)
{
	const uint64_t prime = 0x9e3779b97f4a7c15; /* 2^64 / golden ratio */
	uint64_t word;

	for (; len >= sizeof(word); s += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, s, sizeof(word));
		h = (h ^ word) * prime;
		h ^= h >> 29;
	}
	word = len;
	memcpy(&word, s, len);
	h = (h ^ word ^ (uint64_t)len << 56) * prime;
	return h ^ h >> 32;
}

/* What stands for the path in the table; 0: nothing can. */
static uint64_t key_of(const struct ci_map *m, int dirfd, const char *path, enum outside_kind kind)
{
	uint64_t h =
		kind + ((uint64_t)atomic_load_explicit(&m->h->renames, memory_order_acquire) << 8);
	size_t len = strlen(path);

	if (len == 0 || path[len - 1] == '/' || path[len - 1] == '.')
		return 0;
	if (path[0] != '/') {
		char cwd[CI_PATH_MAX];
		size_t n = dirfd == AT_FDCWD ? cwd_copy(cwd, sizeof(cwd)) : 0;
		if (n == 0)
			return 0;
		h = mix(h, cwd, n);
	}
	if (kind == OUTSIDE_NAME) {
		const char *slash = memrchr(path, '/', len);
		len = slash ? (size_t)(slash - path) + 1 : 0;
	}
	h = mix(h, path, len);
	return h != 0 ? h : 1;
}

bool outside_known(const struct ci_map *m, int dirfd, const char *path, enum outside_kind kind)
{
	uint64_t key = key_of(m, dirfd, path, kind);

	return key != 0 &&
	       atomic_load_explicit(&known[key % KNOWN_MAX], memory_order_relaxed) == key;
}

void outside_note(const struct ci_map *m, int dirfd, const char *path, enum outside_kind kind)
{
	uint64_t key = key_of(m, dirfd, path, kind);

	if (key != 0)
		atomic_store_explicit(&known[key % KNOWN_MAX], key, memory_order_relaxed);
}
