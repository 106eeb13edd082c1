/* coherence_plan.c - what a round will do, and what each look must say; see coherence.h. */
#include "coherence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- random numbers that do not depend on the C library */

static uint64_t dice_state;

static void seed_dice(uint64_t n)
{
	dice_state = seed * 0x9e3779b97f4a7c15u + n * 0xd1342543de82ef95u + 1;
}

static int dice(int n)
{
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return (int)((dice_state * 0x2545f4914f6cdd1du >> 33) % (uint64_t)n);
}

uint64_t seed = 1;
static int version;

/* ---- the plan */

struct step plan[STEP_MAX];
int steps, ranks;
static int clocks[RANK_MAX][RANK_MAX];

struct area areas[AREAS];

static struct step *add_step(int what, int rank)
{
	struct step *s = &plan[steps++];

	if (steps == STEP_MAX) {
		fprintf(stderr, "the plan is too long\n");
		abort();
	}
	*s = (struct step){.what = what, .rank = rank};
	clocks[rank][rank]++;
	memcpy(s->clock, clocks[rank], sizeof(s->clock));
	return s;
}

static void hear(int *to, const int *from)
{
	for (int i = 0; i < ranks; i++)
		if (to[i] < from[i])
			to[i] = from[i];
}

static void message(int from, int to)
{
	if (from == to)
		return;
	add_step(MESSAGE, from)->to = to;
	clocks[to][to]++;
	hear(clocks[to], clocks[from]);
}

static void barrier(void)
{
	int all[RANK_MAX] = {0};

	add_step(BARRIER, 0);
	for (int i = 0; i < ranks; i++)
		hear(all, clocks[i]);
	for (int i = 0; i < ranks; i++) {
		memcpy(clocks[i], all, sizeof(all));
		clocks[i][i]++;
	}
}

bool before(const struct step *a, const struct step *b)
{
	return b->clock[a->rank] >= a->clock[a->rank];
}

/* ---- what is done, drawn by the state of the tree */

static int any_node(const struct tree *t, char type)
{
	for (int tries = 0; tries < 200; tries++) {
		int i = dice(NODE_MAX - 1) + 1;
		if (t->node[i].file && (!type || t->file[t->node[i].file].type == type))
			return i;
	}
	return 0;
}

static void any_name(char name[NAME_LEN])
{
	snprintf(name, NAME_LEN, "%c%s", 'a' + dice(7), dice(4) ? "" : "x");
}

static void add_name(char path[PATH_LEN], const char *name)
{
	size_t n = strlen(path);

	snprintf(path + n, PATH_LEN - n, "%s%s", n ? "/" : "", name);
}

/* A file or directory in a directory that nobody has changed yet, or 0. */
static int untouched_node(const struct tree *t, int slot, int kind)
{
	char type = kind == RENAME && dice(2) ? 'd' : dice(4) ? 'f' : 0;

	for (int tries = 0; tries < 20; tries++) {
		int i = any_node(t, type);
		if (i && !areas[slot].touched[t->node[i].parent])
			return i;
	}
	return 0;
}

static void touch(int slot, const struct tree *t, const struct action *x, const char *name)
{
	char path[2 * PATH_LEN];

	snprintf(path, sizeof(path), "%s%s%s", x->base, *x->base ? "/" : "", name);
	int node = model_find(t, path);
	if (node > 0)
		areas[slot].touched[t->node[node].parent] = true;
}

/* A path to something, or to nothing. It may lead through links. */
static void any_path(const struct tree *t, char path[PATH_LEN])
{
	int node = any_node(t, 0), link = dice(3) ? 0 : any_node(t, 'l');
	char name[NAME_LEN];

	any_name(name);
	if (link) {
		model_path(t, link, path);
		int to = model_find(t, path);
		if (to > 0 && t->file[t->node[to].file].type == 'd' && dice(4)) {
			/* Something in there, if there is. */
			for (int i = 1; i < NODE_MAX; i++)
				if (t->node[i].file && t->node[i].parent == to && dice(3))
					strcpy(name, t->node[i].name);
			add_name(path, name);
		}
		return;
	}
	model_path(t, node, path);
	if (dice(4))
		return;
	if (t->file[t->node[node].file].type == 'd' || !dice(6)) {
		add_name(path, name);
	} else {
		char *slash = strrchr(path, '/');
		strcpy(slash ? slash + 1 : path, name);
	}
	if (!dice(12))
		add_name(path, dice(2) ? "." : "..");
}

