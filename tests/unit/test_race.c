/*
 * A writer fills the index while a reader walks it: at every moment the reader
 * must be given an answer that was true, or be told to ask.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/resolve.h"
#include "server/index_write.h"

enum { ROUNDS = 3000, NAMES = 12 };

static struct index_writer writer;
static _Atomic int round_now; /* the reader follows: it asks for names of this round */
static _Atomic int round_read;

static void publish_by_listing(int round)
{
	static const char *const text[NAMES] = {"a", "b", "c", "d", "e", "f",
	                                        "g", "h", "i", "j", "k", "l"};
	struct index_name names[NAMES];
	char path[64];
	int n = snprintf(path, sizeof(path), "/s/dir%d", round);

	for (int i = 0; i < NAMES; i++)
		names[i] = (struct index_name){.ino = 1, .name = text[i], .len = 1, .type = DT_REG};
	struct ci_entry *dir = iw_get(&writer, path, (size_t)n, DT_DIR);
	cr_assert(dir && iw_set_listing(&writer, dir, names, NAMES));
}

/* As a single answer does it: an entry without a type, then its attributes. */
static void publish_by_attributes(int round)
{
	struct ci_attr attr = {.mode = S_IFDIR | 0755, .nlink = 2};
	char path[64];
	int n = snprintf(path, sizeof(path), "/s/one%d", round);

	struct ci_entry *dir = iw_get(&writer, path, (size_t)n, DT_UNKNOWN);
	cr_assert(dir && iw_set_known(&writer, dir, &attr, NULL, 0));
}

static void *write_all(void *unused)
{
	for (int round = 1; round <= ROUNDS; round++) {
		round_now = round;
		while (round_read < round)
			sched_yield(); /* the reader is at it */
		publish_by_listing(round);
		publish_by_attributes(round);
	}
	return unused;
}

/* Walk until the answer is there; anything else but "ask" is a lie. */
static void read_listed(int round)
{
	struct cr_result r;
	char path[64];
	int n = snprintf(path, sizeof(path), "/s/dir%d/l", round);
	enum cr_verdict v;

	while ((v = cr_resolve(&writer.map, path, (size_t)n, CR_TYPE_ONLY, &r)) == CR_ASK)
		;
	cr_assert_eq(v, CR_ENTRY, "round %d: a listed name was said not to exist", round);
	cr_assert_str_eq(r.entry->path, path);
}

static void read_below(int round)
{
	struct cr_result r;
	char path[64];
	int n = snprintf(path, sizeof(path), "/s/./one%d/x", round);

	do {
		enum cr_verdict v = cr_resolve(&writer.map, path, (size_t)n, 0, &r);
		cr_assert_eq(v, CR_ASK, "round %d: a directory was given for a name in it", round);
	} while (r.ask != CR_ASK_NAME || strncmp(r.path, "/s/one", 6) != 0 ||
	         !strchr(r.path + 6, '/'));
}

Test(race, a_reader_is_never_lied_to)
{
	pthread_t thread;
	struct ci_attr attr = {.mode = S_IFDIR | 0755, .nlink = 2};

	cr_assert_eq(iw_create(&writer, 64 << 20), 0);
	cr_assert(iw_add_scope(&writer, "/s", "/s"));
	iw_set_known(&writer, iw_get(&writer, "/s", 2, DT_DIR), &attr, NULL, 0);
	cr_assert_eq(pthread_create(&thread, NULL, write_all, NULL), 0);
	for (int round = 1; round <= ROUNDS; round++) {
		while (round_now < round)
			sched_yield();
		round_read = round;
		read_listed(round);
		read_below(round);
	}
	pthread_join(thread, NULL);
	iw_destroy(&writer);
}

/* ---- a directory is forgotten while names in it are looked up */

enum { TREES = 60, LEAVES = 40 };

static _Atomic bool forgotten_all;

static void make_tree(int tree)
{
	struct index_name names[LEAVES];
	char text[LEAVES][8], path[64];
	struct ci_attr attr = {.mode = S_IFDIR | 0755, .nlink = 2};

	for (int i = 0; i < LEAVES; i++)
		names[i] = (struct index_name){.ino = 1,
		                               .name = text[i],
		                               .len = (uint16_t)sprintf(text[i], "x%d", i),
		                               .type = DT_REG};
	int n = snprintf(path, sizeof(path), "/s/tree%d", tree);
	struct ci_entry *dir = iw_get(&writer, path, (size_t)n, DT_DIR);
	cr_assert(dir && iw_set_known(&writer, dir, &attr, NULL, 0));
	n = snprintf(path, sizeof(path), "/s/tree%d/d", tree);
	dir = iw_get(&writer, path, (size_t)n, DT_DIR);
	cr_assert(dir && iw_set_known(&writer, dir, &attr, NULL, 0));
	cr_assert(iw_set_listing(&writer, dir, names, LEAVES));
}

static void *forget_all(void *unused)
{
	iw_set_volatile(&writer, iw_get(&writer, "/s", 2, DT_DIR), true);
	for (int tree = 0; tree < TREES; tree++) {
		char path[64];
		int n = snprintf(path, sizeof(path), "/s/tree%d", tree);
		iw_kill_subtree(&writer, path, (size_t)n);
	}
	forgotten_all = true;
	return unused;
}

Test(race, names_of_a_forgotten_directory_are_not_denied)
{
	pthread_t thread;
	struct ci_attr attr = {.mode = S_IFDIR | 0755, .nlink = 2};
	bool done;

	cr_assert_eq(iw_create(&writer, 64 << 20), 0);
	cr_assert(iw_add_scope(&writer, "/s", "/s"));
	iw_set_known(&writer, iw_get(&writer, "/s", 2, DT_DIR), &attr, NULL, 0);
	for (int tree = 0; tree < TREES; tree++)
		make_tree(tree);
	cr_assert_eq(pthread_create(&thread, NULL, forget_all, NULL), 0);
	do {
		done = forgotten_all;
		for (int i = 0; i < TREES * LEAVES; i++) {
			struct cr_result r;
			char path[64];
			int n = snprintf(path, sizeof(path), "/s/tree%d/d/x%d", i / LEAVES,
			                 i % LEAVES);
			enum cr_verdict v =
				cr_resolve(&writer.map, path, (size_t)n, CR_TYPE_ONLY, &r);
			/* Between two steps of it the reader is told to ask. */
			cr_assert(v == CR_PASS || v == CR_ASK || (v == CR_ENTRY && !done),
			          "%s: verdict %d, error %d", path, (int)v, r.err);
		}
	} while (!done);
	pthread_join(thread, NULL);
	iw_destroy(&writer);
}
