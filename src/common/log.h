/*
 * log.h - one line a message, on stderr: "collfs: host[pid] rank R level: text"
 *
 * The level is COLLFS_LOG=error|warn|info|debug (default warn). A message is
 * built in a buffer and written by one write(2), so that lines of many
 * processes do not mix. errno is kept. Any thread; the formats in use (%s, %d,
 * %ld, %zu) neither lock nor allocate, so that the client may warn from a signal
 * handler too.
 */
#ifndef COLLFS_COMMON_LOG_H
#define COLLFS_COMMON_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

extern enum log_level log_threshold;

/* Read COLLFS_LOG; an unknown word is reported and means "warn". */
void log_init(void);

/* The MPI rank of this process as its launcher tells it, or -1. */
int log_rank(void);

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_at(level, ...)                                                                         \
	do {                                                                                       \
		if ((level) <= log_threshold)                                                      \
			log_write((level), __VA_ARGS__);                                           \
	} while (0)
#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

#endif
