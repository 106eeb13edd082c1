#include "part.h"

int part(int n)
{
	return printf("part %d\n", n);
}
