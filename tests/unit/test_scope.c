/* What is in scope, by the spelling of a path alone. */
#include "index_fixture.h"

#include "common/resolve.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct index_writer w;

static void make_index(void)
{
	fixture_index(&w, FIXTURE_SIZE);
}

static bool in_scope(const char *path)
{
	return cr_in_scope(&w.map, path, strlen(path));
}

TestSuite(scope, .init = make_index);

Test(scope, empty_scope_has_nothing)
{
	cr_expect_not(in_scope("/"));
	cr_expect_not(in_scope("/opt"));
}

Test(scope, prefix_ends_at_a_slash)
{
	cr_assert(iw_add_scope(&w, "/opt/soft", "/opt/soft"));
	cr_expect(in_scope("/opt/soft"));
	cr_expect(in_scope("/opt/soft/"));
	cr_expect(in_scope("/opt/soft/lib/x.so"));
	cr_expect_not(in_scope("/opt/software"));
	cr_expect_not(in_scope("/opt/soft.d/x"));
	cr_expect_not(in_scope("/opt/sof"));
	cr_expect_not(in_scope("/opt"));
	cr_expect_not(in_scope("/"));
	cr_expect_not(in_scope("/opt/Soft"));
	cr_expect_not(in_scope("/data/opt/soft"));
}

Test(scope, length_rules_not_the_nul)
{
	cr_assert(iw_add_scope(&w, "/opt/soft", "/opt/soft"));
	cr_expect(cr_in_scope(&w.map, "/opt/software", 9));
	cr_expect_not(cr_in_scope(&w.map, "/opt/soft", 8));
}

Test(scope, several_prefixes)
{
	cr_assert(iw_add_scope(&w, "/opt/a", "/opt/a"));
	cr_assert(iw_add_scope(&w, "/opt/b", "/opt/b"));
	cr_expect(in_scope("/opt/a/x"));
	cr_expect(in_scope("/opt/b/x"));
	cr_expect_not(in_scope("/opt/c/x"));
}

Test(scope, bounded_number_of_prefixes)
{
	char prefix[32];

	for (int i = 0; i < CI_SCOPE_MAX; i++) {
		snprintf(prefix, sizeof(prefix), "/s/%d", i);
		cr_assert(iw_add_scope(&w, prefix, prefix));
	}
	cr_expect_not(iw_add_scope(&w, "/s/more", "/s/more"));
	cr_expect(in_scope("/s/63/x"));
	cr_expect_not(in_scope("/s/more"));
}

/* The longest prefix decides where the walk begins. */
Test(scope, nested_prefixes_lead_to_their_own_roots)
{
	struct cr_result r;

	cr_assert(iw_add_scope(&w, "/opt", "/real/one"));
	cr_assert(iw_add_scope(&w, "/opt/two", "/real/two"));
	fixture_dir(&w, "/real/one", 1);
	fixture_dir(&w, "/real/two", 2);
	cr_assert_eq(cr_resolve(&w.map, "/opt/two", 8, 0, &r), CR_ENTRY);
	cr_expect_eq(r.entry->attr.ino, 2);
	cr_assert_eq(cr_resolve(&w.map, "/opt/.", 6, 0, &r), CR_ENTRY);
	cr_expect_eq(r.entry->attr.ino, 1);
}

Test(scope, path_outside_is_left_alone)
{
	struct cr_result r;

	cr_assert(iw_add_scope(&w, "/opt/soft", "/opt/soft"));
	fixture_dir(&w, "/opt/soft", 1);
	cr_expect_eq(cr_resolve(&w.map, "/opt/software", 13, 0, &r), CR_OUTSIDE);
	cr_expect_eq(cr_resolve(&w.map, "/opt/soft/../x", 14, 0, &r), CR_OUTSIDE);
	cr_expect_eq(cr_resolve(&w.map, "", 0, 0, &r), CR_OUTSIDE);
	cr_expect_eq(cr_resolve(&w.map, "opt/soft", 8, 0, &r), CR_OUTSIDE);
}
