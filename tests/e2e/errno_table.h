/*
 * errno_table.h - the calls that errno_calls.c makes in every situation
 *
 * Included once, by errno_rows.c, whose functions it uses. A row is
 *
 *   X(function, variant, what it fills in, call)
 *
 * of a function in names.def (errno.test checks that none is missing). The call
 * finds in `p` the path, in `d` the directory's descriptor (or the descriptor,
 * in FD_ROWS) and in `out` where to write to.
 */

/* Calls that ask for something, by a path. */
#define PATH_ROWS(X)                                                                               \
	X(stat, , STAT, stat(p, out))                                                              \
	X(stat64, , STAT, stat64(p, out))                                                          \
	X(lstat, , STAT, lstat(p, out))                                                            \
	X(lstat64, , STAT, lstat64(p, out))                                                        \
	X(__xstat, , STAT, __xstat(1, p, out))                                                     \
	X(__xstat, version, STAT, __xstat(7, p, out))                                              \
	X(__xstat64, , STAT, __xstat64(1, p, out))                                                 \
	X(__lxstat, , STAT, __lxstat(1, p, out))                                                   \
	X(__lxstat, version, STAT, __lxstat(7, p, out))                                            \
	X(__lxstat64, , STAT, __lxstat64(1, p, out))                                               \
	X(access, F, NONE, access(p, F_OK))                                                        \
	X(access, R, NONE, access(p, R_OK))                                                        \
	X(access, W, NONE, access(p, W_OK))                                                        \
	X(access, execute, NONE, access(p, X_OK))                                                  \
	X(access, RWX, NONE, access(p, R_OK | W_OK | X_OK))                                        \
	X(access, mode_8, NONE, access(p, 8))                                                      \
	X(access, mode_negative, NONE, access(p, -1))                                              \
	X(eaccess, , NONE, eaccess(p, R_OK))                                                       \
	X(eaccess, mode_8, NONE, eaccess(p, 8))                                                    \
	X(euidaccess, , NONE, euidaccess(p, X_OK))                                                 \
	X(readlink, , TEXT, readlink(p, out, OUT_SIZE))                                            \
	X(readlink, 3_bytes, TEXT, readlink(p, out, opaque(3)))                                    \
	X(readlink, no_bytes, TEXT, readlink(p, out, opaque(0)))                                   \
	X(readlink, negative, TEXT, readlink(p, out, (size_t)opaque(-1)))                          \
	X(__readlink_chk, , TEXT, __readlink_chk(p, out, OUT_SIZE, OUT_SIZE))                      \
	X(realpath, , NONE, text_(realpath(p, NULL)))                                              \
	X(realpath, into, TEXT, realpath(p, out) ? 0 : -1)                                         \
	X(__realpath_chk, , TEXT, __realpath_chk(p, out, PATH_MAX) ? 0 : -1)                       \
	X(canonicalize_file_name, , NONE, text_(canonicalize_file_name(p)))                        \
	X(open, , NONE, fd_(open(p, O_RDONLY | O_NONBLOCK)))                                       \
	X(open, nofollow, NONE, fd_(open(p, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)))                  \
	X(open, directory, NONE, fd_(open(p, O_RDONLY | O_DIRECTORY)))                             \
	X(open, path, NONE, fd_(open(p, O_PATH)))                                                  \
	X(open, path_nofollow, NONE, fd_(open(p, O_PATH | O_NOFOLLOW)))                            \
	X(open, path_directory, NONE, fd_(open(p, O_PATH | O_DIRECTORY | O_NOFOLLOW)))             \
	X(open, direct, NONE, fd_(open(p, O_RDONLY | O_NONBLOCK | O_DIRECT)))                      \
	X(open, noatime, NONE, fd_(open(p, O_RDONLY | O_NONBLOCK | O_NOATIME)))                    \
	X(open, sync, NONE, fd_(open(p, O_RDONLY | O_NONBLOCK | O_SYNC)))                          \
	X(open, unknown, NONE, fd_(open(p, O_RDONLY | O_NONBLOCK | 1 << 30)))                      \
	X(open64, , NONE, fd_(open64(p, O_RDONLY | O_NONBLOCK)))                                   \
	X(__open_2, , NONE, fd_(__open_2(p, O_RDONLY | O_NONBLOCK)))                               \
	X(__open64_2, , NONE, fd_(__open64_2(p, O_RDONLY | O_NONBLOCK)))                           \
	X(fopen, r, NONE, blocks() ? 0 : stream_(fopen(p, "r")))                                   \
	X(fopen, re, NONE, blocks() ? 0 : stream_(fopen(p, "re")))                                 \
	X(fopen, z, NONE, stream_(fopen(p, "z")))                                                  \
	X(fopen64, , NONE, blocks() ? 0 : stream_(fopen64(p, "r")))                                \
	X(freopen, , NONE, blocks() ? 0 : stream_(freopen(p, "r", fopen("/dev/null", "r"))))       \
	X(freopen64, , NONE, blocks() ? 0 : stream_(freopen64(p, "r", fopen("/dev/null", "r"))))   \
	X(opendir, , NONE, dir_(opendir(p), NOTHING))                                              \
	X(closedir, , NONE, dir_(opendir(p), NOTHING))                                             \
	X(readdir, , NONE, dir_(opendir(p), READDIR))                                              \
	X(readdir64, , NONE, dir_(opendir(p), READDIR64))                                          \
	X(readdir_r, , NONE, dir_(opendir(p), READDIR_R))                                          \
	X(readdir64_r, , NONE, dir_(opendir(p), READDIR64_R))                                      \
	X(rewinddir, , NONE, dir_(opendir(p), REWINDDIR))                                          \
	X(telldir, , NONE, dir_(opendir(p), TELLDIR))                                              \
	X(seekdir, , NONE, dir_(opendir(p), SEEKDIR))                                              \
	X(dirfd, , NONE, dir_(opendir(p), DIRFD))                                                  \
	X(scandir, , NONE, scan_(scandir(p, &lines, NULL, NULL)))                                  \
	X(scandir64, , NONE, scan_(scandir64(p, &lines64, NULL, NULL)))                            \
	X(glob, , NONE, glob_(glob(p, 0, NULL, &found)))                                           \
	X(glob, err, NONE, glob_(glob(p, GLOB_ERR | GLOB_MARK, NULL, &found)))                     \
	X(glob, unknown, NONE, glob_(glob(p, 1 << 20, NULL, &found)))                              \
	X(glob64, , NONE, glob_(glob64(p, 0, NULL, (glob64_t *)&found)))                           \
	X(statfs, , NONE, statfs(p, out))                                                          \
	X(statfs64, , NONE, statfs64(p, out))                                                      \
	X(statfs, bad_out, NONE, statfs(p, bad_pointer))                                           \
	X(statvfs, , NONE, statvfs(p, (void *)room))                                               \
	X(statvfs64, , NONE, statvfs64(p, (void *)room))                                           \
	X(pathconf, , NONE, pathconf(p, _PC_NAME_MAX))                                             \
	X(pathconf, unknown, NONE, pathconf(p, 9999))                                              \
	X(getxattr, , NONE, getxattr(p, "user.none", out, OUT_SIZE))                               \
	X(getxattr, bad_name, NONE, getxattr(p, bad_pointer, out, OUT_SIZE))                       \
	X(listxattr, , NONE, listxattr(p, out, OUT_SIZE))                                          \
	X(execve, , NONE, execve(p, arguments, environ))                                           \
	X(execve, bad_argv, NONE, execve("/bin/true", bad_pointer, environ))                       \
	X(execve, bad_envp, NONE, execve("/bin/true", arguments, bad_pointer))                     \
	X(execve, bad_argument, NONE, execve("/bin/true", bad_arguments, environ))                 \
	X(execv, , NONE, execv(p, arguments))                                                      \
	X(execvp, , NONE, execvp(p, arguments))                                                    \
	X(execvpe, , NONE, execvpe(p, arguments, environ))                                         \
	X(execl, , NONE, execl(p, "x", (char *)NULL))                                              \
	X(execlp, , NONE, execlp(p, "x", (char *)NULL))                                            \
	X(execle, , NONE, execle(p, "x", (char *)NULL, environ))                                   \
	X(posix_spawn, , NONE, posix_spawn(&child, p, NULL, NULL, arguments, environ))             \
	X(posix_spawnp, , NONE, posix_spawnp(&child, p, NULL, NULL, arguments, environ))           \
	X(chdir, , NONE, back_(chdir(p)))

