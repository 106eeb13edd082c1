/*
 * errno_calls.c - what every wrapped call answers when it is asked badly
 *
 *   errno_calls names            the functions that it calls, one a line
 *   errno_calls prepare DIR      make the trees in DIR, which must not exist
 *   errno_calls tree DIR         make one of them in DIR
 *   errno_calls run DIR [RO]     make all calls (errno_table.h) in all situations, and
 *                                print results, errnos and what became of buffers;
 *                                RO: a tree that is mounted read-only
 *
 * A test runs it without the library and with it, each time in a fresh DIR of the
 * same name, and compares. Where libc itself looks at a bad pointer the call ends in
 * SIGSEGV, and has to do so with the library, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "errno_rows.h"
#include "errno_tree.h"

#pragma GCC diagnostic ignored "-Wnonnull" /* bad arguments are the point */

#define UNTOUCHED 'U' /* what buffers are filled with */

/* ---- one call, one line */

/* Not siglongjmp(3), which runs libc's clean-up of calls that were jumped out of before. */
static void *fault[5];

static void on_fault(int signal)
{
	(void)signal;
	__builtin_longjmp(fault, 1);
}

static void say_out(enum fills fills, long result, const char *out)
{
	const struct stat *st = (const void *)out;
	const struct statx *stx = (const void *)out;
	bool untouched = true;

	for (size_t i = 0; i < OUT_SIZE; i++)
		untouched = untouched && out[i] == UNTOUCHED;
	if (untouched)
		printf(" untouched");
	else if (fills == TEXT)
		printf(" %.*s", (int)strcspn(out, "U"), out);
	else if (result != 0)
		printf(" touched");
	else if (fills == STAT)
		printf(" mode %o nlink %lu size %ld", st->st_mode, st->st_nlink, st->st_size);
	else
		printf(" mode %o nlink %u size %llu", stx->stx_mode, stx->stx_nlink, stx->stx_size);
}

/* `out` NULL: a good buffer. */
static void make(const struct row *row, const char *p, int d, void *out)
{
	char *buffer = out ? out : room;
	long result = 0;

	memset(room, UNTOUCHED, sizeof(room));
	printf("%s %s%s%s, %s: ", now.phase, row->name, *row->variant ? "." : "", row->variant,
	       now.name);
	if (__builtin_setjmp(fault) != 0) {
		puts("SIGSEGV");
		return;
	}
	errno = 0;
	result = row->call(p, d, buffer);
	int err = errno;
	printf("%ld", result);
	if (result == -1)
		printf(" %s", strerrorname_np(err));
	if (row->fills != NONE && !out)
		say_out(row->fills, result, buffer);
	putchar('\n');
}

/* ---- paths that are no paths */

static char *pages; /* one to write to, one without access, one to read only */
/* Below what a program may be loaded to. (A gap would be filled by the next mmap.) */
#define UNMAPPED ((char *)0x20000)

static void make_pages(void)
{
	pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(pages, 'n', 3 * PAGE);
	mprotect(pages + PAGE, PAGE, PROT_NONE);
	mprotect(pages + 2 * PAGE, PAGE, PROT_READ);
	rows_set_bad_pointer(pages + PAGE);
}

#define BAD_PATHS 9
static const char *bad_path(int i, const char **name)
{
	static const char *const names[BAD_PATHS] = {
		"NULL",      "pointer 1",      "unmapped",
		"no access", "into no access", "long into no access",
		"kernel's",  "not canonical",  "up to no access"};

	*name = names[i];
	memset(pages, 'n', PAGE);
	switch (i) {
	case 0:
		return NULL;
	case 1:
		return (const char *)1;
	case 2:
		return UNMAPPED;
	case 3:
		return pages + PAGE;
	case 4:
		return pages + PAGE - 3;
	case 5:
		return pages;
	case 6:
		return (const char *)UINTPTR_MAX - 100;
	case 7:
		return (const char *)(UINTPTR_MAX / 2 + 2);
	default:
		return strcpy(pages + PAGE - 5, "file");
	}
}

#define BAD_OUTS 5
static void *bad_out(int i, const char **name)
{
	static const char *const names[BAD_OUTS] = {"out pointer 1", "out unmapped",
	                                            "out no access", "out read-only",
	                                            "out into no access"};
	void *const outs[BAD_OUTS] = {(void *)1, UNMAPPED, pages + PAGE, pages + 2 * PAGE,
	                              pages + PAGE - 2};

	*name = names[i];
	return outs[i];
}

/* ---- paths */

