/*
 * coherence.c - a change is seen by everybody who hears of it: at random
 *
 *   coherence --make DIR LATER       make the areas in DIR, by the seed, to be found in
 *                                    LATER
 *   mpirun coherence DIR LINK OUT    the test; LINK and OUT are links to DIR
 *
 * Rounds; in each, several areas (trees of a few directories that nobody has
 * looked at before) are looked at, so that they are cached, and changed, by
 * all ranks in turn and in several ways. All ranks draw the same plan from
 * the same random numbers: who does what, and who sends a message to whom;
 * MPI is the only thing that orders processes, and logical clocks tell what
 * each has heard of. A look must say what the model says; where a change that
 * the rank has not heard of may or may not have been made yet, it is checked
 * only if that makes no difference.
 *
 * COHERENCE_SEED and COHERENCE_OPS (of all ranks) in the environment; each
 * round depends on the seed and its own number alone: COHERENCE_ROUND=N does
 * that one only.
 */
#include "coherence.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPS_LEAST = 40 }; /* of each area there are more */

static int me, looks, checked, changes;

static void print_step(const struct step *s, const char *mark)
{
	static const char *const spellings[] = {"", "dots", "linked", "outside", "chdir", "dirfd"};
	static const char *const methods[] = {"self",      "thread", "fork",  "signal",
	                                      "companion", "vfork",  "spawn", "shell"};

	fprintf(stderr, "%s %4d rank %d %-9s %-9s base '%s' '%s' '%s' n %d text '%s' %s: %s\n",
	        mark, (int)(s - plan), s->rank, methods[s->by], kind_name(s->x.kind), s->x.base,
	        s->x.a, s->x.b, s->x.n, s->x.text, spellings[s->x.spelling], s->expected);
}

static void complain(int round, const struct step *s, const char *why, const char *said)
{
	fprintf(stderr,
	        "coherence: %s\n  rank %d, COHERENCE_SEED=%lu COHERENCE_ROUND=%d, area a%03d\n"
	        "  said:     %s\n  expected: %s\n  after these changes of the area:\n",
	        why, me, (unsigned long)seed, round, s->x.area, said, s->expected);
	for (int i = 0; i < areas[s->slot].changes; i++)
		print_step(&plan[areas[s->slot].step[i]],
		           before(&plan[areas[s->slot].step[i]], s) ? "   " : "  ?");
	print_step(s, "  >");
	fflush(stderr);
	MPI_Abort(MPI_COMM_WORLD, 1);
}

/* Cut off, and return, what follows the first of this character. */
static char *cut(char *said, char mark)
{
	char *at = strchr(said, mark);

	if (!at)
		return said + strlen(said);
	*at = '\0';
	return at + 1;
}

static void run_step(int round, const struct step *s)
{
	char said[SAID_LEN] = "", whole[SAID_LEN];

	act_by(s->by, &s->x, said);
	strcpy(whole, said);
	if (s->x.kind < FIRST_LOOK || s->by == SHELL) {
		changes += s->x.kind < FIRST_LOOK;
		looks += s->x.kind >= FIRST_LOOK;
		checked += s->x.kind >= FIRST_LOOK && s->expected[0];
		if (s->expected[0] && strcmp(said, s->expected) != 0)
			complain(round, s, "it does not say what the model says", whole);
		return;
	}
	looks++;
	if (!s->expected[0])
		return;
	checked++;
	char *past = cut(said, '\n');
	char *said_more = cut(said, ';'), *past_more = cut(past, ';');
	bool dirty = s->x.kind == REALPATH; /* the second one is by the library as well */
	if (strcmp(said, s->expected) != 0)
		complain(round, s,
		         strcmp(past, s->expected) == 0 || dirty
		                 ? "not the truth"
		                 : "the filesystem itself does not do as the model says",
		         whole);
	if (s->exact && strcmp(said_more, past_more) != 0)
		complain(round, s, "attributes are not those of the filesystem", whole);
}

/* Wait without taking the processor from those who are waited for. */
static void await_message(int from)
{
	int there = 0, nothing;

	while (MPI_Iprobe(from, 0, MPI_COMM_WORLD, &there, MPI_STATUS_IGNORE), !there)
		usleep(100);
	MPI_Recv(&nothing, 1, MPI_INT, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void await_all(void)
{
	MPI_Request request;
	int done = 0;

	MPI_Ibarrier(MPI_COMM_WORLD, &request);
	while (MPI_Test(&request, &done, MPI_STATUS_IGNORE), !done)
		usleep(100);
}

static void run_round(int round)
{
	int nothing = 0;

	plan_round(round);
	for (int i = 0; i < steps; i++) {
		const struct step *s = &plan[i];
		if (s->what == BARRIER)
			await_all();
		else if (s->what == DO && s->rank == me)
			run_step(round, s);
		else if (s->what == MESSAGE && s->rank == me)
			MPI_Send(&nothing, 1, MPI_INT, s->to, 0, MPI_COMM_WORLD);
		else if (s->what == MESSAGE && s->to == me)
			await_message(s->rank);
	}
}

static long setting(const char *name, long otherwise)
{
	const char *value = getenv(name);

	return value && *value ? atol(value) : otherwise;
}

int main(int argc, char **argv)
{
	long done = 0, wanted = setting("COHERENCE_OPS", 3000);
	long only = setting("COHERENCE_ROUND", -1);
	int counted[3];

	seed = (uint64_t)setting("COHERENCE_SEED", 1);
	if (argc > 2 && strcmp(argv[1], "--act") == 0)
		return act_main(argv);
	if (argc == 4 && strcmp(argv[1], "--make") == 0)
		return make_areas(argv[2], argv[3],
		                  only >= 0 ? (only + 1) * AREAS : wanted / OPS_LEAST + 2 * AREAS);
	if (argc != 4) {
		fprintf(stderr, "usage: coherence DIR LINK OUTSIDE | --make DIR LATER\n");
		return 2;
	}
	top = argv[1];
	top_linked = argv[2];
	top_outside = argv[3];
	ways_begin(argv[0]);
	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &me);
	MPI_Comm_size(MPI_COMM_WORLD, &ranks);
	for (int round = 0; round * AREAS < AREA_MAX && done < wanted; round++) {
		if (only >= 0 && round != only)
			continue;
		run_round(round);
		for (int i = 0; i < steps; i++)
			done += plan[i].what == DO;
	}
	int mine[3] = {looks, checked, changes};
	MPI_Reduce(mine, counted, 3, MPI_INT, MPI_SUM, 0, MPI_COMM_WORLD);
	if (me == 0)
		printf("changes %d looks %d checked %d\n", counted[2], counted[0], counted[1]);
	MPI_Finalize();
	ways_end();
	return 0;
}
