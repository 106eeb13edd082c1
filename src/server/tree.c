/* tree.c - see tree.h. */
#include "server/tree.h"
#include "common/log.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 1 }; /* one tag for all: the order between neighbours is kept */

struct outgoing {
	MPI_Request request;
	struct message *message;
	unsigned *in_flight;
};

struct incoming {
	MPI_Request request;
	struct message *message;
	int source;
};

void tree_init(struct tree *t, int fanout)
{
	*t = (struct tree){.parent = -1,
	                   .incoming = calloc(TREE_INCOMING_MAX, sizeof(*t->incoming))};
	if (!t->incoming)
		MPI_Abort(MPI_COMM_WORLD, 1);
	MPI_Comm_rank(MPI_COMM_WORLD, &t->rank);
	MPI_Comm_size(MPI_COMM_WORLD, &t->size);
	if (fanout < 1)
		fanout = 1;
	if (fanout > TREE_FANOUT_MAX)
		fanout = TREE_FANOUT_MAX;
	if (t->rank > 0)
		t->parent = (t->rank - 1) / fanout;
	for (int i = 1; i <= fanout; i++) {
		int64_t rank = (int64_t)t->rank * fanout + i;
		if (rank < t->size)
			t->child[t->child_count++] = (int)rank;
	}
}

int tree_child(const struct tree *t, int rank)
{
	for (int i = 0; i < t->child_count; i++)
		if (t->child[i] == rank)
			return i;
	return -1;
}

void tree_send(struct tree *t, int rank, struct message *m, unsigned *in_flight)
{
	if (t->outgoing_count == t->outgoing_room) {
		size_t room = t->outgoing_room ? 2 * t->outgoing_room : 64;
		struct outgoing *grown = realloc(t->outgoing, room * sizeof(*grown));
		if (!grown) {
			log_error("out of memory for a message to server %d", rank);
			MPI_Abort(MPI_COMM_WORLD, 1);
		}
		t->outgoing = grown;
		t->outgoing_room = room;
	}
	struct outgoing *o = &t->outgoing[t->outgoing_count++];
	*o = (struct outgoing){.message = message_hold(m), .in_flight = in_flight};
	if (in_flight)
		++*in_flight;
	t->messages++;
	t->bytes += m->size;
	MPI_Isend(&m->head, (int)m->size, MPI_BYTE, rank, TAG, MPI_COMM_WORLD, &o->request);
}

void tree_send_down(struct tree *t, struct message *m)
{
	for (int i = 0; i < t->child_count; i++)
		tree_send(t, t->child[i], m, NULL);
}

void tree_send_up(struct tree *t, struct message *m)
{
	if (t->parent >= 0)
		tree_send(t, t->parent, m, NULL);
}

bool tree_progress(struct tree *t)
{
	bool any = false;

	for (size_t i = 0; i < t->outgoing_count;) {
		struct outgoing *o = &t->outgoing[i];
		int done;
		MPI_Test(&o->request, &done, MPI_STATUS_IGNORE);
		if (!done) {
			i++;
			continue;
		}
		any = true;
		if (o->in_flight)
			--*o->in_flight;
		message_drop(o->message);
		*o = t->outgoing[--t->outgoing_count];
	}
	return any;
}

bool tree_idle(const struct tree *t)
{
	return t->outgoing_count == 0 && t->incoming_count == 0;
}

/*
 * Begin to receive what has been announced. A large message takes several
 * steps of both sides; MPI_Mrecv would burn the processor meanwhile, with the
 * sender perhaps asleep (pace.h).
 */
static void begin_receives(struct tree *t)
{
	bool looked = false;

	while (t->incoming_count < TREE_INCOMING_MAX) {
		struct incoming *i = &t->incoming[t->incoming_count];
		int announced, size;
		MPI_Message handle;
		MPI_Status status;

		MPI_Improbe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &announced, &handle, &status);
		/* Open MPI looks for a message first and at the network then: what
		 * has just come in is found by a second call only. */
		if (!announced && looked)
			return;
		looked = !announced;
		if (!announced)
			continue;
		MPI_Get_count(&status, MPI_BYTE, &size);
		*i = (struct incoming){.message = message_receive((size_t)size),
		                       .source = status.MPI_SOURCE};
		if (!i->message) {
			log_error("cannot receive a message of %d bytes from server %d", size,
			          status.MPI_SOURCE);
			MPI_Abort(MPI_COMM_WORLD, 1);
		}
		MPI_Imrecv(&i->message->head, size, MPI_BYTE, &handle, &i->request);
		t->incoming_count++;
	}
}

/* The first that is complete and has none of its own source before it. */
static struct incoming *first_complete(struct tree *t)
{
	for (size_t n = 0; n < t->incoming_count; n++) {
		struct incoming *i = &t->incoming[n];
		bool overtakes = false;
		int done;

		for (size_t k = 0; k < n; k++)
			overtakes |= t->incoming[k].source == i->source;
		if (overtakes)
			continue;
		MPI_Test(&i->request, &done, MPI_STATUS_IGNORE);
		if (done)
			return i;
	}
	return NULL;
}

struct message *tree_receive(struct tree *t, int *source)
{
	if (t->size == 1)
		return NULL;
	begin_receives(t);
	struct incoming *i = first_complete(t);
	if (!i)
		return NULL;
	struct message *m = i->message;
	*source = i->source;
	size_t behind = t->incoming_count - (size_t)(i - t->incoming) - 1;
	memmove(i, i + 1, behind * sizeof(*i));
	t->incoming_count--;
	if (!message_check(m)) {
		log_error("malformed message of %zu bytes from server %d: are all servers of one "
		          "build?",
		          m->size, *source);
		MPI_Abort(MPI_COMM_WORLD, 1);
	}
	return m;
}
