/*
 * audit.c - the auditor: the half of the client that lives inside ld.so
 *
 * ld.so asks la_objsearch for every file name that it would try, with its own
 * rules (RPATH, LD_LIBRARY_PATH, RUNPATH, cache, defaults, $ORIGIN) applied. The
 * answer is the name itself (ld.so opens the real file), a staged path
 * (stage.h), or "there is none" (tell_absent).
 *
 * What is deliberately not here: la_symbind, la_pltenter, la_pltexit. From
 * glibc 2.35 on (LAV_CURRENT 2) an auditor without them costs calls nothing; before,
 * any auditor sends every call through a PLT into ld.so, so there we stay out.
 *
 * ld.so calls all of this under its own lock, but for la_version (alone).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>

#include "auditor/attach.h"
#include "auditor/dirstat.h"
#include "auditor/environment.h"
#include "auditor/names.h"
#include "auditor/objects.h"
#include "auditor/origin.h"
#include "auditor/say.h"
#include "auditor/stage.h"
#include "auditor/syscalls.h"
#include "auditor/token.h"
#include "common/resolve.h"

#define EXPORT __attribute__((visibility("default")))

/* The first audit interface whose calls cost the program nothing. */
#define LAV_CHEAP 2u

/* A lookup may take one request to find the file and one to get its content. */
#define ASK_MAX 2

enum finding {
	FOUND_UNKNOWN, /* the index does not say: the real call */
	FOUND_OTHER,   /* not for us to serve: the real call */
	FOUND_ABSENT,  /* does not exist */
	FOUND_FILE,    /* a regular file whose content is in the store */
};

/* Large, and a thread may have little stack. */
static struct cr_result result;
static char path_buffer[CI_PATH_MAX];

static struct link_map *main_map; /* the program */

static bool serving(void)
{
	return attachment.map.h && ci_usable(&attachment.map);
}

static enum finding look(const char *path, size_t len, const struct ci_entry **e)
{
	int fd;

	for (int asked = 0;; asked++) {
		switch (cr_resolve(&attachment.map, path, len, 0, &result)) {
		case CR_OUTSIDE:
		case CR_PASS:
			return FOUND_UNKNOWN;
		case CR_ERRNO:
			return result.err == ENOENT ? FOUND_ABSENT : FOUND_OTHER;
		case CR_ENTRY:
			if (!S_ISREG(result.entry->attr.mode) ||
			    ci_content(result.entry) == CI_CONTENT_PASS)
				return FOUND_OTHER;
			if (ci_has_content(ci_content(result.entry))) {
				*e = result.entry;
				return FOUND_FILE;
			}
			break;
		case CR_ASK:
			break;
		}
		if (asked == ASK_MAX || !ask(WIRE_CONTENT, 0, path, len, &fd) || !serving())
			return FOUND_UNKNOWN;
	}
}

/* The absolute form of a name with a slash, as ld.so makes it, or NULL. */
static const char *absolute(const char *name)
{
	size_t len = strlen(name);

	if (name[0] == '/')
		return name;
	/* The kernel counts the NUL. */
	long n = SYS_CALL(getcwd, path_buffer, sizeof(path_buffer), 0, 0, 0, 0);
	if (n < 2 || path_buffer[0] != '/' || (size_t)n + 1 + len >= sizeof(path_buffer))
		return NULL;
	char *p = path_buffer + n - 1;
	if (p[-1] != '/')
		*p++ = '/';
	memcpy(p, name, len + 1);
	return path_buffer;
}

/*
 * The index has no answer, but the name may lead to a file that is loaded
 * already, staged: by a link from outside the scope, say. One stat tells, and
 * spares ld.so the attempt if there is nothing; only worth it once something
 * has been staged.
 */
static enum finding look_among_loaded(const char *name, const struct ci_entry **e)
{
	struct stat st;

