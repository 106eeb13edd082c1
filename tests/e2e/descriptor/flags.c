/* flags.c - what a descriptor is: flags, attributes, number, refusals. */
#include "descriptor.h"

#include <dirent.h>
#include <limits.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

void flags(void)
{
	static const int with[] = {0,
	                           O_CLOEXEC,
	                           O_NOFOLLOW,
	                           O_NONBLOCK,
	                           O_NOCTTY,
	                           O_LARGEFILE,
	                           O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC};

	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
		int fd = served("small", O_RDONLY | with[i]);
		say("%o: %o %d", with[i], fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
		int copy = dup(fd);
		say("copy: %o %d", fcntl(copy, F_GETFL), fcntl(copy, F_GETFD));
		close(copy);
		close(fd);
	}
	FILE *f = fopen(in("small"), "re");
	say("stream: %o", fcntl(fileno(f), F_GETFL));
	fclose(f);
}

void set_flags(void)
{
	static const int set[] = {O_APPEND, O_NONBLOCK, O_ASYNC, O_NOATIME, O_DIRECT, O_RDWR, 0};

	for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++) {
		int fd = served("small", O_RDONLY | O_NOFOLLOW);
		say("%o: %s", set[i], result(fcntl(fd, F_SETFL, set[i])));
		say("then %o", fcntl(fd, F_GETFL));
		close(fd);
	}
}

/* The flags that ask for both, and for neither, as some drivers take them. */
void open_read_write(void)
{
	static const int with[] = {O_RDWR, 3, O_RDWR | O_NOFOLLOW | O_SYNC};
	int fd = served("open_read_write/f", O_RDONLY);

	for (int i = 0; i < 3; i++) {
		int again = open(in("open_read_write/f"), with[i]);
		say("%o: %s", with[i], result(again < 0 ? -1 : fcntl(again, F_GETFL)));
		close(again);
	}
	close(fd);
}

static void say_open(const char *path, int flags)
{
	int fd = open(in(path), flags);

	say("%s %o: %s", path, flags, result(fd < 0 ? -1 : fcntl(fd, F_GETFL)));
	if (fd >= 0)
		say_stat(path, fd);
	if (fd >= 0 && !(flags & (O_PATH | O_DIRECTORY | O_DIRECT))) {
		char c;
		say("read %s write %s", result(read(fd, &c, 1)), result(write(fd, "", 0)));
	}
	close(fd);
}

void open_flags(void)
{
	static const int with[] = {O_PATH,
	                           O_PATH | O_NOFOLLOW,
	                           O_DIRECTORY,
	                           O_NOFOLLOW,
	                           O_APPEND,
	                           O_DIRECT,
	                           O_SYNC,
	                           O_DSYNC,
	                           O_ASYNC,
	                           O_NOATIME,
	                           O_NONBLOCK,
	                           O_EXCL,
	                           O_TMPFILE,
	                           O_PATH | O_DIRECTORY,
	                           O_NOFOLLOW | O_DIRECTORY};
	static const char *const paths[] = {"small", "to_data", "sub",    "to_sub",
	                                    "loop",  "absent",  "small/", "sub/inner/x"};

	for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++) {
		for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++)
			say_open(paths[p], with[i]);
	}
}

void directories(void)
{
	static const int with[] = {O_RDONLY, O_DIRECTORY, O_PATH, O_PATH | O_DIRECTORY};
	char cwd[PATH_MAX];

	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
		int d = open(dir, with[i]);
		struct stat by_path, by_fd, above;

		stat(dir, &by_path);
		fstat(d, &by_fd);
		fstatat(d, "sub/..", &above, 0);
		say("%o: same %d, and by .. %d", with[i],
		    by_path.st_dev == by_fd.st_dev && by_path.st_ino == by_fd.st_ino,
		    by_path.st_dev == above.st_dev && by_path.st_ino == above.st_ino);
		int fd = openat(d, "sub/inner", O_RDONLY);
		say_stat("openat", fd);
		say("openat of the descriptor of a file %s", result(openat(fd, "x", O_RDONLY)));
		say("fchdir to it %s, fdopendir %s", result(fchdir(fd)),
		    result(fdopendir(fd) ? 0 : -1));
		close(fd);
		say("fchdir %s %s", result(fchdir(d)), getcwd(cwd, sizeof(cwd)));
		fd = open("sub/inner", O_RDONLY);
		say_stat("relative", fd);
		close(fd);
		DIR *stream = fdopendir(d);
		int names = 0;
		while (stream && readdir(stream))
			names++;
		say("fdopendir %s: %d names", result(stream ? 0 : -1), names);
		if (stream)
			closedir(stream);
		else
			close(d);
	}
	if (chdir("/") != 0)
		say("no way back");
}

