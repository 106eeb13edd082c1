/* cycle.c - says when it is loaded and unloaded; NAME is its name. */
#include <stdio.h>

#define PASTE(a, b) a##b
#define GLUE(a, b) PASTE(a, b)
#define TEXT_OF(a) #a
#define TEXT(a) TEXT_OF(a)

const char *GLUE(NAME, _tells)(void);

static int calls;

__attribute__((constructor)) static void begin(void)
{
	printf("  " TEXT(NAME) " begins\n");
}

__attribute__((destructor)) static void end(void)
{
	printf("  " TEXT(NAME) " ends\n");
}

const char *GLUE(NAME, _tells)(void)
{
	return ++calls == 1 ? "fresh" : "used";
}
