/*
 * strv.h - a growing vector of strings, always ended by NULL as exec wants it
 *
 * Used by all of the launcher for command lines and environments. A vector
 * owns its strings. {0} is an empty one. The launcher has one thread. No
 * memory for a few words: there is nothing sensible left to do, the process
 * ends with a message.
 */
#ifndef COLLFS_LAUNCHER_STRV_H
#define COLLFS_LAUNCHER_STRV_H

#include <stdbool.h>
#include <stddef.h>

struct strv {
	char **v;
	size_t n, room;
};

void strv_add(struct strv *s, const char *word);
void strv_addf(struct strv *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strv_add_all(struct strv *s, char *const *words, size_t count);

/* Add a copy of the first len bytes of word. */
void strv_add_part(struct strv *s, const char *word, size_t len);

/* Put a word before the one at `at` (at == n: at the end). */
void strv_insert(struct strv *s, size_t at, const char *word);

void strv_remove(struct strv *s, size_t at);
void strv_replace(struct strv *s, size_t at, const char *word);
bool strv_has(const struct strv *s, const char *word);

/* The words with `separator` between them, in fresh memory. */
char *strv_join(const struct strv *s, char separator);

/* Split text at any of the separators, leaving out empty words. */
void strv_split(struct strv *s, const char *text, const char *separators);

void strv_free(struct strv *s);

/* The same as an environment: NAME=VALUE words. */
const char *env_get(const struct strv *env, const char *name);
void env_put(struct strv *env, const char *assignment);
void env_drop(struct strv *env, const char *name);

/* The length of NAME in NAME=VALUE (the whole word when it has no value). */
size_t env_name_len(const char *assignment);

/* The argument, unless it is NULL: then there is no memory, and the process ends. */
void *need_memory(void *memory);

/* In fresh memory. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