/* Calls that ask for something, by a descriptor and a path. */
#define AT_ROWS(X)                                                                                 \
	X(fstatat, , STAT, fstatat(d, p, out, 0))                                                  \
	X(fstatat, nofollow, STAT, fstatat(d, p, out, AT_SYMLINK_NOFOLLOW))                        \
	X(fstatat, empty_path, STAT, fstatat(d, p, out, AT_EMPTY_PATH))                            \
	X(fstatat, unknown, STAT, fstatat(d, p, out, 1 << 30))                                     \
	X(fstatat, removedir, STAT, fstatat(d, p, out, AT_REMOVEDIR))                              \
	X(fstatat64, , STAT, fstatat64(d, p, out, 0))                                              \
	X(__fxstatat, , STAT, __fxstatat(1, d, p, out, 0))                                         \
	X(__fxstatat, version, STAT, __fxstatat(7, d, p, out, 0))                                  \
	X(__fxstatat64, , STAT, __fxstatat64(1, d, p, out, AT_SYMLINK_NOFOLLOW))                   \
	X(statx, , STATX, statx(d, p, 0, STATX_BASIC_STATS, out))                                  \
	X(statx, nothing, STATX, statx(d, p, 0, 0, out))                                           \
	X(statx, dont_sync, STATX, statx(d, p, AT_STATX_DONT_SYNC, STATX_SIZE, out))               \
	X(statx, both_syncs, STATX, statx(d, p, AT_STATX_SYNC_TYPE, STATX_SIZE, out))              \
	X(statx, reserved, STATX, statx(d, p, 0, STATX__RESERVED, out))                            \
	X(statx, unknown, STATX, statx(d, p, 1 << 30, STATX_SIZE, out))                            \
	X(faccessat, F, NONE, faccessat(d, p, F_OK, 0))                                            \
	X(faccessat, W, NONE, faccessat(d, p, W_OK, 0))                                            \
	X(faccessat, effective, NONE, faccessat(d, p, R_OK, AT_EACCESS))                           \
	X(faccessat, empty_path, NONE, faccessat(d, p, R_OK, AT_EMPTY_PATH))                       \
	X(faccessat, nofollow, NONE, faccessat(d, p, F_OK, AT_SYMLINK_NOFOLLOW))                   \
	X(faccessat, unknown, NONE, faccessat(d, p, F_OK, 1 << 30))                                \
	X(faccessat, mode_8, NONE, faccessat(d, p, 8, 0))                                          \
	X(readlinkat, , TEXT, readlinkat(d, p, out, OUT_SIZE))                                     \
	X(readlinkat, no_bytes, TEXT, readlinkat(d, p, out, opaque(0)))                            \
	X(__readlinkat_chk, , TEXT, __readlinkat_chk(d, p, out, OUT_SIZE, OUT_SIZE))               \
	X(openat, , NONE, fd_(openat(d, p, O_RDONLY | O_NONBLOCK)))                                \
	X(openat, directory, NONE, fd_(openat(d, p, O_RDONLY | O_DIRECTORY)))                      \
	X(openat64, , NONE, fd_(openat64(d, p, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)))               \
	X(__openat_2, , NONE, fd_(__openat_2(d, p, O_RDONLY | O_NONBLOCK)))                        \
	X(__openat64_2, , NONE, fd_(__openat64_2(d, p, O_RDONLY | O_NONBLOCK)))                    \
	X(execveat, , NONE, execveat(d, p, arguments, environ, 0))                                 \
	X(execveat, nofollow, NONE, execveat(d, p, arguments, environ, AT_SYMLINK_NOFOLLOW))       \
	X(execveat, empty_path, NONE, execveat(d, p, arguments, environ, AT_EMPTY_PATH))           \
	X(execveat, unknown, NONE, execveat(d, p, arguments, environ, 1 << 30))                    \
	X(name_to_handle_at, , NONE, handle_(d, p, sizeof(handle.bytes), AT_SYMLINK_FOLLOW))       \
	X(name_to_handle_at, empty_path, NONE, handle_(d, p, sizeof(handle.bytes), AT_EMPTY_PATH)) \
	X(name_to_handle_at, bad_handle, NONE,                                                     \
	  name_to_handle_at(d, p, bad_pointer, (int *)room, AT_SYMLINK_FOLLOW))                    \
	X(name_to_handle_at, no_room, NONE, handle_(d, p, 0, 0))                                   \
	X(name_to_handle_at, unknown, NONE, handle_(d, p, 0, 1 << 30))                             \
	X(scandirat, , NONE, scan_(scandirat(d, p, &lines, NULL, NULL)))                           \
	X(scandirat64, , NONE, scan_(scandirat64(d, p, &lines64, NULL, NULL)))

