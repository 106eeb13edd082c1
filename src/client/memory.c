/* memory.c - see memory.h. */
#include "client/memory.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/index.h"

#define PAGE ((uintptr_t)MEMORY_PAGE)

enum { READ = MEMORY_READ, WRITE = MEMORY_WRITE };

_Atomic uintptr_t memory_good[MEMORY_SETS][MEMORY_WAYS];

static _Atomic uintptr_t *set_of(uintptr_t page)
{
	return memory_good[page / PAGE % MEMORY_SETS];
}

static bool is_good(uintptr_t page, uintptr_t use)
{
	_Atomic uintptr_t *set = set_of(page);

	for (int i = 0; i < MEMORY_WAYS; i++) {
		uintptr_t word = atomic_load_explicit(&set[i], memory_order_relaxed);
		if ((word & ~(PAGE - 1)) == page && (word & use))
			return true;
	}
	return false;
}

static void remember(uintptr_t page, uintptr_t use)
{
	_Atomic uintptr_t *set = set_of(page);
	uintptr_t first = atomic_load_explicit(&set[0], memory_order_relaxed);

	if ((first & ~(PAGE - 1)) != page)
		atomic_store_explicit(&set[1], first, memory_order_relaxed);
	atomic_store_explicit(&set[0], page | use, memory_order_relaxed);
}

/* The kernel reads the mask before it refuses what is to be done with it. */
static long try_read(uintptr_t word)
{
	return syscall(SYS_rt_sigprocmask, -1, word, NULL, sizeof(uint64_t));
}

/* An atomic "add nothing", on a word that nobody waits at. */
static long try_write(uintptr_t word)
{
	static uint32_t unused;

	return syscall(SYS_futex, &unused, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0, NULL, word,
	               FUTEX_OP(FUTEX_OP_ADD, 0, FUTEX_OP_CMP_EQ, 0x7ff));
}

/* Any error but EFAULT is no word against the page. */
static bool try(uintptr_t page, uintptr_t use)
{
	uintptr_t word = page + PAGE - sizeof(uint64_t); /* never NULL */
	int saved = errno;
	bool bad = (use == WRITE ? try_write(word) : try_read(word)) != 0 && errno == EFAULT;

	errno = saved;
	if (!bad)
		remember(page, use == WRITE ? READ | WRITE : READ);
	return !bad;
}

static bool usable(uintptr_t at, uintptr_t use)
{
	uintptr_t page = at & ~(PAGE - 1);

	return __builtin_expect(is_good(page, use), 1) || try(page, use);
}

static bool all_usable(uintptr_t at, size_t n, uintptr_t use)
{
	uintptr_t end = at + n;

	if (end < at)
		return false;
	for (uintptr_t page = at & ~(PAGE - 1); page < end; page += PAGE)
		if (!usable(page, use))
			return false;
	return true;
}

bool memory_readable(const void *at, size_t n)
{
	return all_usable((uintptr_t)at, n, READ);
}

bool memory_writable(void *at, size_t n)
{
	return all_usable((uintptr_t)at, n, WRITE);
}

size_t memory_path(const char *path)
{
	size_t len = 0;

	while (len < CI_PATH_MAX) {
		uintptr_t at = (uintptr_t)path + len;
		size_t room = PAGE - at % PAGE;
		if (!usable(at, READ))
			return 0;
		size_t n = strnlen(path + len, room);
		len += n;
		if (n < room)
			break;
	}
	return len < CI_PATH_MAX ? len : 0;
}

bool memory_empty(const char *path)
{
	return memory_readable(path, 1) && *path == '\0';
}
