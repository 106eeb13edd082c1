/* tlspart.c - a library with thread-local data; -DSTATIC: of the initial-exec kind. */
#define BYTES 64

#ifdef STATIC
__attribute__((tls_model("initial-exec")))
#endif
static __thread long data[BYTES / sizeof(long)] = {NUMBER, NUMBER};

long add(long n);
long add(long n)
{
	data[1] += n;
	return data[0] + data[1];
}
