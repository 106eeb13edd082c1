/* access.c - access and its twins. */
#include <unistd.h>

#include "client/lookup.h"
#include "client/original.h"
#include "client/real.h"

/*
 * The session serves only processes whose real and effective identity are the
 * same (attach.c, creds.c), so that access, eaccess and AT_EACCESS agree.
 */
static bool access_served(int dirfd, const char *path, int mode, int flags, int *result)
{
	const struct ci_entry *e;
	unsigned need = (unsigned)mode;

	if ((mode & ~(R_OK | W_OK | X_OK)) || (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW)))
		return false;
	unsigned follow = flags & AT_SYMLINK_NOFOLLOW ? CR_NOFOLLOW : 0;
	enum lookup answer =
		mode == F_OK ? lookup(dirfd, path, follow | CR_TYPE_ONLY, WIRE_LOOKUP, 0, &e)
			     : lookup(dirfd, path, follow, WIRE_ACCESS, need, &e);
	if (answer == LOOKUP_REAL)
		return false;
	*result = answer == LOOKUP_FAILED ? -1 : 0;
	if (answer == LOOKUP_FAILED)
		return true;
	/* A refusal has several reasons (EACCES, EROFS): the kernel knows. */
	unsigned allowed =
		atomic_load_explicit(&e->access, memory_order_acquire) >> CI_ACCESS_ALLOWED;
	return (allowed & need) == need;
}

int access(const char *path, int mode)
{
	int result;
	return access_served(AT_FDCWD, path, mode, 0, &result)
	               ? result
	               : real()->access(original_path(path), mode);
}

/* By the descriptor itself, or by a name of it. */
static int access_at(int dirfd, const char *path, int mode, int flags)
{
	const char *instead = original_itself(path, flags) ? original_of_fd(dirfd) : NULL;

	if (instead)
		return real()->faccessat(AT_FDCWD, instead, mode, flags);
	if (!(flags & AT_SYMLINK_NOFOLLOW))
		path = original_path(path);
	return real()->faccessat(dirfd, path, mode, flags);
}

int faccessat(int dirfd, const char *path, int mode, int flags)
{
	int result;
	return access_served(dirfd, path, mode, flags, &result)
	               ? result
	               : access_at(dirfd, path, mode, flags);
}

int eaccess(const char *path, int mode)
{
	int result;
	return access_served(AT_FDCWD, path, mode, AT_EACCESS, &result)
	               ? result
	               : real()->eaccess(original_path(path), mode);
}

int euidaccess(const char *path, int mode)
{
	int result;
	return access_served(AT_FDCWD, path, mode, AT_EACCESS, &result)
	               ? result
	               : real()->euidaccess(original_path(path), mode);
}
