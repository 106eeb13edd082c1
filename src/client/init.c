/* init.c - the constructor: what the library is to do in this process. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "client/attach.h"
#include "client/attachment.h"
#include "client/count.h"
#include "client/launch.h"
#include "client/real.h"
#include "client/started.h"
#include "collfs.h"
#include "common/log.h"

/* Set by `collfs run` in the environment of the launcher that it runs. */
#define LAUNCHER_ENV "COLLFS_LAUNCHER"

static bool disabled(void)
{
	const char *value = getenv("COLLFS_DISABLE");
	return value && strcmp(value, "1") == 0;
}

/* argv[0] is the caller's to choose; the kernel knows what it ran. */
static bool program_is(bool (*test)(const char *), char **argv)
{
	const char *path = (const char *)getauxval(AT_EXECFN);
	return (argv && argv[0] && test(argv[0])) || (path && test(path));
}

__attribute__((constructor)) static void client_init(int argc, char **argv, char **envp)
{
	char *value = getenv(SESSION_ENV);
	struct session session;
	int saved = errno;

	(void)argc;
	real_resolve();
	bool stored = started_put_right(value, envp);
	if (getauxval(AT_SECURE) || disabled() || program_is(launch_is_daemon, argv))
		return;
	log_init();
	if (value && !*value)
		value = NULL; /* the auditor found no server and gave the session up */
	if (program_is(launch_is_launcher, argv)) {
		if (!getenv(LAUNCHER_ENV))
			launch(argv);
	} else if (value && !session_parse(value, &session)) {
		log_info(SESSION_ENV "=%.80s is not a session", value);
	} else if (value) {
		attach(&session);
		if (stored)
			count(COUNT_programs);
	}
	errno = saved;
}

__attribute__((visibility("default"))) const char *collfs_version(void)
{
	return COLLFS_VERSION;
}

__attribute__((visibility("default"))) int collfs_present(void)
{
	return served_index() != NULL;
}
