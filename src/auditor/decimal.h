/* decimal.h - numbers to digits and back, without libc. Pure. */
#ifndef COLLFS_AUDITOR_DECIMAL_H
#define COLLFS_AUDITOR_DECIMAL_H

#include <stdint.h>

#define DECIMAL_MAX 21 /* the digits of a uint64_t, and a NUL */

/* Write the digits of n (no NUL); returns where they end. */
static inline char *decimal_put(char *to, uint64_t n)
{
	char digits[DECIMAL_MAX];
	int count = 0;

	do
		digits[count++] = (char)('0' + n % 10);
	while ((n /= 10) != 0);
	while (count > 0)
		*to++ = digits[--count];
	return to;
}

/* The number that a string spells, or `otherwise` when it is absent or no
 * number between 1 and `most`. */
static inline uint32_t decimal_get(const char *s, uint32_t most, uint32_t otherwise)
{
	uint64_t n = 0;

	if (!s)
		return otherwise;
	for (; *s >= '0' && *s <= '9' && n <= most; s++)
		n = n * 10 + (uint64_t)(*s - '0');
	return *s == '\0' && n >= 1 && n <= most ? (uint32_t)n : otherwise;
}

#endif