/* Half of the looks are at what has just been changed, or at where it is. */
static void recent_path(int slot, char path[PATH_LEN])
{
	int n = areas[slot].changes, base;
	const struct tree *t = &areas[slot].state[n];

	if (n == 0 || !dice(3)) {
		any_path(t, path);
		return;
	}
	const struct action *x = &plan[areas[slot].step[dice(2) ? n - 1 : dice(n)]].x;
	const char *name = x->b[0] && dice(2) ? x->b : x->a;
	snprintf(path, PATH_LEN, "%s%s", x->base, *x->base ? "/" : "");
	base = (int)strlen(path);
	snprintf(path + base, (size_t)(PATH_LEN - base), "%s", name);
	char *slash = strrchr(path, '/');
	if (slash && !dice(4))
		*slash = '\0';
	if (!*path)
		strcpy(path, ".");
}

static void split_base(struct action *x)
{
	char *slash = strchr(x->a, '/');

	if (x->b[0] || !slash)
		return;
	if (strchr(slash + 1, '/') && dice(2))
		slash = strchr(slash + 1, '/');
	*slash = '\0';
	strcpy(x->base, x->a);
	memmove(x->a, slash + 1, strlen(slash + 1) + 1);
}

/* A link to a neighbour, or to something by its path from the area. */
static void draw_target(const struct tree *t, struct action *x)
{
	char to[PATH_LEN];

	any_path(t, to);
	if (dice(2))
		snprintf(x->text, TEXT_LEN, "/%.*s", TEXT_LEN - 2, to);
	else
		any_name(x->text);
}

static void draw_change(int slot, struct action *x)
{
	static const int weighted[] = {
		CREATE,   CREATE,   CREATE,    EXCLUSIVE, EXCLUSIVE, APPEND, OVERWRITE, OVERWRITE,
		TRUNCATE, TRUNCATE, FTRUNCATE, STREAM,    STREAM,    RENAME, RENAME,    RENAME,
		RENAME,   RENAME,   UNLINK,    UNLINK,    UNLINK,    RMDIR,  MKDIR,     MKDIR,
		LINK,     LINK,     SYMLINK,   SYMLINK,   CHMOD,     FCHMOD, UTIMES,    FUTIMES,
		MKFIFO,   SOCKET,   TEMP,      TEMP,      HOLD,      HELD,   HELD};
	const struct tree *t = &areas[slot].state[areas[slot].changes];

	x->kind = weighted[dice(sizeof(weighted) / sizeof(weighted[0]))];
	any_path(t, x->a);
	int fresh = dice(3) ? untouched_node(t, slot, x->kind) : 0;
	if (fresh)
		model_path(t, fresh, x->a);
	snprintf(x->text, sizeof(x->text), "v%d.", ++version);
	switch (x->kind) {
	case STREAM:
		x->n = dice(3);
		break;
	case TRUNCATE:
	case FTRUNCATE:
		x->n = dice(20);
		break;
	case RENAME:
		x->n = dice(3) ? 0 : 1 + dice(2);
		any_path(t, x->b);
		break;
	case LINK:
		x->n = dice(2);
		any_path(t, x->b);
		break;
	case SYMLINK:
		draw_target(t, x);
		break;
	case CHMOD:
	case FCHMOD:
		x->n = dice(2) ? 0700 + dice(64) : 0600 + dice(64) * !dice(3);
		break;
	case UTIMES:
	case FUTIMES:
		x->n = 1000 + version;
		break;
	case RMDIR: {
		int dir = any_node(t, 'd');
		if (dir && dice(2))
			model_path(t, dir, x->a);
		break;
	}
	case HELD:
		x->n = dice(2);
		x->a[0] = '\0';
		break;
	default:
		break;
	}
}

static void draw_spelling(struct action *x)
{
	x->spelling = dice(2) ? PLAIN : dice(SPELLING_END);
	if (x->kind == HELD || x->kind == STREAM || x->kind == TEMP || x->kind == SOCKET ||
	    x->kind == TRUNCATE || x->kind == REALPATH)
		if (x->spelling == DIRFD)
			x->spelling = CHDIR;
	if ((x->spelling == CHDIR || x->spelling == DIRFD) && x->kind != HELD)
		split_base(x);
}

static enum method draw_method(const struct tree *t, const struct action *x)
{
	char command[1024];
	enum method by = dice(2) ? SELF : (enum method)dice(METHOD_END);

	if (by == SHELL && (!act_command(x, command) || model_shell_differs(t, x)))
		return SPAWN;
	return by;
}

/* What the shell says of it. */
static void as_said_by(enum method by, char said[SAID_LEN])
{
	static const char *const names[] = {"fails", "ok"};
	bool failed = said[0] == 'E';

	if (by == SHELL)
		strcpy(said, names[!failed]);
}

