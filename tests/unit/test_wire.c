/* Checks of packets: what a broken or hostile peer sends is refused. */
#include "common/wire.h"

#include <criterion/criterion.h>
#include <string.h>

struct packet {
	struct wire_request head;
	char path[WIRE_PATH_MAX + 1];
};

static size_t make(struct packet *p, enum wire_op op, const char *path, size_t len)
{
	p->head = wire_request(op, 0, len);
	memcpy(p->path, path, len);
	return sizeof(p->head) + len;
}

Test(wire, request_head_has_no_padding)
{
	cr_assert_eq(sizeof(struct wire_request), 16);
	cr_assert_eq(sizeof(struct wire_reply), 24);
}

Test(wire, takes_every_request_with_a_path)
{
	struct packet p;

	for (int op = WIRE_HELLO; op <= WIRE_STATUS; op++) {
		size_t n = make(&p, (enum wire_op)op, "/a/b", 4);
		cr_expect_eq((const void *)wire_check_request(&p, n), (const void *)p.path,
		             "operation %d", op);
	}
}

Test(wire, hello_and_status_need_no_path)
{
	struct packet p;

	cr_expect_not_null(wire_check_request(&p, make(&p, WIRE_HELLO, "", 0)));
	cr_expect_not_null(wire_check_request(&p, make(&p, WIRE_STATUS, "", 0)));
	cr_expect_not_null(wire_check_request(&p, make(&p, WIRE_HELLO, "python3", 7)));
	cr_expect_null(wire_check_request(&p, make(&p, WIRE_LOOKUP, "", 0)));
	cr_expect_null(wire_check_request(&p, make(&p, WIRE_LOOKUP, "a", 1)));
}

Test(wire, refuses_wrong_heads)
{
	struct packet p;
	size_t n = make(&p, WIRE_LOOKUP, "/a", 2);

	p.head.magic++;
	cr_expect_null(wire_check_request(&p, n));
	n = make(&p, WIRE_LOOKUP, "/a", 2);
	p.head.version++;
	cr_expect_null(wire_check_request(&p, n));
	n = make(&p, (enum wire_op)0, "/a", 2);
	cr_expect_null(wire_check_request(&p, n));
	n = make(&p, (enum wire_op)(WIRE_LEAVE + 1), "/a", 2);
	cr_expect_null(wire_check_request(&p, n));
}

Test(wire, refuses_lengths_that_do_not_fit)
{
	struct packet p;
	size_t n = make(&p, WIRE_LOOKUP, "/abc", 4);

	for (size_t cut = 0; cut < n; cut++)
		cr_expect_null(wire_check_request(&p, cut), "%zu of %zu bytes were taken", cut, n);
	cr_expect_null(wire_check_request(&p, n + 1));
	p.head.path_len = UINT32_MAX;
	cr_expect_null(wire_check_request(&p, n));
	/* The sum would wrap around in 32 bits. */
	p.head.path_len = UINT32_MAX - (uint32_t)sizeof(p.head) + 1;
	cr_expect_null(wire_check_request(&p, 0));
}

Test(wire, longest_path)
{
	struct packet p;
	char path[WIRE_PATH_MAX + 1];

	memset(path, 'a', sizeof(path));
	path[0] = '/';
	cr_expect_not_null(wire_check_request(&p, make(&p, WIRE_LOOKUP, path, WIRE_PATH_MAX - 1)));
	cr_expect_null(wire_check_request(&p, make(&p, WIRE_LOOKUP, path, WIRE_PATH_MAX)));
	cr_expect_eq(sizeof(p.head) + WIRE_PATH_MAX, WIRE_REQUEST_MAX);
}

Test(wire, refuses_a_nul_inside_the_path)
{
	struct packet p;

	cr_expect_null(wire_check_request(&p, make(&p, WIRE_LOOKUP, "/a\0b", 4)));
	cr_expect_null(wire_check_request(&p, make(&p, WIRE_LOOKUP, "/a\0", 3)));
	cr_expect_null(wire_check_request(&p, make(&p, WIRE_HELLO, "\0", 1)));
}

static struct wire_reply good_reply(enum wire_op op)
{
	return (struct wire_reply){.magic = WIRE_MAGIC,
	                           .version = WIRE_VERSION,
	                           .op = (uint16_t)op,
	                           .status = WIRE_LOOK};
}

Test(wire, reply_must_answer_the_request)
{
	struct wire_reply r = good_reply(WIRE_LIST);

	cr_expect(wire_check_reply(&r, sizeof(r), WIRE_LIST));
	cr_expect_not(wire_check_reply(&r, sizeof(r), WIRE_LOOKUP));
	cr_expect_not(wire_check_reply(&r, sizeof(r) - 1, WIRE_LIST));
	cr_expect_not(wire_check_reply(&r, sizeof(r) + 1, WIRE_LIST));
	cr_expect_not(wire_check_reply(&r, 0, WIRE_LIST));
	r.status = WIRE_REAL;
	cr_expect(wire_check_reply(&r, sizeof(r), WIRE_LIST));
	r.status = WIRE_REAL + 1;
	cr_expect_not(wire_check_reply(&r, sizeof(r), WIRE_LIST));
	r.status = 0;
	cr_expect_not(wire_check_reply(&r, sizeof(r), WIRE_LIST));
	r = good_reply(WIRE_LIST);
	r.magic ^= 1;
	cr_expect_not(wire_check_reply(&r, sizeof(r), WIRE_LIST));
	r = good_reply(WIRE_LIST);
	r.version++;
	cr_expect_not(wire_check_reply(&r, sizeof(r), WIRE_LIST));
}

Test(wire, only_status_brings_more_bytes)
{
	struct wire_reply r = good_reply(WIRE_STATUS);

	r.value = 100;
	cr_expect(wire_check_reply(&r, sizeof(r) + 100, WIRE_STATUS));
	cr_expect_not(wire_check_reply(&r, sizeof(r) + 99, WIRE_STATUS));
	r.op = WIRE_LOOKUP;
	cr_expect_not(wire_check_reply(&r, sizeof(r) + 100, WIRE_LOOKUP));
}
