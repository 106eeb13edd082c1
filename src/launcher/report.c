/* report.c - see report.h. */
#include "launcher/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/counters.h"
#include "common/log.h"
#include "launcher/environment.h"

#define COUNTER_ROW(name, text) {#name, text},
static const struct {
	const char *name, *text;
} counters[] = {COLLFS_CLIENT_COUNTERS(COUNTER_ROW) COLLFS_SERVER_COUNTERS(COUNTER_ROW)};
#define COUNTERS (sizeof(counters) / sizeof(counters[0]))

/* The number of a name in a flat JSON object. */
static bool number_of(const char *json, const char *name, uint64_t *value)
{
	char key[64];
	int n = snprintf(key, sizeof(key), "\"%s\"", name);
	const char *p = strstr(json, key);

	if (!p)
		return false;
	p += n;
	p += strspn(p, " \t");
	if (*p++ != ':')
		return false;
	p += strspn(p, " \t");
	if (*p < '0' || *p > '9')
		return false;
	*value = strtoull(p, NULL, 10);
	return true;
}

void report_table(FILE *out, const char *stats)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB"};
	uint64_t value;

	for (size_t i = 0; i < COUNTERS; i++) {
		if (!number_of(stats, counters[i].name, &value))
			continue;
		fprintf(out, "%16" PRIu64 "  %s", value, counters[i].text);
		if (value >= 1000 && strstr(counters[i].name, "bytes")) {
			double scaled = (double)value / 1000;
			size_t u = 0;
			for (; scaled >= 1000 && u + 1 < sizeof(units) / sizeof(units[0]); u++)
				scaled /= 1000;
			fprintf(out, " (%.1f %s)", scaled, units[u]);
		}
		fputc('\n', out);
	}
}

static void write_json(FILE *out, const struct session *s, const char *stats)
{
	uint64_t value;

	fprintf(out, "{\n  \"collfs\": \"%s\",\n  \"session\": \"%s\"", PACKAGE_VERSION, s->id);
	for (size_t i = 0; i < COUNTERS; i++)
		if (number_of(stats, counters[i].name, &value))
			fprintf(out, ",\n  \"%s\": %" PRIu64, counters[i].name, value);
	fputs("\n}\n", out);
}

/* Under a name of its own first, so that nobody reads half of it. */
static bool write_file(const char *path, const struct session *s, const char *stats)
{
	char *fresh = text_format("%s.%ld", path, (long)getpid());
	FILE *out = fopen(fresh, "we");
	bool good = false;

	if (out) {
		write_json(out, s, stats);
		good = !ferror(out);
		good = fclose(out) == 0 && good && rename(fresh, path) == 0;
	}
	if (!good)
		log_error("the statistics are lost: cannot write %s: %s", path, strerror(errno));
	if (out && !good)
		unlink(fresh);
	free(fresh);
	return good;
}

/* In one piece, so that it stays together. */
static bool print_table(const struct session *s, const char *stats)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return false;
	fprintf(out, "collfs: session %.8s\n", s->id);
	report_table(out, stats);
	bool good = fclose(out) == 0 && fputs(text, stderr) >= 0;
	free(text);
	return good;
}

bool report_end(const struct session *s, const char *stats)
{
	const char *wanted = stats_wanted();

	if (!wanted)
		return true;
	if (!stats || !*stats) {
		log_warn("no statistics: the servers did not end in good order");
		return false;
	}
	return strcmp(wanted, "1") == 0 ? print_table(s, stats) : write_file(wanted, s, stats);
}
