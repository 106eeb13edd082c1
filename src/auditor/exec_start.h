/*
 * exec_start.h - where the kernel starts a program that has no libc
 *
 * Calls run(), which does not return, with the words that the kernel has left on
 * the stack: argc, argv, NULL, envp, NULL, the auxiliary vector. Included once.
 */
#ifndef COLLFS_AUDITOR_EXEC_START_H
#define COLLFS_AUDITOR_EXEC_START_H

#include <stdint.h>

__attribute__((noreturn, used)) void run(uintptr_t *stack);

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl _start\n"
        "_start:\n"
        "	xorl %ebp, %ebp\n"
        "	movq %rsp, %rdi\n"
        "	andq $-16, %rsp\n"
        "	call run\n");
#elif defined(__aarch64__)
__asm__(".text\n"
        ".globl _start\n"
        "_start:\n"
        "	mov x29, xzr\n"
        "	mov x30, xzr\n"
        "	mov x0, sp\n"
        "	and x1, x0, #-16\n"
        "	mov sp, x1\n"
        "	bl run\n");
#elif defined(__riscv)
__asm__(".text\n"
        ".globl _start\n"
        "_start:\n"
        "	.option push\n"
        "	.option norelax\n"
        "	lla gp, __global_pointer$\n"
        "	.option pop\n"
        "	mv a0, sp\n"
        "	andi sp, sp, -16\n"
        "	call run\n");
#endif

#endif
