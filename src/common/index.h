/*
 * index.h - the node's index of paths: layout and the reader's side
 *
 * One index exists per node and session. The node's server (the only writer)
 * creates it as a memfd, seals it with F_SEAL_FUTURE_WRITE and hands the
 * descriptor to every process of the job, which maps it read-only. Readers
 * take no lock, allocate nothing and make no system call.
 *
 * Contract between the writer and the readers
 *   - Memory is only ever appended: an entry, once linked into its bucket,
 *     keeps its place, its key and its `next` for the life of the session.
 *   - A field marked "published by F" is written before F is stored with
 *     release order; a reader that has loaded F with acquire order may read it.
 *   - Fields that change after linking are _Atomic; only the server's main
 *     thread writes them.
 *   - The kernel itself writes one word: when the server's main thread dies,
 *     however it dies, FUTEX_OWNER_DIED appears in `alive` (robust futex).
 *     From then on a reader must treat the index as gone.
 *
 * Every reference (ci_ref) is checked against the size of the mapping before
 * use, so that a damaged index can give a wrong "ask" but never a fault.
 *
 * Used by: client, auditor (read), server (read, write). Needs no libc call.
 */
#ifndef COLLFS_COMMON_INDEX_H
#define COLLFS_COMMON_INDEX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CI_MAGIC UINT64_C(0x31786469736c6f63) /* "colsidx1", little endian */
#define CI_VERSION 2u
#define CI_SCOPE_MAX 64
#define CI_PATH_MAX 4096u /* as PATH_MAX, with the final NUL */

/* Distance from the start of the mapping in units of 8 bytes; 0 is "none". */
typedef uint32_t ci_ref;
#define CI_REF_UNIT 8u

/* What the kernel stores in the futex word of a dead owner (linux/futex.h). */
#define CI_OWNER_DIED 0x40000000u

/* ci_header.flags */
enum {
	CI_CLOSED = 1u << 0, /* session over: pass everything through */
	CI_FULL = 1u << 1,   /* no room for new entries: do not ask, pass through */
};

/* ci_entry.state: what is known of the name itself (not following a link) */
enum ci_state {
	CI_LISTED = 1, /* its directory lists it; attributes not asked for yet */
	CI_KNOWN,      /* `attr` (and `link` of a symbolic link) are published */
	CI_ABSENT,     /* does not exist (a single answer, outside a snapshot) */
	CI_ERROR,      /* looking it up gives the errno in `err` */
	CI_PASS,       /* never served: real call (a directory may be walked through) */
	CI_DEAD,       /* superseded: skip it, look on in the chain */
};

/* ci_entry.dir: what is known of a directory's contents */
enum ci_dir {
	CI_DIR_UNKNOWN = 0,
	CI_DIR_COMPLETE, /* snapshot: a name not in the index does not exist */
	CI_DIR_SINGLE,   /* too large or unreadable: names are asked one by one */
	CI_DIR_LEAVING,  /* becoming volatile: not served here, but a node may not know */
	CI_DIR_VOLATILE, /* the job writes here: passed through on every node, for ever */
};

/* ci_entry.content: 0 = not asked for; CI_CONTENT_PASS = never served;
 * otherwise the number of the server's descriptor of the memfd, plus one. */
#define CI_CONTENT_NONE 0u
#define CI_CONTENT_PASS UINT32_MAX

/* How a content's memfd is named: this and the path (only the path's end, when
 * it is too long). The kernel shows "/memfd:" before it. */
#define CI_MEMFD_PREFIX "collfs:"

/* ci_entry.access: R_OK, W_OK, X_OK (4, 2, 1) that are known; the same shifted
 * by CI_ACCESS_ALLOWED, those that are allowed. */
#define CI_ACCESS_ALLOWED 4

/* Attributes as root's statx(2) gave them; times in seconds + nanoseconds. */
struct ci_time {
	int64_t sec;
	uint32_t nsec;
	uint32_t pad;
};

struct ci_attr {
	uint64_t dev, ino, rdev, size, blocks, attributes, attributes_mask;
	uint32_t mode, nlink, uid, gid, blksize, mask; /* mask: STATX_* bits valid */
	struct ci_time atime, mtime, ctime, btime;
};

/*
 * One line of a directory snapshot, in root's readdir order. The name is the
 * last name_len bytes of the child's path; "." and ".." have child == 0.
 */
struct ci_dirent {
	uint64_t ino;
	ci_ref child;
	uint16_t name_len;
	uint8_t type; /* DT_* */
	uint8_t pad;
};

struct ci_entry {
	ci_ref next;   /* bucket chain; fixed once linked */
	uint32_t hash; /* of the path */
	uint16_t path_len;
	_Atomic uint8_t type; /* DT_* of the listing; by state. DT_UNKNOWN: see attr */
	uint8_t pad;
	_Atomic uint32_t state;   /* enum ci_state */
	_Atomic uint32_t dir;     /* enum ci_dir; publishes listing, listing_count */
	_Atomic uint32_t content; /* see above; publishes memfd_ino */
	_Atomic uint32_t access;  /* see above */
	_Atomic ci_ref ino_next;  /* chain of the memfd table; published by its head */
	int32_t err;              /* published by state == CI_ERROR */
	ci_ref link;              /* target, NUL-terminated; published by state */
	uint32_t link_len;
	ci_ref listing; /* struct ci_dirent[listing_count]; by dir */
	uint32_t listing_count;
	uint32_t pad2;
	uint64_t memfd_ino;  /* inode of the content's memfd; by content */
	struct ci_attr attr; /* published by state == CI_KNOWN */
	char path[];         /* clean absolute path, NUL-terminated */
};