static const char *const paths[] = {
	"missing",
	"missing/",
	"missing/x",
	"missing/..",
	"file/",
	"file/.",
	"file/..",
	"file/x",
	"dir/missing",
	"closed/",
	"closed/.",
	"closed/..",
	"closed/./.",
	"closed/../file",
	"closed/inner",
	"closed/missing",
	"read_only/.",
	"read_only/../file",
	"read_only/inner",
	"read_only/missing",
	"search_only/.",
	"search_only/..",
	"search_only/inner",
	"search_only/missing",
	"loop_a",
	"loop_a/",
	"loop_a/x",
	"link41",
	"link41/",
	"dangling",
	"dangling/",
	"to_file/",
	"to_file/x",
	"fifo/",
	"fifo/x",
	"",
	/* From here on calls may do what they are for. */
	"to_dir/",
	"to_dir/inner",
	"to_dir/../file",
	"to_file",
	"to_dir",
	"link20", /* not 40: the kernel counts those twice when it has to begin anew */
	"unreadable",
	"fifo",
	"closed",
	"read_only",
	"search_only",
	"empty_dir",
	"dir/.",
	"dir/..",
	"dir//sub",
	"dir/",
	"dir",
	".",
	"file",
};

static char names_of_length[3][258]; /* 255, 256, and 255 with a name below */
static char paths_of_length[3][PATH_MAX + 2];

static void make_long_paths(void)
{
	memset(names_of_length[0], 'n', 255);
	memset(names_of_length[1], 'n', 256);
	memset(names_of_length[2], 'n', 255);
	strcat(names_of_length[2], "/x");
	for (int i = 0; i < 3; i++) {
		size_t len = (size_t)(PATH_MAX - 1 + i);
		memset(paths_of_length[i], '/', len);
		memcpy(paths_of_length[i], "dir", 3);
		memcpy(paths_of_length[i] + len - 5, "inner", 5);
	}
}

/* Each path: as it is, and after the name of the directory that it is in. */
static void make_with_paths(const struct row *row)
{
	char here[PATH_MAX], absolute[2 * PATH_MAX];

	if (!getcwd(here, sizeof(here)))
		abort();
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		now.name = paths[i];
		make(row, paths[i], AT_FDCWD, NULL);
		snprintf(absolute, sizeof(absolute), "%s/%s", here, paths[i]);
		now.name = absolute;
		make(row, absolute, AT_FDCWD, NULL);
	}
	for (int i = 0; i < 3; i++) {
		static const char *const said[] = {"name of 255", "name of 256", "255 and below"};
		now.name = said[i];
		make(row, names_of_length[i], AT_FDCWD, NULL);
	}
	for (int i = 0; i < 3; i++) {
		static const char *const said[] = {"path of 4095", "path of 4096", "path of 4097"};
		now.name = said[i];
		make(row, paths_of_length[i], AT_FDCWD, NULL);
	}
}

static void make_with_bad_pointers(const struct row *row)
{
	now.bad = true;
	for (int i = 0; i < BAD_PATHS; i++)
		make(row, bad_path(i, &now.name), AT_FDCWD, NULL);
	now.bad = false;
	if (row->fills == NONE)
		return;
	for (int i = 0; i < BAD_OUTS; i++) {
		void *out = bad_out(i, &now.name);
		make(row, row->fills == TEXT ? "to_file" : "file", AT_FDCWD, out);
		make(row, "missing", AT_FDCWD, out);
	}
	printf("%s %s.%s, at the edge: %02x %02x\n", now.phase, row->name, row->variant,
	       (unsigned char)pages[PAGE - 2], (unsigned char)pages[PAGE - 1]);
}

static void make_with_read_only(const struct row *row, const char *ro)
{
	static const char *const below[] = {"file", "missing", "dir", "to_file", "missing/x"};
	char path[PATH_MAX];

	for (size_t i = 0; ro && i < sizeof(below) / sizeof(below[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", ro, below[i]);
		now.name = path;
		make(row, path, AT_FDCWD, NULL);
	}
}

/* ---- descriptors */

static void make_with_dirfds(const struct row *row)
{
	static const char *const below[] = {"inner", "missing", "..", ""};
	const struct {
		const char *name;
		int fd;
	} fds[] = {
		{"directory:", open("dir", O_RDONLY | O_DIRECTORY)},
		{"path of directory:", open("dir", O_PATH)},
		{"path of link:", open("to_dir", O_PATH | O_NOFOLLOW)},
		{"closed directory:", open("closed", O_PATH)},
		{"file:", open("file", O_RDONLY)},
		{"path of file:", open("file", O_PATH)},
		{"-1:", -1},
		{"977:", 977},
		{"least:", INT_MIN},
	};
	char name[64];

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		for (size_t j = 0; j < sizeof(below) / sizeof(below[0]); j++) {
			snprintf(name, sizeof(name), "%s %s", fds[i].name, below[j]);
			now.name = name;
			make(row, below[j], fds[i].fd, NULL);
		}
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	}
}

static void make_with_fds(const struct row *row)
{
	const struct {
		const char *name;
		int fd;
	} fds[] = {
		{"file", open("file", O_RDONLY)},
		{"path of file", open("file", O_PATH)},
		{"directory", open("dir", O_RDONLY)},
		{"path of link", open("to_dir", O_PATH | O_NOFOLLOW)},
		{"-1", -1},
		{"977", 977},
		{"AT_FDCWD", AT_FDCWD},
	};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		now.name = fds[i].name;
		make(row, NULL, fds[i].fd, NULL);
		for (int j = 0; row->fills != NONE && j < BAD_OUTS; j++) {
			void *out = bad_out(j, &now.name);
			make(row, NULL, fds[i].fd, out);
		}
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	}
}

