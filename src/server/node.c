/* node.c - see node.h. */
#include "server/node.h"
#include "common/log.h"
#include "server/answer.h"
#include "server/root.h"
#include "server/settle.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utlist.h>

/* Root itself finds out; anybody else asks its parent. */
static void ask(struct server *s, struct flight *f)
{
	if (server_is_root(s)) {
		root_ask(s, f);
		return;
	}
	totals_add(&s->totals, COUNT_forwarded, 1);
	struct message *m = message_new(REC_ASK, f->op, f->flags, f->path, f->path_len, NULL, 0);
	if (m)
		tree_send_up(&s->tree, m);
	message_drop(m);
}

/* True when every node knows that the path's directory is the job's to write in. */
static bool already_volatile(const struct server *s, const char *path, size_t len)
{
	const char *slash = memrchr(path, '/', len);
	const struct ci_entry *dir = ci_find(&s->index.map, path, (size_t)(slash - path));

	return dir && ci_dir(dir) == CI_DIR_VOLATILE;
}

static enum answer answer_now(struct server *s, enum wire_op op, uint32_t flags, const char *path,
                              size_t len)
{
	struct answer_need need;

	if (op == WIRE_MUTATE)
		return !(flags & (WIRE_SUBTREE | WIRE_INODE)) && already_volatile(s, path, len)
		               ? ANSWER_LOOK
		               : ANSWER_NEED;
	enum answer answer = answer_request(&s->index.map, op, flags, path, len, &need);
	bool full = atomic_load_explicit(&s->index.h->flags, memory_order_relaxed) & CI_FULL;
	return answer == ANSWER_NEED && full ? ANSWER_REAL : answer;
}

/* The seal keeps a process from shrinking the page under our feet. */
static bool is_page(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	return seals > 0 && (seals & F_SEAL_SHRINK) &&
	       lseek(fd, 0, SEEK_END) >= (off_t)sizeof(struct counters_page);
}

static void hello(struct server *s, struct client *c, uint32_t flags, const char *name, size_t len,
                  int fd)
{
	c->auditor = flags & WIRE_AUDITOR;
	if (!c->auditor)
		totals_add(&s->totals, COUNT_processes, 1);
	if (fd >= 0 && !c->page && is_page(fd)) {
		void *page = mmap(NULL, sizeof(*c->page), PROT_READ, MAP_SHARED, fd, 0);
		c->page = page == MAP_FAILED ? NULL : page;
	}
	log_debug("process %ld (%.*s%s) attached", (long)c->pid, (int)len, name,
	          c->auditor ? ", auditor" : "");
	client_reply(c, WIRE_HELLO, WIRE_LOOK, s->index.h->size, s->index.fd, NULL, 0);
}

static void give_descriptor(struct server *s, struct client *c, const char *path, size_t len)
{
	const struct ci_entry *e = ci_find(&s->index.map, path, len);
	uint32_t content = e ? ci_content(e) : CI_CONTENT_NONE;

	if (ci_has_content(content))
		client_reply(c, WIRE_FD, WIRE_LOOK, 0, (int)(content - 1), NULL, 0);
	else
		client_reply(c, WIRE_FD, WIRE_REAL, 0, -1, NULL, 0);
}

static uint64_t cpu_milliseconds(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (uint64_t)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
	       (uint64_t)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000;
}

static void status(struct server *s, struct client *c)
{
	uint64_t n[COUNT_END];
	char text[WIRE_STATUS_MAX];

	totals_read(&s->totals, n);
	n[COUNT_entries] = atomic_load_explicit(&s->index.h->entries, memory_order_relaxed);
	n[COUNT_index_bytes] = s->index.used;
	n[COUNT_files] = atomic_load_explicit(&s->store.files, memory_order_relaxed);
	n[COUNT_store_bytes] = atomic_load_explicit(&s->store.bytes, memory_order_relaxed);
	n[COUNT_mpi_messages] = s->tree.messages;
	n[COUNT_mpi_bytes] = s->tree.bytes;
	n[COUNT_cpu_ms] = cpu_milliseconds();
	n[COUNT_servers] = (uint64_t)s->tree.size;
	size_t len = totals_json(n, text, sizeof(text));
	client_reply(c, WIRE_STATUS, WIRE_LOOK, len, -1, text, len);
}

