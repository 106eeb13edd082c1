/* pace.c - see pace.h. */
#include "server/pace.h"

#include <time.h>

int64_t pace_sleep(int64_t silence, bool answer_awaited)
{
	int64_t longest = answer_awaited ? PACE_BUSY_LONGEST : PACE_LONGEST;
	int64_t sleep = silence / 8;

	if (sleep < PACE_SHORTEST)
		return PACE_SHORTEST;
	return sleep < longest ? sleep : longest;
}

int64_t pace_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
