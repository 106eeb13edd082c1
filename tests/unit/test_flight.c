/* Requests under way: asked for once, however many wait. */
#include "server/flight.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct flights all;

static struct flight *get(enum wire_op op, uint32_t flags, const char *path, bool *made)
{
	return flight_get(&all, op, flags, path, strlen(path), made);
}

/* A connection is only an address here. */
static struct client *client(int n)
{
	static char clients[16];

	return (struct client *)(void *)&clients[n];
}

Test(flight, same_question_same_flight)
{
	bool made;
	struct flight *f = get(WIRE_LOOKUP, 0, "/s/f", &made);

	cr_assert_not_null(f);
	cr_expect(made);
	cr_expect_eq(get(WIRE_LOOKUP, 0, "/s/f", &made), f);
	cr_expect_not(made);
	cr_expect_eq(flight_find(&all, WIRE_LOOKUP, 0, "/s/f", 4), f);
	cr_expect_eq(flight_find(&all, WIRE_LOOKUP, 0, "/s/file", 4), f, "length rules");
}

Test(flight, other_questions_other_flights)
{
	bool made;
	struct flight *f = get(WIRE_LOOKUP, 0, "/s/f", &made);

	cr_expect_neq(get(WIRE_CONTENT, 0, "/s/f", &made), f);
	cr_expect_neq(get(WIRE_LOOKUP, 1, "/s/f", &made), f);
	cr_expect_neq(get(WIRE_LOOKUP, 0, "/s/g", &made), f);
	cr_expect_neq(get(WIRE_LOOKUP, 0, "/s/ff", &made), f);
	cr_expect_null(flight_find(&all, WIRE_LIST, 0, "/s/f", 4));
}

Test(flight, ended_flight_is_gone)
{
	bool made;

	flight_end(&all, get(WIRE_LOOKUP, 0, "/s/f", &made));
	cr_expect_null(flight_find(&all, WIRE_LOOKUP, 0, "/s/f", 4));
	get(WIRE_LOOKUP, 0, "/s/f", &made);
	cr_expect(made);
}

Test(flight, connection_that_has_gone_waits_no_more)
{
	bool made;
	struct flight *f = get(WIRE_LOOKUP, 0, "/s/f", &made);
	struct flight *g = get(WIRE_LOOKUP, 0, "/s/g", &made);

	for (int i = 0; i < 4; i++)
		cr_assert(flight_add_client(f, client(i)));
	cr_assert(flight_add_client(g, client(2)));
	cr_assert(flight_add_client(f, client(2)));
	flights_forget_client(&all, client(2));
	cr_assert_eq(f->client_count, 3);
	cr_expect_eq(f->clients[0], client(0));
	cr_expect_eq(f->clients[1], client(1));
	cr_expect_eq(f->clients[2], client(3));
	cr_expect_eq(g->client_count, 0);
}

Test(flight, many)
{
	char path[32];
	bool made;

	for (int i = 0; i < 5000; i++) {
		snprintf(path, sizeof(path), "/s/%d", i);
		cr_assert_not_null(get(WIRE_LOOKUP, 0, path, &made));
		cr_assert(made);
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(path, sizeof(path), "/s/%d", i);
		flight_end(&all, flight_find(&all, WIRE_LOOKUP, 0, path, strlen(path)));
	}
	cr_expect_null(all.table);
}