static void client_ask(struct server *s, struct client *c, enum wire_op op, uint32_t flags,
                       const char *path, size_t len)
{
	bool made;

	totals_add(&s->totals, COUNT_requests, 1);
	enum answer answer = answer_now(s, op, flags, path, len);
	if (answer != ANSWER_NEED) {
		totals_add(&s->totals, COUNT_node_answers, 1);
		client_reply(c, op, answer == ANSWER_LOOK ? WIRE_LOOK : WIRE_REAL, 0, -1, NULL, 0);
		return;
	}
	struct flight *f = flight_get(&s->flights, op, flags, path, len, &made);
	if (!f || !flight_add_client(f, c)) {
		client_reply(c, op, WIRE_REAL, 0, -1, NULL, 0);
		if (f && made)
			flight_end(&s->flights, f);
		return;
	}
	if (made)
		ask(s, f);
}

/* A process changes what it does not tell of: all that is in scope may change. */
static void left(struct server *s, const struct client *c)
{
	const struct ci_header *h = s->index.h;
	bool made;

	log_warn("a change that process %ld makes was not answered in time: nothing is served "
	         "from memory any more",
	         (long)c->pid);
	for (uint32_t i = 0; i < h->scope_count; i++) {
		const struct ci_scope *scope = &h->scope[i];
		const char *root = ci_string(&s->index.map, scope->real, scope->real_len);
		struct flight *f = flight_get(&s->flights, WIRE_MUTATE, WIRE_SUBTREE, root,
		                              scope->real_len, &made);
		if (f && made)
			ask(s, f);
	}
}

void node_client_request(void *server, struct client *c, enum wire_op op, uint32_t flags,
                         const char *path, size_t len, int fd)
{
	struct server *s = server;

	switch (op) {
	case WIRE_HELLO:
		hello(s, c, flags, path, len, fd);
		break;
	case WIRE_FD:
		give_descriptor(s, c, path, len);
		break;
	case WIRE_STATUS:
		status(s, c);
		break;
	case WIRE_LEAVE:
		left(s, c);
		break;
	case WIRE_LOOKUP:
	case WIRE_LIST:
	case WIRE_CONTENT:
	case WIRE_ACCESS:
	case WIRE_MUTATE:
		client_ask(s, c, op, flags, path, len);
		break;
	}
	if (fd >= 0)
		close(fd);
}

void node_client_gone(void *server, struct client *c)
{
	struct server *s = server;

	flights_forget_client(&s->flights, c);
	if (c->page) {
		totals_add_page(&s->totals, c->page);
		munmap(c->page, sizeof(*c->page));
	}
}

static void child_ask(struct server *s, int child, const struct message *m)
{
	enum wire_op op = (enum wire_op)m->head.a;
	uint32_t flags = m->head.b;
	const char *path = message_path(m);
	size_t len = m->head.path_len;
	bool made;

	if (op < WIRE_LOOKUP || op > WIRE_MUTATE || len == 0 || path[0] != '/')
		return;
	if (answer_now(s, op, flags, path, len) != ANSWER_NEED) {
		settle_child(s, child, op, flags, path, len);
		return;
	}
	struct flight *f = flight_get(&s->flights, op, flags, path, len, &made);
	if (!f) {
		log_error("out of memory: a request of server %d is lost", s->tree.child[child]);
		return;
	}
	f->children |= UINT64_C(1) << child;
	if (made)
		ask(s, f);
}

/* Which contents the children wait for can be told only with the head at hand. */
static void pass_on_content(struct server *s, struct blob *blob)
{
	struct flight *f, *next;
	struct answer_need need;

	if (blob->all) {
		bulk_send_all(&s->bulk, blob);
		return;
	}
	HASH_ITER (hh, s->flights.table, f, next) {
		if (f->op != WIRE_CONTENT || f->children == 0 ||
		    answer_request(&s->index.map, WIRE_CONTENT, f->flags, f->path, f->path_len,
		                   &need) != ANSWER_NEED ||
		    need.need != NEED_CONTENT || need.len != blob->path_len ||
		    memcmp(need.path, blob->path, need.len) != 0)
			continue;
		for (int i = 0; i < s->tree.child_count; i++)
			if (f->children >> i & 1)
				bulk_send(&s->bulk, blob, i);
	}
}

/* What cannot be stored here cannot be passed on from here either. */
static void content_settled(struct server *s, struct blob *blob)
{
	if (blob->failed) {
		struct message *m =
			message_new(REC_CONTENT_PASS, 0, 0, blob->path, blob->path_len, NULL, 0);
		if (m)
			tree_send_down(&s->tree, m);
		message_drop(m);
	}
	settle_contents(s);
}

