/* elfcheck.c - see elfcheck.h. */
#include "auditor/elfcheck.h"

#include <elf.h>
#include <link.h>
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

bool elf_is_loadable(const void *image, size_t size, size_t page)
{
	const ElfW(Ehdr) *h = image;
	bool loads = false, dynamic = false, stack = false;

	if (size < sizeof(*h) || !plain_header(h) ||
	    !inside(h->e_phoff, (uint64_t)h->e_phnum * sizeof(ElfW(Phdr)), size) ||
	    h->e_phoff % _Alignof(ElfW(Phdr)) != 0)
		return false;
	const ElfW(Phdr) *p = (const void *)((const char *)image + h->e_phoff);

	for (unsigned i = 0; i < h->e_phnum; i++, p++) {
		switch (p->p_type) {
		case PT_LOAD:
			if (((p->p_vaddr - p->p_offset) & (page - 1)) != 0 ||
			    !inside(p->p_offset, p->p_filesz, size))
				return false;
			loads = true;
			break;
		case PT_DYNAMIC:
			if (!plain_dynamic(image, size, p))
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
	return loads && dynamic && stack;
}
