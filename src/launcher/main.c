/* main.c - the program collfs: which command is asked for. */
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "launcher/options.h"
#include "launcher/run.h"
#include "launcher/session_cmds.h"

static int do_command(struct options *o)
{
	switch (o->command) {
	case CMD_RUN:
		return run_command(o);
	case CMD_START:
		return session_start(o);
	case CMD_ENV:
		return session_env(o);
	case CMD_STATUS:
		return session_show(o);
	case CMD_INVALIDATE:
		return session_invalidate(o);
	case CMD_STOP:
		return session_stop(o);
	case CMD_COUNT:
		break;
	}
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct options o;

	log_init();
	if (argc < 2) {
		fputs("collfs: what to do is missing\nTry 'collfs --help'.\n", stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts("collfs " PACKAGE_VERSION);
		return 0;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		options_help_all();
		return 0;
	}
	if (!options_parse(&o, argc - 1, argv + 1))
		return EXIT_USAGE;
	if (o.help) {
		options_help(o.command);
		return 0;
	}
	int status = do_command(&o);
	strv_free(&o.mpi);
	return status;
}
