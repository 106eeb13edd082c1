/*
 * owner.h - whose memory is this?
 *
 * A fork child has a copy of our memory and is told of it; a vfork child runs
 * in ours, is another process, and must not take our connection, our locks or
 * our current directory for its own. Any thread, also in signal handlers.
 */
#ifndef COLLFS_CLIENT_OWNER_H
#define COLLFS_CLIENT_OWNER_H

#include <stdbool.h>

/* This process owns this memory: at the start, and in a fork child. */
void owner_claim(void);

/* False in a vfork child. One system call. */
bool owner_is_us(void);

#endif
