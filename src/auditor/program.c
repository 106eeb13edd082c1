/* program.c - see program.h. */
#include "auditor/program.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

struct image {
	const char *bytes;
	size_t len;
};

static const void *part(const struct image *m, uint64_t at, uint64_t len)
{
	return at <= m->len && len <= m->len - at ? m->bytes + at : NULL;
}

/* The name by which programs ask for the system's ld.so. */
#if defined(__x86_64__)
#define INTERPRETER "/lib64/ld-linux-x86-64.so.2"
#elif defined(__aarch64__)
#define INTERPRETER "/lib/ld-linux-aarch64.so.1"
#elif defined(__riscv)
#define INTERPRETER "/lib/ld-linux-riscv64-lp64d.so.1"
#endif

static bool is_systems_interpreter(const struct image *m, const ElfW(Phdr) * p)
{
	const char *path = part(m, p->p_offset, p->p_filesz);

	return path && p->p_filesz == sizeof(INTERPRETER) &&
	       memcmp(path, INTERPRETER, sizeof(INTERPRETER)) == 0;
}

/* Go's runtime asks the kernel by itself; its linker leaves a note with its name. */
static bool may_be_go(const struct image *m, const ElfW(Phdr) * p)
{
	static const char owner[] = "\4\0\0\0Go\0"; /* after the note's name's length */
	const char *notes = part(m, p->p_offset, p->p_filesz);

	for (size_t i = 0; notes && i + sizeof(ElfW(Nhdr)) + 4 <= p->p_filesz; i += 4) {
		if (memcmp(notes + i, owner, 4) == 0 &&
		    memcmp(notes + i + sizeof(ElfW(Nhdr)), owner + 4, 4) == 0)
			return true;
	}
	return !notes;
}

static bool fit(const struct image *m)
{
	const ElfW(Ehdr) *e = part(m, 0, sizeof(*e));
	bool interpreted = false;

	if (!e || memcmp(e->e_ident, ELFMAG, SELFMAG) != 0 || e->e_ident[EI_CLASS] != ELFCLASS64 ||
	    e->e_phentsize != sizeof(ElfW(Phdr)) || e->e_phoff % _Alignof(ElfW(Phdr)) != 0)
		return false;
	const ElfW(Phdr) *p = part(m, e->e_phoff, (uint64_t)e->e_phnum * sizeof(*p));
	for (size_t i = 0; p && i < e->e_phnum; i++) {
		if (p[i].p_type == PT_NOTE && may_be_go(m, &p[i]))
			return false;
		if (p[i].p_type == PT_INTERP)
			interpreted = is_systems_interpreter(m, &p[i]);
	}
	return interpreted;
}

bool program_can_be_put_right(const void *image, size_t size)
{
	return fit(&(struct image){.bytes = image, .len = size});
}