struct ci_scope {
	ci_ref prefix; /* as the user spells it: absolute, clean, no final slash */
	ci_ref real;   /* its realpath on root; same ref when they are equal */
	uint16_t prefix_len, real_len;
	uint32_t pad;
};

/*
 * Which files a path means to a process: its mount namespace (inode number of
 * /proc/self/ns/mnt) and its root directory. A process in a container, or after
 * chroot, may see others by the same names.
 */
#define CI_VIEW_NAMESPACE "/proc/self/ns/mnt"
struct ci_view {
	uint64_t mount_ns, root_dev, root_ino;
};

struct ci_header {
	uint64_t magic;
	uint32_t version;
	uint32_t header_size;        /* sizeof(struct ci_header) of the writer */
	uint64_t size;               /* bytes of the whole mapping */
	uint32_t bucket_count;       /* power of two */
	uint32_t memfd_bucket_count; /* power of two */
	ci_ref buckets;              /* _Atomic ci_ref[bucket_count] */
	ci_ref memfd_buckets;        /* _Atomic ci_ref[memfd_bucket_count] */
	uint32_t uid, gid;           /* of the server: answers hold for these only */
	uint64_t memfd_dev;          /* st_dev of every content memfd on this node */
	struct ci_view view;         /* of the server, as uid and gid */
	uint32_t scope_count;        /* fixed before the first client is let in */
	uint32_t pad;
	struct ci_scope scope[CI_SCOPE_MAX];

	/* The writer's robust mutex lives here; its first word is the kernel's. */
	_Alignas(64) _Atomic uint32_t alive; /* futex word, see above */
	uint32_t alive_rest[15];             /* the rest of the mutex: not for readers */

	/* Changing fields, on a cache line of their own. */
	_Atomic uint32_t flags;   /* CI_CLOSED, CI_FULL */
	_Atomic uint32_t renames; /* +1 when a directory has moved: cached cwd strings are void */
	_Atomic uint32_t entries; /* for statistics */
	_Atomic uint64_t used;    /* bytes in use, for statistics */
};

/* A reader's view. Plain data: copy it freely. Threads: any. */
struct ci_map {
	const struct ci_header *h;
	uint64_t size; /* bytes mapped; >= h->size */
};

/* Check magic, version and bounds of a fresh mapping. False: do not use it. */
bool ci_map_check(const struct ci_map *m);

/* True when the paths of the index mean the same files in view `v`. */
static inline bool ci_same_view(const struct ci_map *m, const struct ci_view *v)
{
	return v->mount_ns == m->h->view.mount_ns && v->root_dev == m->h->view.root_dev &&
	       v->root_ino == m->h->view.root_ino;
}

/* True while answers may be taken from the index. Two loads. */
static inline bool ci_usable(const struct ci_map *m)
{
	return !(atomic_load_explicit(&m->h->alive, memory_order_acquire) & CI_OWNER_DIED) &&
	       !(atomic_load_explicit(&m->h->flags, memory_order_acquire) & CI_CLOSED);
}

/* The address of a reference if `len` bytes from it lie inside, else NULL. */
static inline const void *ci_at(const struct ci_map *m, ci_ref ref, uint64_t len)
{
	uint64_t off = (uint64_t)ref * CI_REF_UNIT;
	if (ref == 0 || off > m->size || len > m->size - off)
		return NULL;
	return (const char *)m->h + off;
}

/* Hash of a path; the same in every process of a build. */
uint32_t ci_hash(const char *path, size_t len);

/* Hash of a memfd's inode number (table of served descriptors). */
static inline uint32_t ci_hash_ino(uint64_t ino)
{
	return (uint32_t)((ino * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

/* The live entry of a path (which need not be NUL-terminated), or NULL. */
const struct ci_entry *ci_find(const struct ci_map *m, const char *path, size_t len);

/* The entry whose content's memfd has this inode number, or NULL. */
const struct ci_entry *ci_find_memfd(const struct ci_map *m, uint64_t ino);

static inline enum ci_state ci_state(const struct ci_entry *e)
{
	return (enum ci_state)atomic_load_explicit(&e->state, memory_order_acquire);
}

static inline enum ci_dir ci_dir(const struct ci_entry *e)
{
	return (enum ci_dir)atomic_load_explicit(&e->dir, memory_order_acquire);
}

/* True when the names in a directory must be left to the real calls. Who is
 * about to change one must see CI_DIR_VOLATILE itself, or ask (WIRE_MUTATE). */
static inline bool ci_unserved(enum ci_dir dir)
{
	return dir >= CI_DIR_LEAVING;
}

static inline uint32_t ci_content(const struct ci_entry *e)
{
	return atomic_load_explicit(&e->content, memory_order_acquire);
}

/* True when a content can be opened through the server's descriptor. */
static inline bool ci_has_content(uint32_t content)
{
	return content != CI_CONTENT_NONE && content != CI_CONTENT_PASS;
}

/* The listing of a complete directory: *count lines, or NULL (then *count = 0). */
const struct ci_dirent *ci_listing(const struct ci_map *m, const struct ci_entry *dir,
                                   uint32_t *count);

/* The name of a line of a listing (name_len bytes, then NUL), or NULL if damaged. */
const char *ci_dirent_name(const struct ci_map *m, const struct ci_dirent *d);

/* A NUL-terminated string of `len` bytes at ref, or NULL when it is damaged. */
const char *ci_string(const struct ci_map *m, ci_ref ref, uint32_t len);

#endif
