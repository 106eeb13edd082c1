/*
 * creds.h - a vfork child that is not who its parent is
 *
 * A process that changes its user, or the files that it sees, leaves the session
 * (creds.c). A vfork child shares its parent's memory and must not; what has been
 * changed is noted for its thread, whose parent finds the note when it wakes.
 * Any thread, also in signal handlers.
 */
#ifndef COLLFS_CLIENT_CREDS_H
#define COLLFS_CLIENT_CREDS_H

#include <stdbool.h>

extern _Thread_local bool creds_noted;

/* Whether this process is such a child; a system call where there is a note. */
bool creds_of_child(void);

/* True when answers do not hold for this process, though they do for its parent. */
static inline bool creds_changed_in_child(void)
{
	return __builtin_expect(creds_noted, 0) && creds_of_child();
}

#endif
