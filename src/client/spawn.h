/*
 * spawn.h - posix_spawn, whose file actions may happen in more than one attempt
 *
 * Any thread.
 */
#ifndef COLLFS_CLIENT_SPAWN_H
#define COLLFS_CLIENT_SPAWN_H

/*
 * Note that a file action of this process is an open with these flags. Once one is
 * to make a new file (O_EXCL), libc does every spawn with actions, in one attempt:
 * in a second the file of the first would be there.
 */
void spawn_note_open(int flags);

#endif
