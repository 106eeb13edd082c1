/* index_write.c - see index_write.h. */
#include "server/index_write.h"

#include "common/resolve.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUCKETS (1u << 18)
#define MEMFD_BUCKETS (1u << 14)
#define BACK_STEP (UINT64_C(1) << 20)

_Static_assert(CI_OWNER_DIED == FUTEX_OWNER_DIED, "the kernel's bit");

_Static_assert(sizeof(pthread_mutex_t) <=
                       offsetof(struct ci_header, flags) - offsetof(struct ci_header, alive),
               "room for the mutex whose first word is the futex word `alive`");

static _Atomic ci_ref *buckets(struct index_writer *w, ci_ref at)
{
	return (_Atomic ci_ref *)((char *)w->h + (uint64_t)at * CI_REF_UNIT);
}

static struct ci_entry *entry_at(struct index_writer *w, ci_ref ref)
{
	return ref ? (struct ci_entry *)((char *)w->h + (uint64_t)ref * CI_REF_UNIT) : NULL;
}

static ci_ref ref_of(struct index_writer *w, const void *p)
{
	return (ci_ref)((uint64_t)((const char *)p - (const char *)w->h) / CI_REF_UNIT);
}

static void *allocate(struct index_writer *w, uint64_t bytes)
{
	uint64_t end = w->used + ((bytes + CI_REF_UNIT - 1) & ~(uint64_t)(CI_REF_UNIT - 1));

	if (end > w->h->size)
		goto full;
	if (end > w->backed) {
		uint64_t step = (end - w->backed + BACK_STEP - 1) / BACK_STEP * BACK_STEP;
		if (w->backed + step > w->h->size)
			step = w->h->size - w->backed;
		/* Without this, a shortage would be a SIGBUS in some reader. */
		if (fallocate(w->fd, 0, (off_t)w->backed, (off_t)step) != 0)
			goto full;
		w->backed += step;
	}
	void *p = (char *)w->h + w->used;
	w->used = end;
	atomic_store_explicit(&w->h->used, end, memory_order_relaxed);
	return p;
full:
	atomic_fetch_or_explicit(&w->h->flags, CI_FULL, memory_order_release);
	return NULL;
}

static ci_ref put_string(struct index_writer *w, const char *s, size_t len)
{
	char *p = allocate(w, len + 1);
	if (!p)
		return 0;
	memcpy(p, s, len);
	p[len] = '\0';
	return ref_of(w, p);
}

