#ifndef PART_H
#define PART_H
#include <stdio.h>
int part(int);
#endif
