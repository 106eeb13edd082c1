/* elfcheck.c - see elfcheck.h. */
#include "auditor/elfcheck.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#elif defined(__riscv)
#define MACHINE EM_RISCV
#endif

static bool plain_header(const ElfW(Ehdr) * h)
{
	static const unsigned char expected[EI_NIDENT] = {
		ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT,
	};
	unsigned char ident[EI_NIDENT];

	memcpy(ident, h->e_ident, sizeof(ident));
	if (ident[EI_OSABI] == ELFOSABI_GNU)
		ident[EI_OSABI] = ELFOSABI_SYSV;
	return memcmp(ident, expected, sizeof(ident)) == 0 && h->e_version == EV_CURRENT &&
	       h->e_machine == MACHINE && h->e_type == ET_DYN &&
	       h->e_phentsize == sizeof(ElfW(Phdr));
}

static bool inside(uint64_t at, uint64_t len, size_t size)
{
	return at <= size && len <= size - at;
}

struct segments {
	uint64_t begin, end; /* addresses of those so far */
	uint64_t align, zeros;
	bool any;
};

/* Segments that do not rise, or wrap around, are for ld.so to judge. */
static bool add_segment(struct segments *all, const ElfW(Phdr) * p, size_t size, size_t page)
{
	const uint64_t mask = page - 1;
	uint64_t begin = p->p_vaddr & ~mask, end = p->p_vaddr + p->p_memsz;

	if (((p->p_vaddr - p->p_offset) & mask) != 0 || (p->p_align & (p->p_align - 1)) != 0 ||
	    !inside(p->p_offset, p->p_filesz, size) || p->p_filesz > p->p_memsz ||
	    end < p->p_vaddr || (all->any && p->p_vaddr < all->end))
		return false;
	if (!all->any)
		all->begin = begin;
	if (p->p_align > all->align)
		all->align = p->p_align;
	all->end = end;
	all->zeros += p->p_memsz - p->p_filesz;
	all->any = true;
	return true;
}

/* Where ld.so will look for a part of the file: mapped, unchanged, with a segment. */
static bool mapped(const ElfW(Phdr) * p, size_t n, const ElfW(Phdr) * part)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].p_type == PT_LOAD && part->p_vaddr >= p[i].p_vaddr && part->p_vaddr != 0 &&
		    inside(part->p_vaddr - p[i].p_vaddr, part->p_filesz, p[i].p_filesz) &&
		    part->p_vaddr - p[i].p_vaddr == part->p_offset - p[i].p_offset)
			return true;
	return false;
}

/* Programs and objects that forbid dlopen are refused by ld.so. */
static bool plain_dynamic(const char *image, size_t size, const ElfW(Phdr) * p)
{
	if (p->p_filesz == 0 || !inside(p->p_offset, p->p_filesz, size) ||
	    p->p_offset % _Alignof(ElfW(Dyn)) != 0)
		return false;
	const ElfW(Dyn) *d = (const void *)(image + p->p_offset);
	const ElfW(Dyn) *end = d + p->p_filesz / sizeof(*d);

	for (; d < end && d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_FLAGS_1 && (d->d_un.d_val & (DF_1_PIE | DF_1_NOOPEN)))
			return false;
	}
	return true;
}

bool elf_is_loadable(const void *image, size_t size, size_t page, struct elf_need *need)
{
	const ElfW(Ehdr) *h = image;
	struct segments all = {.align = page};
	bool dynamic = false, stack = false;

	if (size < sizeof(*h) || !plain_header(h) ||
	    !inside(h->e_phoff, (uint64_t)h->e_phnum * sizeof(ElfW(Phdr)), size) ||
	    h->e_phoff % _Alignof(ElfW(Phdr)) != 0)
		return false;
	const ElfW(Phdr) *first = (const void *)((const char *)image + h->e_phoff);

	for (const ElfW(Phdr) *p = first; p < first + h->e_phnum; p++) {
		switch (p->p_type) {
		case PT_LOAD:
			if (!add_segment(&all, p, size, page))
				return false;
			break;
		case PT_DYNAMIC:
			if (!mapped(first, h->e_phnum, p) || !plain_dynamic(image, size, p))
				return false;
			dynamic = true;
			break;
		case PT_GNU_STACK:
			/* An executable stack may be refused. */
			if (p->p_flags & PF_X)
				return false;
			stack = true;
			break;
		default:
			break;
		}
	}
	/* To align it by more than a page ld.so asks for as much more. */
	uint64_t more = all.align > page ? all.align : 0;
	*need = (struct elf_need){all.end - all.begin + more, all.zeros};
	return all.any && dynamic && stack && need->addresses > more;
}
