/*
 * say.h - the auditor's log: one line a decision at COLLFS_LOG=debug
 *
 * "collfs: host[pid] rank R debug: auditor: text subject", as log.h has it, by
 * one write(2) on stderr. Silent at all other levels: what the auditor cannot
 * do, ld.so does without it.
 */
#ifndef COLLFS_AUDITOR_SAY_H
#define COLLFS_AUDITOR_SAY_H

#include <stdbool.h>

/* Read COLLFS_LOG. */
void say_init(void);

void say(const char *text, const char *subject);

#endif