/* Calls that change something, by a path. */
#define CHANGE_ROWS(X)                                                                             \
	X(open, write, NONE, fd_(open(p, O_WRONLY | O_NONBLOCK)))                                  \
	X(open, rdwr, NONE, fd_(open(p, O_RDWR | O_NONBLOCK)))                                     \
	X(open, trunc, NONE, fd_(open(p, O_RDONLY | O_NONBLOCK | O_TRUNC)))                        \
	X(open, accmode_3, NONE, fd_(open(p, O_ACCMODE | O_NONBLOCK)))                             \
	X(open, append_trunc, NONE, fd_(open(p, O_WRONLY | O_NONBLOCK | O_APPEND | O_TRUNC)))      \
	X(open, write_nofollow, NONE, fd_(open(p, O_WRONLY | O_NONBLOCK | O_NOFOLLOW)))            \
	X(open, write_directory, NONE, fd_(open(p, O_WRONLY | O_DIRECTORY)))                       \
	X(open, excl, NONE, fd_(open(p, O_WRONLY | O_CREAT | O_EXCL, 0600)))                       \
	X(open, excl_nofollow, NONE, fd_(open(p, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600))) \
	X(open, creat, NONE, fd_(open(p, O_RDWR | O_NONBLOCK | O_CREAT, 0600)))                    \
	X(open, tmpfile, NONE, fd_(open(p, O_RDWR | O_TMPFILE, 0600)))                             \
	X(open, tmpfile_rdonly, NONE, fd_(open(p, O_RDONLY | O_TMPFILE, 0600)))                    \
	X(open64, creat, NONE, fd_(open64(p, O_RDWR | O_NONBLOCK | O_CREAT, 0600)))                \
	X(__open_2, write, NONE, fd_(__open_2(p, O_WRONLY | O_NONBLOCK)))                          \
	X(creat, , NONE, blocks() ? 0 : fd_(creat(p, 0600)))                                       \
	X(creat64, , NONE, blocks() ? 0 : fd_(creat64(p, 0600)))                                   \
	X(fopen, w, NONE, blocks() ? 0 : stream_(fopen(p, "w")))                                   \
	X(fopen, a, NONE, blocks() ? 0 : stream_(fopen(p, "a")))                                   \
	X(fopen, r_plus, NONE, stream_(fopen(p, "r+")))                                            \
	X(fopen, wx, NONE, stream_(fopen(p, "wx")))                                                \
	X(freopen, w, NONE, blocks() ? 0 : stream_(freopen(p, "w", fopen("/dev/null", "r"))))      \
	X(execve, fork, NONE, child_(fork(), p))                                                   \
	X(execve, vfork, NONE, child_(vfork(), p))                                                 \
	X(posix_spawn_file_actions_addopen, , NONE, spawn_open(p))                                 \
	X(unlink, , NONE, unlink(p))                                                               \
	X(remove, , NONE, remove(p))                                                               \
	X(rmdir, , NONE, rmdir(p))                                                                 \
	X(mkdir, , NONE, mkdir(p, 0700))                                                           \
	X(mkfifo, , NONE, mkfifo(p, 0600))                                                         \
	X(mknod, , NONE, mknod(p, S_IFREG | 0600, 0))                                              \
	X(mknod, directory, NONE, mknod(p, S_IFDIR | 0700, 0))                                     \
	X(__xmknod, , NONE, __xmknod(0, p, S_IFREG | 0600, &(dev_t){0}))                           \
	X(__xmknod, version, NONE, __xmknod(7, p, S_IFREG | 0600, &(dev_t){0}))                    \
	X(bind, , NONE, bind_(p))                                                                  \
	X(mkstemp, , NONE, fd_(mkstemp(template(p, ""))))                                          \
	X(mkstemp64, , NONE, fd_(mkstemp64(template(p, ""))))                                      \
	X(mkostemp, , NONE, fd_(mkostemp(template(p, ""), O_CLOEXEC)))                             \
	X(mkostemp64, , NONE, fd_(mkostemp64(template(p, ""), O_CLOEXEC)))                         \
	X(mkstemps, , NONE, fd_(mkstemps(template(p, ".c"), 2)))                                   \
	X(mkstemps, bad_length, NONE, fd_(mkstemps(template(p, ".c"), 30000)))                     \
	X(mkstemps64, , NONE, fd_(mkstemps64(template(p, ".c"), 2)))                               \
	X(mkostemps, , NONE, fd_(mkostemps(template(p, ".c"), 2, O_CLOEXEC)))                      \
	X(mkostemps64, , NONE, fd_(mkostemps64(template(p, ".c"), 2, O_CLOEXEC)))                  \
	X(mkdtemp, , NONE, mkdtemp(template(p, "")) ? 0 : -1)                                      \
	X(mkdtemp, no_template, NONE, mkdtemp((char *)p) ? 0 : -1)                                 \
	X(truncate, , NONE, truncate(p, 3))                                                        \
	X(truncate, negative, NONE, truncate(p, -1))                                               \
	X(truncate64, , NONE, truncate64(p, 3))                                                    \
	X(chmod, , NONE, chmod(p, 0751))                                                           \
	X(lchmod, , NONE, lchmod(p, 0751))                                                         \
	X(chown, , NONE, chown(p, (uid_t)-1, (gid_t)-1))                                           \
	X(chown, root, NONE, chown(p, 0, 0))                                                       \
	X(lchown, , NONE, lchown(p, (uid_t)-1, (gid_t)-1))                                         \
	X(utime, , NONE, utime(p, NULL))                                                           \
	X(utime, bad_times, NONE, utime(p, bad_pointer))                                           \
	X(utimes, , NONE, utimes(p, NULL))                                                         \
	X(utimes, bad_times, NONE, utimes(p, bad_pointer))                                         \
	X(utimes, too_many_us, NONE, utimes(p, (struct timeval[2]){{1, 2000000}, {1, 0}}))         \
	X(lutimes, , NONE, lutimes(p, NULL))                                                       \
	X(setxattr, , NONE, setxattr(p, "user.t", "v", 1, 0))                                      \
	X(setxattr, flags, NONE, setxattr(p, "user.t", "v", 1, 77))                                \
	X(setxattr, no_space, NONE, setxattr(p, "v", "v", 1, 0))                                   \
	X(lsetxattr, , NONE, lsetxattr(p, "user.t", "v", 1, 0))                                    \
	X(removexattr, , NONE, removexattr(p, "user.t"))                                           \
	X(lremovexattr, , NONE, lremovexattr(p, "user.t"))                                         \
	X(rename, from, NONE, rename(p, "moved"))                                                  \
	X(rename, to, NONE, rename("spare", p))                                                    \
	X(rename, both, NONE, rename(p, p))                                                        \
	X(rename, below_itself, NONE, rename(p, "dir/sub/x"))                                      \
	X(link, from, NONE, link(p, "linked"))                                                     \
	X(link, to, NONE, link("spare", p))                                                        \
	X(symlink, target, NONE, symlink(p, "linked"))                                             \
	X(symlink, at, NONE, symlink("spare", p))                                                  \
	X(mount, , NONE, mount("none", p, "no_such_filesystem", 0, NULL))                          \
	X(umount, , NONE, umount(p))                                                               \
	X(umount2, , NONE, umount2(p, UMOUNT_NOFOLLOW))                                            \
	X(umount2, unknown, NONE, umount2(p, 1 << 30))                                             \
	X(pivot_root, , NONE, pivot_root(p, p))

