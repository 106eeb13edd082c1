/* closure.c - see closure.h. */
#include "server/closure.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { NEEDED_MAX = 256, OUTPUT_MAX = 256 * 1024 };

struct output {
	char *bytes;
	size_t used;
};

struct dynamic {
	const char *needed[NEEDED_MAX];
	size_t needed_count;
	const char *rpath, *runpath;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool usable;

static void start_libelf(void)
{
	usable = elf_version(EV_CURRENT) != EV_NONE;
}

static bool read_dynamic(Elf *elf, struct dynamic *d)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_DYNAMIC)
			break;
	if (!section || header.sh_entsize == 0)
		return false;
	Elf_Data *data = elf_getdata(section, NULL);
	size_t count = (size_t)(header.sh_size / header.sh_entsize);
	for (size_t i = 0; data && i < count; i++) {
		GElf_Dyn entry;
		if (!gelf_getdyn(data, (int)i, &entry) || entry.d_tag == DT_NULL)
			break;
		const char *s = NULL;
		if (entry.d_tag == DT_NEEDED || entry.d_tag == DT_RPATH ||
		    entry.d_tag == DT_RUNPATH)
			s = elf_strptr(elf, header.sh_link, entry.d_un.d_val);
		if (!s)
			continue;
		if (entry.d_tag == DT_RPATH)
			d->rpath = s;
		else if (entry.d_tag == DT_RUNPATH)
			d->runpath = s;
		else if (d->needed_count < NEEDED_MAX)
			d->needed[d->needed_count++] = s;
	}
	return d->needed_count > 0 && (d->runpath || d->rpath);
}

static bool put(struct output *o, const char *s, size_t n)
{
	if (n > OUTPUT_MAX - o->used)
		return false;
	memcpy(o->bytes + o->used, s, n);
	o->used += n;
	return true;
}

/* One directory of a search path with the name behind it; others than
 * absolute ones and $ORIGIN ($LIB, $PLATFORM, relative) are left to ld.so. */
static bool put_candidate(struct output *o, const char *dir, size_t dir_len, const char *origin,
                          size_t origin_len, const char *name)
{
	static const char *const forms[] = {"$ORIGIN", "${ORIGIN}"};
	size_t start = o->used;

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(forms[i]);
		if (dir_len >= n && memcmp(dir, forms[i], n) == 0 &&
		    (dir_len == n || dir[n] == '/')) {
			if (!put(o, origin, origin_len))
				goto undo;
			dir += n;
			dir_len -= n;
			break;
		}
	}
	if ((o->used == start && (dir_len == 0 || dir[0] != '/')) || memchr(dir, '$', dir_len))
		goto undo;
	if (put(o, dir, dir_len) && put(o, "/", 1) && put(o, name, strlen(name) + 1))
		return true;
undo:
	o->used = start;
	return false;
}

static void put_group(struct output *o, const struct dynamic *d, const char *name, const char *path)
{
	const char *search = d->runpath ? d->runpath : d->rpath;
	size_t origin_len = (size_t)(strrchr(path, '/') - path);
	size_t start = o->used;

	if (strchr(name, '/'))
		return;
	for (const char *dir = search; *dir;) {
		size_t n = strcspn(dir, ":");
		put_candidate(o, dir, n, path, origin_len, name);
		dir += n + (dir[n] == ':');
	}
	if (o->used > start && !put(o, "", 1))
		o->used = start;
}

char *closure_read(int fd, uint64_t size, const char *path)
{
	struct output o = {0};
	struct dynamic d = {0};
	char magic[SELFMAG];

	pthread_once(&once, start_libelf);
	if (!usable || size < sizeof(Elf32_Ehdr) || !strrchr(path, '/'))
		return NULL;
	char *image = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		return NULL;
	memcpy(magic, image, SELFMAG);
	Elf *elf = memcmp(magic, ELFMAG, SELFMAG) == 0 ? elf_memory(image, size) : NULL;
	if (elf && read_dynamic(elf, &d) && (o.bytes = malloc(OUTPUT_MAX + 1))) {
		for (size_t i = 0; i < d.needed_count; i++)
			put_group(&o, &d, d.needed[i], path);
		o.bytes[o.used] = '\0';
		if (o.used == 0) {
			free(o.bytes);
			o.bytes = NULL;
		}
	}
	elf_end(elf);
	munmap(image, size);
	return o.bytes;
}
