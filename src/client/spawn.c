/* spawn.c - see spawn.h. Both posix_spawn and posix_spawnp look here, in the parent. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/attachment.h"
#include "client/memory.h"
#include "client/real.h"
#include "client/search.h"
#include "client/spawn.h"
#include "client/start.h"

struct spawn {
	pid_t *pid;
	const posix_spawn_file_actions_t *actions;
	const posix_spawnattr_t *attributes;
};

static int really(const char *file, char *const argv[], char *const envp[], void *context)
{
	const struct spawn *s = context;
	return real()->posix_spawn(s->pid, file, s->actions, s->attributes, argv, envp);
}

/*
 * Before the child executes anything it does what it has been told, of which one
 * may fail, and another be a change of directory.
 */
static bool does_more(const struct spawn *s)
{
	return s->actions || s->attributes;
}

/* An action of this process makes a file that must not be there: a second try fails. */
static atomic_bool makes_file;

void spawn_note_open(int flags)
{
	if ((flags & O_CREAT) && (flags & O_EXCL))
		atomic_store_explicit(&makes_file, true, memory_order_relaxed);
}

/* A failed attempt leaves nothing behind that the next would meet. */
static bool may_try_twice(const struct spawn *s)
{
	return !s->actions || !atomic_load_explicit(&makes_file, memory_order_relaxed);
}

static enum start spawn_stored(struct spawn *s, const char *path, char *const argv[],
                               char *const envp[], int *err)
{
	int saved = errno;

	if ((path[0] != '/' && s->actions) || !may_try_twice(s))
		return START_REAL;
	enum start start = start_program(path, argv, envp, really, s);
	*err = errno;
	errno = saved;
	return start;
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	struct spawn s = {pid, actions, attributes};
	int err;

	if (!attachment.map.h || memory_path(path) == 0)
		return really(path, argv, envp, &s);
	enum start start = spawn_stored(&s, path, argv, envp, &err);
	if (start == START_MADE)
		return 0;
	if (start == START_FAILED && !does_more(&s))
		return err;
	const char *instead = start_instead(-1, path, envp);
	return really(instead ? instead : path, argv, envp, &s);
}

/* Why a path out of the store would not be executed, or 0: the kernel is to try. */
static int refused(const char *path)
{
	struct stat st;

	if (real()->access(path, X_OK) != 0 || real()->stat(path, &st) != 0)
		return errno;
	return S_ISREG(st.st_mode) ? 0 : EACCES;
}

/* Search here. False: libc is to do it. */
static bool spawn_search(struct spawn *s, const char *file, char *const argv[], char *const envp[],
                         int *err)
{
	struct search search;
	size_t room = search_begin(&search, file);
	int saved = errno;

	if (room == 0 || !may_try_twice(s))
		return false;
	char found[room];
	*err = ENOENT;
	while (search_next(&search, found)) {
		if (found[0] != '/' && s->actions)
			return false;
		enum start start = spawn_stored(s, found, argv, envp, err);
		if (start == START_REAL)
			*err = refused(found);
		errno = saved;
		if (start == START_MADE) {
			*err = 0;
			return true;
		}
		if (*err == 0) {
			*err = really(found, argv, envp, s);
			/* Its interpreter is missing, or the like: libc searches on. */
			return *err == 0 || !search_goes_on(&search, *err);
		}
		if (!search_goes_on(&search, *err))
			return false;
	}
	if (search.denied)
		*err = EACCES;
	return !does_more(s);
}

int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	struct spawn s = {pid, actions, attributes};
	int err;

	if (!attachment.map.h || memory_path(file) == 0)
		return real()->posix_spawnp(pid, file, actions, attributes, argv, envp);
	if (strchr(file, '/'))
		return posix_spawn(pid, file, actions, attributes, argv, envp);
	return spawn_search(&s, file, argv, envp, &err)
	               ? err
	               : real()->posix_spawnp(pid, file, actions, attributes, argv, envp);
}
