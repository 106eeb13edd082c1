/* origin.c - see origin.h. */
#include "auditor/origin.h"

#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "auditor/environment.h"
#include "auditor/linkmap.h"
#include "auditor/names.h"
#include "auditor/say.h"
#include "auditor/syscalls.h"
#include "common/index.h"

/* A slash of the path follows. */
#define WRONG "/memfd:" CI_MEMFD_PREFIX
#define WRONG_LEN (sizeof(WRONG) - 1)

/* The list of a search path ends with NULL; nobody's is as long as this. */
#define DIRECTORIES_MAX 4096

/* struct r_search_path_elem of ld.so, in words: next, what, where, dirname,
 * dirnamelen. */
enum { ELEMENT_NAME = 3, ELEMENT_LEN = 4, ELEMENT_WORDS = 5 };

static bool from_store, wrong;
static char origin[CI_PATH_MAX]; /* what the program's should be */

static bool begins_wrong(const char *s)
{
	for (size_t i = 0; i < WRONG_LEN; i++)
		if (s[i] != WRONG[i])
			return false;
	return s[WRONG_LEN] == '/';
}

size_t origin_cut(char *path, size_t len)
{
	if (len <= WRONG_LEN || !begins_wrong(path))
		return len;
	len -= WRONG_LEN;
	memmove(path, path + WRONG_LEN, len);
	return len;
}

void origin_init(void)
{
	const char *started = (const char *)environment_auxiliary(AT_EXECFN, 0);

	/* The kernel makes the first up for a program that it has by descriptor;
	 * the other is how a program starts itself again. */
	if (!started || (memcmp(started, "/dev/fd/", 8) != 0 && memcmp(started, "/proc/", 6) != 0))
		return;
	long n = SYS_CALL(readlinkat, AT_FDCWD, "/proc/self/exe", origin, sizeof(origin) - 1, 0, 0);
	if (n <= 0 || !begins_wrong(origin))
		return;
	n = (long)origin_cut(origin, (size_t)n);
	char *slash = memrchr(origin, '/', (size_t)n);
	slash[slash == origin] = '\0';
	from_store = wrong = true;
}

bool origin_is_wrong(void)
{
	return wrong;
}

/* What ld.so knows of a directory of a search path: its name lies behind this in
 * the same block, has a known length, and a final slash. */
static bool is_directory(uintptr_t at)
{
	const uintptr_t *element = (const uintptr_t *)at;

	if (at < PAGE || at % sizeof(*element) != 0 || !readable(element) ||
	    !readable(element + ELEMENT_WORDS - 1))
		return false;
	uintptr_t name = element[ELEMENT_NAME], len = element[ELEMENT_LEN];
	if (name <= at || name - at > PAGE || len == 0 || len >= CI_PATH_MAX ||
	    !readable((const char *)name) || !readable((const char *)name + len))
		return false;
	const char *s = (const char *)name;
	return s[len - 1] == '/' && strlen(s) == len;
}

/* The directories of a search path, if the word leads to one. */
static void put_right_path(uintptr_t word)
{
	for (size_t i = 0; i < DIRECTORIES_MAX; i++) {
		const uintptr_t *slot = (const uintptr_t *)word + i;
		if (word < PAGE || word % sizeof(word) != 0 || !readable(slot) ||
		    !is_directory(*slot))
			return;
		uintptr_t *element = (uintptr_t *)*slot;
		if (!begins_wrong((const char *)element[ELEMENT_NAME]))
			continue;
		element[ELEMENT_NAME] += WRONG_LEN;
		element[ELEMENT_LEN] -= WRONG_LEN;
		say("put right", (const char *)element[ELEMENT_NAME]);
	}
}

static void put_right_origin(struct link_map *program)
{
	char **slot = names_origin_slot(program);

	if (!slot)
		say("cannot put right the origin of", "the program");
	else if (!*slot)
		*slot = origin; /* ld.so never frees the program's */
	else if (readable(*slot) && begins_wrong(*slot))
		origin_cut(*slot, strlen(*slot) + 1);
}

void origin_put_right(struct link_map *program)
{
	wrong = false;
	put_right_origin(program);
	for (unsigned i = FIRST_WORD; i < LAST_WORD; i++) {
		const uintptr_t *word = (const uintptr_t *)program + i;
		if (!readable(word))
			break;
		put_right_path(*word);
	}
}

void origin_fix_candidate(const char *name)
{
	if (from_store && begins_wrong(name))
		memset((char *)name, '/', WRONG_LEN);
}
