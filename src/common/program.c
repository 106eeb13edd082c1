/* program.c - see program.h. */
#include "common/program.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/resolve.h"
#include "common/session.h"

/* What is missing may be the file, its access bits and its content. */
#define ASK_MAX 4

static bool allowed(const struct ci_entry *e)
{
	uint32_t access = atomic_load_explicit(&e->access, memory_order_acquire);
	return access >> CI_ACCESS_ALLOWED & X_OK;
}

bool program_executable(const struct ci_entry *e)
{
	return S_ISREG(e->attr.mode) && allowed(e);
}

/* What is to be asked for before the entry tells all, or 0. */
static enum wire_op missing(const struct ci_entry *e)
{
	if (!(atomic_load_explicit(&e->access, memory_order_acquire) & X_OK))
		return WIRE_ACCESS;
	return program_executable(e) && ci_content(e) == CI_CONTENT_NONE ? WIRE_CONTENT : 0;
}

const struct ci_entry *program_look(const struct ci_map *m, const char *path, size_t len,
                                    program_ask *ask, int *err)
{
	struct cr_result result;

	*err = 0;
	for (int asked = 0; ci_usable(m); asked++) {
		enum wire_op op = WIRE_ACCESS;
		switch (cr_resolve(m, path, len, 0, &result)) {
		case CR_OUTSIDE:
		case CR_PASS:
			return NULL;
		case CR_ERRNO:
			*err = result.err;
			return NULL;
		case CR_ENTRY:
			op = missing(result.entry);
			if (op == 0)
				return result.entry;
			break;
		case CR_ASK:
			break;
		}
		uint32_t flags = op == WIRE_ACCESS ? X_OK << WIRE_ACCESS_SHIFT : 0;
		if (asked == ASK_MAX || !ask(op, flags, path, len))
			return NULL;
	}
	return NULL;
}

bool program_startable(const struct ci_entry *e)
{
	return program_executable(e) && !(e->attr.mode & (S_ISUID | S_ISGID)) &&
	       ci_has_content(ci_content(e));
}

char *program_memfd_path(char *name, size_t n)
{
	static const char begin[] = "/memfd:" CI_MEMFD_PREFIX, end[] = " (deleted)";
	const size_t begin_len = sizeof(begin) - 1, end_len = sizeof(end) - 1;

	if (n <= begin_len + end_len || memcmp(name, begin, begin_len) != 0 ||
	    name[begin_len] != '/' || memcmp(name + n - end_len, end, end_len) != 0)
		return NULL;
	name[n - end_len] = '\0';
	return name + begin_len;
}

struct image {
	const char *bytes;
	size_t len;
};

static const void *part(const struct image *m, uint64_t at, uint64_t len)
{
	return at <= m->len && len <= m->len - at ? m->bytes + at : NULL;
}

/* The name by which programs ask for the system's ld.so. */
#if defined(__x86_64__)
#define INTERPRETER "/lib64/ld-linux-x86-64.so.2"
#elif defined(__aarch64__)
#define INTERPRETER "/lib/ld-linux-aarch64.so.1"
#elif defined(__riscv)
#define INTERPRETER "/lib/ld-linux-riscv64-lp64d.so.1"
#endif

static bool is_systems_interpreter(const struct image *m, const ElfW(Phdr) * p)
{
	const char *path = part(m, p->p_offset, p->p_filesz);

	return path && p->p_filesz == sizeof(INTERPRETER) &&
	       memcmp(path, INTERPRETER, sizeof(INTERPRETER)) == 0;
}

/* Go's runtime asks the kernel by itself; its linker leaves a note with its name. */
static bool may_be_go(const struct image *m, const ElfW(Phdr) * p)
{
	static const char owner[] = "\4\0\0\0Go\0"; /* after the note's name's length */
	const char *notes = part(m, p->p_offset, p->p_filesz);

	for (size_t i = 0; notes && i + sizeof(ElfW(Nhdr)) + 4 <= p->p_filesz; i += 4) {
		if (memcmp(notes + i, owner, 4) == 0 &&
		    memcmp(notes + i + sizeof(ElfW(Nhdr)), owner + 4, 4) == 0)
			return true;
	}
	return !notes;
}

/* Where the file has what will be at an address, or UINT64_MAX. */
static uint64_t offset_of(const ElfW(Ehdr) * e, const ElfW(Phdr) * p, uint64_t address)
{
	for (size_t i = 0; i < e->e_phnum; i++) {
		if (p[i].p_type == PT_LOAD && address >= p[i].p_vaddr &&
		    address - p[i].p_vaddr < p[i].p_filesz)
			return address - p[i].p_vaddr + p[i].p_offset;
	}
	return UINT64_MAX;
}

/*
 * A sanitizer's runtime asks the kernel for the program's name, too, for its
 * reports. It is a library (libasan.so.8), or has names in the program (__asan_init,
 * __sanitizer_free_hook).
 */
