/* data.c - what a descriptor reads: offsets, mappings, transfers, streams. */
#include "descriptor.h"

#include <linux/io_uring.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static const char *bytes(const char *buf, ssize_t n)
{
	static char text[256];

	if (n < 0)
		return result(n);
	snprintf(text, sizeof(text), "%zd '%.*s'", n, n < 20 ? (int)n : 20, buf);
	return text;
}

static void say_read(const char *what, int fd, size_t size)
{
	char buf[64];
	say("%s %s", what, bytes(buf, read(fd, buf, size)));
}

void offsets(void)
{
	int a = served("data", O_RDONLY), b = served("data", O_RDONLY);

	say_read("first", a, 10);
	say_read("second", b, 5);
	say_read("first again", a, 10);
	say("at %ld and %ld", lseek(a, 0, SEEK_CUR), lseek(b, 0, SEEK_CUR));
	close(a);
	say_read("second again", b, 10);
	close(b);
}

void copies(void)
{
	int fd = served("data", O_RDONLY | O_CLOEXEC);
	int by_dup = dup(fd), by_dup2 = dup2(fd, 60), by_dup3 = dup3(fd, 61, O_CLOEXEC);
	int by_fcntl = fcntl(fd, F_DUPFD, 70), cloexec = fcntl(fd, F_DUPFD_CLOEXEC, 70);
	int all[] = {fd, by_dup, by_dup2, by_dup3, by_fcntl, cloexec};

	for (size_t i = 0; i < 6; i++) {
		say("%d flags %d", all[i], fcntl(all[i], F_GETFD));
		say_read("shared offset", all[i], 3);
		say_stat("copy", all[i]);
	}
	lseek(by_dup2, 50, SEEK_SET);
	say("at %ld", lseek(fd, 0, SEEK_CUR));
	for (size_t i = 0; i < 6; i++)
		close(all[i]);
}

void reading(void)
{
	int fd = served("data", O_RDONLY);
	char a[8], b[8];
	struct iovec parts[] = {{a, 3}, {b, 4}};

	say("pread %s", bytes(a, pread(fd, a, 8, 26)));
	say("pread at the end %s", bytes(a, pread(fd, a, 8, DATA_SIZE - 3)));
	say("pread behind the end %s", bytes(a, pread(fd, a, 8, DATA_SIZE + 3)));
	say("pread before the start %s", result(pread(fd, a, 8, -1)));
	say("readv %s", result(readv(fd, parts, 2)));
	say("preadv %s", result(preadv(fd, parts, 2, 5)));
	say("%.3s %.4s", a, b);
	say("preadv2 %s", result(preadv2(fd, parts, 2, -1, 0)));
	say("%.3s %.4s", a, b);
	say("preadv2 high %s", result(preadv2(fd, parts, 2, 1, RWF_HIPRI)));
	say("preadv2 at once %s", result(preadv2(fd, parts, 2, 1, RWF_NOWAIT)));
	say("%.3s %.4s", a, b);
	say("preadv2 wrong %s", result(preadv2(fd, parts, 2, 1, 1 << 20)));
	say("no buffer %s", result(syscall(SYS_read, fd, (void *)1, 8)));
	say("at %ld", lseek(fd, 0, SEEK_CUR));
	close(fd);
	fd = served("empty", O_RDONLY);
	say("empty %s", bytes(a, read(fd, a, 8)));
	close(fd);
}

void seeking(void)
{
	static const struct {
		const char *file;
		long offset;
		int whence;
	} to[] = {{"data", -1, SEEK_END},         {"data", 5, SEEK_END},
	          {"data", -1, SEEK_SET},         {"data", 0, 17},
	          {"data", 0, SEEK_DATA},         {"data", 5, SEEK_HOLE},
	          {"data", DATA_SIZE, SEEK_DATA}, {"data", DATA_SIZE + 1, SEEK_HOLE},
	          {"sparse", 0, SEEK_DATA},       {"sparse", 0, SEEK_HOLE},
	          {"sparse", 100000, SEEK_DATA},  {"empty", 0, SEEK_DATA},
	          {"empty", 0, SEEK_HOLE}};

	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		int fd = served(to[i].file, O_RDONLY);
		lseek(fd, 7, SEEK_SET);
		say("%s %ld by %d: %s", to[i].file, to[i].offset, to[i].whence,
		    result(lseek(fd, to[i].offset, to[i].whence)));
		say("at %ld", lseek64(fd, 0, SEEK_CUR));
		close(fd);
	}
}

