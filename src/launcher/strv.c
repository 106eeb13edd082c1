/* strv.c - see strv.h. */
#include "launcher/strv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

void *need_memory(void *memory)
{
	if (!memory) {
		log_error("no memory");
		exit(1);
	}
	return memory;
}

static char *text_vformat(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	return need_memory(text);
}

char *text_format(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = text_vformat(format, args);
	va_end(args);
	return text;
}

/* Take over `word`, which is fresh memory. */
static void take(struct strv *s, size_t at, char *word)
{
	if (s->n + 2 > s->room) {
		s->room = s->room ? 2 * s->room : 16;
		s->v = need_memory(reallocarray(s->v, s->room, sizeof(*s->v)));
	}
	memmove(s->v + at + 1, s->v + at, (s->n - at) * sizeof(*s->v));
	s->v[at] = word;
	s->v[++s->n] = NULL;
}

void strv_insert(struct strv *s, size_t at, const char *word)
{
	take(s, at, need_memory(strdup(word)));
}

void strv_add(struct strv *s, const char *word)
{
	strv_insert(s, s->n, word);
}

void strv_add_part(struct strv *s, const char *word, size_t len)
{
	take(s, s->n, need_memory(strndup(word, len)));
}

void strv_addf(struct strv *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	take(s, s->n, text_vformat(format, args));
	va_end(args);
}

void strv_add_all(struct strv *s, char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		strv_add(s, words[i]);
}

void strv_remove(struct strv *s, size_t at)
{
	free(s->v[at]);
	memmove(s->v + at, s->v + at + 1, (s->n - at) * sizeof(*s->v));
	s->n--;
}

void strv_replace(struct strv *s, size_t at, const char *word)
{
	char *copy = need_memory(strdup(word));

	free(s->v[at]);
	s->v[at] = copy;
}

bool strv_has(const struct strv *s, const char *word)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i], word) == 0)
			return true;
	return false;
}

char *strv_join(const struct strv *s, char separator)
{
	size_t len = 1;

	for (size_t i = 0; i < s->n; i++)
		len += strlen(s->v[i]) + 1;
	char *text = need_memory(malloc(len)), *p = text;
	for (size_t i = 0; i < s->n; i++) {
		if (i > 0)
			*p++ = separator;
		p = stpcpy(p, s->v[i]);
	}
	*p = '\0';
	return text;
}

void strv_split(struct strv *s, const char *text, const char *separators)
{
	while (*(text += strspn(text, separators))) {
		size_t len = strcspn(text, separators);
		strv_add_part(s, text, len);
		text += len;
	}
}

void strv_free(struct strv *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct strv){0};
}

size_t env_name_len(const char *assignment)
{
	return strcspn(assignment, "=");
}

static size_t find(const struct strv *env, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < env->n; i++)
		if (env_name_len(env->v[i]) == len && strncmp(env->v[i], name, len) == 0)
			break;
	return i;
}

const char *env_get(const struct strv *env, const char *name)
{
	size_t i = find(env, name, strlen(name));

	if (i == env->n)
		return NULL;
	const char *equals = strchr(env->v[i], '=');
	return equals ? equals + 1 : NULL;
}

void env_put(struct strv *env, const char *assignment)
{
	size_t i = find(env, assignment, env_name_len(assignment));

	if (i == env->n)
		strv_add(env, assignment);
	else
		strv_replace(env, i, assignment);
}

void env_drop(struct strv *env, const char *name)
{
	size_t i;

	while ((i = find(env, name, strlen(name))) < env->n)
		strv_remove(env, i);
}
