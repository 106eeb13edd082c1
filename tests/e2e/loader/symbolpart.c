/*
 * symbolpart.c - the libraries of symbols.c, one for each macro: CALLS, USER,
 * GLOBAL, VERSIONS, OLD (linked with VERSIONS, wants WANTED), IFUNC, UNIQUE,
 * FILTER, FILTEE, GROUP
 */
#if defined(CALLS)
int common(void);
int calls_common(void);
int common(void)
{
	return 2;
}
int calls_common(void)
{
	return common();
}
#elif defined(USER)
int needs_global(void);
int uses_global(void);
int uses_global(void)
{
	return needs_global();
}
#elif defined(GLOBAL)
int needs_global(void);
int needs_global(void)
{
	return 3;
}
#elif defined(VERSIONS)
int first(void);
int second(void);
__asm__(".symver first, versioned@V_1");
__asm__(".symver second, versioned@@V_2");
int first(void)
{
	return 11;
}
int second(void)
{
	return 12;
}
#ifdef FUTURE
int third(void);
__asm__(".symver third, versioned@V_3");
int third(void)
{
	return 13;
}
#endif
#elif defined(OLD)
int wanted(void);
int uses_versioned(void);
__asm__(".symver wanted, versioned@" OLD);
int uses_versioned(void)
{
	return wanted();
}
#elif defined(IFUNC)
int chosen(void);
static int choice(void)
{
	return 4;
}
static int (*resolve(void))(void)
{
	return choice;
}
int chosen(void) __attribute__((ifunc("resolve")));
#elif defined(UNIQUE)
__asm__(".data\n.globl only_one\n.type only_one, @gnu_unique_object\n"
        ".size only_one, 4\nonly_one: .long 1\n.text");
#elif defined(FILTER)
int filtered(void);
int filtered(void)
{
	return -5;
}
#elif defined(FILTEE)
int filtered(void);
int filtered(void)
{
	return 5;
}
#elif defined(GROUP)
int first_of_group(void);
int first_of_group(void)
{
	return 6;
}
#endif
