/* countctl: prints and resets the counters that countfs keeps in a file. */
#include "counters.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: countctl print FILE     one line per kind of request made, then bytes and total\n"
	"       countctl json FILE      the same as one JSON object, zeros included\n"
	"       countctl total FILE     the number of requests alone\n"
	"       countctl reset FILE...  sets all counters to zero\n";

static struct counters *map_or_exit(const char *path)
{
	struct counters *counters = counters_map(path, false);

	if (counters == NULL)
		exit(1);
	return counters;
}

static void print_text(struct counters *counters)
{
	for (int op = 0; op < OP_COUNT; op++) {
		uint64_t n = atomic_load(&counters->requests[op]);
		if (n != 0)
			printf("%-16s %10" PRIu64 "\n", op_name(op), n);
	}
	printf("%-16s %10" PRIu64 "\n", "bytes_read", atomic_load(&counters->bytes_read));
	printf("%-16s %10" PRIu64 "\n", "bytes_written", atomic_load(&counters->bytes_written));
	printf("%-16s %10" PRIu64 "\n", "total", counters_total(counters));
}

static void print_json(struct counters *counters)
{
	printf("{\"total\": %" PRIu64 ", \"bytes_read\": %" PRIu64 ", \"bytes_written\": %" PRIu64
	       ", \"requests\": {",
	       counters_total(counters), atomic_load(&counters->bytes_read),
	       atomic_load(&counters->bytes_written));
	for (int op = 0; op < OP_COUNT; op++)
		printf("%s\"%s\": %" PRIu64, op ? ", " : "", op_name(op),
		       atomic_load(&counters->requests[op]));
	puts("}}");
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";

	if (strcmp(command, "--help") == 0) {
		fputs(usage, stdout);
	} else if (strcmp(command, "reset") == 0 && argc > 2) {
		for (int i = 2; i < argc; i++)
			counters_reset(map_or_exit(argv[i]));
	} else if (strcmp(command, "print") == 0 && argc == 3) {
		print_text(map_or_exit(argv[2]));
	} else if (strcmp(command, "json") == 0 && argc == 3) {
		print_json(map_or_exit(argv[2]));
	} else if (strcmp(command, "total") == 0 && argc == 3) {
		printf("%" PRIu64 "\n", counters_total(map_or_exit(argv[2])));
	} else {
		fputs(usage, stderr);
		return 2;
	}
	if (fflush(stdout) != 0 || ferror(stdout))
		err(1, "cannot write");
	return 0;
}
