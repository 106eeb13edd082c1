/* policy.c - see policy.h. */
#include "server/policy.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct policy_dir {
	UT_hash_handle hh;
	unsigned absent;
	char path[];
};

static struct policy_dir *find(const struct policy *p, const char *dir, size_t len)
{
	struct policy_dir *d;

	HASH_FIND(hh, p->dirs, dir, len, d);
	return d;
}

bool policy_list(const struct policy *p, const char *dir, size_t len)
{
	const struct policy_dir *d = find(p, dir, len);

	return d && d->absent >= POLICY_ABSENT_MAX;
}

void policy_absent(struct policy *p, const char *dir, size_t len)
{
	struct policy_dir *d = find(p, dir, len);

	if (!d) {
		d = calloc(1, sizeof(*d) + len + 1);
		if (!d)
			return; /* one listing later than it might have been */
		memcpy(d->path, dir, len);
		HASH_ADD_KEYPTR(hh, p->dirs, d->path, len, d);
	}
	d->absent++;
}