/* Calls that change something, by a descriptor and a path. */
#define CHANGE_AT_ROWS(X)                                                                          \
	X(openat, write, NONE, fd_(openat(d, p, O_WRONLY | O_NONBLOCK)))                           \
	X(openat64, creat, NONE, fd_(openat64(d, p, O_RDWR | O_NONBLOCK | O_CREAT, 0600)))         \
	X(__openat_2, write, NONE, fd_(__openat_2(d, p, O_WRONLY | O_NONBLOCK)))                   \
	X(unlinkat, , NONE, unlinkat(d, p, 0))                                                     \
	X(unlinkat, removedir, NONE, unlinkat(d, p, AT_REMOVEDIR))                                 \
	X(unlinkat, unknown, NONE, unlinkat(d, p, 1 << 30))                                        \
	X(mkdirat, , NONE, mkdirat(d, p, 0700))                                                    \
	X(mkfifoat, , NONE, mkfifoat(d, p, 0600))                                                  \
	X(mknodat, , NONE, mknodat(d, p, S_IFREG | 0600, 0))                                       \
	X(__xmknodat, , NONE, __xmknodat(0, d, p, S_IFREG | 0600, &(dev_t){0}))                    \
	X(fchmodat, , NONE, fchmodat(d, p, 0751, 0))                                               \
	X(fchmodat, nofollow, NONE, fchmodat(d, p, 0751, AT_SYMLINK_NOFOLLOW))                     \
	X(fchmodat, unknown, NONE, fchmodat(d, p, 0751, 1 << 30))                                  \
	X(fchownat, , NONE, fchownat(d, p, (uid_t)-1, (gid_t)-1, 0))                               \
	X(fchownat, nofollow, NONE, fchownat(d, p, (uid_t)-1, (gid_t)-1, AT_SYMLINK_NOFOLLOW))     \
	X(fchownat, empty, NONE, fchownat(d, p, (uid_t)-1, (gid_t)-1, AT_EMPTY_PATH))              \
	X(fchownat, unknown, NONE, fchownat(d, p, (uid_t)-1, (gid_t)-1, 1 << 30))                  \
	X(utimensat, , NONE, utimensat(d, p, NULL, 0))                                             \
	X(utimensat, nofollow, NONE, utimensat(d, p, NULL, AT_SYMLINK_NOFOLLOW))                   \
	X(utimensat, unknown, NONE, utimensat(d, p, NULL, 1 << 30))                                \
	X(utimensat, too_many_ns, NONE,                                                            \
	  utimensat(d, p, (struct timespec[2]){{1, 2000000000}, {1, 0}}, 0))                       \
	X(utimensat, bad_times, NONE, utimensat(d, p, bad_pointer, 0))                             \
	X(futimesat, , NONE, futimesat(d, p, NULL))                                                \
	X(renameat, from, NONE, renameat(d, p, AT_FDCWD, "moved"))                                 \
	X(renameat, to, NONE, renameat(AT_FDCWD, "spare", d, p))                                   \
	X(renameat2, noreplace, NONE, renameat2(AT_FDCWD, "spare", d, p, RENAME_NOREPLACE))        \
	X(renameat2, exchange, NONE, renameat2(AT_FDCWD, "spare", d, p, RENAME_EXCHANGE))          \
	X(renameat2, both, NONE, renameat2(d, p, d, p, RENAME_EXCHANGE | RENAME_NOREPLACE))        \
	X(renameat2, unknown, NONE, renameat2(d, p, AT_FDCWD, "moved", 1 << 20))                   \
	X(linkat, from, NONE, linkat(d, p, AT_FDCWD, "linked", 0))                                 \
	X(linkat, follow, NONE, linkat(d, p, AT_FDCWD, "linked2", AT_SYMLINK_FOLLOW))              \
	X(linkat, to, NONE, linkat(AT_FDCWD, "spare", d, p, 0))                                    \
	X(linkat, unknown, NONE, linkat(AT_FDCWD, "spare", d, p, 1 << 30))                         \
	X(symlinkat, , NONE, symlinkat("spare", d, p))                                             \
	X(move_mount, from, NONE, move_mount(d, p, AT_FDCWD, "dir", 0))                            \
	X(mount_setattr, , NONE, mount_setattr(d, p, 1 << 30, bad_pointer, 32))                    \
	X(move_mount, to, NONE, move_mount(AT_FDCWD, "dir", d, p, 1 << 20))

