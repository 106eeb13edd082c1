/* coherence_act.c - an action, really done; see coherence.h. */
#include "coherence.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

const char *top, *top_linked, *top_outside, *top_later;

const char *kind_name(int kind)
{
#define KIND_STRING(name) #name,
	static const char *const names[] = {ACTIONS(KIND_STRING)};
	return names[kind];
}

enum { FULL_LEN = 4 * PATH_LEN };

static void area_path(const struct action *x, const char *from, char path[FULL_LEN])
{
	snprintf(path, FULL_LEN, "%s/a%03d", from, x->area);
}

static void spell(const struct action *x, const char *name, char path[FULL_LEN])
{
	static const char *const dots[] = {"", "/.", "//"};
	const char *from = x->spelling == LINKED    ? top_linked
	                   : x->spelling == OUTSIDE ? top_outside
	                                            : top;

	if (x->spelling == CHDIR || x->spelling == DIRFD) {
		snprintf(path, FULL_LEN, "%s", name);
		return;
	}
	int n = snprintf(path, FULL_LEN, "%s%s/a%03d", from, x->spelling == DOTS ? "/." : "",
	                 x->area);
	snprintf(path + n, (size_t)(FULL_LEN - n), "%s/%s%s%s",
	         x->spelling == DOTS ? dots[x->area % 3] : "", x->base, *x->base ? "/" : "", name);
}

/* ---- changes; each says 0 or what errno is */

static int written(int fd, const struct action *x)
{
	int err = 0;

	if (fd < 0)
		return errno;
	if (x->kind == FTRUNCATE)
		err = ftruncate(fd, x->n) ? errno : 0;
	else if (x->kind == OVERWRITE)
		err = pwrite(fd, x->text, strlen(x->text), 0) < 0 ? errno : 0;
	else
		err = write(fd, x->text, strlen(x->text)) < 0 ? errno : 0;
	close(fd);
	return err;
}

static int streamed(const char *path, const struct action *x)
{
	static const char *const modes[] = {"w", "a", "r+"};
	FILE *f = fopen(path, modes[x->n]);

	if (!f)
		return errno;
	int err = fputs(x->text, f) < 0 ? errno : 0;
	return fclose(f) != 0 && !err ? errno : err;
}

static int replaced(const char *path, const struct action *x)
{
	char template[FULL_LEN + 8];
	const char *slash = strrchr(path, '/');
	int dir_len = slash ? (int)(slash - path) + 1 : 0;

	snprintf(template, sizeof(template), "%.*stXXXXXX", dir_len, path);
	int fd = mkstemp(template);
	int err = written(fd, x);
	if (!err && rename(template, path) != 0)
		err = errno;
	if (err && fd >= 0)
		unlink(template);
	return err;
}

static int bound(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%.107s", path);
	int err = bind(fd, (struct sockaddr *)&address, sizeof(address)) ? errno : 0;
	close(fd);
	return err;
}

static int held_fd = -1;

static int held(int dirfd, const char *path, const struct action *x)
{
	int err = 0;

	if (x->kind == HOLD) {
		close(held_fd);
		held_fd = openat(dirfd, path, O_RDWR | O_NONBLOCK);
		return held_fd < 0 ? errno : 0;
	}
	size_t len = strlen(x->text);
	struct stat st;
	if (!x->n || fstat(held_fd, &st) != 0 || st.st_size < (off_t)len)
		return pwrite(held_fd, x->text, len, 0) < 0 ? errno : 0;
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, held_fd, 0);
	if (at == MAP_FAILED)
		return errno;
	memcpy(at, x->text, len);
	err = msync(at, len, MS_SYNC) ? errno : 0;
	munmap(at, len);
	return err;
}

static int by_descriptor(int fd, const struct action *x)
{
	struct timespec times[2] = {{x->n, 0}, {x->n, 0}};

	if (fd < 0)
		return errno;
	int err = (x->kind == FCHMOD ? fchmod(fd, (mode_t)x->n) : futimens(fd, times)) ? errno : 0;
	close(fd);
	return err;
}

static int open_flags(int kind)
{
	switch (kind) {
	case CREATE:
		return O_WRONLY | O_CREAT | O_TRUNC;
	case EXCLUSIVE:
		return O_WRONLY | O_CREAT | O_EXCL;
	case APPEND:
		return O_WRONLY | O_APPEND;
	default:
		return O_WRONLY;
	}
}