static struct step *new_look(int slot, int rank)
{
	struct step *s = add_step(DO, rank);

	s->slot = slot;
	s->x.kind = FIRST_LOOK + dice(KIND_END - FIRST_LOOK);
	s->x.n = dice(2);
	s->at = areas[slot].changes;
	return s;
}

static void draw_how(int slot, struct step *s)
{
	draw_spelling(&s->x);
	s->by = draw_method(&areas[slot].state[areas[slot].changes], &s->x);
}

static void plan_look(int slot, int rank)
{
	struct step *s = new_look(slot, rank);

	recent_path(slot, s->x.a);
	draw_how(slot, s);
}

/* On to the first name in a directory, and in that: before and after a change the
 * same, so that what is looked at after it has been looked at before. */
static void descend(const struct tree *before, char path[PATH_LEN])
{
	int dir = model_find(before, path);

	for (int i = 1; i < NODE_MAX && dir >= 0; i++) {
		if (!before->node[i].file || before->node[i].parent != dir)
			continue;
		if (!dice(4) || strlen(path) + NAME_LEN + 1 >= PATH_LEN)
			return;
		add_name(path, before->node[i].name);
		dir = i;
		i = 0;
	}
}

/* Look at what a change is about, or what is below it: mostly by what shows all of
 * it. `before`: the state before the change. */
static void plan_look_at(int slot, int rank, const struct tree *before, const struct action *x)
{
	struct step *s = new_look(slot, rank);
	const char *name = x->b[0] && !dice(3) ? x->b : x->a;

	if (dice(2))
		s->x.kind = dice(2) ? STAT : READ;
	snprintf(s->x.a, PATH_LEN, "%.*s%s%.*s", PATH_LEN / 2 - 2, x->base, *x->base ? "/" : "",
	         PATH_LEN / 2 - 1, *name ? name : ".");
	descend(before, s->x.a);
	draw_how(slot, s);
}

static void plan_looks(int slot, int rank, int n)
{
	while (n-- > 0)
		plan_look(slot, rank);
}

static void plan_change(int slot)
{
	struct tree *now = &areas[slot].state[areas[slot].changes], *next = now + 1;
	char said[SAID_LEN];
	struct action x;
	int rank = dice(ranks);

	do {
		memset(&x, 0, sizeof(x));
		draw_change(slot, &x);
		draw_spelling(&x);
		*next = *now;
		if ((x.kind == HELD && !now->held) || (x.kind == HOLD && now->held))
			strcpy(said, "?");
		else
			model_do(next, &x, said);
		/* What fails is worth a try now and then. */
	} while (said[0] == '?' || (said[0] == 'E' && dice(4)));

	enum method by = draw_method(now, &x);
	if (x.kind == HOLD || x.kind == HELD) {
		by = x.kind == HELD ? areas[slot].held_by : dice(2) ? SELF : COMPANION;
		rank = x.kind == HELD ? areas[slot].holder : rank;
	}
	if (x.kind == HOLD && strcmp(said, "ok") == 0) {
		areas[slot].held_by = by;
		areas[slot].holder = rank;
	}
	if (areas[slot].changes > 0)
		message(areas[slot].last, rank);
	/* Others look at it before, so that it is served to them. */
	for (int i = 1 + dice(2); i > 0; i--)
		plan_look_at(slot, dice(ranks), now, &x);
	struct step *s = add_step(DO, rank);
	s->slot = slot;
	s->x = x;
	s->by = by;
	s->at = areas[slot].changes;
	s->exact = true;
	strcpy(s->expected, said);
	as_said_by(by, s->expected);
	touch(slot, now, &x, x.a);
	touch(slot, now, &x, x.b);
	areas[slot].step[areas[slot].changes++] = steps - 1;
	areas[slot].last = rank;
}

/* Somebody hears of it, perhaps by way of others, and looks. */
static void plan_hearers(int slot)
{
	int last = areas[slot].changes - 1;

	for (int n = 1 + dice(3), from = areas[slot].last; n > 0; n--) {
		int to = dice(ranks);
		message(from, to);
		plan_look_at(slot, to, &areas[slot].state[last], &plan[areas[slot].step[last]].x);
		plan_looks(slot, to, dice(2));
		if (dice(2))
			from = to;
		if (!dice(3))
			message(to,
			        areas[slot].last); /* so that the next change is after the look */
	}
	if (!dice(4))
		plan_looks(slot, dice(ranks), 1); /* it may have heard, or not */
}