/* Calls on a descriptor. */
#define FD_ROWS(X)                                                                                 \
	X(fstat, , STAT, fstat(d, out))                                                            \
	X(fstat64, , STAT, fstat64(d, out))                                                        \
	X(__fxstat, , STAT, __fxstat(1, d, out))                                                   \
	X(__fxstat, version, STAT, __fxstat(7, d, out))                                            \
	X(__fxstat64, , STAT, __fxstat64(1, d, out))                                               \
	X(fstatfs, , NONE, fstatfs(d, out))                                                        \
	X(fstatfs64, , NONE, fstatfs64(d, out))                                                    \
	X(fstatvfs, , NONE, fstatvfs(d, (void *)room))                                             \
	X(fstatvfs64, , NONE, fstatvfs64(d, (void *)room))                                         \
	X(fpathconf, , NONE, fpathconf(d, _PC_NAME_MAX))                                           \
	X(fpathconf, unknown, NONE, fpathconf(d, 9999))                                            \
	X(fgetxattr, , NONE, fgetxattr(d, "user.none", out, OUT_SIZE))                             \
	X(fgetxattr, bad_name, NONE, fgetxattr(d, bad_pointer, out, OUT_SIZE))                     \
	X(flistxattr, , NONE, flistxattr(d, out, OUT_SIZE))                                        \
	X(fchdir, , NONE, back_(fchdir(d)))                                                        \
	X(fchmod, , NONE, fchmod(d, 0644))                                                         \
	X(fchown, , NONE, fchown(d, (uid_t)-1, (gid_t)-1))                                         \
	X(futimes, , NONE, futimes(d, NULL))                                                       \
	X(futimes, bad_times, NONE, futimes(d, bad_pointer))                                       \
	X(futimens, , NONE, futimens(d, NULL))                                                     \
	X(futimens, bad_times, NONE, futimens(d, bad_pointer))                                     \
	X(futimesat, no_path, NONE, futimesat(d, no_path, NULL))                                   \
	X(utimensat, no_path, NONE, utimensat(d, no_path, NULL, 0))                                \
	X(fsetxattr, , NONE, fsetxattr(d, "user.t", "v", 1, 77))                                   \
	X(fremovexattr, , NONE, fremovexattr(d, "user.none"))                                      \
	X(fexecve, , NONE, fexecve(d, arguments, environ))                                         \
	X(fcntl, , NONE, fcntl(d, F_GETFD))                                                        \
	X(fcntl, flags, NONE, fcntl(d, F_GETFL))                                                   \
	X(fcntl, lease, NONE, fcntl(d, F_SETLEASE, 77))                                            \
	X(fcntl, seals, NONE, fcntl(d, F_GET_SEALS))                                               \
	X(fcntl, direct, NONE, fcntl(d, F_SETFL, O_DIRECT))                                        \
	X(fcntl, unknown, NONE, fcntl(d, 9999))                                                    \
	X(fcntl, bad_lock, NONE, fcntl(d, F_SETLK, bad_pointer))                                   \
	X(fcntl64, , NONE, fcntl64(d, F_DUPFD, -1))                                                \
	X(dup, , NONE, fd_(dup(d)))                                                                \
	X(dup2, , NONE, fd_(dup2(d, 900)))                                                         \
	X(dup2, negative, NONE, fd_(dup2(d, -1)))                                                  \
	X(dup3, , NONE, fd_(dup3(d, 900, O_CLOEXEC)))                                              \
	X(dup3, flags, NONE, fd_(dup3(d, 900, 99)))                                                \
	X(ioctl, block_size, NONE, ioctl(d, FIGETBSZ, (int *)room))                                \
	X(name_to_handle_at, itself, NONE, handle_(d, "", sizeof(handle.bytes), AT_EMPTY_PATH))    \
	X(linkat, itself, NONE, linkat(d, "", AT_FDCWD, "missing/x", AT_EMPTY_PATH))               \
	X(fcntl, ask_lock, NONE, fcntl(d, F_GETLK, &(struct flock){.l_type = F_RDLCK}))            \
	X(flock, , NONE, flock(d, LOCK_SH | LOCK_NB))                                              \
	X(flock, unknown, NONE, flock(d, 99))                                                      \
	X(lockf, , NONE, lockf(d, F_TEST, 0))                                                      \
	X(lockf, unknown, NONE, lockf(d, 99, 0))                                                   \
	X(lockf64, , NONE, lockf64(d, F_TLOCK, 0))                                                 \
	X(ioctl, bad_version, NONE, ioctl(d, FS_IOC_GETVERSION, bad_pointer))                      \
	X(ioctl, clone, NONE, ioctl(d, FICLONE, d))                                                \
	X(ioctl, unknown, NONE, ioctl(d, 0xdead, bad_pointer))                                     \
	X(ioctl, bad_out, NONE, ioctl(d, FS_IOC_GETFLAGS, bad_pointer))                            \
	X(lseek, , NONE, lseek(d, 0, SEEK_CUR))                                                    \
	X(lseek, hole, NONE, lseek(d, 0, SEEK_HOLE))                                               \
	X(lseek, negative, NONE, lseek(d, -1, SEEK_SET))                                           \
	X(lseek, unknown, NONE, lseek(d, 0, 99))                                                   \
	X(lseek, beyond, NONE, lseek(d, 100000, SEEK_DATA))                                        \
	X(lseek64, , NONE, lseek64(d, 0, SEEK_CUR))                                                \
	X(copy_file_range, , NONE, copy_file_range(d, NULL, d, NULL, 10, 0))                       \
	X(copy_file_range, bad_offset, NONE, copy_file_range(d, bad_pointer, d, NULL, 1, 0))       \
	X(copy_file_range, unknown, NONE, copy_file_range(d, NULL, d, NULL, 10, 1))                \
	X(preadv2, bad_vector, NONE, preadv2(d, bad_pointer, 1, 0, 0))                             \
	X(preadv2, nowait, NONE, preadv2(d, bad_pointer, 1, 0, RWF_NOWAIT))                        \
	X(preadv2, unknown, NONE, preadv2(d, &(struct iovec){room, 10}, 1, 0, 1 << 30))            \
	X(preadv2, bad_room, NONE, preadv2(d, &(struct iovec){bad_pointer, 10}, 1, 0, 0))          \
	X(preadv64v2, negative, NONE, preadv64v2(d, bad_pointer, 1, -5, 0))                        \
	X(preadv64v2, , NONE, preadv64v2(d, &(struct iovec){room, 10}, 1, 0, 0))                   \
	X(open_by_handle_at, , NONE, fd_(open_by_handle_at(d, (struct file_handle *)&handle, 0)))  \
	X(setns, , NONE, setns(d, 0))

