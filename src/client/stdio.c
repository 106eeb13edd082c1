/* stdio.c - fopen, freopen and their twins. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "client/announce.h"
#include "client/attachment.h"
#include "client/content.h"
#include "client/original.h"
#include "client/place.h"
#include "client/real.h"

typedef FILE *open_call(const char *path, const char *mode);
typedef FILE *reopen_call(const char *path, const char *mode, FILE *stream);

/* A mode that only reads, and has nothing in it that fdopen does not do. */
static bool reads_only(const char *mode)
{
	return mode[0] == 'r' && !strpbrk(mode, "+,m");
}

/* The flags of open(2) that stand for a mode that changes a file, 0 for others. */
static int changing_flags(const char *mode)
{
	switch (mode[0]) {
	case 'r':
		return strchr(mode, '+') ? O_RDWR : 0;
	case 'w':
		return O_WRONLY | O_CREAT | O_TRUNC;
	case 'a':
		return O_WRONLY | O_CREAT | O_APPEND;
	default:
		return 0;
	}
}

/* Announce what a mode will change. True: when open, announce_fd is to follow. */
static bool announce_mode(const char *path, const char *mode)
{
	int flags = changing_flags(mode);
	return flags != 0 && !announce_open(AT_FDCWD, path, flags);
}

static enum content open_for_reading(const char *path, const char *mode, int *fd)
{
	if (!reads_only(mode))
		return CONTENT_REAL;
	return content_open(AT_FDCWD, path, strchr(mode, 'e') ? O_CLOEXEC : 0, fd);
}

static FILE *open_stream(const char *path, const char *mode, open_call *real_call)
{
	int fd;

	if (!told_index() || !path || !mode)
		return real_call(path, mode);
	bool later = announce_mode(path, mode);
	switch (open_for_reading(path, mode, &fd)) {
	case CONTENT_OPEN:;
		FILE *served = fdopen(fd, mode);
		if (!served)
			close(fd);
		return served;
	case CONTENT_FAILED:
		return NULL;
	case CONTENT_REAL:
		break;
	}
	FILE *stream = real_call(path, mode);
	if (stream && later)
		announce_fd(fileno(stream), 0);
	return stream;
}

/*
 * When freopen fails the stream is gone and there is no second try, so the
 * content is opened before, and the stream then on a path that cannot fail. An
 * error that we know of is left to the real call, which closes the stream.
 */
static FILE *reopen_stream(const char *path, const char *mode, FILE *stream, reopen_call *real_call)
{
	char fd_path[PLACE_FD_MAX];
	int fd;

	/* The same file once more: in a way in which a memfd cannot be opened? */
	if (!path && mode && stream && !reads_only(mode))
		path = original_of_fd(fileno(stream));
	if (!told_index() || !path || !mode || !stream)
		return real_call(path, mode, stream);
	bool later = announce_mode(path, mode);
	if (open_for_reading(path, mode, &fd) == CONTENT_OPEN) {
		place_fd_path(fd, fd_path);
		FILE *served = real_call(fd_path, mode, stream);
		close(fd);
		if (served)
			original_note(fileno(served));
		return served;
	}
	FILE *result = real_call(path, mode, stream);
	if (result && later)
		announce_fd(fileno(result), 0);
	return result;
}

FILE *fopen(const char *path, const char *mode)
{
	return open_stream(path, mode, real()->fopen);
}

FILE *fopen64(const char *path, const char *mode)
{
	return open_stream(path, mode, real()->fopen64);
}

FILE *freopen(const char *path, const char *mode, FILE *stream)
{
	return reopen_stream(path, mode, stream, real()->freopen);
}

FILE *freopen64(const char *path, const char *mode, FILE *stream)
{
	return reopen_stream(path, mode, stream, real()->freopen64);
}
