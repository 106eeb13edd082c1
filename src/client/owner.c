/* owner.c - see owner.h. */
#include "client/owner.h"

#include <stdatomic.h>
#include <unistd.h>

static _Atomic pid_t owner;

void owner_claim(void)
{
	atomic_store_explicit(&owner, getpid(), memory_order_relaxed);
}

bool owner_is_us(void)
{
	return getpid() == atomic_load_explicit(&owner, memory_order_relaxed);
}