int iw_create(struct index_writer *w, uint64_t size)
{
	int err;
	pthread_mutexattr_t attr;
	struct stat st, ns, root;

	*w = (struct index_writer){
		.fd = memfd_create("collfs:index", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
	if (w->fd < 0)
		return -1;
	if (ftruncate(w->fd, (off_t)size) != 0 || fstat(w->fd, &st) != 0)
		goto fail;
	w->h = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, w->fd, 0);
	if (w->h == MAP_FAILED)
		goto fail;
	w->map = (struct ci_map){.h = w->h, .size = size};
	if (fcntl(w->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE) != 0)
		goto unmap;

	w->h->size = size;
	if (!allocate(w, sizeof(struct ci_header)))
		goto unmap;
	void *table = allocate(w, BUCKETS * sizeof(ci_ref));
	void *memfds = allocate(w, MEMFD_BUCKETS * sizeof(ci_ref));
	if (!table || !memfds) {
		errno = ENOMEM;
		goto unmap;
	}
	w->h->magic = CI_MAGIC;
	w->h->version = CI_VERSION;
	w->h->header_size = sizeof(struct ci_header);
	w->h->bucket_count = BUCKETS;
	w->h->memfd_bucket_count = MEMFD_BUCKETS;
	w->h->buckets = ref_of(w, table);
	w->h->memfd_buckets = ref_of(w, memfds);
	w->h->uid = geteuid();
	w->h->gid = getegid();
	w->h->memfd_dev = st.st_dev;
	if (stat(CI_VIEW_NAMESPACE, &ns) != 0 || stat("/", &root) != 0)
		goto unmap;
	w->h->view = (struct ci_view){ns.st_ino, root.st_dev, root.st_ino};

	pthread_mutex_t *alive = (pthread_mutex_t *)(void *)&w->h->alive;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	err = pthread_mutex_init(alive, &attr);
	if (err == 0)
		err = pthread_mutex_lock(alive);
	pthread_mutexattr_destroy(&attr);
	if (err == 0)
		return 0;
	errno = err;
unmap:
	err = errno;
	munmap(w->h, size);
	errno = err;
fail:
	err = errno;
	close(w->fd);
	w->fd = -1;
	errno = err;
	return -1;
}

void iw_destroy(struct index_writer *w)
{
	if (w->fd < 0)
		return;
	/* The thread's list of robust mutexes must not lead into unmapped memory. */
	iw_close(w);
	pthread_mutex_unlock((pthread_mutex_t *)(void *)&w->h->alive);
	munmap(w->h, w->h->size);
	close(w->fd);
	w->fd = -1;
}

bool iw_add_scope(struct index_writer *w, const char *prefix, const char *real)
{
	size_t prefix_len = strlen(prefix), real_len = strlen(real);
	struct ci_scope *s = &w->h->scope[w->h->scope_count];

	if (w->h->scope_count >= CI_SCOPE_MAX || prefix_len >= CI_PATH_MAX ||
	    real_len >= CI_PATH_MAX)
		return false;
	s->prefix = put_string(w, prefix, prefix_len);
	s->real = put_string(w, real, real_len);
	s->prefix_len = (uint16_t)prefix_len;
	s->real_len = (uint16_t)real_len;
	if (!s->prefix || !s->real)
		return false;
	w->h->scope_count++;
	return true;
}

static void set_state(struct ci_entry *e, enum ci_state state)
{
	atomic_store_explicit(&e->state, state, memory_order_release);
}

/* Link a new entry at the head of its chain, where it hides an older one. */
static struct ci_entry *add(struct index_writer *w, const char *path, size_t len, unsigned type)
{
	if (len == 0 || len >= CI_PATH_MAX)
		return NULL;
	struct ci_entry *e = allocate(w, sizeof(*e) + len + 1);
	if (!e)
		return NULL;
	/* Fresh pages are zero: all that is not set here is "unknown". */
	e->hash = ci_hash(path, len);
	e->path_len = (uint16_t)len;
	atomic_store_explicit(&e->type, (uint8_t)type, memory_order_relaxed);
	memcpy(e->path, path, len);
	e->path[len] = '\0';
	atomic_store_explicit(&e->state, CI_LISTED, memory_order_relaxed);

	_Atomic ci_ref *bucket = buckets(w, w->h->buckets) + (e->hash & (BUCKETS - 1));
	e->next = atomic_load_explicit(bucket, memory_order_relaxed);
	atomic_store_explicit(bucket, ref_of(w, e), memory_order_release);
	atomic_fetch_add_explicit(&w->h->entries, 1, memory_order_relaxed);
	return e;
}

struct ci_entry *iw_get(struct index_writer *w, const char *path, size_t len, unsigned type)
{
	struct ci_entry *e = (struct ci_entry *)ci_find(&w->map, path, len);

	return e ? e : add(w, path, len, type);
}

struct ci_entry *iw_replace(struct index_writer *w, struct ci_entry *old)
{
	struct ci_entry *e = add(w, old->path, old->path_len, DT_UNKNOWN);

	if (e)
		set_state(old, CI_DEAD);
	return e;
}

bool iw_set_known(struct index_writer *w, struct ci_entry *e, const struct ci_attr *attr,
                  const char *link, size_t link_len)
{
	if (link) {
		ci_ref ref = put_string(w, link, link_len);
		if (!ref)
			return false;
		e->link = ref;
		e->link_len = (uint32_t)link_len;
	}
	e->attr = *attr;
	set_state(e, CI_KNOWN);
	return true;
}

void iw_set_absent(struct ci_entry *e)
{
	set_state(e, CI_ABSENT);
}

void iw_set_error(struct ci_entry *e, int err)
{
	e->err = err;
	set_state(e, CI_ERROR);
}

/* Its type is not known any more, unless one must be able to walk through it. */
void iw_set_pass(struct ci_entry *e)
{
	if (cr_type(e) != DT_DIR)
		atomic_store_explicit(&e->type, DT_UNKNOWN, memory_order_relaxed);
	set_state(e, CI_PASS);
}

bool iw_set_listing(struct index_writer *w, struct ci_entry *dir, const struct index_name *names,
                    size_t count)
{
	char path[CI_PATH_MAX];
	struct ci_dirent *list = allocate(w, count * sizeof(*list));

	if (!list || dir->path_len + 1u >= sizeof(path))
		return false;
	memcpy(path, dir->path, dir->path_len);
	path[dir->path_len] = '/';
	for (size_t i = 0; i < count; i++) {
		const struct index_name *n = &names[i];
		size_t len = dir->path_len + 1u + n->len;
		bool dots =
			n->name[0] == '.' && (n->len == 1 || (n->len == 2 && n->name[1] == '.'));
		struct ci_entry *child = NULL;

		if (!dots) {
			if (len >= sizeof(path))
				return false;
			memcpy(path + dir->path_len + 1, n->name, n->len);
			child = iw_get(w, path, len, n->type);
			if (!child)
				return false;
		}
		list[i] = (struct ci_dirent){.ino = n->ino,
		                             .child = child ? ref_of(w, child) : 0,
		                             .name_len = n->len,
		                             .type = n->type};
	}
	dir->listing = ref_of(w, list);
	dir->listing_count = (uint32_t)count;
	atomic_store_explicit(&dir->dir, CI_DIR_COMPLETE, memory_order_release);
	return true;
}

void iw_set_single(struct ci_entry *dir)
{
	atomic_store_explicit(&dir->dir, CI_DIR_SINGLE, memory_order_release);
}

void iw_set_content(struct index_writer *w, struct ci_entry *e, int fd, uint64_t memfd_ino)
{
	e->memfd_ino = memfd_ino;
	_Atomic ci_ref *bucket =
		buckets(w, w->h->memfd_buckets) + (ci_hash_ino(memfd_ino) & (MEMFD_BUCKETS - 1));
	atomic_store_explicit(&e->ino_next, atomic_load_explicit(bucket, memory_order_relaxed),
	                      memory_order_relaxed);
	atomic_store_explicit(bucket, ref_of(w, e), memory_order_release);
	atomic_store_explicit(&e->content, (uint32_t)fd + 1, memory_order_release);
}

void iw_set_content_pass(struct ci_entry *e)
{
	atomic_store_explicit(&e->content, CI_CONTENT_PASS, memory_order_release);
}

void iw_set_access(struct ci_entry *e, unsigned mode, bool allowed)
{
	uint32_t bits = atomic_load_explicit(&e->access, memory_order_relaxed);

	mode &= 7u;
	bits |= mode;
	bits = allowed ? bits | mode << CI_ACCESS_ALLOWED : bits & ~(mode << CI_ACCESS_ALLOWED);
	atomic_store_explicit(&e->access, bits, memory_order_release);
}

/* Call `visit` for each live entry whose path is below prefix + "/". */
static void each_below(struct index_writer *w, const char *prefix, size_t len,
                       void (*visit)(struct ci_entry *e, size_t prefix_len))
{
	_Atomic ci_ref *table = buckets(w, w->h->buckets);

	for (uint32_t i = 0; i < BUCKETS; i++) {
		struct ci_entry *e =
			entry_at(w, atomic_load_explicit(&table[i], memory_order_relaxed));
		for (; e; e = entry_at(w, e->next))
			if (e->path_len > len && e->path[len] == '/' &&
			    memcmp(e->path, prefix, len) == 0 && ci_state(e) != CI_DEAD)
				visit(e, len);
	}
}

void iw_pass_inode(struct index_writer *w, uint64_t ino)
{
	_Atomic ci_ref *table = buckets(w, w->h->buckets);

	for (uint32_t i = 0; i < BUCKETS; i++) {
		struct ci_entry *e =
			entry_at(w, atomic_load_explicit(&table[i], memory_order_relaxed));
		for (; e; e = entry_at(w, e->next))
			if (ci_state(e) == CI_KNOWN && e->attr.ino == ino && !S_ISDIR(e->attr.mode))
				iw_set_pass(e);
	}
}

static void forget_child(struct ci_entry *e, size_t dir_len)
{
	if (memchr(e->path + dir_len + 1, '/', e->path_len - dir_len - 1))
		return; /* deeper: its own directory says what it is */
	if (cr_type(e) != DT_DIR) {
		set_state(e, CI_DEAD);
		return;
	}
	atomic_store_explicit(&e->type, DT_DIR, memory_order_relaxed);
	set_state(e, CI_PASS);
}

static void leave(struct ci_entry *e, size_t len)
{
	(void)len;
	atomic_store_explicit(&e->dir, CI_DIR_LEAVING, memory_order_release);
}

static void forget(struct ci_entry *e, size_t len)
{
	(void)len;
	set_state(e, CI_DEAD);
}

void iw_set_volatile(struct index_writer *w, struct ci_entry *dir, bool everywhere)
{
	bool first = !ci_unserved(ci_dir(dir));
	enum ci_state state = ci_state(dir);

	if (state == CI_ABSENT || state == CI_ERROR) { /* it may be there any moment */
		atomic_store_explicit(&dir->type, DT_DIR, memory_order_relaxed);
		set_state(dir, CI_PASS);
	}

	atomic_store_explicit(&dir->dir, everywhere ? CI_DIR_VOLATILE : CI_DIR_LEAVING,
	                      memory_order_release);
	if (first)
		each_below(w, dir->path, dir->path_len, forget_child);
}

void iw_kill_subtree(struct index_writer *w, const char *path, size_t len)
{
	struct ci_entry *e = (struct ci_entry *)ci_find(&w->map, path, len);

	/* First no directory says "complete" any more: a name that dies before
	 * its directory must be passed through meanwhile, not denied. */
	if (e)
		leave(e, len);
	each_below(w, path, len, leave);
	if (e)
		forget(e, len);
	each_below(w, path, len, forget);
	atomic_fetch_add_explicit(&w->h->renames, 1, memory_order_release);
}

void iw_close(struct index_writer *w)
{
	atomic_fetch_or_explicit(&w->h->flags, CI_CLOSED, memory_order_release);
}