	if (!objects_any_staged())
		return FOUND_UNKNOWN;
	long err = SYS_CALL(newfstatat, AT_FDCWD, name, &st, 0, 0, 0);
	if (err == -ENOENT)
		return FOUND_ABSENT;
	if (err != 0)
		return FOUND_OTHER;
	*e = objects_staged(st.st_ino, (uint64_t)st.st_size, st.st_mtim.tv_sec,
	                    (uint32_t)st.st_mtim.tv_nsec);
	return *e ? FOUND_FILE : FOUND_OTHER;
}

/*
 * `name` as ld.so would open it, `path` the same made absolute. A file is only
 * found if it may be staged: under every name, or not at all (objects.h).
 */
static enum finding find(const char *name, const char *path, const struct ci_entry **e)
{
	enum finding found = look(path, strlen(path), e);

	if (found == FOUND_UNKNOWN)
		found = look_among_loaded(name, e);
	if (found != FOUND_FILE)
		return found;
	if (!names_known() || !objects_may_stage(*e))
		return FOUND_OTHER;
	/* A file that the index has dropped and taken in again is loaded once. */
	const struct ci_attr *a = &(*e)->attr;
	const struct ci_entry *loaded =
		objects_staged(a->ino, a->size, a->mtime.sec, a->mtime.nsec);
	if (loaded)
		*e = loaded;
	return FOUND_FILE;
}

/* A directory of a candidate that is not there: spare ld.so its stat of it. */
static void spare_directory(const char *name)
{
	size_t len = (size_t)((const char *)memrchr(name, '/', strlen(name)) - name);

	memcpy(path_buffer, name, len);
	path_buffer[len] = '\0';
	switch (cr_resolve(&attachment.map, path_buffer, len, CR_TYPE_ONLY, &result)) {
	case CR_ENTRY:
		if (cr_type(result.entry) == DT_DIR)
			dirstat_spare(name, true);
		break;
	case CR_ERRNO:
		if (result.err == ENOENT)
			dirstat_spare(name, false);
		break;
	default:
		break;
	}
}

static bool alone; /* no other auditor */

/* The search in which all candidates since its first were absent; no flag: none. */
static struct {
	const struct link_map *loader;
	unsigned int flag;
} search;

/*
 * The answer for a candidate that does not exist. By its errno ld.so decides
 * whether to go on with the next directory, and what to say at the end. Opening the
 * empty name fails with ENOENT before the kernel looks at any filesystem. NULL
 * says the same without a system call, but leaves errno as it was: right for the
 * next candidates of the same search, in between which ld.so (open_path in
 * elf/dl-load.c) makes at most a stat of the directory, which fails with ENOENT,
 * too. It would end the list of auditors, so it is for one that is alone.
 */
static const char *tell_absent(const struct link_map *loader, unsigned int flag)
{
	if (search.flag == flag && search.loader == loader && alone)
		return NULL;
	search.flag = flag == LA_SER_CONFIG ? 0 : flag;
	search.loader = loader;
	return "";
}

/* Name one of the places where ld.so looks for a library. */
static const char *candidate(const char *name, const struct link_map *loader, unsigned int flag)
{
	const struct ci_entry *e;
	const char *path = absolute(name), *staged;

	if (!path) {
		search.flag = 0;
		return name;
	}
	switch (find(name, path, &e)) {
	case FOUND_ABSENT:
		say("absent", name);
		count(COUNT_candidates);
		if (flag != LA_SER_CONFIG && path == name)
			spare_directory(name);
		return tell_absent(loader, flag);
	case FOUND_FILE:
		staged = stage_candidate(name, e);
		if (staged) {
			say("staged", name);
			count(COUNT_libraries);
			search.flag = 0;
			return staged;
		}
		break;
	default:
		break;
	}
	say("real", name);
	search.flag = 0;
	return name;
}

