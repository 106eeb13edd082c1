/* The value of COLLFS_SESSION and the addresses made from it. */
#include "common/session.h"

#include <criterion/criterion.h>
#include <string.h>

#define ID "0123456789abcdef0123456789abcdef"

Test(session, parses_what_it_formats)
{
	struct session s = {.id = ID, .deadline = 1794265459}, t;
	char value[SESSION_VALUE_MAX];

	session_format(&s, value);
	cr_assert_str_eq(value, ID ".1794265459");
	cr_assert(session_parse(value, &t));
	cr_assert_str_eq(t.id, s.id);
	cr_assert_eq(t.deadline, s.deadline);
}

Test(session, deadline_of_zero_is_a_deadline)
{
	struct session s = {.id = ID}, t = {.deadline = 1};
	char value[SESSION_VALUE_MAX];

	session_format(&s, value);
	cr_assert_str_eq(value, ID ".0");
	cr_assert(session_parse(value, &t));
	cr_assert_eq(t.deadline, 0);
}

Test(session, longest_deadline_fits_the_buffer)
{
	struct session s = {.id = ID, .deadline = 999999999999}, t;
	char value[SESSION_VALUE_MAX];

	session_format(&s, value);
	cr_assert(session_parse(value, &t));
	cr_assert_eq(t.deadline, s.deadline);
}

Test(session, refuses_any_other_form)
{
	static const char *const values[] = {
		"",
		ID,
		ID ".",
		ID ".x",
		ID ".-1",
		ID ". 1",
		ID ".12 ",
		ID ".12x",
		ID ".1234567890123",
		ID "0.12",
		"0123456789abcdef0123456789abcde.12",
		"0123456789ABCDEF0123456789abcdef.12",
		"0123456789abcdeg0123456789abcdef.12",
		"/123456789abcdef0123456789abcdef.12",
		" " ID ".12",
	};
	struct session s;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		cr_expect_not(session_parse(values[i], &s), "\"%s\" was taken", values[i]);
}

Test(session, tells_of_a_program)
{
	struct session s = {.id = ID, .deadline = 12}, t;
	char variable[200], small[80];

	cr_assert(session_put_program(&s, "/sw/a:b", variable, sizeof(variable)));
	cr_assert_str_eq(variable, "COLLFS_SESSION=" ID ".12:/sw/a:b");
	char *value = variable + strlen(SESSION_ENV "=");
	cr_assert(session_parse(value, &t));
	cr_assert_eq(t.deadline, 12);
	cr_assert_str_eq(session_cut_program(value), "/sw/a:b");
	cr_assert_str_eq(value, ID ".12");
	cr_assert_null(session_cut_program(value));
	cr_assert_not(session_put_program(&s, "/sw/a", small, sizeof(small)));
}

Test(session, is_forgotten_but_not_the_program)
{
	char with[] = ID ".12:/sw/a", without[] = ID ".12";

	session_forget(with);
	cr_assert_str_eq(session_cut_program(with), "/sw/a");
	cr_assert_str_eq(with, "");
	session_forget(without);
	cr_assert_str_eq(without, "");
}

static void expect_address(uint32_t uid, const char *suffix, const char *name)
{
	struct session s = {.id = ID};
	socklen_t len;
	struct sockaddr_un a = session_address(&s, uid, suffix, &len);

	cr_expect_eq(a.sun_family, AF_UNIX);
	cr_expect_eq(a.sun_path[0], '\0', "the address is not abstract");
	cr_expect_eq(len, offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	cr_expect_eq(memcmp(a.sun_path + 1, name, strlen(name)), 0);
}

Test(session, addresses_name_user_and_session)
{
	expect_address(0, "", "collfs/0/" ID);
	expect_address(1000, "", "collfs/1000/" ID);
	expect_address(UINT32_MAX, "/control", "collfs/4294967295/" ID "/control");
}