/* The plain calls and those with a descriptor are other names to a library. */
static int change(int dirfd, const char *a, const char *b, const struct action *x)
{
	struct timespec times[2] = {{x->n, 0}, {x->n, 0}};
	bool at = dirfd != AT_FDCWD;
	char target[FULL_LEN];
	int result = 0;

	switch (x->kind) {
	case STREAM:
		return streamed(a, x);
	case TEMP:
		return replaced(a, x);
	case SOCKET:
		return bound(a);
	case HOLD:
	case HELD:
		return held(dirfd, a, x);
	case FCHMOD:
	case FUTIMES:
		return by_descriptor(openat(dirfd, a, O_RDONLY | O_NONBLOCK), x);
	case TRUNCATE:
		result = truncate(a, x->n);
		break;
	case RENAME:
		result = x->n ? renameat2(dirfd, a, dirfd, b, (unsigned)x->n)
		         : at ? renameat(dirfd, a, dirfd, b)
		              : rename(a, b);
		break;
	case UNLINK:
		result = at ? unlinkat(dirfd, a, 0) : unlink(a);
		break;
	case RMDIR:
		result = at ? unlinkat(dirfd, a, AT_REMOVEDIR) : rmdir(a);
		break;
	case MKDIR:
		result = at ? mkdirat(dirfd, a, 0755) : mkdir(a, 0755);
		break;
	case MKFIFO:
		result = at ? mknodat(dirfd, a, S_IFIFO | 0644, 0) : mkfifo(a, 0644);
		break;
	case LINK:
		result = at || x->n ? linkat(dirfd, a, dirfd, b, x->n ? AT_SYMLINK_FOLLOW : 0)
		                    : link(a, b);
		break;
	case SYMLINK:
		area_path(x, top_later ? top_later : top, target);
		if (x->text[0] != '/')
			target[0] = '\0';
		strcat(target, x->text);
		result = at ? symlinkat(target, dirfd, a) : symlink(target, a);
		break;
	case CHMOD:
		result = at ? fchmodat(dirfd, a, (mode_t)x->n, 0) : chmod(a, (mode_t)x->n);
		break;
	case UTIMES:
		result = utimensat(dirfd, a, times, 0);
		break;
	default:
		return written(at ? openat(dirfd, a, open_flags(x->kind) | O_NONBLOCK, 0644)
		                  : open(a, open_flags(x->kind) | O_NONBLOCK, 0644),
		               x);
	}
	return result ? errno : 0;
}

/* ---- looks; each is made by the library's names, or past it by system calls */

static char letter(mode_t mode)
{
	return S_ISREG(mode)    ? 'f'
	       : S_ISDIR(mode)  ? 'd'
	       : S_ISLNK(mode)  ? 'l'
	       : S_ISFIFO(mode) ? 'p'
	                        : 's';
}

static int say_stat(int dirfd, const char *path, int flags, bool past, char *said)
{
	struct stat st;
	char mtime[24] = "-";
	int result;

	if (past)
		result = (int)syscall(SYS_newfstatat, dirfd, path, &st, flags);
	else if (dirfd != AT_FDCWD)
		result = fstatat(dirfd, path, &st, flags);
	else
		result = flags ? lstat(path, &st) : stat(path, &st);
	if (result != 0)
		return errno;
	if (st.st_mtim.tv_sec < 100000)
		snprintf(mtime, sizeof(mtime), "%ld", st.st_mtim.tv_sec);
	if (S_ISDIR(st.st_mode))
		said += sprintf(said, "d %o %s", st.st_mode & 07777, mtime);
	else
		said += sprintf(said, "%c %o %s links %lu size %ld", letter(st.st_mode),
		                st.st_mode & 07777, mtime, st.st_nlink,
		                S_ISREG(st.st_mode) ? (long)st.st_size : 0);
	sprintf(said, ";%lu %lu %lu %ld %ld.%09ld %ld.%09ld", st.st_dev, st.st_ino, st.st_nlink,
	        st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec, st.st_ctim.tv_sec,
	        st.st_ctim.tv_nsec);
	return 0;
}

