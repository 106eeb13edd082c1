/* names.c - see names.h. */
#include "auditor/names.h"

#include <stdint.h>
#include <string.h>

#include "auditor/linkmap.h"
#include "auditor/say.h"

static unsigned origin_word; /* index of l_origin in struct link_map; 0: not known */
static bool hopeless;

/* The directory to be found; a thread may have little stack. */
static char directory[4096];

/* True when the memory at `word` holds exactly the string s of length len. */
static bool points_to(uintptr_t word, const char *s, size_t len)
{
	const char *at = (const char *)word;

	/* No malloc, the program's own included, aligns to less. */
	if (word < PAGE || word % sizeof(void *) != 0 || !readable(at))
		return false;
	for (uintptr_t page = (word | (PAGE - 1)) + 1; page <= word + len; page += PAGE) {
		if (!readable((const void *)page))
			return false;
	}
	return memcmp(at, s, len + 1) == 0;
}

/* Set `directory` to what ld.so takes as the directory of an absolute path. */
static size_t set_directory(const char *path)
{
	size_t len = (size_t)((const char *)memrchr(path, '/', strlen(path)) - path);

	if (len == 0)
		len = 1;
	memcpy(directory, path, len);
	directory[len] = '\0';
	return len;
}

static bool probe_works(void)
{
	uint64_t here = 0;

	return readable(&here) && !readable((const void *)(2 * sizeof(void *)));
}

void names_learn(const struct link_map *map)
{
	const uintptr_t *words = (const uintptr_t *)map;
	unsigned found = 0;

	if (origin_word || hopeless || map->l_name[0] != '/' ||
	    strlen(map->l_name) >= sizeof(directory))
		return;
	if (!probe_works()) {
		hopeless = true;
		return;
	}
	size_t len = set_directory(map->l_name);
	for (unsigned i = FIRST_WORD; i < LAST_WORD; i++) {
		if ((uintptr_t)&words[i] % PAGE == 0 && !readable(&words[i]))
			break;
		/* The block ends with a copy of the object's name. */
		if (memcmp(&words[i], map->l_name, strlen(map->l_name) + 1) == 0)
			break;
		if (!points_to(words[i], directory, len))
			continue;
		if (found)
			return; /* two of them: this object teaches nothing */
		found = i;
	}
	origin_word = found;
}

bool names_known(void)
{
	return origin_word != 0 && !hopeless;
}

const char *names_origin(const struct link_map *map)
{
	const char *origin = (const char *)((const uintptr_t *)map)[origin_word];

	/* ld.so's "unknown" is an address that cannot be read. */
	return names_known() && origin && readable(origin) && origin[0] == '/' ? origin : NULL;
}

char **names_origin_slot(struct link_map *map)
{
	return names_known() ? (char **)map + origin_word : NULL;
}

void names_restore(struct link_map *map, const char *staged, const char *name, const char *origin,
                   const char *alias)
{
	uintptr_t *words = (uintptr_t *)map;
	size_t len = set_directory(staged);

	if (points_to(words[origin_word], directory, len)) {
		memcpy((char *)words[origin_word], origin, strlen(origin) + 1);
	} else {
		say("cannot put right the origin of", name);
		hopeless = true;
	}
	/* The alias is a copy at the end of ld.so's block for the object. */
	for (unsigned i = origin_word + 1; i < LAST_WORD; i++) {
		if ((uintptr_t)&words[i] % PAGE == 0 && !readable(&words[i]))
			break;
		if (memcmp(&words[i], staged, strlen(staged) + 1) == 0) {
			memcpy(&words[i], alias, strlen(alias) + 1);
			break;
		}
	}
	memcpy(map->l_name, name, strlen(name) + 1);
}
