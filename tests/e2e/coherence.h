/*
 * coherence.h - the parts of the random test of coherence (coherence.c)
 *
 * An action is one thing that a process does to a path, a change or a look.
 * The model (coherence_model.c) knows what each must say, in the state of the
 * tree it is done in; coherence_act.c does it, and says what happened in the
 * same words; coherence_ways.c has it done by the process or somebody else.
 */
#ifndef COHERENCE_H
#define COHERENCE_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

enum {
	NODE_MAX = 96, /* names of an area's tree, and files */
	NAME_LEN = 8,
	PATH_LEN = 96,
	TEXT_LEN = 64, /* bytes of a file, or of a link's target */
	SAID_LEN = 1536,
};

#define ACTIONS(X)                                                                                 \
	X(CREATE) /* open for writing, made or emptied */                                          \
	X(EXCLUSIVE)                                                                               \
	X(APPEND)                                                                                  \
	X(OVERWRITE)                                                                               \
	X(TRUNCATE)                                                                                \
	X(FTRUNCATE)                                                                               \
	X(STREAM) /* fopen; n: w, a, r+ */                                                         \
	X(RENAME) /* n: flags of renameat2 */                                                      \
	X(UNLINK)                                                                                  \
	X(RMDIR)                                                                                   \
	X(MKDIR)                                                                                   \
	X(LINK) /* n: 1 follows */                                                                 \
	X(SYMLINK)                                                                                 \
	X(CHMOD)                                                                                   \
	X(FCHMOD)                                                                                  \
	X(UTIMES) /* follows */                                                                    \
	X(FUTIMES)                                                                                 \
	X(MKFIFO)                                                                                  \
	X(SOCKET) /* bound */                                                                      \
	X(TEMP)   /* mkstemp, and renamed */                                                       \
	X(HOLD)   /* opened for writing and kept open */                                           \
	X(HELD)   /* written through the descriptor that is kept; n: 1 by a mapping */             \
	X(STAT)                                                                                    \
	X(LSTAT)                                                                                   \
	X(READ) /* n: 1 by a stream */                                                             \
	X(ACCESS)                                                                                  \
	X(READLINK)                                                                                \
	X(LIST)                                                                                    \
	X(REALPATH)

#define ACTION_NAME(name) name,
enum kind { ACTIONS(ACTION_NAME) KIND_END };
enum { FIRST_LOOK = STAT };

/* How a path is spelled. */
enum spelling {
	PLAIN,
	DOTS,    /* with "//" and "/./" */
	LINKED,  /* by a prefix in scope that is a link */
	OUTSIDE, /* by a link that lies outside of any scope */
	CHDIR,   /* relative, after a chdir to `base` */
	DIRFD,   /* relative to a descriptor of `base` */
	SPELLING_END
};

/* Who does it. All have done it when the rank goes on. */
enum method {
	SELF,
	THREAD,
	FORK,      /* a child; the rank waits for its end */
	SIGNAL,    /* a child, which sends a signal then */
	COMPANION, /* a process that lives as long as the rank; the rank hears by a socket */
	VFORK,
	SPAWN, /* a program */
	SHELL, /* a shell's commands; says only whether they succeeded */
	METHOD_END
};

struct action {
	int kind, spelling, area, n;
	char base[PATH_LEN];           /* a directory of the area; "": the area itself */
	char a[PATH_LEN], b[PATH_LEN]; /* relative to it */
	char text[TEXT_LEN];
};

/* ---- coherence_model.c */

struct file {
	char type; /* 'f', 'd', 'l', 'p', 's'; 0: none */
	int mode, links, len;
	int writes; /* how often it was written to: there are steps between two of them */
	long mtime; /* as it was set last; 0: of a change since */
	char text[TEXT_LEN];
};

struct node {
	int parent; /* -1: none */
	int file;
	char name[NAME_LEN];
};

/* Node 0 is the area itself. */
struct tree {
	struct file file[NODE_MAX];
	struct node node[NODE_MAX]; /* file 0 and parent -1: free */
	int held;                   /* the file that is kept open, or 0 */
};

/* Do it in the model; what it says. "?": not to be done (it would leave the area). */
void model_do(struct tree *t, const struct action *x, char said[SAID_LEN]);

/* The path of a node below the area. */
void model_path(const struct tree *t, int node, char path[PATH_LEN]);

/* The node that a path leads to, links followed, or -1. */
int model_find(const struct tree *t, const char *path);

/* What stands for the contents that a look would find; -1: no file. */
int model_contents(const struct tree *t, const struct action *x);

/* The shell's commands mean something else than the calls here. */
bool model_shell_differs(const struct tree *t, const struct action *x);

/* ---- coherence_act.c */

/* Where areas are: the directory, a link to it in scope, one outside. */
extern const char *top, *top_linked, *top_outside;
/* Where links are to lead, if the areas will be elsewhere when they are used. */
extern const char *top_later;

/* Do it in this process. Looks are made a second time by system calls, which
 * no library sees: both are said, with a newline between them. */
void act(const struct action *x, char said[SAID_LEN]);

/* The shell's command for it, or false. */
bool act_command(const struct action *x, char command[1024]);

const char *kind_name(int kind);

/* ---- coherence_ways.c */

/* Before MPI: make the companion. */
void ways_begin(const char *self);
void ways_end(void);
void act_by(enum method by, const struct action *x, char said[SAID_LEN]);
/* The program that SPAWN starts. */
int act_main(char **argv);

/* ---- coherence_plan.c */

enum {
	RANK_MAX = 16,
	AREAS = 3,  /* of a round */
	TURNS = 12, /* changes in each */
	AREA_MAX = 999,
	STEP_MAX = 2000,
};

struct step {
	enum { DO, MESSAGE, BARRIER } what;
	int rank, to, slot; /* slot: which of the round's areas */
	enum method by;
	struct action x;
	char expected[SAID_LEN]; /* "": may be anything */
	bool exact;              /* nothing that it has not heard of can have been done meanwhile */
	int clock[RANK_MAX];
	int at; /* how many changes of the area it comes after */
};

extern struct step plan[STEP_MAX];
extern int steps, ranks;
extern uint64_t seed;

/* A round's area: its states, one for each change, and who did the last. */
struct area {
	struct tree state[TURNS + 8];
	int step[TURNS + 8];    /* of change n: it leads from state n to n + 1 */
	bool touched[NODE_MAX]; /* directories that a change was made in */
	int changes, last, holder;
	enum method held_by;
};

extern struct area areas[AREAS];

/* True when who does b has heard of a. */
bool before(const struct step *a, const struct step *b);

/* Plan a round: the same on all ranks. */
void plan_round(int round);

/* Make so many areas in `dir`, to be found in `later`. An exit status. */
int make_areas(const char *dir, const char *later, long areas_wanted);

#endif