static int say_bytes(const char *bytes, ssize_t n, char *said)
{
	if (n < 0)
		return errno;
	said += sprintf(said, "%zd bytes ", n);
	for (ssize_t i = 0; i < n; i++)
		*said++ = bytes[i] ? bytes[i] : '~';
	*said = '\0';
	return 0;
}

static int say_content(int dirfd, const char *path, bool past, char *said)
{
	int flags = O_RDONLY | O_NONBLOCK, fd;
	char bytes[256];

	if (past)
		fd = (int)syscall(SYS_openat, dirfd, path, flags);
	else
		fd = dirfd != AT_FDCWD ? openat(dirfd, path, flags) : open(path, flags);
	if (fd < 0)
		return errno;
	int err = say_bytes(bytes, read(fd, bytes, sizeof(bytes)), said);
	close(fd);
	return err;
}

static int say_stream(const char *path, char *said)
{
	char bytes[256];
	FILE *f = fopen(path, "r");

	if (!f)
		return errno;
	errno = 0;
	size_t n = fread(bytes, 1, sizeof(bytes), f);
	int err = n == 0 && errno ? errno : say_bytes(bytes, (ssize_t)n, said);
	fclose(f);
	return err;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct lines {
	char line[NODE_MAX][NAME_LEN + 2];
	size_t n;
};

static void add_line(struct lines *l, const char *name, unsigned type)
{
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || l->n == NODE_MAX)
		return;
	snprintf(l->line[l->n++], sizeof(l->line[0]), "%.*s/%c", NAME_LEN - 1, name,
	         letter(DTTOIF(type)));
}

/* As opendir does it; the kernel's own structure is that of readdir here. */
static int list_past(int dirfd, const char *path, struct lines *l)
{
	_Alignas(struct dirent) char bytes[8192];
	long n;
	int fd = (int)syscall(SYS_openat, dirfd, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);

	if (fd < 0)
		return errno;
	while ((n = syscall(SYS_getdents64, fd, bytes, sizeof(bytes))) > 0)
		for (long at = 0; at < n;) {
			const struct dirent *d = (const struct dirent *)(bytes + at);
			add_line(l, d->d_name, d->d_type);
			at += d->d_reclen;
		}
	int err = n < 0 ? errno : 0;
	close(fd);
	return err;
}

static int list(int dirfd, const char *path, struct lines *l)
{
	const struct dirent *d;
	int fd = -1;

	if (dirfd != AT_FDCWD && (fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY)) < 0)
		return errno;
	DIR *dir = fd >= 0 ? fdopendir(fd) : opendir(path);
	if (!dir)
		return errno;
	while ((d = readdir(dir)))
		add_line(l, d->d_name, d->d_type);
	closedir(dir);
	return 0;
}

static int say_list(int dirfd, const char *path, bool past, char *said)
{
	struct lines l = {.n = 0};
	int err = past ? list_past(dirfd, path, &l) : list(dirfd, path, &l);

	qsort(l.line, l.n, sizeof(l.line[0]), by_text);
	*said = '\0';
	for (size_t i = 0; i < l.n; i++)
		said += sprintf(said, " %s", l.line[i]);
	return err;
}

/* Without the area's own path before it, be it the answer or a link's target. */
static void say_path(const struct action *x, const char *path, bool whole, char *said)
{
	char area[FULL_LEN];

	area_path(x, top, area);
	size_t n = strlen(area);
	if (strncmp(path, area, n) == 0)
		path += whole && path[n] == '/' ? n + 1 : n;
	strcpy(said, path);
}

static int say_link(int dirfd, const char *path, const struct action *x, bool past, char *said)
{
	char target[FULL_LEN];
	ssize_t n;

	if (past)
		n = syscall(SYS_readlinkat, dirfd, path, target, sizeof(target) - 1);
	else
		n = dirfd != AT_FDCWD ? readlinkat(dirfd, path, target, sizeof(target) - 1)
		                      : readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return errno;
	target[n] = '\0';
	say_path(x, target, false, said);
	return 0;
}

