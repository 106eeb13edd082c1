/* settings.c - see settings.h. */
#include "server/settings.h"
#include "common/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)
#define GIB (MIB * KIB)

bool settings_parse_size(const char *text, uint64_t *value)
{
	static const char suffixes[] = "KMGT";
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	uint64_t n = strtoull(text, &end, 10);
	if (errno != 0)
		return false;
	if (*end) {
		const char *at = strchr(suffixes, *end);
		if (!at || end[1])
			return false;
		for (const char *s = suffixes; s <= at; s++)
			if (__builtin_mul_overflow(n, KIB, &n))
				return false;
	}
	*value = n;
	return true;
}

static uint64_t get(const char *name, uint64_t fallback, uint64_t least, uint64_t most)
{
	const char *text = getenv(name);
	uint64_t n;

	if (!text || !*text)
		return fallback;
	if (settings_parse_size(text, &n) && n >= least && n <= most)
		return n;
	log_warn("%s=%.40s is no number from %" PRIu64 " to %" PRIu64
	         " (K, M, G may follow): taken as %" PRIu64,
	         name, text, least, most, fallback);
	return fallback;
}

/* A quarter of the node's memory: contents must not push the job out. */
static uint64_t quarter_of_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages > 0 && size > 0 ? (uint64_t)pages / 4 * (uint64_t)size : 4 * GIB;
}

bool settings_read(struct settings *s)
{
	const char *session = getenv(SESSION_ENV);

	if (!session || !session_parse(session, &s->session)) {
		log_error("%s is not set to a session; collfsd is started by `collfs run` or "
		          "`collfs start`",
		          SESSION_ENV);
		return false;
	}
	s->scope = getenv("COLLFS_SCOPE");
	if (!s->scope)
		s->scope = "";
	s->file_max = get("COLLFS_FILE_MAX", GIB, 0, INT64_MAX);
	s->store_max = get("COLLFS_STORE_MAX", quarter_of_memory(), 0, INT64_MAX);
	s->index_max = get("COLLFS_INDEX_MAX", 256 * MIB, 4 * MIB, 32 * GIB);
	s->push_max = get("COLLFS_PUSH_MAX", 4 * MIB, 0, INT64_MAX);
	s->snapshot_max = get("COLLFS_SNAPSHOT_MAX", 4096, 0, MIB);
	s->fanout = get("COLLFS_FANOUT", 4, 1, 64);
	s->workers = get("COLLFS_WORKERS", 8, 1, 256);
	return true;
}