void mapping(void)
{
	static const int protections[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
	                                  PROT_READ | PROT_EXEC};
	static const int kinds[] = {MAP_PRIVATE, MAP_SHARED, MAP_SHARED_VALIDATE,
	                            MAP_PRIVATE | MAP_POPULATE};
	int fd = served("data", O_RDONLY);

	for (size_t i = 0; i < 16; i++) {
		int protection = protections[i / 4], kind = kinds[i % 4];
		char *at = mmap(NULL, DATA_SIZE, protection, kind, fd, 0);

		if (at == MAP_FAILED) {
			say("%d %x %s", protection, kind, result(-1));
			continue;
		}
		say("%d %x '%.5s' writable %s executable %s", protection, kind,
		    protection ? at + 99990 : "",
		    result(mprotect(at, 4096, PROT_READ | PROT_WRITE)),
		    result(mprotect(at + 4096, 4096, PROT_READ | PROT_EXEC)));
		if (mprotect(at, 4096, PROT_READ | PROT_WRITE) == 0)
			at[1] = 'X';
		say("synchronised %s, locked %s, advice %s", result(msync(at, 4096, MS_SYNC)),
		    result(mlock(at, 4096)), result(madvise(at, DATA_SIZE, MADV_WILLNEED)));
		say("remove %s", result(madvise(at, 4096, MADV_REMOVE)));
		munmap(at, DATA_SIZE);
	}
	say_read("unchanged", fd, 5);
	say("at an odd offset %s", result((long)mmap(NULL, 10, PROT_READ, MAP_PRIVATE, fd, 5)));
	close(fd);
	fd = served("empty", O_RDONLY);
	say("nothing %s", result((long)mmap(NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0)));
	close(fd);
}

static void say_pipe(const char *what, long n, const int pipe[2])
{
	char buf[256];
	int err = errno;

	say("%s %s", what, result(n));
	if (n > 0)
		say("%s gave %s", what, bytes(buf, read(pipe[0], buf, sizeof(buf))));
	errno = err;
}

void transfer(void)
{
	int fd = served("data", O_RDONLY),
	    to = open(outside("to"), O_RDWR | O_CREAT | O_TRUNC, 0600);
	int one[2], two[2];
	off_t at = 26;
	loff_t from = 52;

	if (pipe(one) != 0 || pipe(two) != 0)
		return;
	say("sendfile %s", result(sendfile(to, fd, NULL, 100)));
	say("sendfile from 26 %s", result(sendfile(to, fd, &at, 100)));
	say("then %ld", at);
	say_pipe("sendfile to a pipe", sendfile(one[1], fd, NULL, 30), one);
	say_pipe("splice", splice(fd, NULL, one[1], NULL, 30, 0), one);
	say_pipe("splice from 52", splice(fd, &from, one[1], NULL, 30, SPLICE_F_MORE), one);
	say("splice into it %s", result(splice(one[0], NULL, fd, NULL, 1, SPLICE_F_NONBLOCK)));
	splice(fd, NULL, one[1], NULL, 30, 0);
	say_pipe("tee", tee(one[0], two[1], 30, 0), two);
	say("sendfile into it %s", result(sendfile(fd, to, NULL, 1)));
	say("at %ld, %ld", lseek(fd, 0, SEEK_CUR), lseek(to, 0, SEEK_CUR));
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(two[i]);
	}
	close(to);
	close(fd);
}

void copy_range(void)
{
	char memory[64];
	const char *to_names[] = {outside("copy"), memory};

	snprintf(memory, sizeof(memory), "/dev/shm/descriptor-copy.%d", getpid());
	for (int i = 0; i < 2; i++) {
		int fd = served("data", O_RDONLY);
		int to = open(to_names[i], O_RDWR | O_CREAT | O_TRUNC, 0600);
		loff_t from = 50;
		char buf[32];

		say("%d: own offset %s", i, result(copy_file_range(fd, NULL, to, NULL, 100, 0)));
		say("at %ld, %ld", lseek(fd, 0, SEEK_CUR), lseek(to, 0, SEEK_CUR));
		say("given offset %s", result(copy_file_range(fd, &from, to, NULL, 100, 0)));
		say("from %ld, at %ld", from, lseek(fd, 0, SEEK_CUR));
		say("at the end %s",
		    result(copy_file_range(fd, &(loff_t){DATA_SIZE}, to, NULL, 9, 0)));
		say("wrong flags %s", result(copy_file_range(fd, NULL, to, NULL, 1, 5)));
		say("into it %s", result(copy_file_range(to, NULL, fd, NULL, 1, 0)));
		say("itself %s", result(copy_file_range(fd, NULL, fd, NULL, 1, 0)));
		say("copied %s", bytes(buf, pread(to, buf, 20, 0)));
		close(to);
		close(fd);
		unlink(to_names[i]);
	}
}