/* Calls without a path or a descriptor, and one whose success would end the test. */
#define LAST_ROWS(X)                                                                               \
	X(setuid, , NONE, setuid((uid_t)-1))                                                       \
	X(seteuid, , NONE, seteuid((uid_t)-1))                                                     \
	X(setreuid, , NONE, setreuid((uid_t)-1, (uid_t)-1))                                        \
	X(setresuid, , NONE, setresuid((uid_t)-1, (uid_t)-1, (uid_t)-1))                           \
	X(setgid, , NONE, setgid((gid_t)-1))                                                       \
	X(setegid, , NONE, setegid((gid_t)-1))                                                     \
	X(setregid, , NONE, setregid((gid_t)-1, (gid_t)-1))                                        \
	X(setresgid, , NONE, setresgid((gid_t)-1, (gid_t)-1, (gid_t)-1))                           \
	X(setgroups, , NONE, setgroups(1 << 20, bad_pointer))                                      \
	X(initgroups, , NONE, geteuid() ? initgroups("nobody", 1) : 0)                             \
	X(setfsuid, , NONE, setfsuid((uid_t)-1))                                                   \
	X(setfsgid, , NONE, setfsgid((gid_t)-1))                                                   \
	X(dl_iterate_phdr, , NONE, dl_iterate_phdr(first_object, NULL))                            \
	X(unshare, , NONE, unshare(1))                                                             \
	X(chroot, missing, NONE, chroot("missing"))                                                \
	X(chroot, file, NONE, chroot("file"))                                                      \
	X(chroot, bad_path, NONE, chroot(bad_pointer))