static bool may_be_sanitized(const struct image *m, const ElfW(Ehdr) * e, const ElfW(Phdr) * p,
                             const ElfW(Phdr) * dynamic)
{
	const ElfW(Dyn) *d = part(m, dynamic->p_offset, dynamic->p_filesz);
	uint64_t at = 0, len = 0;

	if (!d || dynamic->p_offset % _Alignof(ElfW(Dyn)) != 0)
		return true;
	for (size_t i = 0; i < dynamic->p_filesz / sizeof(*d) && d[i].d_tag != DT_NULL; i++) {
		if (d[i].d_tag == DT_STRTAB)
			at = d[i].d_un.d_ptr;
		else if (d[i].d_tag == DT_STRSZ)
			len = d[i].d_un.d_val;
	}
	const char *names = part(m, offset_of(e, p, at), len);
	for (size_t i = 0; names && i + sizeof("sanitizer_") < len; i++) {
		const char *s = names + i;
		if (s[0] == 's' && s[1] == 'a' && s[2] == 'n' &&
		    (s[3] == '_' || memcmp(s + 3, ".so", 3) == 0 ||
		     memcmp(s + 3, "itizer_", 7) == 0))
			return true;
	}
	return !names;
}

static bool fit(const struct image *m)
{
	const ElfW(Ehdr) *e = part(m, 0, sizeof(*e));
	bool interpreted = false;

	if (!e || memcmp(e->e_ident, ELFMAG, SELFMAG) != 0 || e->e_ident[EI_CLASS] != ELFCLASS64 ||
	    e->e_phentsize != sizeof(ElfW(Phdr)) || e->e_phoff % _Alignof(ElfW(Phdr)) != 0)
		return false;
	const ElfW(Phdr) *p = part(m, e->e_phoff, (uint64_t)e->e_phnum * sizeof(*p));
	for (size_t i = 0; p && i < e->e_phnum; i++) {
		if (p[i].p_type == PT_NOTE && may_be_go(m, &p[i]))
			return false;
		if (p[i].p_type == PT_DYNAMIC && may_be_sanitized(m, e, p, &p[i]))
			return false;
		if (p[i].p_type == PT_INTERP)
			interpreted = is_systems_interpreter(m, &p[i]);
	}
	return interpreted;
}

bool program_can_be_put_right(const void *image, size_t size)
{
	return fit(&(struct image){.bytes = image, .len = size});
}

enum program_kind program_kind(const void *image, size_t size, struct script *script)
{
	if (program_can_be_put_right(image, size))
		return PROGRAM_FIT;
	return script_parse(script, image, size) ? PROGRAM_SCRIPT : PROGRAM_OTHER;
}

/* The variables that decide. */
enum variable { PRELOAD, AUDIT, LIBRARIES, SESSION, EXEC, DISABLE, VARIABLES };

static enum variable variable_of(const char *v, size_t *name_len)
{
	static const char *const names[VARIABLES] = {
		"LD_PRELOAD=",   "LD_AUDIT=",    "LD_LIBRARY_PATH=",
		SESSION_ENV "=", "COLLFS_EXEC=", "COLLFS_DISABLE=",
	};
	for (unsigned i = 0; i < VARIABLES; i++) {
		*name_len = strlen(names[i]);
		size_t same = 0;
		while (same < *name_len && v[same] == names[i][same])
			same++;
		if (same == *name_len)
			return (enum variable)i;
	}
	return VARIABLES;
}

size_t program_environment(char *const envp[])
{
	const char *value[VARIABLES] = {NULL};
	size_t session = 0, name_len;
	struct session s;

	for (size_t i = 0; envp[i]; i++) {
		enum variable which = variable_of(envp[i], &name_len);
		if (which == VARIABLES)
			continue;
		if (value[which])
			return PROGRAM_UNFIT; /* twice: not all take the same one */
		value[which] = envp[i] + name_len;
		if (which == SESSION)
			session = i;
	}
	bool fit = value[PRELOAD] && strstr(value[PRELOAD], "/libcollfs.so") && value[AUDIT] &&
	           strstr(value[AUDIT], "/libcollfs-audit.so") &&
	           !(value[LIBRARIES] && strchr(value[LIBRARIES], '$')) && value[SESSION] &&
	           session_parse(value[SESSION], &s) &&
	           !(value[EXEC] && strcmp(value[EXEC], "0") == 0) &&
	           !(value[DISABLE] && strcmp(value[DISABLE], "1") == 0);
	return fit ? session : PROGRAM_UNFIT;
}

bool program_libc_is_recent(const char *version)
{
	const unsigned enough = 35; /* of 2.35 */
	unsigned minor = 0;

	if (version[0] != '2' || version[1] != '.')
		return version[0] > '2' && version[0] <= '9';
	for (version += 2; *version >= '0' && *version <= '9' && minor < enough; version++)
		minor = minor * 10 + (unsigned)(*version - '0');
	return minor >= enough;
}