static void content_begins(struct server *s, const struct message *m)
{
	struct blob *blob = bulk_begin(&s->bulk, m);

	if (!blob)
		return;
	pass_on_content(s, blob);
	if (blob->failed || blob->received == blob->size)
		content_settled(s, blob);
}

static void acknowledge(struct server *s, uint32_t serial)
{
	struct message *m = message_new(REC_ACK, serial, 0, "", 0, NULL, 0);

	if (m)
		tree_send_up(&s->tree, m);
	message_drop(m);
}

static void change_begins(struct server *s, uint32_t serial)
{
	if (!change_expect(s, serial, "", 0))
		acknowledge(s, serial);
}

static void change_acknowledged(struct server *s, uint32_t serial)
{
	struct change *c;

	DL_FOREACH (s->changes, c)
		if (c->serial == serial)
			break;
	if (!c || --c->remaining > 0)
		return;
	DL_DELETE(s->changes, c);
	if (server_is_root(s))
		root_changed(s, c);
	else
		acknowledge(s, serial);
	free(c);
}

static void last_words(struct server *s)
{
	uint64_t n[COUNT_END];

	if (server_is_root(s) || s->totals_missing > 0)
		return;
	totals_read(&s->totals, n);
	struct message *m = message_new(REC_TOTALS, 0, 0, "", 0, n, sizeof(n));
	if (m)
		tree_send_up(&s->tree, m);
	message_drop(m);
}

void node_stop(struct server *s)
{
	const struct clients_handler handler = {s, node_client_request, node_client_gone};
	struct message *m = message_new(REC_STOP, 0, 0, "", 0, NULL, 0);

	if (s->stopping)
		return;
	s->stopping = true;
	iw_close(&s->index);
	if (m)
		tree_send_down(&s->tree, m);
	message_drop(m);
	clients_close(&s->clients, &handler);
	totals_add(&s->totals, COUNT_entries, atomic_load(&s->index.h->entries));
	totals_add(&s->totals, COUNT_index_bytes, s->index.used);
	totals_add(&s->totals, COUNT_files, atomic_load(&s->store.files));
	totals_add(&s->totals, COUNT_store_bytes, atomic_load(&s->store.bytes));
	totals_add(&s->totals, COUNT_mpi_messages, s->tree.messages);
	totals_add(&s->totals, COUNT_mpi_bytes, s->tree.bytes);
	totals_add(&s->totals, COUNT_cpu_ms, cpu_milliseconds());
	totals_add(&s->totals, COUNT_servers, 1);
	s->totals_missing = s->tree.child_count;
	last_words(s);
}

void node_message(struct server *s, int source, const struct message *m)
{
	const struct record *h = &m->head;
	int child = tree_child(&s->tree, source);
	struct flight *f;
	struct blob *blob;

	switch (h->kind) {
	case REC_ABSENT:
	case REC_ERROR:
	case REC_PASS:
	case REC_LISTING:
	case REC_SINGLE:
	case REC_ACCESS:
	case REC_SETTLED:
		announce(s, (struct message *)m);
		break;
	case REC_KNOWN: /* a link, maybe, to a content that is here already and not sent again */
	case REC_CONTENT_PASS:
		announce(s, (struct message *)m);
		settle_contents(s);
		break;
	case REC_VOLATILE:
	case REC_SUBTREE:
	case REC_INODE:
		announce(s, (struct message *)m);
		change_begins(s, h->a);
		settle_contents(s);
		break;
	case REC_DONE:
		f = flight_find(&s->flights, (enum wire_op)h->a, h->b, message_path(m),
		                h->path_len);
		if (f)
			settle_flight(s, f);
		break;
	case REC_STOP:
		node_stop(s);
		break;
	case REC_BULK:
		content_begins(s, m);
		break;
	case REC_BULK_ALL:
		blob = bulk_find(&s->bulk, h->a);
		if (blob)
			bulk_send_all(&s->bulk, blob);
		break;
	case REC_CHUNK:
		blob = bulk_chunk(&s->bulk, m);
		if (blob)
			content_settled(s, blob);
		break;
	case REC_ASK:
		if (child >= 0)
			child_ask(s, child, m);
		break;
	case REC_ACK:
		change_acknowledged(s, h->a);
		break;
	case REC_TOTALS:
		totals_add_all(&s->totals, message_body(m), h->body_len / sizeof(uint64_t));
		s->totals_missing--;
		last_words(s);
		break;
	default:
		break;
	}
}
