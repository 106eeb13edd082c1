/* real.c - see real.h. */
#include "client/real.h"

#include <dlfcn.h>
#include <errno.h>

struct real_calls real_calls;
_Atomic bool real_ready;

static const struct {
	const char *name;
	size_t at;
} names[] = {
#define INTERPOSED(name, family) {#name, offsetof(struct real_calls, name)},
#include "client/names.def"
};

/* In place of a name that this libc lacks; nobody who runs on it can call it. */
static int lacking(void)
{
	errno = ENOSYS;
	return -1;
}

/* Idempotent, so that threads that come here at once do no harm. */
void real_resolve(void)
{
	int saved = errno;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		void *address = dlsym(RTLD_NEXT, names[i].name);
		*(void **)((char *)&real_calls + names[i].at) = address ? address : (void *)lacking;
	}
	atomic_store_explicit(&real_ready, true, memory_order_release);
	errno = saved;
}
