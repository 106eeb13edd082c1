/* What servers say to each other: packing, and the refusal of what is malformed. */
#include "server/record.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static struct message *some_message(void)
{
	struct message *m = message_new(REC_ERROR, 5, 6, "/opt/x", 6, "body!", 5);

	cr_assert_not_null(m);
	return m;
}

Test(record, message_keeps_its_parts)
{
	struct message *m = some_message();

	cr_expect(message_check(m));
	cr_expect_eq(m->head.kind, REC_ERROR);
	cr_expect_eq(m->head.a, 5);
	cr_expect_eq(m->head.b, 6);
	cr_expect_eq(m->head.path_len, 6);
	cr_expect_eq(memcmp(message_path(m), "/opt/x", 6), 0);
	cr_expect_eq(m->head.body_len, 5);
	cr_expect_eq(memcmp(message_body(m), "body!", 5), 0);
	cr_expect_eq((uintptr_t)message_body(m) % 8, 0);
	message_drop(m);
}

Test(record, path_and_body_may_be_empty)
{
	struct message *m = message_new(REC_STOP, 0, 0, "", 0, NULL, 0);

	cr_expect(message_check(m));
	cr_expect_eq(m->size, sizeof(struct record));
	message_drop(m);
}

Test(record, received_bytes_are_the_sent_ones)
{
	struct message *m = some_message(), *r = message_receive(m->size);

	cr_assert_not_null(r);
	memcpy(&r->head, &m->head, m->size);
	cr_expect(message_check(r));
	cr_expect_eq(memcmp(message_body(r), "body!", 5), 0);
	message_drop(m);
	message_drop(r);
}

Test(record, impossible_sizes_are_refused)
{
	cr_expect_null(message_receive(0));
	cr_expect_null(message_receive(sizeof(struct record) - 1));
	cr_expect_null(message_receive((size_t)INT_MAX + 1));
}

#define REFUSES(change)                                                                            \
	do {                                                                                       \
		struct message *m = some_message();                                                \
		change;                                                                            \
		cr_expect_not(message_check(m), #change);                                          \
		message_drop(m);                                                                   \
	} while (0)

Test(record, malformed_messages_are_refused)
{
	REFUSES(m->head.magic++);
	REFUSES(m->head.version++);
	REFUSES(m->head.kind = 0);
	REFUSES(m->head.kind = REC_KIND_END);
	REFUSES(m->head.path_len = CI_PATH_MAX);
	REFUSES(m->head.path_len = UINT32_MAX);
	REFUSES(m->head.path_len += 8);
	REFUSES(m->head.body_len++);
	REFUSES(m->head.body_len--);
	REFUSES(m->head.body_len = UINT64_MAX);
	/* path and body would add up to the right size, modulo 2^64 */
	REFUSES((m->head.path_len = 16, m->head.body_len = (uint64_t)0 - 3));
	REFUSES(m->size--);
}

Test(record, dropped_when_the_last_holder_drops)
{
	struct message *m = some_message();

	cr_expect_eq(message_hold(m), m);
	message_drop(m);
	cr_expect(message_check(m));
	message_drop(m);
	message_drop(NULL);
}

static const struct index_name listing[] = {
	{.ino = 1, .name = ".", .len = 1, .type = DT_DIR},
	{.ino = UINT64_MAX, .name = "a.so", .len = 4, .type = DT_REG},
	{.ino = 3, .name = "link", .len = 4, .type = DT_LNK},
};
#define LISTED (sizeof(listing) / sizeof(listing[0]))

Test(record, names_come_back)
{
	size_t size, count;
	void *body = record_pack_names(listing, LISTED, &size);
	struct index_name *names = record_unpack_names(body, size, &count);

	cr_assert_not_null(names);
	cr_assert_eq(count, LISTED);
	for (size_t i = 0; i < count; i++) {
		cr_expect_eq(names[i].ino, listing[i].ino);
		cr_expect_eq(names[i].len, listing[i].len);
		cr_expect_eq(names[i].type, listing[i].type);
		cr_expect_eq(memcmp(names[i].name, listing[i].name, listing[i].len), 0);
	}
	free(names);
	free(body);
}

Test(record, no_names)
{
	size_t size, count = 1;
	void *body = record_pack_names(NULL, 0, &size);
	struct index_name *names = record_unpack_names(body, size, &count);

	cr_assert_not_null(body);
	cr_assert_not_null(names);
	cr_expect_eq(size, 0);
	cr_expect_eq(count, 0);
	free(names);
	free(body);
}

/* Each cut is a whole list, or is refused; none may read behind its end. */
Test(record, cut_names_are_refused)
{
	size_t size, count, whole = 0;
	char *body = record_pack_names(listing, LISTED, &size);

	for (size_t cut = 0; cut <= size; cut++) {
		char *copy = malloc(cut ? cut : 1);
		memcpy(copy, body, cut);
		struct index_name *names = record_unpack_names(copy, cut, &count);
		whole += names != NULL;
		free(names);
		free(copy);
		/* Again with the rest behind it, where reading on finds names. */
		names = record_unpack_names(body, cut, &count);
		whole += names != NULL;
		free(names);
	}
	cr_expect_eq(whole, 2 * (LISTED + 1));
	free(body);
}

static void expect_refused(const char *name, size_t len)
{
	struct index_name n = {.ino = 1, .name = name, .len = (uint16_t)len, .type = DT_REG};
	size_t size, count;
	void *body = record_pack_names(&n, 1, &size);

	cr_expect_null(record_unpack_names(body, size, &count), "a name of %zu bytes", len);
	free(body);
}

Test(record, names_that_no_directory_has_are_refused)
{
	char longer[NAME_MAX + 1];

	memset(longer, 'n', sizeof(longer));
	expect_refused("", 0);
	expect_refused("a/b", 3);
	expect_refused("a\0b", 3);
	expect_refused(longer, sizeof(longer));
}