/* ---- limits and signals */

static void on_alarm(int signal)
{
	(void)signal;
}

static void set_timer(long us, long first_us)
{
	struct sigaction action = {.sa_handler = on_alarm}; /* without SA_RESTART */
	struct itimerval timer = {{0, us}, {0, first_us}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* An open that waits is interrupted. */
static void make_waiting(void)
{
	static const struct row waiting[] = {{"open", "waits", NONE, NULL},
	                                     {"open", "waits_to_write", NONE, NULL},
	                                     {"openat", "waits", NONE, NULL},
	                                     {"fopen", "waits", NONE, NULL},
	                                     {"creat", "waits", NONE, NULL}};

	for (int i = 0; i < 5; i++) {
		set_timer(0, 20000);
		long result = i == 0   ? open("fifo", O_RDONLY)
		              : i == 1 ? open("fifo", O_WRONLY)
		              : i == 2 ? openat(home, "fifo", O_RDONLY)
		              : i == 3 ? fopen("fifo", "r") ? 0 : -1
		                       : creat("fifo", 0600);
		printf("signal %s.%s: %ld %s\n", waiting[i].name, waiting[i].variant, result,
		       strerrorname_np(errno));
	}
}

/* ---- threads that are to end */

struct cancelled {
	const struct row *row;
	const char *path;
	int fd;
	volatile long result;
	volatile bool went_on;
};

static void *call_when_cancelled(void *arg)
{
	struct cancelled *c = arg;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_cancel(pthread_self());
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	c->result = c->row->call(c->path, c->fd, room);
	c->went_on = true;
	return NULL;
}

/* A fault in the thread could not be caught; mkdtemp sometimes asks for random bits,
 * which may end it. */
static bool can_be_cancelled(const struct row *row)
{
	return !strstr(row->variant, "bad") && strcmp(row->name, "mkdtemp") != 0;
}

/* Whether a call ends a thread that has been cancelled, or does its work first. */
static const char *cancelled(const struct row *row, const char *path, int fd)
{
	struct cancelled c = {.row = row, .path = path, .fd = fd};
	static char answer[32];
	pthread_t thread;

	now.name = path;
	if (pthread_create(&thread, NULL, call_when_cancelled, &c) != 0)
		abort();
	pthread_join(thread, NULL);
	snprintf(answer, sizeof(answer), "goes on with %ld", c.result);
	return c.went_on ? answer : "ends";
}

static void make_cancelled(const struct row *row)
{
	static const char *const names[] = {"missing", "dir/inner", "dir", "script"};

	for (int i = 0; i < 4 && can_be_cancelled(row); i++) {
		const char *how = cancelled(row, names[i], AT_FDCWD);
		struct stat st = {0};
		int gone = lstat(names[i], &st);

		printf("cancel %s.%s, %s: %s, then %d mode %o\n", row->name, row->variant, names[i],
		       how, gone, st.st_mode);
	}
}

/* All are opened first: some of the calls change the file, which is not served then. */
static void make_cancelled_with_fds(const struct row *rows)
{
	int fds[256], count = 0;

	for (; rows[count].name && count < 256; count++)
		fds[count] = open("script", O_RDONLY);
	for (int i = 0; i < count; i++) {
		if (can_be_cancelled(&rows[i]))
			printf("cancel %s.%s, descriptor: %s\n", rows[i].name, rows[i].variant,
			       cancelled(&rows[i], NULL, fds[i]));
		close(fds[i]);
	}
}

static bool makes_descriptors(const struct row *row)
{
	return strncmp(row->name, "open", 4) == 0 || strncmp(row->name, "__open", 6) == 0 ||
	       strncmp(row->name, "fopen", 5) == 0 || strncmp(row->name, "creat", 5) == 0;
}

/* Only of a file that is there: see collfs(7) on names that are not. */
static void make_without_descriptors(const struct row *rows)
{
	struct rlimit limit, none;
	int lowest = dup(0);

	getrlimit(RLIMIT_NOFILE, &limit);
	none = limit;
	none.rlim_cur = (rlim_t)lowest;
	close(lowest);
	setrlimit(RLIMIT_NOFILE, &none);
	for (; rows->name; rows++)
		if (makes_descriptors(rows) && strcmp(rows->name, "opendir") != 0) {
			now.name = "file";
			make(rows, "file", AT_FDCWD, NULL);
		}
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* ---- all of it */

static void enter(const char *name)
{
	if (home >= 0)
		close(home);
	if (chdir("..") != 0 || chdir(name) != 0) {
		perror(name);
		exit(1);
	}
	home = open(".", O_PATH | O_DIRECTORY);
}

static void ask(const struct row *row, bool at)
{
	make_with_paths(row);
	if (at)
		make_with_dirfds(row);
}

static void ask_all(const char *phase)
{
	now.phase = phase;
	for (const struct row *row = path_rows; row->name; row++)
		ask(row, false);
	for (const struct row *row = at_rows; row->name; row++)
		ask(row, true);
}

/* Each call in a directory where nothing has been asked for before it. */
static void ask_first(const char *group, const struct row *row)
{
	char name[64];

	now.phase = "first";
	for (; row->name; row++) {
		name_dir(name, group, row);
		enter(name);
		ask(row, strcmp(group, "at") == 0);
	}
}

static void ask_badly(const char *ro)
{
	now.phase = "bad";
	for (const struct row *row = path_rows; row->name; row++) {
		make_with_bad_pointers(row);
		make_with_read_only(row, ro);
	}
	for (const struct row *row = at_rows; row->name; row++) {
		make_with_bad_pointers(row);
		make_with_read_only(row, ro);
	}
}

static void change_all(const char *group, const struct row *row, const char *ro)
{
	char name[64];

	now.phase = "change";
	for (; row->name; row++) {
		name_dir(name, group, row);
		enter(name);
		make_cancelled(row);
		make_with_bad_pointers(row);
		make_with_read_only(row, ro);
		if (strcmp(group, "change_at") == 0)
			make_with_dirfds(row);
		make_with_paths(row);
	}
}

static int run(const char *dir, const char *ro)
{
	char below[PATH_MAX];
	struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_NODEFER};

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	make_pages();
	make_long_paths();
	setenv("PATH", ".:missing:dir", 1); /* for execvp */
	snprintf(below, sizeof(below), "%s/ask", dir);
	if (chdir(below) != 0) {
		perror(below);
		return 1;
	}
	enter("ask");
	ask_badly(ro);
	ask_all("empty");
	ask_all("full");
	ask_badly(ro);
	for (const struct row *row = path_rows; row->name; row++)
		make_cancelled(row);
	for (const struct row *row = at_rows; row->name; row++)
		make_cancelled(row);
	now.phase = "no-descriptors";
	make_without_descriptors(path_rows);
	make_waiting();
	enter("interrupted");
	set_timer(300, 300);
	ask_all("interrupted");
	set_timer(0, 0);
	ask_first("path", path_rows);
	ask_first("at", at_rows);
	change_all("change", change_rows, ro);
	change_all("change_at", change_at_rows, ro);
	enter("cancelled");
	make_cancelled_with_fds(fd_rows);
	enter("ask");
	now.phase = "fd";
	for (const struct row *row = fd_rows; row->name; row++)
		make_with_fds(row);
	now.phase = now.name = "last";
	for (const struct row *row = last_rows; row->name; row++)
		make(row, NULL, -1, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct row *const all_rows[] = {path_rows,      at_rows, change_rows,
	                                             change_at_rows, fd_rows, last_rows};

	if (argc == 2 && strcmp(argv[1], "names") == 0) {
		for (size_t i = 0; i < sizeof(all_rows) / sizeof(all_rows[0]); i++)
			for (const struct row *row = all_rows[i]; row->name; row++)
				puts(row->name);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "tree") == 0) {
		make_tree(argv[2]);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "prepare") == 0)
		return prepare(argv[2]);
	if ((argc == 3 || argc == 4) && strcmp(argv[1], "run") == 0)
		return run(argv[2], argv[3]);
	fprintf(stderr, "usage: %s names | prepare DIR | tree DIR | run DIR [READ-ONLY DIR]\n",
	        argv[0]);
	return 2;
}
