/* main.c - see descriptor.h. */
#include "descriptor.h"

#include <limits.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/wait.h>

const char *dir, *out, *self;
static const char *check;
static FILE *told;

#define LIST(name) {#name, name},
struct check {
	const char *name;
	void (*run)(void);
};
static const struct check looks[] = {DATA_CHECKS(LIST) FLAG_CHECKS(LIST) LINK_CHECKS(LIST)
                                             PASS_CHECKS(LIST)};
static const struct check changes[] = {LOCK_CHECKS(LIST) CHANGE_CHECKS(LIST)};

void say(const char *format, ...)
{
	va_list args;

	printf("%s ", check);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

/* One of several buffers, in turn. */
static char *text(void)
{
	static char texts[8][PATH_MAX];
	static unsigned turn;

	return texts[turn++ % 8];
}

const char *result(long value)
{
	int err = errno;
	char *t = text();

	if (value >= 0)
		snprintf(t, PATH_MAX, "%ld", value);
	else
		snprintf(t, PATH_MAX, "%s", strerrorname_np(err));
	return t;
}

const char *in(const char *name)
{
	char *t = text();

	snprintf(t, PATH_MAX, "%s/%s", dir, name);
	return t;
}

const char *outside(const char *name)
{
	char *t = text();

	snprintf(t, PATH_MAX, "%s/%s", out, name);
	return t;
}

/* Past the library: the kernel's name of a descriptor is a memfd's. */
static bool is_served(int fd)
{
	static const char memfd[] = "/memfd:collfs:";
	char link[64], name[PATH_MAX];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	long n = syscall(SYS_readlinkat, AT_FDCWD, link, name, sizeof(name));
	return n >= (long)sizeof(memfd) && memcmp(name, memfd, sizeof(memfd) - 1) == 0;
}

int served(const char *name, int flags)
{
	int fd = open(in(name), flags);

	if (fd < 0) {
		say("cannot open %s: %s", name, result(-1));
		exit(1);
	}
	if (told) {
		fprintf(told, "%s %s %s\n", is_served(fd) ? "served" : "passed", check, name);
		fflush(told);
	}
	return fd;
}

void say_stat(const char *what, int fd)
{
	struct stat st;
	int failed = fstat(fd, &st);

	if (failed)
		say("%s %s", what, result(failed));
	else
		say("%s dev %lx ino %lu mode %o nlink %lu uid %u gid %u size %ld blocks %ld/%ld "
		    "mtime %ld.%09ld",
		    what, st.st_dev, st.st_ino, st.st_mode, st.st_nlink, st.st_uid, st.st_gid,
		    st.st_size, st.st_blocks, st.st_blksize, st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

void in_child(const char *what, void (*run)(void *), void *arg)
{
	int status = 0;

	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		run(arg);
		exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		status = -1;
	say("%s: status %x", what, status);
}

static void make(const char *name, const char *content, size_t size, mode_t mode)
{
	int fd = open(in(name), O_CREAT | O_WRONLY | O_TRUNC, mode);

	if (fd < 0 || write(fd, content, size) != (ssize_t)size ||
	    futimens(fd, (struct timespec[]){{.tv_sec = 1000000}, {.tv_sec = 2000000}}) != 0) {
		perror(name);
		exit(1);
	}
	close(fd);
}

static int prepare(void)
{
	static char data[DATA_SIZE];
	char name[64];
	static const char script[] = "#!/bin/sh\necho \"a script with $# arguments\"\n";
	static const char *const links[] = {"to_data", "to_sub", "loop", "dangling"};
	static const char *const targets[] = {"data", "sub", "loop", "nowhere"};

	umask(022);
	mkdir(in("sub"), 0755);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)('a' + i * 7 % 26);
	make("data", data, sizeof(data), 0644);
	make("small", "hello\nworld\n", 12, 0644);
	make("secret", "secret\n", 7, 0600);
	make("empty", "", 0, 0644);
	make("sub/inner", "inner\n", 6, 0644);
	make("script", script, sizeof(script) - 1, 0755);
	make("sparse", "x", 1, 0644);
	if (truncate(in("sparse"), 1 << 20) != 0)
		return 1;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (symlink(targets[i], in(links[i])) != 0)
			return 1;
	}
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		mkdir(in(changes[i].name), 0755);
		snprintf(name, sizeof(name), "%s/f", changes[i].name);
		make(name, "before\n", 7, 0644);
	}
	for (int i = 0; i < LINK_FORMS * LINK_WRITES; i++) {
		snprintf(name, sizeof(name), "link_writes/%d", i);
		mkdir(in(name), 0755);
		snprintf(name, sizeof(name), "link_writes/%d/f", i);
		make(name, "before\n", 7, 0644);
	}
	mkdir(in("other_names"), 0755);
	return link(in("other_name/f"), in("other_names/f"));
}

static void run_all(const struct check *checks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check = checks[i].name;
		checks[i].run();
	}
}

int main(int argc, char **argv)
{
	const char *name = getenv("DESCRIPTOR_SERVED");
	char path[PATH_MAX];

	if (argc == 3 && strcmp(argv[1], "inherited") == 0)
		return inherited_child(atoi(argv[2]));
	if (argc < 3)
		return 2;
	dir = argv[2];
	out = argc > 3 ? argv[3] : NULL;
	self = realpath(argv[0], path);
	if (strcmp(argv[1], "prepare") == 0)
		return prepare();
	if (!out)
		return 2;
	/* High: the checks look at the numbers of theirs. */
	told = name ? fopen(name, "ae") : NULL;
	if (told) {
		int high = fcntl(fileno(told), F_DUPFD_CLOEXEC, 200);
		fclose(told);
		told = fdopen(high, "a");
	}
	if (strcmp(argv[1], "look") == 0)
		run_all(looks, sizeof(looks) / sizeof(looks[0]));
	else if (strcmp(argv[1], "change") == 0)
		run_all(changes, sizeof(changes) / sizeof(changes[0]));
	else if (strcmp(argv[1], "nodes") == 0)
		run_all(&(struct check){"nodes", nodes}, 1);
	else
		return 2;
	return 0;
}
