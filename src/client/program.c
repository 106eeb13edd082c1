/* program.c - see program.h. */
#include "client/program.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "client/real.h"

struct image {
	const char *bytes;
	size_t len;
};

static const void *part(const struct image *m, uint64_t at, uint64_t len)
{
	return at <= m->len && len <= m->len - at ? m->bytes + at : NULL;
}

/* The path of this process's own ld.so, as its program names it, or NULL. */
static const char *own_interpreter(void)
{
	const ElfW(Phdr) *p = (const void *)getauxval(AT_PHDR);
	size_t count = getauxval(AT_PHNUM);
	const ElfW(Phdr) *table = NULL, *interpreter = NULL;

	for (size_t i = 0; p && i < count; i++) {
		if (p[i].p_type == PT_PHDR)
			table = &p[i];
		if (p[i].p_type == PT_INTERP)
			interpreter = &p[i];
	}
	if (!table || !interpreter)
		return NULL;
	return (const char *)((uintptr_t)p - table->p_vaddr + interpreter->p_vaddr);
}

static bool is_own_interpreter(const struct image *m, const ElfW(Phdr) *p)
{
	const char *own = own_interpreter();
	const char *path = part(m, p->p_offset, p->p_filesz);

	return own && path && p->p_filesz == strlen(own) + 1 &&
	       memcmp(path, own, p->p_filesz) == 0;
}

/* Go's runtime asks the kernel by itself; its linker leaves a note with its name. */
static bool may_be_go(const struct image *m, const ElfW(Phdr) *p)
{
	const char *notes = part(m, p->p_offset, p->p_filesz);

	return !notes || memmem(notes, p->p_filesz, "\4\0\0\0Go\0", 8);
}

static bool fit(const struct image *m)
{
	const ElfW(Ehdr) *e = part(m, 0, sizeof(*e));
	bool interpreted = false;

	if (!e || memcmp(e->e_ident, ELFMAG, SELFMAG) != 0 ||
	    e->e_ident[EI_CLASS] != ELFCLASS64 || e->e_phentsize != sizeof(ElfW(Phdr)) ||
	    e->e_phoff % _Alignof(ElfW(Phdr)) != 0)
		return false;
	const ElfW(Phdr) *p = part(m, e->e_phoff, (uint64_t)e->e_phnum * sizeof(*p));
	for (size_t i = 0; p && i < e->e_phnum; i++) {
		if (p[i].p_type == PT_NOTE && may_be_go(m, &p[i]))
			return false;
		if (p[i].p_type == PT_INTERP)
			interpreted = is_own_interpreter(m, &p[i]);
	}
	return interpreted;
}

bool program_can_be_put_right(int fd)
{
	struct stat st;

	if (real()->fstat(fd, &st) != 0 || st.st_size <= 0)
		return false;
	void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return false;
	bool is_fit = fit(&(struct image){.bytes = at, .len = (size_t)st.st_size});
	munmap(at, (size_t)st.st_size);
	return is_fit;
}
