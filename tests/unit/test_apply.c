/* The log of records becomes the node's index; every node gets the same one. */
#include "index_fixture.h"

#include "common/resolve.h"
#include "server/apply.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct index_writer w;

static void make_index(void)
{
	fixture_index(&w, FIXTURE_SIZE);
	iw_add_scope(&w, "/s", "/s");
	fixture_dir(&w, "/s", 1);
}

TestSuite(apply, .init = make_index);

static void apply(enum record_kind kind, uint32_t a, uint32_t b, const char *path, const void *body,
                  size_t n)
{
	struct message *m = message_new(kind, a, b, path, strlen(path), body, n);

	cr_assert(m && message_check(m));
	apply_record(&w, m);
	message_drop(m);
}

static const struct ci_entry *find(const char *path)
{
	return ci_find(&w.map, path, strlen(path));
}

static void apply_file(const char *path, uint64_t ino, uint64_t size)
{
	struct ci_attr attr = fixture_attr(S_IFREG | 0644, ino);

	attr.size = size;
	apply(REC_KNOWN, 0, 0, path, &attr, sizeof(attr));
}

static void apply_names(const char *path, const char *name)
{
	struct index_name n = {
		.ino = 5, .name = name, .len = (uint16_t)strlen(name), .type = DT_REG};
	size_t size;
	void *body = record_pack_names(&n, 1, &size);

	apply(REC_LISTING, 0, 0, path, body, size);
	free(body);
}

Test(apply, facts)
{
	apply_file("/s/f", 2, 10);
	cr_assert_eq(ci_state(find("/s/f")), CI_KNOWN);
	cr_expect_eq(find("/s/f")->attr.size, 10);
	apply(REC_ABSENT, 0, 0, "/s/none", NULL, 0);
	cr_expect_eq(ci_state(find("/s/none")), CI_ABSENT);
	apply(REC_ERROR, EACCES, 0, "/s/shut", NULL, 0);
	cr_expect_eq(ci_state(find("/s/shut")), CI_ERROR);
	cr_expect_eq(find("/s/shut")->err, EACCES);
	apply(REC_PASS, 0, 0, "/s/odd", NULL, 0);
	cr_expect_eq(ci_state(find("/s/odd")), CI_PASS);
	apply(REC_CONTENT_PASS, 0, 0, "/s/f", NULL, 0);
	cr_expect_eq(ci_content(find("/s/f")), CI_CONTENT_PASS);
	apply(REC_ACCESS, R_OK, 1, "/s/f", NULL, 0);
	cr_expect_eq(atomic_load(&find("/s/f")->access), R_OK | R_OK << 4);
}

Test(apply, link_with_its_target)
{
	char body[sizeof(struct ci_attr) + 6];
	struct ci_attr attr = fixture_attr(S_IFLNK | 0777, 3);

	memcpy(body, &attr, sizeof(attr));
	memcpy(body + sizeof(attr), "target", 6);
	apply(REC_KNOWN, 0, 0, "/s/l", body, sizeof(body));
	cr_assert_eq(ci_state(find("/s/l")), CI_KNOWN);
	cr_expect_str_eq(ci_string(&w.map, find("/s/l")->link, 6), "target");
}

Test(apply, listing_once)
{
	apply_names("/s", "first");
	cr_assert_eq(ci_dir(find("/s")), CI_DIR_COMPLETE);
	cr_expect_not_null(find("/s/first"));
	apply_names("/s", "second");
	cr_expect_null(find("/s/second"), "a complete directory was changed");
}

Test(apply, single_directory)
{
	apply(REC_SINGLE, 0, 0, "/s", NULL, 0);
	cr_expect_eq(ci_dir(find("/s")), CI_DIR_SINGLE);
}

Test(apply, another_version_is_another_entry)
{
	apply_file("/s/f", 2, 10);
	const struct ci_entry *old = find("/s/f");
	apply_file("/s/f", 2, 10);
	cr_expect_eq(find("/s/f"), old, "the same version again");
	apply_file("/s/f", 2, 11);
	cr_expect_neq(find("/s/f"), old);
	cr_expect_eq(find("/s/f")->attr.size, 11);
	cr_expect_eq(ci_state(old), CI_DEAD);
	cr_expect_eq(old->attr.size, 10, "readers may still be reading the old one");
}

static void apply_directory(const char *path, uint64_t ino)
{
	struct ci_attr attr = fixture_attr(S_IFDIR | 0755, ino);

	apply(REC_KNOWN, 0, 0, path, &attr, sizeof(attr));
}

static void expect_passed(const char *path, unsigned type)
{
	const struct ci_entry *e = find(path);

	cr_assert_not_null(e, "%s", path);
	cr_expect_eq(ci_state(e), CI_PASS);
	cr_expect_eq(cr_type(e), type);
}

