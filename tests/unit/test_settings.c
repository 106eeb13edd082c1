/* What collfsd is told by its environment. */
#include "server/settings.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define SESSION "0123456789abcdef0123456789abcdef.1794265459"

static struct settings s;

static void expect_size(const char *text, uint64_t expected)
{
	uint64_t value;

	cr_expect(settings_parse_size(text, &value), "\"%s\" was refused", text);
	cr_expect_eq(value, expected, "\"%s\" is %llu", text, (unsigned long long)value);
}

Test(settings, sizes)
{
	expect_size("0", 0);
	expect_size("12", 12);
	expect_size("64K", 64 * UINT64_C(1024));
	expect_size("3M", UINT64_C(3) << 20);
	expect_size("2G", UINT64_C(2) << 30);
	expect_size("1T", UINT64_C(1) << 40);
	expect_size("18446744073709551615", UINT64_MAX);
}

Test(settings, what_is_no_size)
{
	static const char *const texts[] = {"",
	                                    "K",
	                                    "-1",
	                                    "+1",
	                                    " 1",
	                                    "1 ",
	                                    "1k",
	                                    "1KB",
	                                    "1.5",
	                                    "0x10",
	                                    "1e3",
	                                    "16777216T",
	                                    "18446744073709551616"};
	uint64_t value;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		cr_expect_not(settings_parse_size(texts[i], &value), "\"%s\" was taken", texts[i]);
}

Test(settings, nothing_without_a_session)
{
	unsetenv("COLLFS_SESSION");
	cr_expect_not(settings_read(&s));
	setenv("COLLFS_SESSION", "x", 1);
	cr_expect_not(settings_read(&s));
	setenv("COLLFS_SESSION", SESSION, 1);
	cr_expect(settings_read(&s));
	cr_expect_str_eq(s.scope, "");
}

Test(settings, values_are_taken)
{
	setenv("COLLFS_SESSION", SESSION, 1);
	setenv("COLLFS_SCOPE", "/a:/b", 1);
	setenv("COLLFS_FILE_MAX", "1K", 1);
	setenv("COLLFS_SNAPSHOT_MAX", "0", 1);
	setenv("COLLFS_FANOUT", "64", 1);
	cr_assert(settings_read(&s));
	cr_expect_str_eq(s.scope, "/a:/b");
	cr_expect_eq(s.file_max, 1024);
	cr_expect_eq(s.snapshot_max, 0);
	cr_expect_eq(s.fanout, 64);
}

Test(settings, wrong_values_mean_the_default)
{
	struct settings plain;

	setenv("COLLFS_SESSION", SESSION, 1);
	cr_assert(settings_read(&plain));
	setenv("COLLFS_FILE_MAX", "lots", 1);
	setenv("COLLFS_INDEX_MAX", "1K", 1);
	setenv("COLLFS_FANOUT", "0", 1);
	setenv("COLLFS_WORKERS", "257", 1);
	setenv("COLLFS_PUSH_MAX", "", 1);
	cr_assert(settings_read(&s));
	cr_expect_eq(s.file_max, plain.file_max);
	cr_expect_eq(s.index_max, plain.index_max);
	cr_expect_eq(s.fanout, plain.fanout);
	cr_expect_eq(s.workers, plain.workers);
	cr_expect_eq(s.push_max, plain.push_max);
}
