/* announce.c - see announce.h. */
#include "client/announce.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "client/attachment.h"
#include "client/memory.h"
#include "client/outside.h"
#include "client/parent.h"
#include "client/place.h"
#include "client/quiet.h"
#include "client/real.h"
#include "client/tell.h"
#include "common/resolve.h"
#include "common/wire.h"

/* True when the directory part, as it is spelled, is volatile already. */
static bool in_volatile(const struct ci_map *m, int dirfd, const char *path)
{
	char absolute[CI_PATH_MAX];

	if (path[0] != '/') {
		if (place_absolute(dirfd, path, absolute) == 0)
			return false;
		path = absolute;
	}
	const char *slash = strrchr(path, '/');
	return slash != path && slash[1] != '\0' &&
	       tell_is_needless(m, path, (size_t)(slash - path)) &&
	       !place_above_scope(m, path, strlen(path));
}

/* True when the index knows already that the call will change nothing. */
static bool in_vain(const struct ci_map *m, const char *path, unsigned how)
{
	struct cr_result r;

	if (path[0] != '/' || !(how & (ANNOUNCE_MAKES | ANNOUNCE_REMOVES)))
		return false;
	enum cr_verdict v = cr_resolve(m, path, strlen(path), CR_NOFOLLOW | CR_TYPE_ONLY, &r);
	return (v == CR_ENTRY && (how & ANNOUNCE_MAKES)) ||
	       (v == CR_ERRNO && (how & ANNOUNCE_REMOVES));
}

/* Links by which a scope might be reached from here. When in doubt, they do. */
static bool leads_inside(const struct ci_map *m, int dirfd, const char *path)
{
	struct parent p;

	if (!parent_open(&p, dirfd, path) || !parent_follow(&p))
		return true;
	quiet_close(p.fd);
	return place_real_in_scope(m, p.path, p.len) || place_above_scope(m, p.path, p.len);
}

static void note_name(const struct ci_map *m, uint32_t now, int dirfd, const char *path,
                      const struct parent *p)
{
	if (!place_above_scope(m, p->path, p->dir_len))
		outside_note(now, dirfd, path, OUTSIDE_NAME);
}

/* What a name is now, as the kernel tells. True: the call will change nothing.
 * Nothing is lost between this look and the call: who changes the name
 * meanwhile has announced it, and then the directory is volatile. */
static bool refused(const struct parent *p, unsigned how, struct stat *st)
{
	bool exists = real()->fstatat(p->fd, p->name, st, AT_SYMLINK_NOFOLLOW) == 0;

	if (!exists)
		*st = (struct stat){.st_nlink = 0};
	if ((exists && (how & ANNOUNCE_MAKES)) || (!exists && (how & ANNOUNCE_REMOVES)))
		return true;
	return real()->faccessat(p->fd, ".", W_OK, 0) != 0;
}

