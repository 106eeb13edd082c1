/* start.c - see start.h. */
#include "client/start.h"

#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "client/ask.h"
#include "client/attach.h"
#include "client/attachment.h"
#include "client/content.h"
#include "client/count.h"
#include "client/memory.h"
#include "client/owner.h"
#include "client/place.h"
#include "client/real.h"
#include "client/served.h"
#include "client/started.h"
#include "common/program.h"
#include "common/script.h"
#include "common/session.h"

/* Longer lists of arguments (of scripts) and variables would take too much stack. */
#define WORDS_MAX 1024

/* "/proc/<process>/fd/<number>" */
#define FILE_MAX 64

/* What is to be executed, as it becomes known. */
struct start_plan {
	const char *path; /* as the caller names it */
	char *const *argv;
	char *const *envp;
	start_call *call;
	void *context;
	int cancel_state;          /* the caller's */
	size_t variables, session; /* how many in envp; which is the session's */
	unsigned depth;            /* scripts found so far; the last is the innermost */
	struct script scripts[SCRIPT_DEPTH + 1]; /* and a next one */
};

/* The number of words in a list, or WORDS_MAX + 1: too many, or not to be read. */
static size_t count_words(char *const *list)
{
	size_t n = 0;

	while (n <= WORDS_MAX) {
		if (!memory_readable(&list[n], sizeof(*list)))
			return WORDS_MAX + 1;
		if (!list[n])
			return n;
		if (!memory_readable(list[n++], 1))
			return WORDS_MAX + 1;
	}
	return n;
}

/* By the kernel's word: a vfork child may have a current directory of its own. */
static __attribute__((noinline)) const struct ci_entry *look_relative(const struct ci_map *m,
                                                                      const char *path, int *err)
{
	char absolute[CI_PATH_MAX];
	size_t len = strlen(path);
	long n = len > 0 ? syscall(SYS_getcwd, absolute, sizeof(absolute)) : 0;

	if (n < 2 || absolute[0] != '/' || (size_t)n + 1 + len > sizeof(absolute))
		return NULL;
	absolute[n - 1] = '/';
	memcpy(absolute + n, path, len + 1);
	return program_look(m, absolute, (size_t)n + len, ask_for_program, err);
}

/* Functions of their own, so that the memory is free again when the next begins. */
static __attribute__((noinline)) const struct ci_entry *look(const char *path, int *err)
{
	const struct ci_map *m = served_index();

	*err = 0;
	if (!m || !memory_readable(path, 1) || (!owner_is_us() && !attach_still_fits()))
		return NULL;
	if (path[0] != '/')
		return look_relative(m, path, err);
	return program_look(m, path, strlen(path), ask_for_program, err);
}

static enum program_kind kind_of(int fd, size_t size, struct script *script)
{
	void *image = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (image == MAP_FAILED)
		return PROGRAM_OTHER;
	enum program_kind kind = program_kind(image, size, script);
	munmap(image, size);
	return kind;
}

/* The kernel's name of a memfd is cut when its path is long; all is put right by it. */
static __attribute__((noinline)) bool has_full_name(int fd, const struct ci_entry *e)
{
	char link[PLACE_FD_MAX], name[CI_PATH_MAX];

	place_fd_path(fd, link);
	ssize_t n = real()->readlink(link, name, sizeof(name) - 1);
	const char *path = n > 0 ? program_memfd_path(name, (size_t)n) : NULL;
	return path && strcmp(path, e->path) == 0;
}

