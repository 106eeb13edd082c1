/*
 * main.c - collfsd: one server of a session
 *
 * Start:  read the environment, join the servers' MPI world, agree on the
 *         scope, listen; rank 0 says "ready N" on its standard output.
 * Work:   a loop of events: processes of the node (epoll), root's workers
 *         (eventfd), other servers (polled, pace.h), the end of rank 0's
 *         standard input.
 * End:    rank 0 sends REC_STOP down; counts come up; rank 0 prints them as
 *         "stats {json}".
 */
#include "common/log.h"
#include "server/node.h"
#include "server/pace.h"
#include "server/root.h"
#include "server/scope.h"
#include "server/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mpi.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EVENTS_MAX = 256 };

static _Atomic bool terminated;

static void on_term(int signal)
{
	(void)signal;
	terminated = true;
}

static void usage(FILE *to)
{
	fputs("usage: collfsd [--help | --version]\n"
	      "The libcollfs server of a node; one runs on each node, in an MPI world of their\n"
	      "own. It is started by `collfs run` or `collfs start`, which also set its\n"
	      "environment: COLLFS_SESSION, COLLFS_SCOPE; see collfsd(8).\n",
	      to);
}

/* Each content and each process is an open descriptor: of those there may be,
 * contents get three quarters. Returns the highest number for a content. */
static int raise_descriptor_limit(void)
{
	struct rlimit limit = {.rlim_cur = 1024, .rlim_max = 1024};

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	rlim_t share = limit.rlim_cur / 4 * 3;
	return share < INT_MAX ? (int)share : INT_MAX;
}

static bool watch(int epoll, int fd, void *what)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Root's standard input says only one thing: its end. */
static bool input_ended(void)
{
	char buf[256];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));

	return n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
}

static bool serve_events(struct server *s, const struct clients_handler *handler)
{
	struct epoll_event event;
	bool any = false;

	/* One event at a time: handling one may free what the next is about. Not
	 * without end: other servers must have their turn. */
	for (int i = 0; i < EVENTS_MAX && epoll_wait(s->clients.epoll, &event, 1, 0) == 1; i++) {
		void *what = event.data.ptr;
		any = true;
		if (what == &s->clients.listener) {
			clients_accept(&s->clients);
		} else if (what == &s->pool) {
			root_collect(s);
		} else if (what == s) {
			if (input_ended()) {
				epoll_ctl(s->clients.epoll, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
				node_stop(s);
				return true;
			}
		} else {
			clients_read(&s->clients, what, handler);
		}
	}
	return any;
}

static bool serve_messages(struct server *s)
{
	struct message *m;
	int source;
	bool any = tree_progress(&s->tree);

	while ((m = tree_receive(&s->tree, &source))) {
		node_message(s, source, m);
		message_drop(m);
		any = true;
	}
	/* After REC_STOP a child receives no more. */
	return (!s->stopping && bulk_progress(&s->bulk)) || any;
}

/*
 * SIGTERM is held off from before any thread was made (main) and let in only
 * here: it cannot reach another thread, nor come between the look at
 * `terminated` and an endless sleep.
 */
static void wait_for_event(struct server *s, int64_t silence)
{
	sigset_t none;
	struct pollfd p = {.fd = s->clients.epoll, .events = POLLIN};
	bool awaited = s->flights.table || s->changes || s->stopping || !bulk_idle(&s->bulk) ||
	               !tree_idle(&s->tree);
	int64_t ns = pace_sleep(silence, awaited);
	struct timespec t = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

	sigemptyset(&none);
	ppoll(&p, 1, s->tree.size == 1 ? NULL : &t, &none);
}

/* Root ends the session in good order. Anybody else is told to go because the
 * servers' mpirun is ending: its processes do without it from now on. */
static void end_early(struct server *s)
{
	if (server_is_root(s)) {
		node_stop(s);
		return;
	}
	iw_close(&s->index);
	_exit(EXIT_FAILURE);
}

static void serve(struct server *s)
{
	const struct clients_handler handler = {s, node_client_request, node_client_gone};
	int64_t last = pace_now();

	while (!(s->stopping && s->totals_missing == 0 && tree_idle(&s->tree))) {
		bool any = serve_events(s, &handler);
		any |= serve_messages(s);
		if (terminated)
			end_early(s);
		int64_t now = pace_now();
		if (any)
			last = now;
		else
			wait_for_event(s, now - last);
	}
}

static bool start(struct server *s, const struct settings *set)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	s->store.bytes_max = set->store_max;
	s->store.file_max = set->file_max;
	s->push_max = set->push_max;
	s->clients.listener = -1;
	if (epoll < 0 || iw_create(&s->index, set->index_max) != 0) {
		log_error("cannot make the index: %s", strerror(errno));
		return false;
	}
	bulk_init(&s->bulk, &s->tree, &s->store, &s->index);
	if (!scope_agree(&s->index, s->tree.rank, set->scope))
		return false;
	devices_agree(&s->index.devices, &s->index.map, s->tree.rank);
	if (server_is_root(s)) {
		if (fspool_start(&s->pool, (unsigned)set->workers, &s->store, &s->totals,
		                 set->snapshot_max + 2 /* "." and ".." */) != 0 ||
		    !watch(epoll, s->pool.event, &s->pool) || !watch(epoll, STDIN_FILENO, s)) {
			log_error("cannot start root's workers: %s", strerror(errno));
			return false;
		}
	}
	if (clients_listen(&s->clients, &set->session, epoll) != 0) {
		if (errno != EADDRINUSE) {
			log_error("cannot listen for this node's processes: %s", strerror(errno));
			return false;
		}
		log_warn("another server of this session serves this node already");
	}
	return true;
}

static void report(struct server *s)
{
	uint64_t n[COUNT_END];
	char json[WIRE_STATUS_MAX];

	totals_read(&s->totals, n);
	totals_json(n, json, sizeof(json));
	printf("stats %s\n", json);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static struct server s;
	struct settings set;
	int provided;
	sigset_t term;

	if (argc > 1) {
		if (strcmp(argv[1], "--version") == 0) {
			puts("collfsd " PACKAGE_VERSION);
			return 0;
		}
		usage(strcmp(argv[1], "--help") == 0 ? stdout : stderr);
		return strcmp(argv[1], "--help") == 0 ? 0 : 2;
	}
	log_init();
	if (!settings_read(&set))
		return 2;
	s.store.descriptor_max = raise_descriptor_limit();
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0); /* pace.h means what it says */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN); /* the terminal's Ctrl-C is for the job */
	signal(SIGTERM, on_term);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);

	MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
	tree_init(&s.tree, (int)set.fanout);
	bool ok = start(&s, &set);
	int all, mine = ok;
	MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
	if (!all) {
		MPI_Finalize();
		return 1;
	}
	if (server_is_root(&s)) {
		printf("ready %d\n", s.tree.size);
		fflush(stdout);
	}
	serve(&s);
	if (server_is_root(&s)) {
		report(&s);
		fspool_stop(&s.pool);
	}
	MPI_Finalize();
	return 0;
}
