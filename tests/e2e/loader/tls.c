/*
 * tls.c - a library with thread-local data in the static block (built with
 * -DLIBRARY), and a program linked with it, as with jemalloc or tcmalloc.
 *
 * ld.so lays out the static block before it maps start-up libraries when any
 * LD_AUDIT is set; without the room that GLIBC_TUNABLES
 * (glibc.rtld.optional_static_tls) provides, such a program would not start.
 */
#include <stdio.h>

#define BYTES 8192

char *static_data(void);

#ifdef LIBRARY
static __attribute__((tls_model("initial-exec"))) __thread char data[BYTES] = "static TLS";

char *static_data(void)
{
	return data;
}
#else
int main(void)
{
	puts(static_data());
	return 0;
}
#endif
