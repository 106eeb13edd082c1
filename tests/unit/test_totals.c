/* Counters of processes, nodes and subtrees, and the JSON that reports are made from. */
#include "server/totals.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(totals, processes_and_subtrees_add_up)
{
	struct totals t = {0};
	struct counters_page page = {.magic = COUNTERS_MAGIC};
	uint64_t n[COUNT_END], other[COUNT_END] = {[COUNT_hits] = 1000, [COUNT_servers] = 3};

	page.n[COUNT_hits] = 7;
	totals_add(&t, COUNT_servers, 1);
	totals_add_page(&t, &page);
	totals_add_page(&t, &page);
	totals_add_all(&t, other, COUNT_END);
	totals_read(&t, n);
	cr_expect_eq(n[COUNT_hits], 1014);
	cr_expect_eq(n[COUNT_servers], 4);
	cr_expect_eq(n[COUNT_asked], 0);
}

Test(totals, page_that_is_none_is_ignored)
{
	struct totals t = {0};
	struct counters_page page = {.magic = COUNTERS_MAGIC + 1};
	uint64_t n[COUNT_END];

	page.n[COUNT_hits] = 7;
	totals_add_page(&t, &page);
	totals_read(&t, n);
	cr_expect_eq(n[COUNT_hits], 0);
}

Test(totals, another_number_of_counters)
{
	struct totals t = {0};
	uint64_t n[COUNT_END], other[COUNT_END + 5];

	for (size_t i = 0; i < COUNT_END + 5; i++)
		other[i] = i + 1;
	totals_add_all(&t, other, COUNT_END + 5);
	totals_add_all(&t, other, 1);
	totals_read(&t, n);
	cr_expect_eq(n[0], 2);
	cr_expect_eq(n[COUNT_END - 1], COUNT_END);
}

Test(totals, json_names_every_counter)
{
	uint64_t n[COUNT_END];
	char json[4096], part[128];

	for (size_t i = 0; i < COUNT_END; i++)
		n[i] = UINT64_MAX - i;
	size_t len = totals_json(n, json, sizeof(json));
	cr_assert_eq(len, strlen(json));
	cr_expect_eq(json[0], '{');
	cr_expect_eq(json[len - 1], '}');
#define EXPECT_COUNTER(name, text)                                                                 \
	snprintf(part, sizeof(part), "\"%s\":%llu", #name, (unsigned long long)n[COUNT_##name]);   \
	cr_expect_not_null(strstr(json, part), "%s is missing", part);
	COLLFS_CLIENT_COUNTERS(EXPECT_COUNTER)
	COLLFS_SERVER_COUNTERS(EXPECT_COUNTER)
}

Test(totals, json_is_cut_to_fit)
{
	uint64_t n[COUNT_END] = {0};

	for (size_t room = 1; room < 600; room++) {
		char *json = malloc(room);
		size_t len = totals_json(n, json, room);
		cr_expect_lt(len, room);
		cr_expect_eq(strlen(json), len);
		free(json);
	}
}
