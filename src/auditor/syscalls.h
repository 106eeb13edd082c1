/*
 * syscalls.h - raw system calls for an object that has no libc
 *
 * The auditor lives in a link-map namespace of its own. Linked with libc it
 * would bring a second copy of it into every process, to be searched for on the
 * shared filesystem; so it makes its system calls itself. Each returns what the
 * kernel returns: a value, or -errno.
 *
 * Used by the auditor and collfs-exec. Any thread; no state.
 */
#ifndef COLLFS_AUDITOR_SYSCALLS_H
#define COLLFS_AUDITOR_SYSCALLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
static inline long sys_call(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
	                 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
static inline long sys_call(long n, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
	                 : "+r"(x0)
	                 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
	                 : "memory");
	return x0;
}
#elif defined(__riscv) && __riscv_xlen == 64
static inline long sys_call(long n, long a, long b, long c, long d, long e, long f)
{
	register long a7 __asm__("a7") = n;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall"
	                 : "+r"(a0)
	                 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
	                 : "memory");
	return a0;
}
#else
#error "auditor: no system call interface for this architecture"
#endif

#define SYS_CALL(name, a, b, c, d, e, f)                                                           \
	sys_call(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* What mmap returns is an address or, in the last page of the address space, -errno. */
static inline void *sys_map(size_t size, int protection, int flags, int fd)
{
	long at = SYS_CALL(mmap, 0, size, protection, flags, fd, 0);

	return at < 0 && at > -4096 ? NULL : (void *)at;
}

static inline void sys_unmap(const void *at, size_t size)
{
	SYS_CALL(munmap, at, size, 0, 0, 0, 0);
}

static inline int sys_close(int fd)
{
	return (int)SYS_CALL(close, fd, 0, 0, 0, 0, 0);
}

#endif
