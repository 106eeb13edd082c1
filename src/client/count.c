/* count.c - see count.h. */
#include "client/count.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/real.h"

struct counters_page *count_page;

int count_init(void)
{
	int fd = memfd_create("collfs-counters", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -1;
	if (ftruncate(fd, sizeof(*count_page)) != 0 ||
	    real()->fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) != 0)
		goto fail;
	struct counters_page *page =
		mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		goto fail;
	page->magic = COUNTERS_MAGIC;
	count_page = page;
	return fd;
fail:
	close(fd);
	return -1;
}
