/*
 * diff_calls.h - the calls that diff_paths.c makes, each with what it prints
 *
 * Included once, by diff_paths.c, whose functions it uses.
 */

/* X(name of the function, body that calls it and says what it answered) */
#define STAT_BODY(type, ...)                                                                       \
	type st;                                                                                   \
	memset(&st, 0, sizeof(st));                                                                \
	int result = __VA_ARGS__;                                                                  \
	say_stat(result, (const struct stat *)&st);
#define LINK_BODY(size, ...)                                                                       \
	char buf[PATH_MAX];                                                                        \
	size_t room = size;                                                                        \
	say_link(__VA_ARGS__, buf);
#define SCAN_BODY(type, ...)                                                                       \
	type **lines = NULL;                                                                       \
	int n = __VA_ARGS__;                                                                       \
	say_scan(n, (struct dirent **)lines);
#define READDIR_R_BODY(type, call)                                                                 \
	DIR *d = opendir(path);                                                                    \
	type line, *result = NULL;                                                                 \
	unsigned count = 0;                                                                        \
	uint64_t h = 0;                                                                            \
	while (d && call(d, &line, &result) == 0 && result) {                                      \
		h = hash_bytes(h, line.d_name, strlen(line.d_name));                               \
		count++;                                                                           \
	}                                                                                          \
	say(d ? 0 : -1, "%u %lx", count, h);                                                       \
	if (d)                                                                                     \
		closedir(d);
#define GLOB_BODY(type, call, freed)                                                               \
	char pattern[4 * PATH_MAX];                                                                \
	type found;                                                                                \
	uint64_t h = 0;                                                                            \
	memset(&found, 0, sizeof(found));                                                          \
	snprintf(pattern, sizeof(pattern), "%s/*", path);                                          \
	int result = call(pattern, 0, NULL, &found);                                               \
	for (size_t i = 0; i < found.gl_pathc; i++)                                                \
		h = hash_bytes(h, found.gl_pathv[i], strlen(found.gl_pathv[i]) + 1);               \
	say(result, "%zu %lx flags %x", (size_t)found.gl_pathc, h, found.gl_flags);                \
	freed(&found);
#define STATX_BODY(flags, mask)                                                                    \
	struct statx st;                                                                           \
	memset(&st, 0, sizeof(st));                                                                \
	int result = statx(dirfd_, path, flags, mask, &st);                                        \
	say(result, "mask %x attr %llx size %llu ino %llu mode %o nlink %u btime %lld dev %u:%u",  \
	    st.stx_mask &(mask)&STATX_ALL, st.stx_attributes, st.stx_size, st.stx_ino,             \
	    st.stx_mode, st.stx_nlink, st.stx_mask &STATX_BTIME ? st.stx_btime.tv_sec : 0,         \
	    st.stx_dev_major, st.stx_dev_minor);

/* A FIFO would keep a reader waiting: opens are O_NONBLOCK where one can ask. */
#define PLAIN_CALLS(X)                                                                             \
	X(stat, STAT_BODY(struct stat, stat(path, &st)))                                           \
	X(stat64, STAT_BODY(struct stat64, stat64(path, &st)))                                     \
	X(lstat, STAT_BODY(struct stat, lstat(path, &st)))                                         \
	X(lstat64, STAT_BODY(struct stat64, lstat64(path, &st)))                                   \
	X(__xstat, STAT_BODY(struct stat, __xstat(1, path, &st)))                                  \
	X(__xstat64, STAT_BODY(struct stat64, __xstat64(1, path, &st)))                            \
	X(__lxstat, STAT_BODY(struct stat, __lxstat(1, path, &st)))                                \
	X(__lxstat64, STAT_BODY(struct stat64, __lxstat64(1, path, &st)))                          \
	X(access_f, say(access(path, F_OK), "-");)                                                 \
	X(access_r, say(access(path, R_OK), "-");)                                                 \
	X(access_w, say(access(path, W_OK), "-");)                                                 \
	X(access_x, say(access(path, X_OK), "-");)                                                 \
	X(access_rx, say(access(path, R_OK | X_OK), "-");)                                         \
	X(access_bad, say(access(path, 64), "-");)                                                 \
	X(eaccess, say(eaccess(path, R_OK), "-");)                                                 \
	X(euidaccess, say(euidaccess(path, X_OK), "-");)                                           \
	X(readlink, LINK_BODY(sizeof(buf), readlink(path, buf, room)))                             \
	X(readlink_3, LINK_BODY(3, readlink(path, buf, room)))                                     \
	X(__readlink_chk, LINK_BODY(100, __readlink_chk(path, buf, room, sizeof(buf))))            \
	X(realpath, char *text = realpath(path, NULL); say_text(text); free(text);)                \
	X(realpath_buf, char buf[PATH_MAX] = ""; say_text(realpath(path, buf));                    \
	  printf("%s\n", buf);)                                                                    \
	X(__realpath_chk, char buf[PATH_MAX]; say_text(__realpath_chk(path, buf, sizeof(buf)));)   \
	X(canonicalize_file_name, char *text = canonicalize_file_name(path); say_text(text);       \
	  free(text);)                                                                             \
	X(open, say_fd(open(path, O_RDONLY | O_NONBLOCK));)                                        \
	X(open64, say_fd(open64(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC));)                        \
	X(open_nofollow, say_fd(open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW));)                  \
	X(open_directory, say_fd(open(path, O_RDONLY | O_DIRECTORY));)                             \
	X(open_path, say_fd(open(path, O_PATH));)                                                  \
	X(open_noatime, say_fd(open(path, O_RDONLY | O_NONBLOCK | O_NOATIME));)                    \
	X(__open_2, say_fd(__open_2(path, O_RDONLY | O_NONBLOCK));)                                \
	X(__open64_2, say_fd(__open64_2(path, O_RDONLY | O_NONBLOCK));)                            \
	X(fopen, if (!strstr(path, "fifo")) say_stream(fopen(path, "r"));)                         \
	X(fopen64, if (!strstr(path, "fifo")) say_stream(fopen64(path, "rbe"));)                   \
	X(fopen_ccs, if (!strstr(path, "fifo")) say_stream(fopen(path, "r,ccs=UTF-8"));)           \
	X(freopen,                                                                                 \
	  if (!strstr(path, "fifo")) say_stream(freopen(path, "r", fopen("/dev/null", "r")));)     \
	X(freopen64,                                                                               \
	  if (!strstr(path, "fifo")) say_stream(freopen64(path, "r", fopen("/dev/null", "r")));)   \
	X(opendir, say_dir(opendir(path));)                                                        \
	X(readdir64, DIR *d = opendir(path); struct dirent64 *l = d ? readdir64(d) : NULL;         \
	  say(d ? 0 : -1, "%s", l ? l->d_name : ""); if (d) closedir(d);)                          \
	X(readdir_r, READDIR_R_BODY(struct dirent, readdir_r))                                     \
	X(readdir64_r, READDIR_R_BODY(struct dirent64, readdir64_r))                               \
	X(scandir, SCAN_BODY(struct dirent, scandir(path, &lines, NULL, by_name)))                 \
	X(scandir_selected,                                                                        \
	  SCAN_BODY(struct dirent, scandir(path, &lines, not_dotted, alphasort)))                  \
	X(scandir64, SCAN_BODY(struct dirent64, scandir64(path, &lines, NULL, NULL)))              \
	X(glob, GLOB_BODY(glob_t, glob, globfree))                                                 \
	X(glob64, GLOB_BODY(glob64_t, glob64, globfree64))

