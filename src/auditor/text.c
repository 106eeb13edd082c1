/*
 * text.c - the functions of <string.h> that the auditor and the common files it
 * links need, since it has no libc. To be compiled so that the compiler does not
 * turn a loop into a call of the function it stands in
 * (-fno-tree-loop-distribute-patterns).
 */
#include <stdbool.h>
#include <string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	char *t = to;
	const char *f = from;

	while (n-- > 0)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	char *t = to;
	const char *f = from;

	if (t <= f)
		return memcpy(to, from, n);
	while (n-- > 0)
		t[n] = f[n];
	return to;
}

void *memset(void *at, int byte, size_t n)
{
	char *p = at;

	while (n-- > 0)
		*p++ = (char)byte;
	return at;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (; n > 0; n--, p++, q++) {
		if (*p != *q)
			return *p - *q;
	}
	return 0;
}

void *memchr(const void *at, int byte, size_t n)
{
	const unsigned char *p = at;

	for (; n > 0; n--, p++) {
		if (*p == (unsigned char)byte)
			return (void *)p;
	}
	return NULL;
}

void *memrchr(const void *at, int byte, size_t n)
{
	const unsigned char *p = at;

	while (n-- > 0) {
		if (p[n] == (unsigned char)byte)
			return (void *)(p + n);
	}
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

char *strchr(const char *s, int byte)
{
	for (; *s != (char)byte; s++) {
		if (*s == '\0')
			return NULL;
	}
	return (char *)s;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (unsigned char)*a - (unsigned char)*b;
}

char *strstr(const char *s, const char *wanted)
{
	size_t n = strlen(wanted), len = strlen(s);

	for (; len >= n; s++, len--) {
		if (memcmp(s, wanted, n) == 0)
			return (char *)s;
	}
	return NULL;
}

/* The length of the part of `s` whose bytes are (or are not) among `set`. */
static size_t span(const char *s, const char *set, bool among)
{
	size_t n = 0;

	while (s[n] != '\0' && (strchr(set, s[n]) != NULL) == among)
		n++;
	return n;
}

size_t strspn(const char *s, const char *accept)
{
	return span(s, accept, true);
}

size_t strcspn(const char *s, const char *reject)
{
	return span(s, reject, false);
}
