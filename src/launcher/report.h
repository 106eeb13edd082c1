/*
 * report.h - the statistics of a session, for people and for programs
 *
 * The servers give a flat JSON object of numbers, named as in
 * common/counters.h; what is printed or written is made from it. Used by run.c
 * and session_cmds.c.
 */
#ifndef COLLFS_LAUNCHER_REPORT_H
#define COLLFS_LAUNCHER_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "common/session.h"

/*
 * Report the end of a session as COLLFS_STATS asks: a table on standard error, a
 * JSON file, or nothing. `stats` may be NULL: the servers did not tell. False,
 * after a message, when what was asked for could not be given.
 */
bool report_end(const struct session *s, const char *stats);

/* The counters that `stats` has, one on a line. */
void report_table(FILE *out, const char *stats);

#endif