void streams(void)
{
	char line[64];
	int fd = served("data", O_RDONLY);
	FILE *f = fdopen(fd, "r");

	say("fdopen for writing %s", result(fdopen(fd, "w") ? 0 : -1));
	say("fseek %s", result(fseek(f, -5, SEEK_END)));
	say("ftell %ld", ftell(f));
	say("line '%s'", fgets(line, sizeof(line), f));
	say("end %d", feof(f) != 0);
	rewind(f);
	say("char %c", fgetc(f));
	say("position %ld", ftell(f));
	f = freopen(NULL, "r", f);
	say("reopened %s", result(f ? fgetc(f) : -1));
	f = freopen(in("small"), "r", f);
	say("another '%s'", f ? fgets(line, sizeof(line), f) : result(-1));
	say("descriptor %d", fileno(f) == fd);
	f = freopen(in("absent"), "r", f);
	say("absent %s", result(f ? 0 : -1));
	f = fopen(in("small"), "re");
	say("flags %d", fcntl(fileno(f), F_GETFD));
	setvbuf(f, NULL, _IONBF, 0);
	say("line '%s'", fgets(line, sizeof(line), f));
	say("at %ld", lseek(fileno(f), 0, SEEK_CUR));
	fclose(f);
}

void advice(void)
{
	int fd = served("data", O_RDONLY);

	for (int kind = 0; kind < 8; kind++)
		say("fadvise %d %s", kind, strerrorname_np(posix_fadvise(fd, 0, 4096, kind)));
	say("readahead %s", result(readahead(fd, 0, 4096)));
	say("fsync %s fdatasync %s syncfs %s range %s", result(fsync(fd)), result(fdatasync(fd)),
	    result(syncfs(fd)), result(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE)));
	close(fd);
}

void waiting(void)
{
	int fd = served("data", O_RDONLY), epoll = epoll_create1(0);
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT | POLLPRI};
	struct epoll_event event = {.events = EPOLLIN};
	fd_set set;
	int n = 0;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	say("select %s", result(select(fd + 1, &set, NULL, NULL, NULL)));
	say("poll %s", result(poll(&p, 1, -1)));
	say("ready %x", p.revents);
	say("epoll %s", result(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)));
	lseek(fd, 10, SEEK_SET);
	say("waiting bytes %s", result(ioctl(fd, FIONREAD, &n)));
	say("%d of them", n);
	close(epoll);
	close(fd);
}

/* One read by io_uring, without a library for it. */
static long read_by_ring(int fd, char *buf, unsigned size)
{
	struct io_uring_params p = {0};
	int ring = (int)syscall(SYS_io_uring_setup, 2, &p);

	if (ring < 0)
		return -errno;
	size_t cq_size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	size_t sq_size = p.sq_off.array + p.sq_entries * sizeof(unsigned);
	char *sq =
		mmap(NULL, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	char *cq =
		mmap(NULL, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	struct io_uring_sqe *entry =
		mmap(NULL, p.sq_entries * sizeof(*entry), PROT_READ | PROT_WRITE, MAP_SHARED, ring,
	             IORING_OFF_SQES);

	*entry = (struct io_uring_sqe){.opcode = IORING_OP_READ,
	                               .fd = fd,
	                               .addr = (unsigned long)buf,
	                               .len = size,
	                               .off = 26};
	*(unsigned *)(sq + p.sq_off.array) = 0;
	__atomic_store_n((unsigned *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
	long n = syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0);
	if (n == 1)
		n = ((struct io_uring_cqe *)(cq + p.cq_off.cqes))->res;
	munmap(entry, p.sq_entries * sizeof(*entry));
	munmap(cq, cq_size);
	munmap(sq, sq_size);
	close(ring);
	return n;
}

void ring(void)
{
	int fd = served("data", O_RDONLY);
	char buf[16];
	long n = read_by_ring(fd, buf, sizeof(buf));

	if (n == -ENOSYS || n == -EPERM || n == -EACCES)
		say("the kernel refuses io_uring");
	else
		say("%ld '%.16s'", n, n > 0 ? buf : "");
	close(fd);
}
