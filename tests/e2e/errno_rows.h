/*
 * errno_rows.h - the calls of errno_table.h as functions, and what they share with
 * those who make them
 */
#ifndef COLLFS_TESTS_ERRNO_ROWS_H
#define COLLFS_TESTS_ERRNO_ROWS_H

#include <stdbool.h>

#define PAGE 4096
#define OUT_SIZE 64 /* what is said of a buffer for text */

/* What a call fills in. */
enum fills { NONE, STAT, STATX, TEXT };

struct row {
	const char *name, *variant;
	enum fills fills;
	long (*call)(const char *p, int d, void *out);
};

/* Each ends with a row without a name. */
extern const struct row path_rows[], at_rows[], change_rows[], change_at_rows[], fd_rows[],
	last_rows[];

/* The situation of the moment. */
struct situation {
	const char *phase, *name;
	bool bad; /* the path is a pointer that must not be looked at */
};
extern struct situation now;

extern char room[2 * PAGE]; /* for what is filled in */
extern int home;            /* the directory that the calls are made in */

/* Before the first call: a pointer to memory without access. */
void rows_set_bad_pointer(void *pointer);

#endif
