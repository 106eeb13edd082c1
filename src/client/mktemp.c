/*
 * mktemp.c - mkstemp and its twins
 *
 * libc makes up the name and the file in one go, inside. What counts is the
 * directory, which is announced by the template that stands for the name.
 */
#include <fcntl.h>
#include <stdlib.h>

#include "client/announce.h"
#include "client/real.h"

int mkstemp(char *template)
{
	announce_name(AT_FDCWD, template, 0);
	return real()->mkstemp(template);
}

int mkstemp64(char *template)
{
	announce_name(AT_FDCWD, template, 0);
	return real()->mkstemp64(template);
}

int mkostemp(char *template, int flags)
{
	announce_name(AT_FDCWD, template, 0);
	return real()->mkostemp(template, flags);
}

int mkostemp64(char *template, int flags)
{
	announce_name(AT_FDCWD, template, 0);
	return real()->mkostemp64(template, flags);
}

int mkstemps(char *template, int suffix_len)
{
	announce_name(AT_FDCWD, template, 0);
	return real()->mkstemps(template, suffix_len);
}

int mkstemps64(char *template, int suffix_len)
{
	announce_name(AT_FDCWD, template, 0);
	return real()->mkstemps64(template, suffix_len);
}

int mkostemps(char *template, int suffix_len, int flags)
{
	announce_name(AT_FDCWD, template, 0);
	return real()->mkostemps(template, suffix_len, flags);
}

int mkostemps64(char *template, int suffix_len, int flags)
{
	announce_name(AT_FDCWD, template, 0);
	return real()->mkostemps64(template, suffix_len, flags);
}

char *mkdtemp(char *template)
{
	announce_name(AT_FDCWD, template, 0);
	return real()->mkdtemp(template);
}
