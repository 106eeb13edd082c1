/* fsjob.c - the pool of workers; what they do is in fsjob_run.c. */
#include "server/fsjob_run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct fsjob *take(struct fspool *p)
{
	pthread_mutex_lock(&p->lock);
	while (!p->todo && !p->stopping)
		pthread_cond_wait(&p->work, &p->lock);
	struct fsjob *job = p->stopping ? NULL : p->todo;
	if (job) {
		p->todo = job->next;
		if (!p->todo)
			p->todo_end = &p->todo;
	}
	pthread_mutex_unlock(&p->lock);
	return job;
}

static void *worker(void *arg)
{
	struct fspool *p = arg;
	struct fsjob *job;

	while ((job = take(p))) {
		fsjob_run(p, job);
		pthread_mutex_lock(&p->lock);
		job->next = p->done;
		p->done = job;
		pthread_mutex_unlock(&p->lock);
		uint64_t one = 1;
		ssize_t ignored = write(p->event, &one, sizeof(one));
		(void)ignored;
	}
	return NULL;
}

int fspool_start(struct fspool *p, unsigned threads, struct store *store, struct totals *totals,
                 size_t names_max)
{
	sigset_t all, old;

	*p = (struct fspool){.store = store, .totals = totals, .names_max = names_max};
	p->todo_end = &p->todo;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	p->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	p->threads = calloc(threads, sizeof(*p->threads));
	if (p->event < 0 || !p->threads)
		return -1;
	/* Signals are the main thread's business. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int err = 0;
	while (p->thread_count < threads && err == 0) {
		err = pthread_create(&p->threads[p->thread_count], NULL, worker, p);
		if (err == 0)
			p->thread_count++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (p->thread_count > 0)
		return 0;
	errno = err;
	return -1;
}

void fspool_stop(struct fspool *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->thread_count; i++)
		pthread_join(p->threads[i], NULL);
	free(p->threads);
	close(p->event);
}

struct fsjob *fsjob_new(enum fsjob_kind kind, const char *path, size_t len)
{
	struct fsjob *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->kind = kind;
	job->fd = -1;
	memcpy(job->path, path, len);
	return job;
}

void fsjob_free(struct fsjob *job)
{
	free(job->names);
	free(job->needed);
	free(job);
}

void fsjob_submit(struct fspool *p, struct fsjob *job)
{
	pthread_mutex_lock(&p->lock);
	job->next = NULL;
	*p->todo_end = job;
	p->todo_end = &job->next;
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

struct fsjob *fsjob_collect(struct fspool *p)
{
	uint64_t count;

	pthread_mutex_lock(&p->lock);
	struct fsjob *job = p->done;
	if (job)
		p->done = job->next;
	pthread_mutex_unlock(&p->lock);
	if (job)
		return job;
	/* A job done between the look and this read rings again only if the
	 * counter is read first; so look once more after reading. */
	if (read(p->event, &count, sizeof(count)) != sizeof(count))
		return NULL;
	return fsjob_collect(p);
}
