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

/* True when the path may be a name of a descriptor, which leads elsewhere each time. */
static bool may_name_descriptor(const char *path)
{
	if (path[0] != '/' || (path[1] != 'p' && path[1] != 'd'))
		return false;
	return strncmp(path, "/proc", 5) == 0 || strncmp(path, "/dev/fd", 7) == 0 ||
	       strncmp(path, "/dev/std", 8) == 0;
}

/* Apart, so that the memory for a path is taken only where it is needed. */
static __attribute__((noinline)) bool mix_cwd(uint64_t *h)
{
	char cwd[CI_PATH_MAX];

	size_t n = cwd_copy(cwd, sizeof(cwd));
	if (n == 0 || may_name_descriptor(cwd))
		return false;
	*h = mix(*h, cwd, n);
	return true;
}

/* What stands for the path in the table; 0: nothing can. */
static uint64_t key_of(uint32_t now, int dirfd, const char *path, size_t len,
                       enum outside_kind kind)
{
	uint64_t h = kind + ((uint64_t)now << 8);

	if (len == 0 || path[len - 1] == '/' || path[len - 1] == '.' || may_name_descriptor(path))
		return 0;
	if (path[0] != '/' && (dirfd != AT_FDCWD || !mix_cwd(&h)))
		return 0;
	if (kind == OUTSIDE_NAME) {
		const char *slash = memrchr(path, '/', len);
		len = slash ? (size_t)(slash - path) + 1 : 0;
	}
	h = mix(h, path, len);
	return h != 0 ? h : 1;
}

bool outside_known(const struct ci_map *m, int dirfd, const char *path, size_t len,
                   enum outside_kind kind)
{
	uint64_t key = key_of(outside_now(m), dirfd, path, len, kind);

	return key != 0 &&
	       atomic_load_explicit(&known[key % KNOWN_MAX], memory_order_relaxed) == key;
}

void outside_note(uint32_t now, int dirfd, const char *path, enum outside_kind kind)
{
	uint64_t key = key_of(now, dirfd, path, strlen(path), kind);

	if (key != 0)
		atomic_store_explicit(&known[key % KNOWN_MAX], key, memory_order_relaxed);
}