/* A name outside is about to change; it matters only where it is a way inside. */
static void look_outside(const struct ci_map *m, uint32_t now, int dirfd, const char *path,
                         const struct parent *p, unsigned how)
{
	struct stat st;

	if (place_above_scope(m, p->path, p->len) && !refused(p, how, &st))
		tell_scopes(m, p->path, p->len);
	note_name(m, now, dirfd, path, p);
	if (!(how & ANNOUNCE_MOVES) ||
	    real()->fstatat(p->fd, p->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	if (S_ISLNK(st.st_mode) && leads_inside(m, p->fd, p->name))
		tell(m, p->path, p->len, WIRE_SUBTREE);
	else
		outside_note(now, dirfd, path, OUTSIDE_FILE);
}

/* The directory that a descriptor is open on, which holds the name, lies outside. */
static bool outside_by_fd(const struct ci_map *m, int dirfd, const char *path)
{
	char dir[CI_PATH_MAX];

	if (dirfd < 0 || path[0] == '\0' || strchr(path, '/') || path[0] == '.')
		return false;
	size_t len = place_of_fd(dirfd, dir);
	return len != 0 && !place_real_in_scope(m, dir, len) && !place_above_scope(m, dir, len);
}

/* True: nothing in a scope bears the name, or is reached by it. */
static bool known_outside(const struct ci_map *m, int dirfd, const char *path, size_t len,
                          unsigned how)
{
	if (how & ANNOUNCE_MOVES)
		return outside_known(m, dirfd, path, len, OUTSIDE_NAME) &&
		       outside_known(m, dirfd, path, len, OUTSIDE_FILE);
	return outside_known(m, dirfd, path, len, OUTSIDE_NAME) || outside_by_fd(m, dirfd, path);
}

/*
 * The process has no descriptor left to look with, and needs none for the change.
 * Then it is announced without a close look: in vain at worst.
 */
static __attribute__((noinline)) void announce_without_fd(const struct ci_map *m, int dirfd,
                                                          const char *path, bool follow, bool tree)
{
	char real_path[CI_PATH_MAX];
	struct stat st;

	if (!find_without_fd(dirfd, path, follow, real_path))
		return;
	size_t len = strlen(real_path);
	if (real()->lstat(real_path, &st) != 0)
		st = (struct stat){.st_nlink = 0};
	if (place_real_in_scope(m, real_path, len))
		tell(m, real_path, len, tree && S_ISDIR(st.st_mode) ? WIRE_SUBTREE : 0);
	tell_scopes(m, real_path, len);
	tell_names(m, &st);
}

static bool no_descriptor(int err)
{
	return err == EMFILE || err == ENFILE;
}

/* In a directory that is volatile already a file may be known by other names. */
static void announce_in_volatile(const struct ci_map *m, int dirfd, const char *path, unsigned how)
{
	struct stat st;

	if ((how & ANNOUNCE_REMOVES) && real()->fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		tell_names(m, &st);
}

void announce_name(int dirfd, const char *path, unsigned how)
{
	const struct ci_map *m = told_index();
	int saved = errno;
	struct parent p;
	struct stat st;

	size_t len = m ? memory_path(path) : 0;
	if (len == 0 || known_outside(m, dirfd, path, len, how) || in_vain(m, path, how))
		return;
	uint32_t now = outside_now(m);
	if (!(how & ANNOUNCE_TREE) && in_volatile(m, dirfd, path)) {
		announce_in_volatile(m, dirfd, path, how);
	} else if (parent_open(&p, dirfd, path)) {
		if (!place_real_in_scope(m, p.path, p.len)) {
			look_outside(m, now, dirfd, path, &p, how);
		} else if (!refused(&p, how, &st)) {
			bool tree = (how & ANNOUNCE_ARRIVES) ||
			            ((how & ANNOUNCE_TREE) && S_ISDIR(st.st_mode));
			tell(m, p.path, p.len, tree ? WIRE_SUBTREE : 0);
			tell_scopes(m, p.path, p.len);
			tell_names(m, &st);
		}
		quiet_close(p.fd);
	} else if (no_descriptor(errno)) {
		announce_without_fd(m, dirfd, path, false, how & ANNOUNCE_TREE);
	}
	errno = saved;
}

static bool is_directory(int dirfd, const char *path)
{
	struct stat st;

	return real()->fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Somebody may have a file of a directory that moves open for writing: what is in it
 * must not be served by its new name, either. */
void announce_move(int from_fd, const char *from, int to_fd, const char *to, bool exchange)
{
	const unsigned leaves = ANNOUNCE_REMOVES | ANNOUNCE_TREE | ANNOUNCE_MOVES;
	const struct ci_map *m = told_index();
	unsigned arrives = 0;
	int saved = errno;

	size_t from_len = m ? memory_path(from) : 0, to_len = m ? memory_path(to) : 0;
	if (from_len == 0 || to_len == 0 ||
	    (known_outside(m, from_fd, from, from_len, leaves) &&
	     known_outside(m, to_fd, to, to_len, 0)))
		return;
	if (is_directory(from_fd, from) || (exchange && is_directory(to_fd, to)))
		arrives = ANNOUNCE_ARRIVES;
	errno = saved;
	announce_name(from_fd, from, leaves | (exchange ? arrives : 0));
	announce_name(to_fd, to, ANNOUNCE_TREE | arrives);
}

void announce_symlink(int dirfd, const char *path)
{
	const struct ci_map *m = told_index();
	int saved = errno;
	struct parent p;

	if (m && parent_open(&p, dirfd, path)) {
		if (!place_real_in_scope(m, p.path, p.len) && leads_inside(m, p.fd, p.name))
			tell(m, p.path, p.len, WIRE_SUBTREE);
		quiet_close(p.fd);
	}
	errno = saved;
}

/* Tell what is to be told of a descriptor's file. The length of its path, in
 * `path`, if that lies outside and no scope below it; else 0. */
static size_t tell_fd(const struct ci_map *m, int fd, unsigned how, char path[CI_PATH_MAX])
{
	struct stat st;

	if (real()->fstat(fd, &st) != 0)
		return 0;
	size_t len = place_of_fd(fd, path);
	bool inside = len > 1 && place_real_in_scope(m, path, len);
	bool below = (how & ANNOUNCE_BELOW) && S_ISDIR(st.st_mode);
	if (inside)
		tell(m, path, len, below ? WIRE_SUBTREE : 0);
	if (len > 1 && below)
		tell_scopes(m, path, len);
	tell_names(m, &st);
	return len > 1 && !inside && !place_above_scope(m, path, len) ? len : 0;
}

void announce_fd(int fd, unsigned how)
{
	const struct ci_map *m = told_index();
	char path[CI_PATH_MAX];
	int saved = errno;

	if (m)
		tell_fd(m, fd, how, path);
	errno = saved;
}

void announce_file(int dirfd, const char *path, unsigned how)
{
	const struct ci_map *m = told_index();
	int nofollow = how & ANNOUNCE_NOFOLLOW ? O_NOFOLLOW : 0;
	enum outside_kind kind = nofollow ? OUTSIDE_NAME : OUTSIDE_FILE;
	char real_path[CI_PATH_MAX];
	int saved = errno;

	size_t len = m ? memory_path(path) : 0;
	if (len == 0 || outside_known(m, dirfd, path, len, kind))
		return;
	uint32_t now = outside_now(m);
	int fd = quiet_open(dirfd, path, O_PATH | nofollow);
	if (fd >= 0) {
		if (tell_fd(m, fd, how, real_path) != 0 && !nofollow)
			outside_note(now, dirfd, path, OUTSIDE_FILE);
		quiet_close(fd);
	} else if (no_descriptor(errno)) {
		announce_without_fd(m, dirfd, path, !nofollow, how & ANNOUNCE_BELOW);
	}
	errno = saved;
}

static __attribute__((noinline)) bool relative_outside(const struct ci_map *m, const char *path)
{
	char absolute[CI_PATH_MAX];

	size_t len = place_absolute(AT_FDCWD, path, absolute);
	return len != 0 && !place_real_in_scope(m, absolute, len);
}

/* True when the path as it is spelled lies outside; links may yet lead inside. */
static bool spelled_outside(const struct ci_map *m, int dirfd, const char *path)
{
	if (path[0] == '/')
		return !place_real_in_scope(m, path, strlen(path));
	return dirfd == AT_FDCWD ? relative_outside(m, path) : outside_by_fd(m, dirfd, path);
}

/* True when the open will be refused: it neither writes the file nor makes it. */
static bool open_refused(const struct parent *p, int flags)
{
	if (real()->faccessat(p->fd, p->name, W_OK, 0) == 0)
		return (flags & O_EXCL) && (flags & O_CREAT);
	if (errno != ENOENT || !(flags & O_CREAT))
		return true;
	return real()->faccessat(p->fd, ".", W_OK, 0) != 0;
}

/* The directories and names of paths are large: apart, for those who change files outside
 * on the stack of a signal handler. */
static __attribute__((noinline)) bool announce_open_inside(const struct ci_map *m, int dirfd,
                                                           const char *path, int flags)
{
	bool exclusive = (flags & O_CREAT) && (flags & O_EXCL);
	bool inside = true;
	int saved = errno;
	struct parent p;
	struct stat st;

	/* There it may be a link, or a file with several names. */
	if (in_volatile(m, dirfd, path))
		return exclusive;
	if (!parent_open(&p, dirfd, path))
		goto out;
	if (!exclusive && !(flags & O_NOFOLLOW) && !parent_follow(&p))
		goto out;
	inside = place_real_in_scope(m, p.path, p.len);
	if (inside && !open_refused(&p, flags)) {
		tell(m, p.path, p.len, 0);
		if (real()->fstatat(p.fd, p.name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			tell_names(m, &st);
	}
	quiet_close(p.fd);
out:
	errno = saved;
	return inside;
}

bool announce_open_known_outside(const struct ci_map *m, int dirfd, const char *path, int flags)
{
	bool exclusive = (flags & O_CREAT) && (flags & O_EXCL);

	size_t len = memory_path(path);
	return len != 0 && (exclusive ? known_outside(m, dirfd, path, len, ANNOUNCE_MAKES)
	                              : outside_known(m, dirfd, path, len, OUTSIDE_FILE));
}

bool announce_open(int dirfd, const char *path, int flags)
{
	const struct ci_map *m = told_index();

	if (!m || memory_path(path) == 0 || announce_open_known_outside(m, dirfd, path, flags))
		return true;
	if (spelled_outside(m, dirfd, path))
		return false;
	return announce_open_inside(m, dirfd, path, flags);
}

void announce_opened(int fd, uint32_t now, int dirfd, const char *path, int flags)
{
	const struct ci_map *m = told_index();
	char real_path[CI_PATH_MAX];
	int saved = errno;

	size_t len = m ? tell_fd(m, fd, 0, real_path) : 0;
	if (len != 0) {
		outside_note(now, dirfd, path, OUTSIDE_FILE);
		/* Then the name is no link's, and its directory holds the file. */
		size_t dir_len = (size_t)((char *)memrchr(real_path, '/', len) - real_path);
		if ((flags & O_CREAT) && (flags & O_EXCL) && dir_len > 0 &&
		    !place_above_scope(m, real_path, dir_len))
			outside_note(now, dirfd, path, OUTSIDE_NAME);
	}
	errno = saved;
}

void announce_open_elsewhere(int dirfd, const char *path, int flags)
{
	if (announce_open(dirfd, path, flags))
		return;
	announce_file(dirfd, path, 0);
	announce_name(dirfd, path, 0);
}
