/* stage.c - see stage.h. */
#include "auditor/stage.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "auditor/attach.h"
#include "auditor/decimal.h"
#include "auditor/elfcheck.h"
#include "auditor/environment.h"
#include "auditor/names.h"
#include "auditor/syscalls.h"

/* "/proc/<pid>/fd", "/proc/self/fd" and a descriptor's number. */
#define DIRECTORY_MAX 40

static struct {
	const struct ci_entry *entry; /* NULL: nothing */
	bool renamed;                 /* ld.so calls the object by `staged` */
	const char *alias;            /* the request, in ld.so's memory */
	char staged[CI_PATH_MAX];
	char original[CI_PATH_MAX];
	char origin[CI_PATH_MAX];
} last;

static int borrowed = -1; /* descriptor from WIRE_FD, open while ld.so may need it */
static bool server_closed_to_us;

/* The memfd of `e`, and as long as the file was said to be. */
static bool is_content(int fd, const struct ci_entry *e)
{
	struct stat st;

	return SYS_CALL(fstat, fd, &st, 0, 0, 0, 0) == 0 && st.st_ino == e->memfd_ino &&
	       st.st_dev == attachment.map.h->memfd_dev && (uint64_t)st.st_size == e->attr.size;
}

void stage_clear(void)
{
	/* The program may have closed it and have a file of its own there. */
	if (borrowed >= 0 && last.entry && is_content(borrowed, last.entry))
		sys_close(borrowed);
	borrowed = -1;
	last.entry = NULL;
}

/* Whether there is room for a mapping that is not kept. */
static bool room_for(size_t size, int protection, int flags, int fd)
{
	const void *at = sys_map(size, protection, flags, fd);

	if (at)
		sys_unmap(at, size);
	return at;
}

/*
 * True when ld.so may be given the open file. The mappings are executable, as
 * ld.so's will be: a system that forbids this for memfds is found out here, and
 * so is a process that has not so much memory left.
 */
static bool fit_for_loading(int fd, const struct ci_entry *e)
{
	static size_t page;
	size_t size = e->attr.size;
	struct elf_need need;

	if (page == 0)
		page = environment_auxiliary(AT_PAGESZ, 65536);
	if (size == 0 || !is_content(fd, e))
		return false;
	const void *image = sys_map(size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd);
	if (!image)
		return false;
	bool fit = elf_is_loadable(image, size, page, &need);
	sys_unmap(image, size);
	return fit &&
	       (need.addresses <= size ||
	        room_for(need.addresses, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd)) &&
	       (need.zeros <= page ||
	        room_for(need.zeros, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1));
}

/* Write "/proc/<of>/fd/<fd>" in two parts: the directory, then the number. */
static void name_descriptor(int32_t of, uint32_t fd, char directory[DIRECTORY_MAX],
                            char number[DECIMAL_MAX])
{
	char *p = directory;

	memcpy(p, "/proc/", 6);
	p += 6;
	if (of != 0) {
		p = decimal_put(p, (uint64_t)of);
	} else {
		memcpy(p, "self", 4);
		p += 4;
	}
	memcpy(p, "/fd", 4);
	*decimal_put(number, fd) = '\0';
}

/* Join them with `pad` more slashes than needed, into last.staged. */
static bool compose(const char *directory, size_t pad, const char *number)
{
	size_t n = strlen(directory), m = strlen(number);

	if (n + 1 + pad + m >= sizeof(last.staged))
		return false;
	memcpy(last.staged, directory, n);
	memset(last.staged + n, '/', 1 + pad);
	memcpy(last.staged + n + 1 + pad, number, m + 1);
	return true;
}

static bool stage_from_server(const struct ci_entry *e, char directory[DIRECTORY_MAX],
                              char number[DECIMAL_MAX])
{
	if (server_closed_to_us || attachment.server == 0)
		return false;
	name_descriptor(attachment.server, ci_content(e) - 1, directory, number);
	compose(directory, 0, number);
	int fd = (int)SYS_CALL(openat, AT_FDCWD, last.staged, O_RDONLY | O_CLOEXEC, 0, 0, 0);
	if (fd < 0) {
		server_closed_to_us = fd == -EACCES || fd == -EPERM;
		return false;
	}
	bool fit = fit_for_loading(fd, e);
	sys_close(fd);
	return fit;
}

static bool stage_from_self(const struct ci_entry *e, char directory[DIRECTORY_MAX],
                            char number[DECIMAL_MAX])
{
	int fd;

	if (!server_closed_to_us && attachment.server != 0)
		return false; /* it was found unfit */
	if (!ask(WIRE_FD, 0, e->path, e->path_len, &fd) || fd < 0)
		return false;
	if (!fit_for_loading(fd, e)) {
		sys_close(fd);
		return false;
	}
	borrowed = fd;
	name_descriptor(0, (uint32_t)fd, directory, number);
	return true;
}

static bool find_content(const struct ci_entry *e, char directory[DIRECTORY_MAX],
                         char number[DECIMAL_MAX])
{
	return stage_from_server(e, directory, number) || stage_from_self(e, directory, number);
}

const char *stage_candidate(const char *name, const struct ci_entry *e)
{
	char directory[DIRECTORY_MAX], number[DECIMAL_MAX];
	size_t len = strlen(name);

	if (len >= sizeof(last.original) || !find_content(e, directory, number))
		return NULL;
	compose(directory, 0, number);
	memcpy(last.original, name, len + 1);
	last.renamed = false;
	last.entry = e;
	return last.staged;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

const char *stage_request(const char *alias, const char *name, const char *absolute,
                          const struct ci_entry *e)
{
	char directory[DIRECTORY_MAX], number[DECIMAL_MAX];
	size_t name_len = strlen(name), pad = 0;

	if (name_len >= sizeof(last.original) || !find_content(e, directory, number))
		return NULL;

	/* ld.so's own idea of a directory: all before the last slash. */
	size_t origin_len =
		(size_t)((const char *)memrchr(absolute, '/', strlen(absolute)) - absolute);
	origin_len = larger(origin_len, 1);
	memcpy(last.origin, absolute, origin_len);
	last.origin[origin_len] = '\0';

	/* Long enough for each name to be written over it. */
	size_t plain = strlen(directory), whole = plain + 1 + strlen(number);
	size_t longest = larger(name_len, strlen(alias));
	if (origin_len > plain)
		pad = origin_len - plain;
	if (longest > whole + pad)
		pad = longest - whole;
	if (!compose(directory, pad, number))
		return NULL;
	memcpy(last.original, name, name_len + 1);
	last.alias = alias;
	last.renamed = true;
	last.entry = e;
	return last.staged;
}

void stage_rename(struct link_map *map)
{
	if (!last.entry || !last.renamed || strcmp(map->l_name, last.staged) != 0)
		return;
	names_restore(map, last.staged, last.original, last.origin, last.alias);
	last.renamed = false;
}

const struct ci_entry *stage_opened(struct link_map *map)
{
	const struct ci_entry *e = last.entry;

	stage_rename(map);
	if (!e || last.renamed || strcmp(map->l_name, last.original) != 0)
		return NULL;
	stage_clear();
	return e;
}
