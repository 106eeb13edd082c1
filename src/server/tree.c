/* tree.c - see tree.h. */
#include "server/tree.h"
#include "common/log.h"

#include <mpi.h>
#include <stdlib.h>

enum { TAG = 1 }; /* one tag for all: the order between neighbours is kept */

struct outgoing {
	MPI_Request request;
	struct message *message;
	unsigned *in_flight;
};

void tree_init(struct tree *t, int fanout)
{
	*t = (struct tree){.parent = -1};
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
	return t->outgoing_count == 0;
}

struct message *tree_receive(struct tree *t, int *source)
{
	int arrived, size;
	MPI_Message handle;
	MPI_Status status;

	if (t->size == 1)
		return NULL;
	MPI_Improbe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &arrived, &handle, &status);
	if (!arrived)
		return NULL;
	MPI_Get_count(&status, MPI_BYTE, &size);
	struct message *m = message_receive((size_t)size);
	if (!m) {
		log_error("cannot receive a message of %d bytes from server %d", size,
		          status.MPI_SOURCE);
		MPI_Abort(MPI_COMM_WORLD, 1);
	}
	MPI_Mrecv(&m->head, size, MPI_BYTE, &handle, MPI_STATUS_IGNORE);
	*source = status.MPI_SOURCE;
	if (!message_check(m)) {
		log_error("malformed message of %d bytes from server %d: are all servers of one build?",
		          size, status.MPI_SOURCE);
		MPI_Abort(MPI_COMM_WORLD, 1);
	}
	return m;
}
