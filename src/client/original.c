/* original.c - see original.h. */
#include "client/original.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/attachment.h"
#include "client/memory.h"
#include "client/quiet.h"
#include "client/real.h"
#include "client/served.h"

#define NOTED_MAX 4096
#define WORD_BITS (8 * sizeof(unsigned long))
static _Atomic unsigned long noted[NOTED_MAX / WORD_BITS];

void original_note(int fd)
{
	if (fd < 0 || fd >= NOTED_MAX)
		return;
	unsigned long bit = 1ul << (size_t)fd % WORD_BITS;
	_Atomic unsigned long *word = &noted[(size_t)fd / WORD_BITS];
	if (!(atomic_load_explicit(word, memory_order_relaxed) & bit))
		atomic_fetch_or_explicit(word, bit, memory_order_relaxed);
}

static bool is_noted(int fd)
{
	return fd >= 0 && fd < NOTED_MAX &&
	       (atomic_load_explicit(&noted[(size_t)fd / WORD_BITS], memory_order_relaxed) >>
	                (size_t)fd % WORD_BITS &
	        1);
}

void original_note_shared(int fd)
{
	if (is_noted(fd))
		atomic_fetch_and_explicit(&noted[(size_t)fd / WORD_BITS],
		                          ~(1ul << (size_t)fd % WORD_BITS), memory_order_relaxed);
}

static _Atomic bool locks_made;

void original_note_lock(void)
{
	atomic_store_explicit(&locks_made, true, memory_order_relaxed);
}

void original_fork_parent(void)
{
	for (size_t i = 0; i < sizeof(noted) / sizeof(noted[0]); i++)
		atomic_store_explicit(&noted[i], 0, memory_order_relaxed);
}

void original_fork_child(void)
{
	original_fork_parent();
	atomic_store_explicit(&locks_made, false, memory_order_relaxed);
}

static bool is_file_of(const struct ci_entry *e, const struct stat *st)
{
	return st->st_ino == e->attr.ino && st->st_dev != attachment.map.h->memfd_dev;
}

/* The path of an entry, if its file is still there. */
static const char *path_of(const struct ci_entry *e)
{
	struct stat st;

	return real()->stat(e->path, &st) == 0 && is_file_of(e, &st) ? e->path : NULL;
}

/* True when a line of /proc/self/fd names a descriptor of an entry's file. */
static bool names_file_of(const struct ci_entry *e, const char *number)
{
	struct stat st;
	int fd = 0;

	for (; *number >= '0' && *number <= '9'; number++)
		fd = 10 * fd + (*number - '0');
	return *number == '\0' && real()->fstat(fd, &st) == 0 && is_file_of(e, &st);
}

/*
 * To close any descriptor of a file gives up all record locks that the process
 * has on it. True when it may have some, through another descriptor of the file.
 */
static bool may_be_locked(const struct ci_entry *e)
{
	_Alignas(struct dirent64) char lines[1024];
	bool found = false;
	ssize_t n;

	if (!atomic_load_explicit(&locks_made, memory_order_relaxed))
		return false;
	int list = quiet_open(AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY);
	if (list < 0)
		return true;
	while (!found && (n = getdents64(list, lines, sizeof(lines))) > 0) {
		for (char *at = lines; !found && at < lines + n;) {
			const struct dirent64 *line = (const struct dirent64 *)at;
			found = names_file_of(e, line->d_name);
			at += line->d_reclen;
		}
	}
	quiet_close(list);
	return found;
}

/* Open the file of an entry, if it is still there; to be closed without harm. */
static int open_entry(const struct ci_entry *e, int flags)
{
	bool harmless = (flags & O_PATH) || !may_be_locked(e);
	struct stat st;

	int fd = harmless && path_of(e) ? quiet_open(AT_FDCWD, e->path, flags) : -1;
	if (fd < 0 || (real()->fstat(fd, &st) == 0 && is_file_of(e, &st)))
		return fd;
	quiet_close(fd); /* another has come to its place meanwhile */
	return -1;
}

int original_open(int fd, int flags)
{
	int saved = errno;
	const struct ci_entry *e = served_fd(fd);
	int file = e ? open_entry(e, flags) : -1;

	errno = saved;
	return file;
}

bool original_put_in_place(int fd, int file)
{
	int flags = real()->fcntl(fd, F_GETFD);
	off_t at = real()->lseek(fd, 0, SEEK_CUR);

	return flags >= 0 && (at < 0 || real()->lseek(file, at, SEEK_SET) == at) &&
	       real()->dup3(file, fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0) == fd;
}

bool original_replace(int fd)
{
	int saved = errno;
	bool done = false;

	if (!is_noted(fd))
		return false;
	const struct ci_entry *e = served_fd(fd);
	int flags = e ? fcntl(fd, F_GETFL) : -1; /* as the program sees them */
	bool reads = flags >= 0 && !(flags & O_PATH);
	int file = reads ? open_entry(e, flags & (O_NOFOLLOW | O_NONBLOCK)) : -1;
	if (file >= 0) {
		real()->fcntl(file, F_SETFL, flags);
		done = original_put_in_place(fd, file);
		quiet_close(file);
	}
	errno = saved;
	return done;
}

const char *original_of_fd(int fd)
{
	int saved = errno;
	const struct ci_entry *e = served_fd(fd);
	const char *path = e ? path_of(e) : NULL;

	errno = saved;
	return path;
}

bool original_itself(const char *path, int flags)
{
	return (flags & AT_EMPTY_PATH) && (!path || memory_empty(path));
}

static bool names_descriptor(const char *path)
{
	if (strncmp(path, "/dev/", 5) == 0)
		return strncmp(path + 5, "fd/", 3) == 0 || strncmp(path + 5, "std", 3) == 0;
	return strncmp(path, "/proc/", 6) == 0 && strstr(path, "/fd/");
}

const char *original_path(const char *path)
{
	int saved = errno;

	if (!attachment.map.h || !served_spelled(path) || !names_descriptor(path))
		return path;
	const struct ci_entry *e = served_link(path);
	const char *instead = e ? path_of(e) : NULL;
	errno = saved;
	return instead ? instead : path;
}

/* True when the job has changed something in the file's directory, or the file by another
 * of its names. */
static bool out_of_date(const struct ci_entry *e)
{
	const char *slash = memrchr(e->path, '/', e->path_len);
	const struct ci_entry *dir =
		slash ? ci_find(&attachment.map, e->path, (size_t)(slash - e->path)) : NULL;

	return ci_state(e) != CI_KNOWN || (dir && ci_unserved(ci_dir(dir)));
}

enum original original_now(const struct ci_entry *e, int fd)
{
	int saved = errno;
	struct stat st;

	if (!out_of_date(e))
		return ORIGINAL_INDEX;
	bool there = real()->stat(e->path, &st) == 0 && is_file_of(e, &st);
	errno = saved;
	if (!there)
		return ORIGINAL_INDEX;
	bool same_size = (uint64_t)st.st_size == e->attr.size;
	bool same = same_size && st.st_mtim.tv_sec == e->attr.mtime.sec &&
	            st.st_mtim.tv_nsec == (long)e->attr.mtime.nsec;
	if (!same && original_replace(fd))
		return ORIGINAL_FD;
	/* Who maps a file by its size must not be told of more than there is to read. */
	return same_size ? ORIGINAL_PATH : ORIGINAL_INDEX;
}
