/* session.c - see session.h. No stdio: the auditor, which has no libc, links it. */
#include "common/session.h"

#include <string.h>

#define DEADLINE_DIGITS_MAX 12

bool session_parse(const char *value, struct session *s)
{
	size_t i;

	for (i = 0; i < SESSION_ID_LEN; i++) {
		char c = value[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		s->id[i] = c;
	}
	s->id[i] = '\0';
	if (value[i++] != '.')
		return false;
	const char *digits = value + i;
	s->deadline = 0;
	for (; value[i] >= '0' && value[i] <= '9'; i++) {
		if (value + i - digits >= DEADLINE_DIGITS_MAX)
			return false;
		s->deadline = s->deadline * 10 + (value[i] - '0');
	}
	return value + i > digits && (value[i] == '\0' || value[i] == ':');
}

static char *put_number(char *p, uint64_t n)
{
	char digits[20];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + n % 10);
	while ((n /= 10) != 0);
	while (count > 0)
		*p++ = digits[--count];
	return p;
}

void session_format(const struct session *s, char buf[SESSION_VALUE_MAX])
{
	memcpy(buf, s->id, SESSION_ID_LEN);
	buf[SESSION_ID_LEN] = '.';
	*put_number(buf + SESSION_ID_LEN + 1, (uint64_t)s->deadline) = '\0';
}

bool session_put_program(const struct session *s, const char *path, char *buf, size_t size)
{
	static const char name[] = SESSION_ENV "=";
	size_t at = sizeof(name) - 1, len = strlen(path);

	if (size < at + SESSION_VALUE_MAX + 1 + len)
		return false;
	memcpy(buf, name, at);
	session_format(s, buf + at);
	at += strlen(buf + at);
	buf[at] = ':';
	memcpy(buf + at + 1, path, len + 1);
	return true;
}

const char *session_cut_program(char *value)
{
	char *colon = strchr(value, ':');

	if (!colon)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

void session_forget(char *value)
{
	const char *colon = strchr(value, ':');

	if (colon)
		memmove(value, colon, strlen(colon) + 1);
	else
		*value = '\0';
}

#define ADDRESS_START "collfs/" /* behind the zero byte of abstract addresses */

struct sockaddr_un session_address(const struct session *s, uint32_t uid, const char *suffix,
                                   socklen_t *len)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char *p = a.sun_path;
	size_t n = strlen(suffix);

	*p++ = '\0'; /* abstract */
	memcpy(p, ADDRESS_START, sizeof(ADDRESS_START) - 1);
	p = put_number(p + sizeof(ADDRESS_START) - 1, uid);
	*p++ = '/';
	memcpy(p, s->id, SESSION_ID_LEN);
	p += SESSION_ID_LEN;
	memcpy(p, suffix, n);
	p += n;
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)(p - a.sun_path));
	return a;
}

bool session_is_address(const struct sockaddr_un *a, socklen_t len)
{
	return len >= offsetof(struct sockaddr_un, sun_path) + sizeof(ADDRESS_START) &&
	       a->sun_family == AF_UNIX && a->sun_path[0] == '\0' &&
	       memcmp(a->sun_path + 1, ADDRESS_START, sizeof(ADDRESS_START) - 1) == 0;
}
