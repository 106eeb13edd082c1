/* tell.c - see tell.h. */
#include "client/tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/ask.h"
#include "client/attachment.h"
#include "common/log.h"
#include "common/resolve.h"

bool tell_is_needless(const struct ci_map *m, const char *dir, size_t len)
{
	const struct ci_entry *e = ci_find(m, dir, len);
	return e && ci_dir(e) == CI_DIR_VOLATILE;
}

void tell(const struct ci_map *m, const char *path, size_t len, unsigned flags)
{
	const char *slash = memrchr(path, '/', len);

	if (!(flags & (WIRE_SUBTREE | WIRE_INODE)) &&
	    tell_is_needless(m, path, (size_t)(slash - path)))
		return;
	if (!ask(WIRE_MUTATE, flags, path, len) && told_index())
		log_debug("a change of %.500s could not be announced", path);
}

void tell_names(const struct ci_map *m, const struct stat *st)
{
	char path[WIRE_INODE_MAX];

	if (st->st_nlink < 2 || S_ISDIR(st->st_mode))
		return;
	int len = snprintf(path, sizeof(path), "/%ju", (uintmax_t)st->st_ino);
	tell(m, path, (size_t)len, WIRE_INODE);
}

void tell_scopes(const struct ci_map *m, const char *path, size_t len)
{
	for (uint32_t i = 0; i < m->h->scope_count; i++) {
		const struct ci_scope *s = &m->h->scope[i];
		const char *prefix = ci_string(m, s->prefix, s->prefix_len);
		const char *root = ci_string(m, s->real, s->real_len);
		if (prefix && root && cr_under(prefix, s->prefix_len, path, len))
			tell(m, root, s->real_len, WIRE_SUBTREE);
	}
}