/* A name with a slash, as dlopen, DT_NEEDED or LD_PRELOAD gives it. */
static const char *request(const char *alias, const struct link_map *loader)
{
	static char replaced[CI_PATH_MAX];
	const struct ci_entry *e;
	const char *staged = NULL;
	const char *name =
		token_replace(alias, loader, loader == main_map, replaced, sizeof(replaced));
	const char *path = name ? absolute(name) : NULL;

	/* Only a file is answered: the message that a missing one makes bears the
	 * name that we return. */
	if (path && find(name, path, &e) == FOUND_FILE)
		staged = stage_request(alias, name, path, e);
	say(staged ? "staged" : "real", alias);
	if (!staged)
		return alias;
	count(COUNT_libraries);
	return staged;
}

/*
 * Our own link map, in the namespace that ld.so made for us, is the first one
 * to learn from: it is there before anything is searched for.
 */
static void learn_from_ourselves(void)
{
	const ElfW(Dyn) *d = main_map ? main_map->l_ld : NULL;

	while (d && d->d_tag != DT_NULL && d->d_tag != DT_DEBUG)
		d++;
	if (!d || d->d_tag != DT_DEBUG || d->d_un.d_ptr == 0)
		return;
	const struct r_debug_extended *r = (const void *)d->d_un.d_ptr;
	if (r->base.r_version < 2)
		return;
	while ((r = r->r_next) != NULL) {
		for (const struct link_map *m = r->base.r_map; m; m = m->l_next) {
			if (m->l_ld == _DYNAMIC)
				names_learn(m);
		}
	}
}

EXPORT unsigned int la_version(unsigned int version)
{
	say_init();
	alone = environment_one_auditor();
	dirstat_init();
	origin_init();
	/* What has been started with a wrong origin needs us in any case. */
	return (version >= LAV_CHEAP && attach()) || origin_is_wrong() ? version : 0;
}

/* ld.so has set every cookie to the address of the object's link map. */
static struct link_map *map_of(const uintptr_t *cookie)
{
	return (struct link_map *)*cookie;
}

EXPORT char *la_objsearch(const char *name, uintptr_t *cookie, unsigned int flag)
{
	static bool same; /* the process, as when it joined: asked anew for each request */
	const struct link_map *loader = map_of(cookie);
	const char *answer = name;

	stage_clear();
	if (!names_known())
		learn_from_ourselves();
	if (main_map && origin_is_wrong())
		origin_put_right(main_map);
	if (flag == LA_SER_LIBPATH || flag == LA_SER_RUNPATH || flag == LA_SER_DEFAULT) {
		dirstat_restore(name);
		origin_fix_candidate(name);
	}
	if (flag == LA_SER_ORIG) {
		search.flag = 0;
		same = serving() && still_the_same();
	}
	if (!same || !serving() || objects_foreign(loader))
		return (char *)name;
	switch (flag) {
	case LA_SER_ORIG:
		if (strchr(name, '/'))
			answer = request(name, loader);
		break;
	case LA_SER_LIBPATH:
	case LA_SER_RUNPATH:
	case LA_SER_DEFAULT:
	case LA_SER_CONFIG:
		answer = candidate(name, loader, flag);
		break;
	default:
		break;
	}
	return (char *)answer;
}

/*
 * From glibc 2.36 on, debuggers are shown the first object of a batch after this
 * call and before la_objopen: it is the last of its namespace's list.
 */
EXPORT void la_activity(uintptr_t *cookie, unsigned int flag)
{
	struct link_map *map = map_of(cookie);

	if (flag != LA_ACT_ADD)
		return;
	while (map->l_next)
		map = map->l_next;
	stage_rename(map);
}

EXPORT unsigned int la_objopen(struct link_map *map, Lmid_t namespace, uintptr_t *cookie)
{
	(void)cookie;
	if (!main_map && namespace == LM_ID_BASE)
		main_map = map;
	const struct ci_entry *staged = stage_opened(map);
	if (!staged)
		names_learn(map);
	/* The program itself has no name here, the vDSO no file. */
	if (namespace != LM_ID_BASE)
		objects_add_foreign(map);
	else if (strchr(map->l_name, '/'))
		objects_add(map, staged);
	return 0; /* no interest in symbol bindings */
}

EXPORT unsigned int la_objclose(uintptr_t *cookie)
{
	objects_remove(map_of(cookie));
	return 0;
}
