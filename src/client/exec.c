/*
 * exec.c - start a program of the scope from the node's store
 *
 * The kernel opens and maps a program by itself: on each node it reads the
 * program's pages, and each process costs the filesystem an open and a close.
 * collfs_execve gives it the memfd instead. The process then differs from one
 * started by the plain call in what the kernel says of it (/proc/<pid>/exe, the
 * auxiliary vector); inside a served process readlink and realpath put that
 * right (served.h), init.c the name that ps shows, the auditor $ORIGIN.
 */
#include "collfs.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/content.h"
#include "client/lookup.h"
#include "client/real.h"

/* As much of a program as its headers take, in what linkers make. */
#define HEAD_SIZE 4096

/*
 * Only a program that ld.so starts has the library in it to put things right.
 * Others, and scripts, whose interpreter wants their name, are left alone.
 */
static bool is_dynamic(int fd)
{
	_Alignas(ElfW(Ehdr)) char head[HEAD_SIZE];
	const ElfW(Ehdr) *h = (const void *)head;
	ssize_t n = pread(fd, head, sizeof(head), 0);

	if (n < (ssize_t)sizeof(*h) || memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 ||
	    h->e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) ||
	    h->e_phentsize != sizeof(ElfW(Phdr)) || h->e_phoff % _Alignof(ElfW(Phdr)) != 0 ||
	    h->e_phoff > (size_t)n ||
	    h->e_phnum > ((size_t)n - h->e_phoff) / sizeof(ElfW(Phdr)))
		return false;
	const ElfW(Phdr) *p = (const void *)(head + h->e_phoff);
	for (size_t i = 0; i < h->e_phnum; i++)
		if (p[i].p_type == PT_INTERP)
			return true;
	return false;
}

/* A descriptor of the program's content if it may be started from there, or -1. */
static int open_program(const char *path)
{
	const struct ci_entry *e;
	int fd;

	if (lookup(AT_FDCWD, path, 0, WIRE_ACCESS, X_OK, &e) != LOOKUP_FOUND)
		return -1;
	uint32_t access = atomic_load_explicit(&e->access, memory_order_acquire);
	if (!(access >> CI_ACCESS_ALLOWED & X_OK) || !S_ISREG(e->attr.mode) ||
	    (e->attr.mode & (S_ISUID | S_ISGID)) ||
	    content_open(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, &fd) != CONTENT_OPEN)
		return -1;
	if (is_dynamic(fd))
		return fd;
	close(fd);
	return -1;
}

__attribute__((visibility("default"))) int collfs_execve(const char *path, char *const argv[],
                                                         char *const envp[])
{
	int fd = open_program(path);

	if (fd >= 0) {
		fexecve(fd, argv, envp);
		close(fd);
	}
	return execve(path, argv, envp);
}
