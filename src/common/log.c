/* log.c - see log.h. */
#include "common/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum log_level log_threshold = LOG_WARN;

static const char *const level_names[] = {"error", "warn", "info", "debug"};

void log_init(void)
{
	const char *word = getenv("COLLFS_LOG");

	if (!word || !*word)
		return;
	for (int i = LOG_ERROR; i <= LOG_DEBUG; i++) {
		if (strcmp(word, level_names[i]) == 0) {
			log_threshold = (enum log_level)i;
			return;
		}
	}
	log_warn("COLLFS_LOG=%.40s is none of error, warn, info, debug: taken as warn", word);
}

int log_rank(void)
{
	static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK",
	                                    "SLURM_PROCID"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return atoi(value);
	}
	return -1;
}

void log_write(enum log_level level, const char *format, ...)
{
	int saved = errno;
	char line[1024], host[65];
	va_list args;

	if (gethostname(host, sizeof(host)) != 0)
		strcpy(host, "?");
	host[sizeof(host) - 1] = '\0';
	int rank = log_rank();
	int n = rank >= 0 ? snprintf(line, sizeof(line), "collfs: %s[%ld] rank %d %s: ", host,
	                             (long)getpid(), rank, level_names[level])
	                  : snprintf(line, sizeof(line), "collfs: %s[%ld] %s: ", host,
	                             (long)getpid(), level_names[level]);
	va_start(args, format);
	n += vsnprintf(line + n, sizeof(line) - (size_t)n - 1, format, args);
	va_end(args);
	if (n > (int)sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	line[n++] = '\n';
	ssize_t ignored = write(STDERR_FILENO, line, (size_t)n);
	(void)ignored;
	errno = saved;
}
