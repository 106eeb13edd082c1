/*
 * part.c - a library that tells who it is. Built many times by build.sh:
 *   NAME     its name, and the function NAME_tells
 *   NEEDS    optional: a function of a library it was linked with
 *   OPENS    optional: a library that its constructor opens by dlopen
 *   MORE     optional: what it tells besides
 *   BYTES    optional: so much memory, in which nothing is
 */
#include <dlfcn.h>
#include <stdio.h>

#define PASTE(a, b) a##b
#define GLUE(a, b) PASTE(a, b)
#define TEXT_OF(a) #a
#define TEXT(a) TEXT_OF(a)

const char *GLUE(NAME, _tells)(void);

#ifndef MORE
#define MORE ""
#endif

static int loads;

#ifdef BYTES
char GLUE(NAME, _room)[BYTES];
#endif

#ifdef NEEDS
const char *NEEDS(void);
#endif

__attribute__((constructor)) static void count_load(void)
{
	loads++;
#ifdef OPENS
	void *h = dlopen(OPENS, RTLD_NOW);
	printf("  constructor of " TEXT(NAME) " opens " OPENS ": %s\n", h ? "yes" : dlerror());
#endif
}

const char *GLUE(NAME, _tells)(void)
{
	static char text[256];

#ifdef NEEDS
	snprintf(text, sizeof(text), TEXT(NAME) MORE " (%d) with %s", loads, NEEDS());
#else
	snprintf(text, sizeof(text), TEXT(NAME) MORE " (%d)", loads);
#endif
	return text;
}