static int say_access(int dirfd, const char *path, int mode, bool past, char *said)
{
	int result;

	if (past)
		result = (int)syscall(SYS_faccessat, dirfd, path, mode);
	else
		result = dirfd != AT_FDCWD ? faccessat(dirfd, path, mode, 0) : access(path, mode);
	strcpy(said, "ok");
	return result ? errno : 0;
}

static int say_real(const char *path, const struct action *x, char *said)
{
	char resolved[PATH_MAX];

	if (!realpath(path, resolved))
		return errno;
	say_path(x, resolved, true, said);
	return 0;
}

static void look(int dirfd, const char *path, const struct action *x, bool past, char *said)
{
	int err;

	switch (x->kind) {
	case STAT:
	case LSTAT:
		err = say_stat(dirfd, path, x->kind == LSTAT ? AT_SYMLINK_NOFOLLOW : 0, past, said);
		break;
	case READ:
		err = x->n && !past && dirfd == AT_FDCWD ? say_stream(path, said)
		                                         : say_content(dirfd, path, past, said);
		break;
	case ACCESS:
		err = say_access(dirfd, path, x->n ? X_OK : F_OK, past, said);
		break;
	case READLINK:
		err = say_link(dirfd, path, x, past, said);
		break;
	case LIST:
		err = say_list(dirfd, path, past, said);
		break;
	default:
		err = say_real(path, x, said);
	}
	if (err)
		strcpy(said, strerrorname_np(err));
}

void act(const struct action *x, char said[SAID_LEN])
{
	char a[FULL_LEN], b[FULL_LEN], base[2 * FULL_LEN];
	int dirfd = AT_FDCWD, before = -1;

	spell(x, x->a, a);
	spell(x, x->b, b);
	if (x->spelling == CHDIR || x->spelling == DIRFD) {
		area_path(x, top, base);
		strcat(strcat(base, "/"), x->base);
		if (x->spelling == DIRFD)
			dirfd = open(base, O_RDONLY | O_DIRECTORY);
		else
			before = open(".", O_PATH);
		if (x->spelling == DIRFD ? dirfd < 0 : chdir(base) != 0) {
			strcpy(said, strerrorname_np(errno));
			close(before);
			return;
		}
	}
	if (x->kind < FIRST_LOOK) {
		int err = change(dirfd, a, b, x);
		strcpy(said, err ? strerrorname_np(err) : "ok");
	} else {
		look(dirfd, a, x, false, said);
		strcat(said, "\n");
		look(dirfd, a, x, true, said + strlen(said));
	}
	if (dirfd != AT_FDCWD)
		close(dirfd);
	if (before >= 0 && fchdir(before) != 0)
		strcpy(said, "fchdir fails");
	close(before);
}

/* ---- the shell's words */

bool act_command(const struct action *x, char command[1024])
{
	char a[FULL_LEN], b[FULL_LEN], area[FULL_LEN];

	if (x->spelling == CHDIR || x->spelling == DIRFD)
		return false;
	spell(x, x->a, a);
	spell(x, x->b, b);
	area_path(x, top, area);
	switch (x->kind) {
	case CREATE:
		return sprintf(command, "printf %%s '%s' >'%s'", x->text, a);
	case UNLINK:
		return sprintf(command, "rm '%s'", a);
	case RMDIR:
		return sprintf(command, "rmdir '%s'", a);
	case MKDIR:
		return sprintf(command, "mkdir '%s'", a);
	case RENAME:
		return sprintf(command, "mv -T '%s' '%s'", a, b);
	case LINK:
		return sprintf(command, "ln -T '%s' '%s'", a, b);
	case SYMLINK:
		return sprintf(command, "ln -sT '%s%s' '%s'", x->text[0] == '/' ? area : "",
		               x->text, a);
	case CHMOD:
		return sprintf(command, "chmod %o '%s'", x->n, a);
	case UTIMES:
		return sprintf(command, "touch -d @%d '%s'", x->n, a);
	case TRUNCATE:
		return sprintf(command, "truncate -s %d '%s'", x->n, a);
	case READ:
		return sprintf(command, "exec 9<'%s'", a);
	case ACCESS:
		return sprintf(command, "test -%c '%s'", x->n ? 'x' : 'e', a);
	case LIST:
		return sprintf(command, "test -d '%s' && ls '%s' >/dev/null", a, a);
	default:
		return false;
	}
}
