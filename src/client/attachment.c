/* attachment.c - see attachment.h. */
#include "client/attachment.h"

struct attachment attachment;
