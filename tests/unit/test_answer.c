/* Does the index answer a request, and if not, what is missing? */
#include "index_fixture.h"

#include "server/answer.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <string.h>
#include <unistd.h>

static struct index_writer w;
static struct answer_need need;

static void make_index(void)
{
	fixture_index(&w, FIXTURE_SIZE);
	cr_assert(iw_add_scope(&w, "/s", "/s"));
	fixture_dir(&w, "/s", 1);
}

TestSuite(answer, .init = make_index);

static enum answer answer(enum wire_op op, uint32_t flags, const char *path)
{
	need = (struct answer_need){0};
	return answer_request(&w.map, op, flags, path, strlen(path), &need);
}

static void expect_need(enum wire_op op, uint32_t flags, const char *path, enum need what,
                        const char *about)
{
	cr_expect_eq(answer(op, flags, path), ANSWER_NEED);
	cr_expect_eq(need.need, what);
	cr_expect_str_eq(need.path, about);
	cr_expect_eq(need.len, strlen(about));
}

Test(answer, lookup_asks_for_the_name_then_its_attributes)
{
	static const char *const names[] = {"f", NULL};

	expect_need(WIRE_LOOKUP, 0, "/s/f", NEED_NAME, "/s/f");
	fixture_list(&w, fixture_dir(&w, "/s", 1), names);
	expect_need(WIRE_LOOKUP, 0, "/s/f", NEED_STAT, "/s/f");
	cr_expect_eq(answer(WIRE_LOOKUP, 0, "/s/absent"), ANSWER_LOOK);
	fixture_file(&w, "/s/f", 2);
	cr_expect_eq(answer(WIRE_LOOKUP, 0, "/s/f"), ANSWER_LOOK);
}

Test(answer, list_wants_a_listing)
{
	static const char *const names[] = {NULL};
	struct ci_entry *d = fixture_dir(&w, "/s/d", 2);

	expect_need(WIRE_LIST, 0, "/s/d", NEED_LIST, "/s/d");
	fixture_list(&w, d, names);
	cr_expect_eq(answer(WIRE_LIST, 0, "/s/d"), ANSWER_LOOK);
	fixture_file(&w, "/s/f", 3);
	cr_expect_eq(answer(WIRE_LIST, 0, "/s/f"), ANSWER_LOOK, "no directory: nothing to list");
}

Test(answer, content_wants_the_content_of_what_the_link_leads_to)
{
	struct ci_entry *f = fixture_file(&w, "/s/f", 3);

	fixture_link(&w, "/s/l", 4, "f");
	expect_need(WIRE_CONTENT, 0, "/s/l", NEED_CONTENT, "/s/f");
	iw_set_content(&w, f, 9, 99);
	cr_expect_eq(answer(WIRE_CONTENT, 0, "/s/l"), ANSWER_LOOK);
	fixture_dir(&w, "/s/d", 5);
	cr_expect_eq(answer(WIRE_CONTENT, 0, "/s/d"), ANSWER_LOOK, "directories have no content");
}

Test(answer, access_is_asked_bit_by_bit)
{
	struct ci_entry *f = fixture_file(&w, "/s/f", 3);
	const uint32_t both = (R_OK | X_OK) << WIRE_ACCESS_SHIFT;

	expect_need(WIRE_ACCESS, both, "/s/f", NEED_ACCESS, "/s/f");
	cr_expect(need.mode == R_OK || need.mode == X_OK);
	iw_set_access(f, X_OK, false);
	expect_need(WIRE_ACCESS, both, "/s/f", NEED_ACCESS, "/s/f");
	cr_expect_eq(need.mode, R_OK);
	iw_set_access(f, R_OK, true);
	cr_expect_eq(answer(WIRE_ACCESS, both, "/s/f"), ANSWER_LOOK);
}

Test(answer, what_is_not_served_is_the_clients_own_affair)
{
	cr_expect_eq(answer(WIRE_LOOKUP, 0, "/other"), ANSWER_REAL);
	cr_expect_eq(answer(WIRE_LOOKUP, 0, "/s/../other"), ANSWER_REAL);
	iw_set_volatile(&w, fixture_dir(&w, "/s/d", 2), true);
	cr_expect_eq(answer(WIRE_LOOKUP, 0, "/s/d/f"), ANSWER_REAL);
}
