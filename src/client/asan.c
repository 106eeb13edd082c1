/*
 * asan.c - dl_iterate_phdr, as AddressSanitizer's runtime is to see it
 *
 * A program that is built with -fsanitize=address ends at once when another library
 * than its runtime is the first in the list: one that is preloaded could define
 * malloc and its kin. We do not, and nothing of ours has to be looked through for
 * leaks; so the runtime, and nobody else, does not find us there.
 */
#include <dlfcn.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "client/real.h"

static const void *base_of(const void *address)
{
	Dl_info info;

	return dladdr(address, &info) ? info.dli_fbase : NULL;
}

/* Where the runtime is loaded, if it is; it comes with the program, or not at all. */
static const void *runtime(void)
{
	static atomic_bool known;
	static const void *_Atomic base;

	if (!atomic_load_explicit(&known, memory_order_acquire)) {
		const void *init = dlsym(RTLD_DEFAULT, "__asan_init");
		atomic_store_explicit(&base, init ? base_of(init) : NULL, memory_order_relaxed);
		atomic_store_explicit(&known, true, memory_order_release);
	}
	return atomic_load_explicit(&base, memory_order_relaxed);
}

/* ASan's own start comes before ours, and asks then. Later nobody looks for it: dlsym
 * takes a lock of ld.so's, and who throws an exception must not wait for that. */
__attribute__((constructor)) static void find_runtime(void)
{
	runtime();
}

struct caller {
	int (*callback)(struct dl_phdr_info *, size_t, void *);
	void *data;
};

static int unless_us(struct dl_phdr_info *info, size_t size, void *data)
{
	const struct caller *c = data;
	const void *self = (const void *)unless_us;

	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t begin = info->dlpi_addr + p->p_vaddr;
		if (p->p_type == PT_LOAD && (uintptr_t)self - begin < p->p_memsz)
			return 0;
	}
	return c->callback(info, size, c->data);
}

int dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data)
{
	const void *asan = runtime();

	if (!asan || base_of(__builtin_return_address(0)) != asan)
		return real()->dl_iterate_phdr(callback, data);
	return real()->dl_iterate_phdr(unless_us, &(struct caller){callback, data});
}