void attributes(void)
{
	const char *volatile no_path = NULL; /* which newer kernels take for an empty one */
	static const char *const names[] = {"data", "small", "empty", "secret", "sparse", "script"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int fd = served(names[i], O_RDONLY);
		struct stat st;
		struct statx x;
		struct statfs fs;
		struct statvfs vfs;
		char value[64];

		say_stat("fstat", fd);
		say("fstatat %s", result(fstatat(fd, "", &st, AT_EMPTY_PATH)));
		say("inode %lu", st.st_ino);
		say("no path %s", result(fstatat(fd, no_path, &st, AT_EMPTY_PATH)));
		say("inode %lu", st.st_ino);
		for (unsigned mask = 0; mask < 3; mask++) {
			unsigned ask[] = {STATX_BASIC_STATS | STATX_BTIME, STATX_SIZE,
			                  STATX_BASIC_STATS | STATX_MNT_ID};
			memset(&x, 0, sizeof(x));
			int failed = statx(fd, "", AT_EMPTY_PATH, ask[mask], &x);
			say("statx %s mask %x ino %llu size %llu btime %lld attr %llx dev %x:%x %s",
			    result(failed), x.stx_mask & ask[mask], x.stx_ino, x.stx_size,
			    x.stx_mask & STATX_BTIME ? x.stx_btime.tv_sec : 0, x.stx_attributes,
			    x.stx_dev_major, x.stx_dev_minor,
			    mask == 2 ? result((long)x.stx_mnt_id) : "");
		}
		say("fstatfs %s, fstatvfs %s", result(fstatfs(fd, &fs)),
		    result(fstatvfs(fd, &vfs)));
		say("type %lx names of %lu", (long)fs.f_type, vfs.f_namemax);
		say("fpathconf %s %s", result(fpathconf(fd, _PC_NAME_MAX)),
		    result(fpathconf(fd, _PC_LINK_MAX)));
		say("fgetxattr %s", result(fgetxattr(fd, "user.x", value, sizeof(value))));
		say("flistxattr %s", result(flistxattr(fd, value, sizeof(value))));
		say("isatty %s", result(isatty(fd) ? 0 : -1));
		close(fd);
	}
}

void refused(void)
{
	int fd = served("small", O_RDONLY);

	say("write %s", result(write(fd, "x", 1)));
	say("pwrite %s", result(pwrite(fd, "x", 1, 0)));
	say("ftruncate %s", result(ftruncate(fd, 0)));
	say("fallocate %s", result(fallocate(fd, 0, 0, 10)));
	say("posix_fallocate %s", strerrorname_np(posix_fallocate(fd, 0, 10)));
	say("accept %s", result(fchdir(fd)));
	close(fd);
	say("closed %s", result(read(fd, &fd, 1)));
	say("fsync %s", result(fsync(fd)));
	say("fcntl %s", result(fcntl(fd, F_GETFL)));
	say("dup %s", result(dup(fd)));
}

void controls(void)
{
	int fd = served("data", O_RDONLY), clone = open(outside("clone"), O_RDWR | O_CREAT, 0600);
	long value = 0;
	int number = 0;
	struct fsxattr attr = {0};

	int failed = ioctl(fd, FS_IOC_GETFLAGS, &value);
	say("flags %s %lx", result(failed), value);
	say("version %s", result(ioctl(fd, FS_IOC_GETVERSION, &number)));
	failed = ioctl(fd, FS_IOC_FSGETXATTR, &attr);
	say("xflags %s %x", result(failed), attr.fsx_xflags);
	number = 0;
	failed = ioctl(fd, FIGETBSZ, &number);
	say("block size %s %d", result(failed), number);
	number = 0;
	failed = ioctl(fd, FIBMAP, &number);
	say("block map %s", result(failed < 0 ? -1 : 0));
	say("clone %s", result(ioctl(clone, FICLONE, fd)));
	struct file_clone_range range = {.src_fd = fd, .src_length = 4096};
	say("clone range %s", result(ioctl(clone, FICLONERANGE, &range)));
	say("clone into %s", result(ioctl(fd, FICLONE, clone)));
	say("non-blocking %s", result(ioctl(fd, FIONBIO, &(int){1})));
	say("then %o", fcntl(fd, F_GETFL));
	say("close-on-exec %s", result(ioctl(fd, FIOCLEX)));
	say("then %d", fcntl(fd, F_GETFD));
	say("terminal %s", result(ioctl(fd, 0x5401 /* TCGETS */, &attr)));
	say("unknown %s", result(ioctl(fd, 0xfeed, &attr)));
	unlink(outside("clone"));
	close(clone);
	close(fd);
}

