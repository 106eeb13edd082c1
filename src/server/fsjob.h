/*
 * fsjob.h - the root's requests to the shared filesystem, on worker threads
 *
 * The only place of the project that touches the shared filesystem for the
 * job (but for the real paths of the scope's prefixes, scope.c). A job is made and read by the main thread; between fsjob_submit and
 * fsjob_collect it belongs to a worker. A filesystem that hangs holds up
 * workers, never the server's loop.
 */
#ifndef COLLFS_SERVER_FSJOB_H
#define COLLFS_SERVER_FSJOB_H

#include "server/index_write.h"
#include "server/store.h"
#include "server/totals.h"

#include <pthread.h>

enum fsjob_kind {
	FSJOB_STAT,    /* lstat and readlink */
	FSJOB_LIST,    /* names of a directory */
	FSJOB_CONTENT, /* the bytes of a regular file, in a sealed memfd */
	FSJOB_ACCESS,  /* access(2) for `mode` */
};

struct fsjob {
	struct fsjob *next; /* queue links: guarded by the pool's lock */
	void *owner;        /* the submitter's */
	enum fsjob_kind kind;
	unsigned mode; /* FSJOB_ACCESS */
	char path[CI_PATH_MAX];

	/* The outcome. */
	int err;             /* 0, or the errno */
	bool too_large;      /* LIST: over the bound, or not searchable: ask singly */
	struct ci_attr attr; /* STAT, CONTENT */
	char link[CI_PATH_MAX];
	size_t link_len; /* STAT of a symbolic link */
	void *names;
	size_t names_size; /* LIST: as record_pack_names */
	int fd;
	uint64_t size, memfd_ino; /* CONTENT; fd is the owner's to close */
	char *needed;             /* CONTENT of a library: what it needs (closure.h), or NULL */
};

struct fspool {
	pthread_mutex_t lock; /* guards both queues and `stopping`; a leaf lock */
	pthread_cond_t work;
	struct fsjob *todo, **todo_end, *done;
	bool stopping;
	int event; /* eventfd: readable when something is done */
	unsigned thread_count;
	pthread_t *threads;
	struct store *store;
	struct totals *totals;
	size_t names_max; /* bound of a snapshot */
};

/* Start the workers. -1 and errno on failure. */
int fspool_start(struct fspool *p, unsigned threads, struct store *store, struct totals *totals,
                 size_t names_max);
/* Let the workers finish what they are at, and join them. */
void fspool_stop(struct fspool *p);

struct fsjob *fsjob_new(enum fsjob_kind kind, const char *path, size_t len); /* NULL: no memory */
void fsjob_free(struct fsjob *job);
void fsjob_submit(struct fspool *p, struct fsjob *job);
/* Next finished job, or NULL. Clears the event when there is none. */
struct fsjob *fsjob_collect(struct fspool *p);

#endif
