/*
 * nodes.c - the same files on two nodes: locks, and the device's number
 *
 * Run by two processes, which meet by files in OUT; each prints what it finds,
 * with its rank before it.
 */
#include "descriptor.h"

#include <sys/file.h>
#include <sys/sysmacros.h>

static void tell(const char *what)
{
	close(open(outside(what), O_CREAT | O_WRONLY, 0600));
}

static void wait_for(const char *what)
{
	while (access(outside(what), F_OK) != 0)
		usleep(1000);
}

static struct flock region(short type)
{
	return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_len = 10};
}

static void say_device(int rank, const char *how, int failed, dev_t dev)
{
	say("%d: %s %s %x:%x", rank, how, result(failed), major(dev), minor(dev));
}

/* Names that are served, directories that are open, and a file of each kind. */
static void devices(int rank)
{
	struct stat st = {0};
	struct statx x = {0};
	int d = open(dir, O_RDONLY | O_DIRECTORY), fd = served("data", O_RDONLY);
	int failed = stat(in("data"), &st);

	say_device(rank, "stat", failed, st.st_dev);
	failed = lstat(in("to_data"), &st);
	say_device(rank, "lstat of a link", failed, st.st_dev);
	failed = lstat(in("sub"), &st);
	say_device(rank, "lstat of a directory", failed, st.st_dev);
	failed = fstat(d, &st);
	say_device(rank, "fstat of a directory", failed, st.st_dev);
	failed = fstatat(d, "sub", &st, AT_SYMLINK_NOFOLLOW);
	say_device(rank, "fstatat", failed, st.st_dev);
	failed = fstat(fd, &st);
	say_device(rank, "fstat", failed, st.st_dev);
	failed = statx(AT_FDCWD, in("sub/inner"), 0, STATX_BASIC_STATS, &x);
	say_device(rank, "statx", failed, makedev(x.stx_dev_major, x.stx_dev_minor));
	close(d);
	close(fd);
}

static void hold(int rank)
{
	int whole = served("whole_locks/f", O_RDONLY);

	wait_for("open");
	int record = open(in("record_locks/f"), O_RDWR);
	struct flock lock = region(F_WRLCK);
	say("%d: flock %s", rank, result(flock(whole, LOCK_EX)));
	say("%d: fcntl %s", rank, result(fcntl(record, F_SETLK, &lock)));
	tell("locked");
	wait_for("tried");
	close(whole);
	close(record);
	tell("free");
}

static void try(int rank)
{
	int whole = served("whole_locks/f", O_RDONLY), record = served("record_locks/f", O_RDONLY);
	struct flock lock = region(F_RDLCK), ask = region(F_RDLCK);

	tell("open");
	wait_for("locked");
	say("%d: flock %s", rank, result(flock(whole, LOCK_SH | LOCK_NB)));
	say("%d: fcntl %s", rank, result(fcntl(record, F_SETLK, &lock)));
	say("%d: asked %s", rank, result(fcntl(record, F_GETLK, &ask)));
	say("%d: type %d", rank, ask.l_type);
	tell("tried");
	wait_for("free");
	say("%d: flock %s", rank, result(flock(whole, LOCK_EX)));
	say("%d: fcntl %s", rank, result(fcntl(record, F_SETLKW, &lock)));
}

void nodes(void)
{
	const char *number = getenv("OMPI_COMM_WORLD_RANK");
	int rank = number ? atoi(number) : 0;

	devices(rank);
	if (rank == 0)
		hold(rank);
	else
		try(rank);
}