/* The content of an entry, ready to be executed: its descriptor, or -1. */
static int open_stored(const struct ci_entry *e, struct script *script, enum program_kind *kind)
{
	struct stat st;

	int fd = content_open_entry(e, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	*kind = PROGRAM_OTHER;
	if (real()->fstat(fd, &st) == 0 && st.st_ino == e->memfd_ino &&
	    st.st_dev == attachment.map.h->memfd_dev && st.st_size > 0 && (st.st_mode & S_IXUSR))
		*kind = kind_of(fd, (size_t)st.st_size, script);
	if (*kind == PROGRAM_SCRIPT || (*kind == PROGRAM_FIT && has_full_name(fd, e)))
		return fd;
	close(fd);
	return -1;
}

/* An interpreter out of scope is executed by its path. Only what shows the
 * script's name has to be put right in it. */
static bool fit_by_path(const char *path)
{
	struct script script;
	struct stat st;
	bool fit = false;

	int fd = real()->open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	if (real()->fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    !(st.st_mode & (S_ISUID | S_ISGID)) &&
	    real()->fgetxattr(fd, "security.capability", NULL, 0) < 0)
		fit = kind_of(fd, (size_t)st.st_size, &script) == PROGRAM_FIT;
	close(fd);
	return fit;
}

/*
 * By which name the kernel finds a descriptor of ours, also in a child whose own
 * is closed or another. Of this process the number is taken that /proc knows.
 */
static bool name_fd(int fd, char file[FILE_MAX])
{
	char self[FILE_MAX / 2];

	ssize_t n = real()->readlink("/proc/self", self, sizeof(self) - 1);
	if (n <= 0)
		return false;
	self[n] = '\0';
	snprintf(file, FILE_MAX, "/proc/%s/fd/%d", self, fd);
	return true;
}

/* The variables, of which the session's tells how the program was named. */
static __attribute__((noinline)) int call_told(const struct start_plan *p, const char *file,
                                               char *const *argv)
{
	char told[sizeof(SESSION_ENV) + SESSION_VALUE_MAX + 1 + strlen(p->path)];
	char *envp[p->variables + 1];
	struct session s;

	memcpy(envp, p->envp, sizeof(envp));
	if (!session_parse(p->envp[p->session] + sizeof(SESSION_ENV), &s) ||
	    !session_put_program(&s, p->path, told, sizeof(told)))
		return -1;
	envp[p->session] = told;
	/* A vfork child that becomes a program leaves its parent's thread as it is then. */
	pthread_setcancelstate(p->cancel_state, NULL);
	int result = p->call(file, argv, envp, p->context);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	return result;
}

/* The arguments of an interpreter, as the kernel makes them. */
static __attribute__((noinline)) int call_interpreter(const struct start_plan *p, const char *file)
{
	size_t words = p->argv ? count_words(p->argv) : 0, n = 0;

	if (words > WORDS_MAX)
		return -1;
	char *argv[2 * SCRIPT_DEPTH + 1 + words + 1];
	for (unsigned i = p->depth; i-- > 0;) {
		argv[n++] = p->scripts[i].interpreter;
		if (p->scripts[i].argument)
			argv[n++] = p->scripts[i].argument;
	}
	argv[n++] = (char *)p->path;
	for (size_t i = 1; i < words; i++)
		argv[n++] = p->argv[i];
	argv[n] = NULL;
	return call_told(p, file, argv);
}

/* Find what is to be executed for the innermost name. Its descriptor, or -1. */
static int plan(struct start_plan *p, const struct ci_entry *e)
{
	for (;;) {
		enum program_kind kind = PROGRAM_OTHER;
		struct script *script = &p->scripts[p->depth];
		int err, fd = program_startable(e) ? open_stored(e, script, &kind) : -1;
		if (fd < 0 || kind == PROGRAM_FIT)
			return fd;
		close(fd);
		if (p->depth == SCRIPT_DEPTH) {
			p->depth = 0; /* too many: the kernel will say so */
			return -1;
		}
		p->depth++;
		e = look(script->interpreter, &err);
		if (!e)
			return -1;
	}
}

static bool make(struct start_plan *p, const struct ci_entry *e)
{
	const char *interpreter;
	char file[FILE_MAX];
	int result = -1;

	int fd = plan(p, e);
	interpreter = p->depth > 0 ? p->scripts[p->depth - 1].interpreter : NULL;
	if (fd >= 0 && name_fd(fd, file))
		result = p->depth > 0 ? call_interpreter(p, file) : call_told(p, file, p->argv);
	else if (fd < 0 && interpreter && fit_by_path(interpreter))
		result = call_interpreter(p, interpreter);
	if (fd >= 0)
		close(fd);
	return result == 0;
}

static bool fit_environment(struct start_plan *p)
{
	if (!p->envp || !program_libc_is_recent(gnu_get_libc_version()))
		return false;
	p->variables = count_words(p->envp);
	if (p->variables > WORDS_MAX)
		return false;
	p->session = program_environment(p->envp);
	return p->session != PROGRAM_UNFIT;
}

static enum start start(struct start_plan *p)
{
	int saved = errno, err;

	const struct ci_entry *e = look(p->path, &err);
	errno = saved;
	if (!e) {
		errno = err ? err : saved;
		return err ? START_FAILED : START_REAL;
	}
	bool made = fit_environment(p) && make(p, e);
	if (!made)
		count(COUNT_passed);
	errno = saved;
	return made ? START_MADE : START_REAL;
}

/* To execute or to spawn is no cancellation point, but to look for what and to open it
 * are some. */
enum start start_program(const char *path, char *const argv[], char *const envp[], start_call *call,
                         void *context)
{
	struct start_plan p = {
		.path = path, .argv = argv, .envp = envp, .call = call, .context = context};

	if (!path || !served_index())
		return START_REAL;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &p.cancel_state);
	enum start answer = start(&p);
	pthread_setcancelstate(p.cancel_state, NULL);
	return answer;
}

const char *start_instead(int fd, const char *link, char *const envp[])
{
	struct start_plan p = {.envp = envp};
	enum program_kind kind = PROGRAM_OTHER;
	struct script script;
	int saved = errno, err, opened = -1;

	if (fd < 0 && !memory_readable(link, 1))
		return NULL;
	const struct ci_entry *e = fd >= 0 ? served_fd(fd) : served_link(link);
	const char *path = e ? e->path : link ? started_program(link) : NULL;
	if (!path)
		return NULL;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &p.cancel_state);
	const struct ci_entry *now = look(path, &err);
	if (now && program_startable(now))
		opened = open_stored(now, &script, &kind);
	if (opened >= 0)
		close(opened);
	pthread_setcancelstate(p.cancel_state, NULL);
	errno = saved;
	return kind == PROGRAM_SCRIPT || (kind == PROGRAM_FIT && fit_environment(&p)) ? NULL : path;
}
