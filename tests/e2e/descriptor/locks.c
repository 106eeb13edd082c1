/* locks.c - locks and leases, in one process and between two. */
#include "descriptor.h"

#include <signal.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>

/* What another process that opens the file itself finds. */
static void try_whole(void *arg)
{
	int fd = open(in(arg), O_RDONLY);

	say("other shared %s", result(flock(fd, LOCK_SH | LOCK_NB)));
	say("other unlocks %s", result(flock(fd, LOCK_UN)));
	say("other exclusive %s", result(flock(fd, LOCK_EX | LOCK_NB)));
}

void whole_locks(void)
{
	int fd = served("whole_locks/f", O_RDONLY);
	char buf[3];

	say("wrong %s", result(flock(fd, 77)));
	if (read(fd, buf, 3) == 3)
		say("shared %s", result(flock(fd, LOCK_SH)));
	say("at %ld flags %o %d", lseek(fd, 0, SEEK_CUR), fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
	in_child("against shared", try_whole, "whole_locks/f");
	say("exclusive %s", result(flock(fd, LOCK_EX)));
	in_child("against exclusive", try_whole, "whole_locks/f");
	int own = open(in("whole_locks/f"), O_RDONLY);
	say("own other descriptor %s", result(flock(own, LOCK_EX | LOCK_NB)));
	close(own);
	int copy = dup(fd);
	say("copy %s", result(flock(copy, LOCK_EX | LOCK_NB)));
	close(fd);
	in_child("held by the copy", try_whole, "whole_locks/f");
	say("unlock %s", result(flock(copy, LOCK_UN)));
	in_child("against none", try_whole, "whole_locks/f");
	close(copy);
	fd = served("whole_locks/f", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	say("exclusive %s", result(flock(fd, LOCK_EX | LOCK_NB)));
	say("flags %o %d", fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
	in_child("against exclusive", try_whole, "whole_locks/f");
	close(fd);
	in_child("closed", try_whole, "whole_locks/f");
}

static void read_two(void *arg)
{
	char buf[2];
	say("in the child %zd", read(*(int *)arg, buf, 2));
}

/* A lock must not part descriptors that go through the file together. */
void shared_offsets(void)
{
	char buf[3];
	int fd = served("shared_offsets/f", O_RDONLY);
	int copy = dup(fd);

	say("lock %s", result(flock(fd, LOCK_SH)));
	say("read %zd", read(copy, buf, 3));
	say("at %ld", lseek(fd, 0, SEEK_CUR));
	close(copy);
	close(fd);
	fd = served("shared_offsets/f", O_RDONLY);
	copy = fcntl(fd, F_DUPFD, 700);
	say("lock %s", result(flock(copy, LOCK_SH)));
	say("read %zd", read(fd, buf, 3));
	say("at %ld", lseek(copy, 0, SEEK_CUR));
	close(copy);
	close(fd);
	fd = served("shared_offsets/f", O_RDONLY);
	copy = dup2(fd, 701);
	say("lock %s", result(flock(copy, LOCK_SH)));
	say("read %zd", read(fd, buf, 3));
	say("at %ld", lseek(copy, 0, SEEK_CUR));
	close(copy);
	close(fd);
	fd = served("shared_offsets/f", O_RDONLY);
	in_child("reads", read_two, &fd);
	say("lock %s", result(flock(fd, LOCK_SH)));
	in_child("reads", read_two, &fd);
	say("at %ld", lseek(fd, 0, SEEK_CUR));
	close(fd);
}

static struct flock region(short type, off_t start, off_t len)
{
	return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};
}

static void say_record(const char *what, int fd, int command, short type)
{
	struct flock lock = region(type, 10, 20);
	int failed = fcntl(fd, command, &lock);

	say("%s %s type %d from %ld, %ld", what, result(failed), lock.l_type, lock.l_start,
	    lock.l_len);
}

static void try_record(void *arg)
{
	int fd = open(in(arg), O_RDWR);

	say_record("other asks", fd, F_GETLK, F_WRLCK);
	say_record("other reads", fd, F_SETLK, F_RDLCK);
	say_record("other writes", fd, F_SETLK, F_WRLCK);
}

void record_locks(void)
{
	int fd = served("record_locks/f", O_RDONLY);
	int writer;

	say_record("asks", fd, F_GETLK, F_WRLCK);
	say_record("writes", fd, F_SETLK, F_WRLCK);
	say_record("reads", fd, F_SETLK, F_RDLCK);
	say_record("reads, waiting", fd, F_SETLKW, F_RDLCK);
	in_child("against a reader", try_record, "record_locks/f");
	say_record("unlocks", fd, F_SETLK, F_UNLCK);
	in_child("against none", try_record, "record_locks/f");
	say_record("wrong", fd, F_SETLK, 77);
	say("no lock %s", result(fcntl(fd, F_SETLK, NULL)));
	writer = open(in("record_locks/f"), O_RDWR);
	say_record("writes by another descriptor", writer, F_SETLK, F_WRLCK);
	in_child("against a writer", try_record, "record_locks/f");
	close(fd); /* which gives the process's locks up */
	in_child("closed", try_record, "record_locks/f");
	close(writer);
}

/* A process gives up its locks when it closes any descriptor of the file: it is not to
 * happen by what it does with another one. */
void kept_locks(void)
{
	int fd = served("kept_locks/f", O_RDONLY), other = served("kept_locks/f", O_RDONLY);
	int writer = open(in("kept_locks/f"), O_RDWR), flags = 0;
	struct stat st;

	say_record("writes", writer, F_SETLK, F_WRLCK);
	say("changed %s", result(pwrite(writer, "longer\nthan it was", 18, 0)));
	say("fstat %s", result(fstat(fd, &st)));
	say("inode %d", st.st_ino != 0);
	in_child("after fstat", try_record, "kept_locks/f");
	say("ioctl %s", result(ioctl(fd, FS_IOC_GETFLAGS, &flags)));
	say("flock %s", result(flock(fd, LOCK_SH | LOCK_NB)));
	in_child("after flock", try_record, "kept_locks/f");
	say("lease %s", result(fcntl(other, F_SETLEASE, F_UNLCK)));
	say("mode %s", result(fchmod(other, 0640)));
	in_child("after all", try_record, "kept_locks/f");
	close(writer);
	close(fd);
	close(other);
}

static void try_open_file(void *arg)
{
	int fd = open(in(arg), O_RDWR);

	say_record("other asks", fd, F_OFD_GETLK, F_WRLCK);
	say_record("other reads", fd, F_OFD_SETLK, F_RDLCK);
	say_record("other writes", fd, F_OFD_SETLK, F_WRLCK);
}

void open_file_locks(void)
{
	int fd = served("open_file_locks/f", O_RDONLY);

	say_record("writes", fd, F_OFD_SETLK, F_WRLCK);
	say_record("reads", fd, F_OFD_SETLK, F_RDLCK);
	in_child("against a reader", try_open_file, "open_file_locks/f");
	int other = open(in("open_file_locks/f"), O_RDWR);
	say_record("the process's other descriptor", other, F_OFD_SETLK, F_WRLCK);
	close(other);
	close(fd);
	in_child("closed", try_open_file, "open_file_locks/f");
}

void lockf_locks(void)
{
	int fd = served("lockf_locks/f", O_RDONLY);

	say("test %s", result(lockf(fd, F_TEST, 0)));
	say("lock %s", result(lockf(fd, F_TLOCK, 0)));
	say("unlock %s", result(lockf(fd, F_ULOCK, 0)));
	say("wrong %s", result(lockf(fd, 77, 0)));
	int writer = open(in("lockf_locks/f"), O_RDWR);
	say("writer %s", result(lockf(writer, F_TLOCK, 0)));
	say("test %s", result(lockf64(fd, F_TEST, 0)));
	close(writer);
	close(fd);
}

void leases(void)
{
	int fd = served("leases/f", O_RDONLY);

	signal(SIGIO, SIG_IGN);
	say("none %s", result(fcntl(fd, F_GETLEASE)));
	say("write %s", result(fcntl(fd, F_SETLEASE, F_WRLCK)));
	say("read %s", result(fcntl(fd, F_SETLEASE, F_RDLCK)));
	say("held %s", result(fcntl(fd, F_GETLEASE)));
	int writer = open(in("leases/f"), O_WRONLY | O_NONBLOCK);
	say("a writer %s", result(writer < 0 ? -1 : 0));
	close(writer);
	say("given up %s", result(fcntl(fd, F_SETLEASE, F_UNLCK)));
	close(fd);
}