void seals(void)
{
	int fd = served("data", O_RDONLY);

	say("get %s", result(fcntl(fd, F_GET_SEALS)));
	say("add %s", result(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL)));
	say("pipe size %s", result(fcntl(fd, F_GETPIPE_SZ)));
	say("signal %s owner %s", result(fcntl(fd, F_GETSIG)), result(fcntl(fd, F_GETOWN)));
	say("notify %s", result(fcntl(fd, F_NOTIFY, DN_ACCESS)));
	say("unknown %s", result(fcntl(fd, 999, 0)));
	close(fd);
}

static void say_handle(const char *what, int at, const char *path, int how)
{
	union {
		struct file_handle head;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} handle = {.head.handle_bytes = MAX_HANDLE_SZ};
	int mount = 0;
	int failed = name_to_handle_at(at, path, &handle.head, &mount, how);

	say("%s: %s", what, result(failed));
	for (unsigned i = 0; failed == 0 && i < handle.head.handle_bytes; i++)
		say("type %d mount %d byte %02x", handle.head.handle_type, mount,
		    handle.head.f_handle[i]);
}

void handles(void)
{
	int fd = served("data", O_RDONLY);
	char link[64];

	say_handle("path", AT_FDCWD, in("data"), 0);
	say_handle("descriptor", fd, "", AT_EMPTY_PATH);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	say_handle("link", AT_FDCWD, link, AT_SYMLINK_FOLLOW);
	say_handle("neither", fd, "", 0);
	close(fd);
}

static void few_descriptors(void *arg)
{
	(void)arg;
	close(served("data", O_RDONLY)); /* the library's own descriptor is above the limit */
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){20, 20});
	int opened = 0;
	for (int fd; (fd = open(in("data"), O_RDONLY)) >= 0; opened++)
		say("%d", fd);
	say("%s after %d", result(-1), opened);
}

void numbers(void)
{
	int null = open("/dev/null", O_RDONLY);
	int a = served("data", O_RDONLY), b = served("small", O_RDONLY);
	int c = open(in("sub/inner"), O_RDONLY);

	say("next %d %d %d", a - null, b - null, c - null);
	close(a);
	close(null);
	null = open(in("data"), O_RDONLY);
	a = open(in("absent"), O_RDONLY);
	FILE *f = fopen(in("secret"), "r");
	say("lowest %d %d %d", null - b, a, fileno(f) - b);
	fclose(f);
	close(0);
	say("standard input %d", open(in("empty"), O_RDONLY));
	close(null);
	close(b);
	close(c);
	in_child("few descriptors", few_descriptors, NULL);
}

static int count_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

void no_leaks(void)
{
	int before = count_descriptors();

	for (int i = 0; i < 1000; i++) {
		struct stat st;
		char link[64], text[PATH_MAX];
		FILE *f;

		int fd = open(in(i % 2 ? "data" : "small"), O_RDONLY | (i % 3 ? O_NOFOLLOW : 0));
		fstat(fd, &st);
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		if (readlink(link, text, sizeof(text)) < 0 || lseek(fd, 0, SEEK_HOLE) < 0)
			say("link: %s", result(-1));
		close(open(link, O_RDONLY));
		close(fd);
		close(open(in("absent"), O_RDONLY));
		close(open(in("loop"), O_RDONLY));
		close(open(in("sub"), O_RDONLY));
		f = fopen(in("sub/inner"), "r");
		f = f ? freopen(in(i % 5 ? "small" : "absent"), "r", f) : NULL;
		if (f)
			fclose(f);
		f = fopen(in("to_sub"), "r");
		if (f)
			fclose(f);
		fd = open(dir, O_RDONLY | O_DIRECTORY);
		close(openat(fd, "data", O_RDONLY));
		DIR *d = fdopendir(fd);
		readdir(d);
		rewinddir(d);
		closedir(d);
	}
	say("%d more", count_descriptors() - before);
}
