/* changes.c - a file is changed through, or under, a descriptor of it. */
#include "descriptor.h"

#include <sys/mman.h>
#include <sys/time.h>
#include <sys/xattr.h>

/* What is the same in each run: a new DIR has other inodes and times. */
static void say_both(const char *what, int fd, const char *path)
{
	struct stat a, b;

	if (fstat(fd, &a) != 0 || stat(path, &b) != 0) {
		say("%s %s", what, result(-1));
		return;
	}
	say("%s: mode %o uid %u size %ld nlink %lu mtime %ld; by path %o %u %ld %lu %ld; same %d "
	    "ctime %d",
	    what, a.st_mode, a.st_uid, a.st_size, a.st_nlink, a.st_mtime / 100000, b.st_mode,
	    b.st_uid, b.st_size, b.st_nlink, b.st_mtime / 100000,
	    a.st_ino == b.st_ino && a.st_dev == b.st_dev,
	    a.st_ctim.tv_sec == b.st_ctim.tv_sec && a.st_ctim.tv_nsec == b.st_ctim.tv_nsec);
}

static void say_content(const char *what, int fd)
{
	char buf[32] = "";
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);
	say("%s %s '%s'", what, result(n), buf);
}

void change_mode(void)
{
	int fd = served("change_mode/f", O_RDONLY);

	say_both("before", fd, in("change_mode/f"));
	say("fchmod %s", result(fchmod(fd, 0600)));
	say_both("after", fd, in("change_mode/f"));
	close(fd);
}

void change_owner(void)
{
	int fd = served("change_owner/f", O_RDONLY);

	say("fchown %s", result(fchown(fd, 12345, (gid_t)-1)));
	say_both("after", fd, in("change_owner/f"));
	say("fchownat %s", result(fchownat(fd, "", 54321, (gid_t)-1, AT_EMPTY_PATH)));
	say_both("after", fd, in("change_owner/f"));
	close(fd);
}

void change_times(void)
{
	int fd = served("change_times/f", O_RDONLY);
	struct timespec times[] = {{.tv_sec = 100000000}, {.tv_sec = 200000000}};
	struct timeval old_times[] = {{.tv_sec = 300000000}, {.tv_sec = 400000000}};

	say("futimens %s", result(futimens(fd, times)));
	say_both("after", fd, in("change_times/f"));
	say("futimes %s", result(futimes(fd, old_times)));
	say_both("after", fd, in("change_times/f"));
	say("utimensat %s", result(utimensat(fd, "", times, AT_EMPTY_PATH)));
	say_both("after", fd, in("change_times/f"));
	close(fd);
}

void change_xattr(void)
{
	int fd = served("change_xattr/f", O_RDONLY);
	char value[8] = "";

	say("fsetxattr %s", result(fsetxattr(fd, "user.x", "yes", 3, 0)));
	say("fgetxattr %s", result(fgetxattr(fd, "user.x", value, sizeof(value))));
	say("%s", value);
	say("getxattr %s", result(getxattr(in("change_xattr/f"), "user.x", value, sizeof(value))));
	say("fremovexattr %s", result(fremovexattr(fd, "user.x")));
	say("again %s", result(fremovexattr(fd, "user.x")));
	close(fd);
}

void change_by_link(void)
{
	int fd = served("change_by_link/f", O_RDONLY);
	struct timespec times[] = {{.tv_sec = 100000000}, {.tv_sec = 200000000}};
	struct timeval old_times[] = {{.tv_sec = 300000000}, {.tv_sec = 400000000}};
	char link[64], value[8];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	say("chmod %s", result(chmod(link, 0640)));
	say_both("after", fd, in("change_by_link/f"));
	say("fchmodat %s", result(fchmodat(AT_FDCWD, link, 0604, 0)));
	say_both("after", fd, in("change_by_link/f"));
	say("chown %s", result(chown(link, 12345, (gid_t)-1)));
	say_both("after", fd, in("change_by_link/f"));
	say("utimensat %s", result(utimensat(AT_FDCWD, link, times, 0)));
	say_both("after", fd, in("change_by_link/f"));
	say("utimes %s", result(utimes(link, old_times)));
	say_both("after", fd, in("change_by_link/f"));
	say("setxattr %s", result(setxattr(link, "user.x", "yes", 3, 0)));
	say("by path %s", result(getxattr(in("change_by_link/f"), "user.x", value, sizeof(value))));
	say("by link %s", result(getxattr(link, "user.x", value, sizeof(value))));
	say("truncate %s", result(truncate(link, 3)));
	say_both("after", fd, in("change_by_link/f"));
	say_content("then", fd);
	close(fd);
}