/* A fact that was found out before the change must not come back after it. */
Test(apply, volatile_directory_takes_no_more_facts)
{
	apply_file("/s/f", 2, 10);
	apply(REC_VOLATILE, 1, 0, "/s", NULL, 0);
	cr_expect_null(find("/s/f"));
	apply_file("/s/f", 2, 10);
	expect_passed("/s/f", DT_UNKNOWN);
	apply(REC_ABSENT, 0, 0, "/s/g", NULL, 0);
	expect_passed("/s/g", DT_UNKNOWN);
	apply_names("/s", "f");
	cr_expect_neq(ci_dir(find("/s")), CI_DIR_COMPLETE);
}

Test(apply, subtree_is_forgotten)
{
	fixture_dir(&w, "/s/d", 2);
	apply_file("/s/d/f", 3, 1);
	apply_file("/s/df", 4, 1);
	apply(REC_SUBTREE, 0, 0, "/s/d", NULL, 0);
	cr_expect_null(find("/s/d"));
	cr_expect_null(find("/s/d/f"));
	cr_expect_not_null(find("/s/df"));
}

/* Root had asked before the directory went away: the answer comes after. */
Test(apply, late_facts_do_not_bring_back_what_is_forgotten)
{
	fixture_dir(&w, "/s/d", 2);
	apply_file("/s/d/f", 3, 1);
	apply(REC_VOLATILE, 1, 0, "/s", NULL, 0);
	apply(REC_SUBTREE, 2, 0, "/s/d", NULL, 0);
	apply_directory("/s/d", 2);
	expect_passed("/s/d", DT_UNKNOWN);
	apply_file("/s/d/f", 3, 1);
	apply_file("/s/d/g", 4, 1);
	struct cr_result r;
	cr_expect_eq(cr_resolve(&w.map, "/s/d/f", 6, 0, &r), CR_PASS);
	cr_expect_eq(cr_resolve(&w.map, "/s/d/g", 6, 0, &r), CR_PASS);
}

/* The job writes beside a directory that nobody has asked for yet. */
Test(apply, directories_in_a_volatile_one_are_walked_through)
{
	struct cr_result r;

	apply(REC_VOLATILE, 1, 0, "/s", NULL, 0);
	apply(REC_SETTLED, 0, 0, "/s", NULL, 0);
	cr_expect_eq(cr_resolve(&w.map, "/s/d", 4, 0, &r), CR_PASS);
	cr_expect_eq(cr_resolve(&w.map, "/s/d/f", 6, 0, &r), CR_ASK);
	cr_expect_eq(r.ask, CR_ASK_STAT);
	cr_expect_str_eq(r.path, "/s/d");
	apply_directory("/s/d", 2);
	cr_expect_eq(cr_resolve(&w.map, "/s/d", 4, 0, &r), CR_PASS, "its times change");
	cr_expect_eq(cr_resolve(&w.map, "/s/d/f", 6, 0, &r), CR_ASK);
	cr_expect_str_eq(r.path, "/s/d/f");
	apply_file("/s/d/f", 3, 1);
	cr_expect_eq(cr_resolve(&w.map, "/s/d/f", 6, 0, &r), CR_ENTRY);
	/* What is none, or is not there, is not asked for again. */
	apply_file("/s/e", 4, 1);
	cr_expect_eq(cr_resolve(&w.map, "/s/e/f", 6, 0, &r), CR_PASS);
	apply(REC_ABSENT, 0, 0, "/s/g", NULL, 0);
	cr_expect_eq(cr_resolve(&w.map, "/s/g/f", 6, 0, &r), CR_PASS);
	cr_expect_eq(ci_dir(find("/s/g")), CI_DIR_VOLATILE, "who writes there waits for nobody");
}

/* A name of it that goes is never taken for the next one's of that name. */
Test(apply, a_directory_that_went_is_passed)
{
	struct cr_result r;

	apply(REC_VOLATILE, 1, 0, "/s", NULL, 0);
	apply(REC_SETTLED, 0, 0, "/s", NULL, 0);
	apply(REC_SUBTREE, 2, 0, "/s/d", NULL, 0);
	expect_passed("/s/d", DT_UNKNOWN);
	cr_expect_eq(cr_resolve(&w.map, "/s/d/f", 6, 0, &r), CR_PASS);
}

Test(apply, an_inode_is_passed_by_all_its_names)
{
	struct cr_result r;

	apply_file("/s/one", 7, 10);
	apply_file("/s/two", 7, 10);
	apply_file("/s/other", 8, 10);
	apply(REC_INODE, 1, 0, "/7", NULL, 0);
	cr_expect_eq(ci_state(find("/s/one")), CI_PASS);
	cr_expect_eq(ci_state(find("/s/two")), CI_PASS);
	cr_expect_eq(ci_state(find("/s/other")), CI_KNOWN);
	/* What was found out before comes later, by names known and new. */
	apply_file("/s/one", 7, 10);
	apply_file("/s/three", 7, 10);
	cr_expect_eq(ci_state(find("/s/one")), CI_PASS);
	cr_expect_eq(ci_state(find("/s/three")), CI_PASS);
	/* That it is no directory is not said of it any more, either. */
	cr_assert(iw_add_scope(&w, "/s", "/s"));
	cr_expect_eq(cr_resolve(&w.map, "/s/one/x", 8, 0, &r), CR_PASS);
}