#define AT_CALLS(X)                                                                                \
	X(fstatat, STAT_BODY(struct stat, fstatat(dirfd_, path, &st, 0)))                          \
	X(fstatat_nofollow,                                                                        \
	  STAT_BODY(struct stat, fstatat(dirfd_, path, &st, AT_SYMLINK_NOFOLLOW)))                 \
	X(fstatat_empty, STAT_BODY(struct stat, fstatat(dirfd_, path, &st, AT_EMPTY_PATH)))        \
	X(fstatat_bad, STAT_BODY(struct stat, fstatat(dirfd_, path, &st, 1 << 30)))                \
	X(fstatat64, STAT_BODY(struct stat64, fstatat64(dirfd_, path, &st, 0)))                    \
	X(__fxstatat, STAT_BODY(struct stat, __fxstatat(1, dirfd_, path, &st, 0)))                 \
	X(__fxstatat64,                                                                            \
	  STAT_BODY(struct stat64, __fxstatat64(1, dirfd_, path, &st, AT_SYMLINK_NOFOLLOW)))       \
	X(statx, STATX_BODY(0, STATX_BASIC_STATS))                                                 \
	X(statx_btime, STATX_BODY(AT_SYMLINK_NOFOLLOW, STATX_BTIME))                               \
	X(statx_mount, STATX_BODY(0, STATX_BASIC_STATS | STATX_MNT_ID))                            \
	X(faccessat, say(faccessat(dirfd_, path, F_OK, 0), "-");)                                  \
	X(faccessat_r, say(faccessat(dirfd_, path, R_OK, AT_EACCESS), "-");)                       \
	X(faccessat_nofollow, say(faccessat(dirfd_, path, F_OK, AT_SYMLINK_NOFOLLOW), "-");)       \
	X(readlinkat, LINK_BODY(sizeof(buf), readlinkat(dirfd_, path, buf, room)))                 \
	X(__readlinkat_chk, LINK_BODY(9, __readlinkat_chk(dirfd_, path, buf, room, sizeof(buf))))  \
	X(openat, say_fd(openat(dirfd_, path, O_RDONLY | O_NONBLOCK));)                            \
	X(openat64, say_fd(openat64(dirfd_, path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW));)           \
	X(__openat_2, say_fd(__openat_2(dirfd_, path, O_RDONLY | O_NONBLOCK));)                    \
	X(__openat64_2, say_fd(__openat64_2(dirfd_, path, O_RDONLY | O_NONBLOCK));)                \
	X(fdopendir, say_dir(fdopendir(openat(dirfd_, path, O_RDONLY | O_DIRECTORY)));)            \
	X(scandirat, SCAN_BODY(struct dirent, scandirat(dirfd_, path, &lines, NULL, by_name)))     \
	X(scandirat64, SCAN_BODY(struct dirent64, scandirat64(dirfd_, path, &lines, NULL, NULL)))

#define DEFINE_PLAIN(name, ...)                                                                    \
	static void plain_##name(const char *path)                                                 \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#define DEFINE_AT(name, ...)                                                                       \
	static void at_##name(int dirfd_, const char *path)                                        \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
PLAIN_CALLS(DEFINE_PLAIN)
AT_CALLS(DEFINE_AT)

#define LIST_PLAIN(name, ...) {#name, plain_##name},
#define LIST_AT(name, ...) {#name, at_##name},
static const struct {
	const char *name;
	void (*call)(const char *path);
} plain_calls[] = {PLAIN_CALLS(LIST_PLAIN)};
static const struct {
	const char *name;
	void (*call)(int dirfd, const char *path);
} at_calls[] = {AT_CALLS(LIST_AT)};
#define PLAIN_COUNT (sizeof(plain_calls) / sizeof(plain_calls[0]))
#define AT_COUNT (sizeof(at_calls) / sizeof(at_calls[0]))
