#include "part.h"
#include <math.h>
#include <string.h>

int main(int argc, char **argv)
{
	(void)argv;
	return part((int)sqrt((double)argc * 49.0)) == (int)strlen("part 7\n") ? 0 : 1;
}