Test(apply, short_bodies_are_not_believed)
{
	struct ci_attr attr = fixture_attr(S_IFREG | 0644, 2);

	apply(REC_KNOWN, 0, 0, "/s/f", &attr, sizeof(attr) - 1);
	cr_expect(!find("/s/f") || ci_state(find("/s/f")) != CI_KNOWN);
	apply(REC_LISTING, 0, 0, "/s", "abc", 3);
	cr_expect_neq(ci_dir(find("/s")), CI_DIR_COMPLETE);
}

/* Root had looked at a directory below it: what it says comes after. */
Test(apply, late_facts_below_what_is_forgotten_open_nothing)
{
	struct cr_result r;

	apply_directory("/s/g", 2);
	apply(REC_VOLATILE, 1, 0, "/s", NULL, 0);
	apply(REC_SUBTREE, 2, 0, "/s/g", NULL, 0);
	apply_directory("/s/g/sub", 3);
	cr_expect_eq(cr_resolve(&w.map, "/s/g/sub/x", 10, 0, &r), CR_PASS);
	apply_file("/s/g/sub/x", 4, 1);
	apply(REC_SETTLED, 0, 0, "/s", NULL, 0);
	cr_expect_eq(cr_resolve(&w.map, "/s/g/sub/x", 10, 0, &r), CR_PASS);
}

/* Another node may not have heard yet: who changes a name there has to tell. */
Test(apply, what_is_forgotten_is_left_until_it_is_settled)
{
	apply_directory("/s/d", 2);
	apply(REC_VOLATILE, 1, 0, "/s", NULL, 0);
	apply(REC_SETTLED, 0, 0, "/s", NULL, 0);
	apply(REC_SUBTREE, 2, 0, "/s/d", NULL, 0);
	cr_expect_eq(ci_dir(find("/s/d")), CI_DIR_LEAVING);
	apply(REC_SETTLED, 0, 0, "/s/d", NULL, 0);
	cr_expect_eq(ci_dir(find("/s/d")), CI_DIR_VOLATILE);
}

Test(apply, settling_makes_no_entries_below_what_is_forgotten)
{
	struct cr_result r;

	apply_directory("/s/g", 2);
	apply_directory("/s/g/p", 3);
	apply(REC_VOLATILE, 1, 0, "/s/g/p", NULL, 0);
	apply(REC_VOLATILE, 2, 0, "/s", NULL, 0);
	apply(REC_SUBTREE, 3, 0, "/s/g", NULL, 0);
	apply(REC_SETTLED, 0, 0, "/s/g/p", NULL, 0);
	apply(REC_SETTLED, 0, 0, "/s", NULL, 0);
	apply_directory("/s/g/p/sub", 4);
	cr_expect_eq(cr_resolve(&w.map, "/s/g/p/sub/x", 12, 0, &r), CR_PASS);
	apply(REC_ABSENT, 0, 0, "/s/g/p/sub/x", NULL, 0);
	cr_expect_eq(cr_resolve(&w.map, "/s/g/p/sub/x", 12, 0, &r), CR_PASS);
}

/* Whichever is told first. */
Test(apply, a_scope_in_a_scope_that_is_forgotten_stays_so)
{
	struct cr_result r;

	iw_add_scope(&w, "/s/a/n", "/s/a/n");
	apply(REC_SUBTREE, 1, 0, "/s/a/n", NULL, 0);
	apply(REC_SUBTREE, 2, 0, "/s", NULL, 0);
	apply_directory("/s/a/n", 3);
	apply_file("/s/a/n/f", 4, 1);
	cr_expect_eq(cr_resolve(&w.map, "/s/a/n/f", 8, 0, &r), CR_PASS);
	apply(REC_SETTLED, 0, 0, "/s", NULL, 0);
	cr_expect_eq(ci_dir(find("/s/a/n")), CI_DIR_VOLATILE);
}

Test(apply, an_inode_is_a_number)
{
	cr_expect(!apply_knows_inode(&w, "/12", 3));
	apply(REC_INODE, 1, 0, "/12", NULL, 0);
	cr_expect(apply_knows_inode(&w, "/12", 3));
	cr_expect(!apply_knows_inode(&w, "/13", 3));
	cr_expect(apply_knows_inode(&w, "/1x", 3), "none: nothing to tell");
	cr_expect(apply_knows_inode(&w, "/123456789012345678901234", 25));
}
