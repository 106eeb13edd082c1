/* Vectors of words, and environments made of them. */
#include "launcher/strv.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct strv v;

static void expect_words(const char *expected)
{
	char *joined = strv_join(&v, ',');

	cr_expect_str_eq(joined, expected);
	cr_expect_null(v.v[v.n], "not ended by NULL");
	free(joined);
}

Test(strv, grows_and_changes)
{
	strv_add(&v, "b");
	strv_insert(&v, 0, "a");
	strv_insert(&v, 2, "d");
	strv_insert(&v, 2, "c");
	expect_words("a,b,c,d");
	strv_replace(&v, 1, "B");
	strv_remove(&v, 0);
	strv_remove(&v, 2);
	expect_words("B,c");
	strv_addf(&v, "%s=%d", "x", 5);
	strv_add_part(&v, "longer", 4);
	expect_words("B,c,x=5,long");
	cr_expect(strv_has(&v, "long"));
	cr_expect_not(strv_has(&v, "lon"));
	for (int i = 0; i < 1000; i++)
		strv_addf(&v, "%d", i);
	cr_expect_eq(v.n, 1004);
	cr_expect_str_eq(v.v[1003], "999");
	strv_free(&v);
}

Test(strv, splits_without_empty_words)
{
	strv_split(&v, " a  b\tc ", " \t");
	expect_words("a,b,c");
	strv_split(&v, "", ":");
	strv_split(&v, ":::", ":");
	expect_words("a,b,c");
	strv_split(&v, "d:e", ":");
	expect_words("a,b,c,d,e");
}

Test(strv, joins_nothing)
{
	char *joined = strv_join(&v, ':');

	cr_expect_str_eq(joined, "");
	free(joined);
}

Test(strv, environment)
{
	env_put(&v, "A=1");
	env_put(&v, "AB=2");
	env_put(&v, "A=3");
	expect_words("A=3,AB=2");
	cr_expect_str_eq(env_get(&v, "A"), "3");
	cr_expect_str_eq(env_get(&v, "AB"), "2");
	cr_expect_null(env_get(&v, "B"));
	env_put(&v, "E=");
	cr_expect_str_eq(env_get(&v, "E"), "");
	env_drop(&v, "A");
	expect_words("AB=2,E=");
	env_drop(&v, "none");
	cr_expect_eq(env_name_len("NAME=a=b"), 4);
	cr_expect_eq(env_name_len("NAME"), 4);
}