/* What a look may say: in all states between what it has heard of and what is
 * sure to come after it, the same. */
static void expect(struct step *s)
{
	int low = 0, high = areas[s->slot].changes, contents = 0;
	char said[SAID_LEN];

	for (int i = 0; i < areas[s->slot].changes; i++) {
		const struct step *c = &plan[areas[s->slot].step[i]];
		if (before(c, s))
			low = i + 1;
		else if (before(s, c) && high > i)
			high = i;
	}
	s->exact = low == high;
	for (int i = low; i <= high; i++) {
		struct tree *t = &areas[s->slot].state[i];
		said[0] = '\0';
		model_do(t, &s->x, said);
		if (s->by == SHELL && model_shell_differs(t, &s->x))
			s->by = SPAWN;
		/* To open a pipe would wait. */
		if (said[0] == '?' && s->x.kind == READ)
			s->x.n = 0;
		as_said_by(s->by, said);
		if (i == low) {
			strcpy(s->expected, said);
			contents = model_contents(t, &s->x);
		}
		/* Names come and go within a change, too. */
		if (strcmp(said, s->expected) != 0 || said[0] == '?' ||
		    (s->x.kind == LIST && !s->exact) || model_contents(t, &s->x) != contents) {
			s->expected[0] = '\0';
			return;
		}
	}
}

/* ---- areas: a tree of directories, files and links, by the area's number */

static void plant(struct tree *t, int area)
{
	char said[SAID_LEN];

	memset(t, 0, sizeof(*t));
	for (int i = 0; i < NODE_MAX; i++)
		t->node[i].parent = -1;
	t->node[0].file = NODE_MAX - 1;
	t->file[NODE_MAX - 1] = (struct file){.type = 'd', .mode = 0755};
	seed_dice((uint64_t)area + 1000000);
	for (int i = 0; i < 44; i++) {
		struct action x = {.area = area};
		char name[NAME_LEN];
		int dir = dice(3) ? any_node(t, 'd') : 0, kind = i < 12 ? 0 : dice(8);
		model_path(t, dir, x.a);
		any_name(name);
		add_name(x.a, name);
		snprintf(x.text, sizeof(x.text), "first %d of %d.", i, area);
		x.kind = kind < 2 ? MKDIR : kind < 6 ? EXCLUSIVE : kind < 7 ? SYMLINK : LINK;
		if (x.kind == SYMLINK)
			draw_target(t, &x);
		if (x.kind == LINK) {
			strcpy(x.b, x.a);
			model_path(t, any_node(t, 'f'), x.a);
			if (!*x.a)
				continue;
		}
		struct tree changed = *t;
		model_do(&changed, &x, said);
		if (strcmp(said, "ok") != 0 && dice(2))
			continue;
		if (said[0] == '?')
			continue;
		*t = changed;
		if (top)
			act(&x, said);
	}
}

int make_areas(const char *dir, const char *later, long areas_wanted)
{
	struct tree t;
	char path[256];

	top = top_linked = top_outside = dir;
	top_later = later;
	for (int i = 0; i <= AREA_MAX && i < areas_wanted; i++) {
		snprintf(path, sizeof(path), "%s/a%03d", dir, i);
		if (mkdir(path, 0755) != 0) {
			perror(path);
			return 1;
		}
		plant(&t, i);
	}
	return 0;
}

/* ---- a round */

void plan_round(int round)
{
	const char *really = top;

	steps = 0;
	version = 0;
	memset(clocks, 0, sizeof(clocks));
	top = NULL; /* they are there already */
	for (int i = 0; i < AREAS; i++) {
		memset(&areas[i], 0, sizeof(areas[i]));
		plant(&areas[i].state[0], (round * AREAS + i) % (AREA_MAX + 1));
	}
	top = really;
	seed_dice((uint64_t)round);
	barrier();
	for (int i = 0; i < AREAS; i++)
		for (int rank = 0; rank < ranks; rank++)
			plan_looks(i, rank, 2);
	barrier();
	for (int turn = 0; turn < TURNS; turn++)
		for (int i = 0; i < AREAS; i++) {
			plan_change(i);
			plan_hearers(i);
		}
	barrier();
	for (int i = 0; i < AREAS; i++)
		for (int rank = 0; rank < ranks; rank++)
			plan_looks(i, rank, 1);
	barrier();
	for (int i = 0; i < steps; i++) {
		plan[i].x.area = (round * AREAS + plan[i].slot) % (AREA_MAX + 1);
		if (plan[i].what == DO && plan[i].x.kind >= FIRST_LOOK)
			expect(&plan[i]);
	}
}
