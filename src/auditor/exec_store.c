/* exec_store.c - see exec_store.h. */
#include "auditor/exec_store.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "auditor/attach.h"
#include "auditor/decimal.h"
#include "auditor/say.h"
#include "auditor/syscalls.h"
#include "common/program.h"
#include "common/session.h"

/* Of a script; more are left to the kernel. */
#define WORDS_MAX 8192

static bool ask_server(enum wire_op op, uint32_t flags, const char *path, size_t len)
{
	int fd;

	return ask(op, flags, path, len, &fd);
}

/* The path made absolute, or NULL. */
static const char *absolute(const char *path)
{
	static char buffer[CI_PATH_MAX];
	size_t len = strlen(path);

	if (path[0] == '/')
		return len < CI_PATH_MAX ? path : NULL;
	long n = SYS_CALL(getcwd, buffer, sizeof(buffer), 0, 0, 0, 0);
	if (n < 2 || buffer[0] != '/' || (size_t)n + 1 + len > sizeof(buffer))
		return NULL;
	buffer[n - 1] = '/';
	memcpy(buffer + n, path, len + 1);
	return buffer;
}

const struct ci_entry *store_look(const char *path, int *err)
{
	*err = 0;
	path = absolute(path);
	if (!path || !attachment.map.h)
		return NULL;
	return program_look(&attachment.map, path, strlen(path), ask_server, err);
}

/* The kernel's name of a memfd is cut when its path is long; all is put right by it. */
static bool has_full_name(int fd, const struct ci_entry *e)
{
	static char name[CI_PATH_MAX];
	char link[sizeof("/proc/self/fd/") + DECIMAL_MAX] = "/proc/self/fd/";

	*decimal_put(link + strlen(link), (uint64_t)fd) = '\0';
	long n = SYS_CALL(readlinkat, AT_FDCWD, link, name, sizeof(name) - 1, 0, 0);
	const char *path = n > 0 ? program_memfd_path(name, (size_t)n) : NULL;
	return path && strcmp(path, e->path) == 0;
}

static enum program_kind kind_of(int fd, const struct stat *st, struct script *script)
{
	enum program_kind kind = PROGRAM_OTHER;
	const void *image = S_ISREG(st->st_mode) && st->st_size > 0
	                            ? sys_map((size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd)
	                            : NULL;

	if (image) {
		kind = program_kind(image, (size_t)st->st_size, script);
		sys_unmap(image, (size_t)st->st_size);
	}
	return kind;
}

/* The server's descriptor, opened anew or passed: the kernel does not mind. */
static int open_content(const struct ci_entry *e)
{
	char path[sizeof("/proc//fd/") + 2 * DECIMAL_MAX] = "/proc/";
	int fd = -1;

	if (attachment.server != 0) {
		char *p = decimal_put(path + strlen(path), (uint64_t)attachment.server);
		memcpy(p, "/fd/", 4);
		*decimal_put(p + 4, ci_content(e) - 1) = '\0';
		fd = (int)SYS_CALL(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0, 0, 0);
	}
	if (fd < 0 && !ask(WIRE_FD, 0, e->path, e->path_len, &fd))
		fd = -1;
	return fd;
}

/* The content of an entry, if it can be executed: its descriptor, or -1. */
static int open_stored(const struct ci_entry *e, enum program_kind *kind, struct script *script)
{
	struct stat st;

	int fd = program_startable(e) ? open_content(e) : -1;
	if (fd < 0)
		return -1;
	if (SYS_CALL(fstat, fd, &st, 0, 0, 0, 0) == 0 && st.st_ino == e->memfd_ino &&
	    st.st_dev == attachment.map.h->memfd_dev) {
		*kind = kind_of(fd, &st, script);
		if (*kind == PROGRAM_SCRIPT || (*kind == PROGRAM_FIT && has_full_name(fd, e)))
			return fd;
	}
	sys_close(fd);
	return -1;
}

/* An interpreter out of scope, in which what shows the script's name is put right. */
static bool fit_by_path(const char *path)
{
	struct script script;
	struct stat st;

	int fd = (int)SYS_CALL(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0, 0, 0);
	if (fd < 0)
		return false;
	bool fit = SYS_CALL(fstat, fd, &st, 0, 0, 0, 0) == 0 &&
	           !(st.st_mode & (S_ISUID | S_ISGID)) && kind_of(fd, &st, &script) == PROGRAM_FIT;
	sys_close(fd);
	return fit;
}

/* Put an interpreter and its argument before the script's arguments, in which its
 * path takes the place of the first. */
static char **interpreter_words(const struct script *script, const char *path, char **argv)
{
	static char *words[WORDS_MAX];
	static char **first; /* of what is used: it grows to the front */
	size_t count = 0;

	if (!first) {
		while (argv[count])
			count++;
		if (count + 1 + 3 * SCRIPT_DEPTH > WORDS_MAX)
			return NULL;
		first = words + WORDS_MAX - (count + 1);
		memcpy(first, argv, (count + 1) * sizeof(*argv));
	}
	*first = (char *)path;
	if (script->argument)
		*--first = script->argument;
	*--first = script->interpreter;
	return first;
}

/* Execute what is found for the path. Returns when that fails. */
static void execute(const struct ci_entry *e, const char *path, char **argv, char **envp)
{
	static struct script scripts[SCRIPT_DEPTH + 1];

	for (unsigned depth = 0;; depth++) {
		enum program_kind kind = PROGRAM_OTHER;
		int err, fd = e ? open_stored(e, &kind, &scripts[depth]) : -1;
		if (fd < 0) {
			if (depth > 0 && fit_by_path(path))
				SYS_CALL(execve, path, argv, envp, 0, 0, 0);
			return;
		}
		if (kind == PROGRAM_FIT) {
			say("started from the store", e->path);
			SYS_CALL(execveat, fd, "", argv, envp, AT_EMPTY_PATH, 0);
		}
		sys_close(fd);
		if (kind == PROGRAM_FIT || depth == SCRIPT_DEPTH ||
		    !(argv = interpreter_words(&scripts[depth], path, argv)))
			return;
		path = scripts[depth].interpreter;
		e = store_look(path, &err);
	}
}

void store_start(const struct ci_entry *e, const char *path, char **argv, char **envp)
{
	static char told[sizeof(SESSION_ENV) + SESSION_VALUE_MAX + CI_PATH_MAX];
	size_t variable = program_environment(envp);
	struct session s;

	if (variable == PROGRAM_UNFIT || !session_parse(envp[variable] + sizeof(SESSION_ENV), &s) ||
	    !session_put_program(&s, path, told, sizeof(told)))
		return;
	char *untold = envp[variable];
	envp[variable] = told;
	execute(e, path, argv, envp);
	envp[variable] = untold;
}