void reopen_for_writing(void)
{
	int fd = served("reopen_for_writing/f", O_RDONLY);
	char link[64];
	FILE *f = fdopen(fd, "r");

	f = freopen(NULL, "r+", f);
	say("r+ %s", result(f ? 0 : -1));
	if (f) {
		say("written %d", fputs("BEF", f));
		say("flushed %s", result(fflush(f)));
	}
	fd = open(in("reopen_for_writing/f"), O_RDONLY);
	say_content("then", fd);
	snprintf(link, sizeof(link), "/dev/fd/%d", fd);
	int writer = open(link, O_WRONLY | O_TRUNC);
	say("truncated %s, written %s", result(writer < 0 ? -1 : 0),
	    result(write(writer, "new", 3)));
	say_both("after", fd, in("reopen_for_writing/f"));
	say_content("then", fd);
	if (f)
		fclose(f);
	close(writer);
	close(fd);
}

void link_descriptor(void)
{
	int fd = served("link_descriptor/f", O_RDONLY);
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	say("by link %s", result(linkat(AT_FDCWD, link, AT_FDCWD, in("link_descriptor/by_link"),
	                                AT_SYMLINK_FOLLOW)));
	say_both("after", fd, in("link_descriptor/by_link"));
	say("by descriptor %s",
	    result(linkat(fd, "", AT_FDCWD, in("link_descriptor/by_fd"), AT_EMPTY_PATH)));
	say_both("after", fd, in("link_descriptor/by_fd"));
	close(fd);
}

void truncating_open(void)
{
	int fd = served("truncating_open/f", O_RDONLY);
	int again = open(in("truncating_open/f"), O_RDONLY | O_TRUNC);

	say("open %s", result(again < 0 ? -1 : 0));
	say_both("again", again, in("truncating_open/f"));
	close(again);
	close(fd);
}

void unnamed_file(void)
{
	int fd = served("unnamed_file/f", O_RDONLY);
	int unnamed = open(in("unnamed_file"), O_TMPFILE | O_RDWR, 0600);
	char link[64];

	close(fd);
	say("O_TMPFILE %s, written %s", result(unnamed < 0 ? -1 : 0),
	    result(write(unnamed, "tmp", 3)));
	snprintf(link, sizeof(link), "/proc/self/fd/%d", unnamed);
	say("linkat %s",
	    result(linkat(AT_FDCWD, link, AT_FDCWD, in("unnamed_file/named"), AT_SYMLINK_FOLLOW)));
	say_both("named", unnamed, in("unnamed_file/named"));
	close(unnamed);
}

/* As `tail -f` does: it asks for the size, and reads on. */
void appended(void)
{
	int fd = served("appended/f", O_RDONLY);
	char buf[32] = "";

	say("first %s", result(read(fd, buf, sizeof(buf))));
	int writer = open(in("appended/f"), O_WRONLY | O_APPEND);
	say("written %s", result(write(writer, "after\n", 6)));
	close(writer);
	say_both("after", fd, in("appended/f"));
	memset(buf, 0, sizeof(buf));
	say("second %s", result(read(fd, buf, sizeof(buf))));
	say("'%s'", buf);
	close(fd);
}

void other_name(void)
{
	int fd = served("other_name/f", O_RDONLY);

	say("chmod %s", result(chmod(in("other_names/f"), 0600)));
	say_both("after", fd, in("other_name/f"));
	int writer = open(in("other_names/f"), O_WRONLY | O_APPEND);
	say("written %s", result(write(writer, "after\n", 6)));
	close(writer);
	say_both("after", fd, in("other_name/f"));
	say_content("then", fd);
	close(fd);
}

void removed(void)
{
	int fd = served("removed/f", O_RDONLY),
	    other = open(in("removed/new"), O_CREAT | O_WRONLY, 0600);

	close(other);
	say("rename %s", result(rename(in("removed/new"), in("removed/f"))));
	say_content("the old content", fd);
	struct stat st;
	say("fstat %s", result(fstat(fd, &st)));
	say("size %ld", st.st_size);
	close(fd);
}
