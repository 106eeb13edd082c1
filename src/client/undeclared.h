/*
 * undeclared.h - names that libc exports without declaring them (or only with
 * _FORTIFY_SOURCE), as compiled programs call them
 */
#ifndef COLLFS_CLIENT_UNDECLARED_H
#define COLLFS_CLIENT_UNDECLARED_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/* What stat and mknod compiled to before glibc 2.33. */
int __xstat(int version, const char *path, struct stat *st);
int __xstat64(int version, const char *path, struct stat64 *st);
int __lxstat(int version, const char *path, struct stat *st);
int __lxstat64(int version, const char *path, struct stat64 *st);
int __fxstat(int version, int fd, struct stat *st);
int __fxstat64(int version, int fd, struct stat64 *st);
int __fxstatat(int version, int dirfd, const char *path, struct stat *st, int flags);
int __fxstatat64(int version, int dirfd, const char *path, struct stat64 *st, int flags);
int __xmknod(int version, const char *path, mode_t mode, dev_t *dev);
int __xmknodat(int version, int dirfd, const char *path, mode_t mode, dev_t *dev);

/* Not declared by every glibc. */
int move_mount(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
struct mount_attr;
int mount_setattr(int dirfd, const char *path, unsigned flags, struct mount_attr *attr,
                  size_t size);
int pivot_root(const char *new_root, const char *put_old);

/* What calls compile to with _FORTIFY_SOURCE. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dirfd, const char *path, int flags);
int __openat64_2(int dirfd, const char *path, int flags);
ssize_t __readlink_chk(const char *path, char *buf, size_t size, size_t room);
ssize_t __readlinkat_chk(int dirfd, const char *path, char *buf, size_t size, size_t room);
char *__realpath_chk(const char *path, char *resolved, size_t room);

#endif
