/* links.c - descriptors by their names below /proc and /dev. */
#include "descriptor.h"

#include <limits.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

/* The names that a descriptor has. */
static const char *name_of(int fd, int form)
{
	static char name[64];

	switch (form) {
	case 0:
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		break;
	case 1:
		snprintf(name, sizeof(name), "/dev/fd/%d", fd);
		break;
	case 2:
		snprintf(name, sizeof(name), "/proc/%d/fd/%d", getpid(), fd);
		break;
	case 3:
		snprintf(name, sizeof(name), "/proc/thread-self/fd/%d", fd);
		break;
	case 4:
		snprintf(name, sizeof(name), "/proc/self/task/%d/fd/%d", getpid(), fd);
		break;
	default:
		snprintf(name, sizeof(name), "/dev/stdin");
		dup2(fd, 0);
		break;
	}
	return name;
}

void links(void)
{
	int fd = served("data", O_RDONLY), at = open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
	char buf[PATH_MAX], number[16];
	struct stat st;
	struct statfs fs;
	struct statvfs vfs;

	for (int form = 0; form < LINK_FORMS; form++) {
		const char *name = name_of(fd, form);
		memset(&fs, 0, sizeof(fs));
		memset(&vfs, 0, sizeof(vfs));
		ssize_t n = readlink(name, buf, sizeof(buf));
		say("%d: readlink %.*s", form, n < 0 ? 0 : (int)n, buf);
		memset(&st, 0, sizeof(st));
		n = readlink(name, buf, 5);
		say("short %.*s", n < 0 ? 0 : (int)n, buf);
		say("stat %s", result(stat(name, &st)));
		say("inode %lu links %lu", st.st_ino, st.st_nlink);
		say("lstat %s", result(lstat(name, &st)));
		say("mode %o size %ld", st.st_mode, st.st_size);
		say("statfs %s, statvfs %s", result(statfs(name, &fs)),
		    result(statvfs(name, &vfs)));
		say("type %lx names of %lu", (long)fs.f_type, vfs.f_namemax);
		say("pathconf %s", result(pathconf(name, _PC_LINK_MAX)));
		say("getxattr %s", result(getxattr(name, "user.x", buf, sizeof(buf))));
		say("realpath %s", realpath(name, buf) ? buf : result(-1));
		say("nofollow %s", result(fstatat(AT_FDCWD, name, &st, AT_SYMLINK_NOFOLLOW)));
		say("mode %o", st.st_mode);
	}
	snprintf(number, sizeof(number), "%d", fd);
	ssize_t n = readlinkat(at, number, buf, sizeof(buf));
	say("relative to a descriptor %.*s", (int)n, buf);
	say("fstatat %s", result(fstatat(at, number, &st, 0)));
	say("inode %lu", st.st_ino);
	if (fchdir(at) == 0) {
		n = readlink(number, buf, sizeof(buf));
		say("relative %.*s", (int)n, buf);
		say("stat %s", result(stat(number, &st)));
		say("inode %lu", st.st_ino);
	}
	if (chdir("/") != 0)
		say("no way back");
	close(at);
	close(fd);
}

static void say_opened(const char *name, int form, int how)
{
	int fd = served(name, O_RDONLY);
	char buf[8];

	say("offset %s", result(read(fd, buf, 5)));
	int again = open(name_of(fd, form), how, 0600);
	say("%d %o: %s", form, how, result(again < 0 ? -1 : fcntl(again, F_GETFL)));
	if (again >= 0) {
		struct stat a, b;
		say("at %ld, changes %s", lseek(again, 0, SEEK_CUR),
		    (how & O_ACCMODE) == O_RDONLY ? "-" : result(write(again, "ss", 2)));
		say("same %d", fstat(again, &a) == 0 && stat(in(name), &b) == 0 &&
		                       a.st_ino == b.st_ino && a.st_size == b.st_size);
		close(again);
	}
	close(fd);
}

void link_opens(void)
{
	static const int with[] = {O_RDONLY, O_RDONLY | O_NOFOLLOW, O_PATH, O_DIRECTORY, O_NOATIME,
	                           O_DIRECT};

	for (int form = 0; form < LINK_FORMS; form++) {
		for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++)
			say_opened("data", form, with[i]);
	}
	int fd = served("small", O_RDONLY);
	FILE *f = fopen(name_of(fd, 0), "r");
	char line[32] = "";
	say("stream %s", f ? fgets(line, sizeof(line), f) : result(-1));
	if (f)
		fclose(f);
	close(fd);
}

void link_writes(void)
{
	static const int with[LINK_WRITES] = {O_RDWR, O_WRONLY | O_APPEND, O_WRONLY | O_TRUNC,
	                                      O_CREAT | O_EXCL | O_WRONLY};
	char name[64];

	for (int form = 0; form < LINK_FORMS; form++) {
		for (int i = 0; i < LINK_WRITES; i++) {
			snprintf(name, sizeof(name), "link_writes/%d/f", form * LINK_WRITES + i);
			say_opened(name, form, with[i]);
		}
	}
}

void link_access(void)
{
	static const char *const names[] = {"data", "secret", "script"};
	static const int modes[] = {F_OK, R_OK, W_OK, X_OK};

	for (int i = 0; i < 3 * LINK_FORMS * 4; i++) {
		int fd = served(names[i / 4 / LINK_FORMS], O_RDONLY);
		const char *name = name_of(fd, i / 4 % LINK_FORMS);
		int mode = modes[i % 4];

		say("%s %d %d: %s", names[i / 4 / LINK_FORMS], i / 4 % LINK_FORMS, mode,
		    result(access(name, mode)));
		say("at %s, effective %s", result(faccessat(AT_FDCWD, name, mode, 0)),
		    result(eaccess(name, mode)));
		say("empty path %s", result(faccessat(fd, "", mode, AT_EMPTY_PATH)));
		close(fd);
	}
}

/* The kernel's list of mappings names the memory file, as collfs(7) says. The rest
 * of a line is right. */
void maps(void)
{
	int fd = served("data", O_RDONLY);
	char *at = mmap(NULL, DATA_SIZE, PROT_READ, MAP_PRIVATE, fd, 0), *end;
	char line[PATH_MAX + 200];
	FILE *f = fopen("/proc/self/maps", "r");

	while (f && fgets(line, sizeof(line), f)) {
		unsigned long start = strtoul(line, &end, 16);
		unsigned long size = strtoul(end + 1, &end, 16) - start;
		if (start == (unsigned long)at)
			say("%lx%.5s, name %d", size, end, strstr(line, in("data")) != NULL);
	}
	if (f)
		fclose(f);
	munmap(at, DATA_SIZE);
	close(fd);
}
