/* options.c - see options.h. */
#include "launcher/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "launcher/mpi_options.h"

#define FOR(c) (1u << (c))
#define FOR_SERVERS (FOR(CMD_RUN) | FOR(CMD_START))
#define FOR_REPORTS (FOR_SERVERS | FOR(CMD_STOP))
#define FOR_SESSIONS (FOR(CMD_ENV) | FOR(CMD_STATUS) | FOR(CMD_INVALIDATE) | FOR(CMD_STOP))
#define FOR_WORDS (FOR(CMD_RUN) | FOR(CMD_INVALIDATE))
#define FOR_ALL (FOR(CMD_COUNT) - 1)

enum option_id {
	OPT_PATH,
	OPT_STATS,
	OPT_LOG,
	OPT_WAIT,
	OPT_MPIRUN,
	OPT_SERVER,
	OPT_SESSION,
	OPT_ALL,
	OPT_SH,
	OPT_CSH,
	OPT_JSON,
	OPT_HELP,
};

static const struct option_row {
	const char *name, *arg; /* arg in brackets: may be left out, else after "=" */
	enum option_id id;
	unsigned commands;
	const char *text;
} rows[] = {
	{"path", "LIST", OPT_PATH, FOR_SERVERS,
         "serve these directories (absolute, with colons between them); as COLLFS_PATH"},
	{"stats", "[FILE]", OPT_STATS, FOR_REPORTS,
         "print statistics at the end, or write them to FILE as JSON; as COLLFS_STATS"},
	{"wait", "SECONDS", OPT_WAIT, FOR_SERVERS,
         "how long ranks (run: 15) or start itself (60) wait for servers; as COLLFS_WAIT"},
	{"mpirun", "PROGRAM", OPT_MPIRUN, FOR_SERVERS, "start the servers with this mpirun"},
	{"server", "PROGRAM", OPT_SERVER, FOR_SERVERS, "run this program as collfsd"},
	{"session", "ID", OPT_SESSION, FOR_SESSIONS,
         "this session, by its id or the beginning of it"},
	{"all", NULL, OPT_ALL, FOR(CMD_STOP), "all sessions of yours on this node"},
	{"sh", NULL, OPT_SH, FOR(CMD_ENV) | FOR(CMD_START), "print for sh, bash, zsh (default)"},
	{"csh", NULL, OPT_CSH, FOR(CMD_ENV) | FOR(CMD_START), "print for csh, tcsh"},
	{"json", NULL, OPT_JSON, FOR(CMD_ENV) | FOR(CMD_STATUS), "print a JSON object"},
	{"log", "LEVEL", OPT_LOG, FOR_ALL, "error, warn (default), info or debug; as COLLFS_LOG"},
	{"help", NULL, OPT_HELP, FOR_ALL, "print this"},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct {
	const char *name, *line, *text;
} commands[CMD_COUNT] = {
	[CMD_RUN] = {"run", "run [OPTIONS] [--] mpirun …",
                     "run a job with servers beside it, which end with it"},
	[CMD_START] = {"start", "start [OPTIONS] [mpirun's host options]",
                       "start servers for several jobs; prints the environment to set"},
	[CMD_ENV] = {"env", "env [--session ID] [--sh|--csh|--json]",
                     "print the environment of a session again"},
	[CMD_STATUS] = {"status", "status [--session ID] [--json]",
                        "print what the server of this node counts"},
	[CMD_INVALIDATE] = {"invalidate", "invalidate [--session ID] PATH…",
                            "serve these files and directories no longer: they have changed"},
	[CMD_STOP] = {"stop", "stop [--session ID|--all]", "end what start began"},
};

static void complain(enum command c, const char *format, const char *word)
{
	fprintf(stderr, "collfs %s: ", commands[c].name);
	fprintf(stderr, format, word);
	fprintf(stderr, "\nTry 'collfs %s --help'.\n", commands[c].name);
}

static void set_variable(const char *name, const char *value)
{
	if (setenv(name, value, 1) != 0)
		log_warn("%s: %s", name, strerror(errno));
}

static bool parse_wait(const char *text, long *wait)
{
	char *end;

	errno = 0;
	*wait = strtol(text, &end, 10);
	return errno == 0 && end != text && !*end && *wait >= 0 && *wait <= 86400;
}

/* Do what the option says. */
static bool apply(struct options *o, const struct option_row *row, const char *value)
{
	switch (row->id) {
	case OPT_PATH:
		set_variable("COLLFS_PATH", value);
		break;
	case OPT_STATS:
		set_variable("COLLFS_STATS", value ? value : "1");
		break;
	case OPT_LOG:
		set_variable("COLLFS_LOG", value);
		log_init();
		break;
	case OPT_WAIT:
		if (!parse_wait(value, &o->wait)) {
			complain(o->command, "--wait %s: not a number of seconds", value);
			return false;
		}
		set_variable("COLLFS_WAIT", value);
		break;
	case OPT_MPIRUN:
		o->mpirun = value;
		break;
	case OPT_SERVER:
		o->server = value;
		break;
	case OPT_SESSION:
		o->session = value;
		break;
	case OPT_ALL:
		o->all = true;
		break;
	case OPT_SH:
		o->format = FORMAT_SH;
		break;
	case OPT_CSH:
		o->format = FORMAT_CSH;
		break;
	case OPT_JSON:
		o->format = FORMAT_JSON;
		o->json = true;
		break;
	case OPT_HELP:
		o->help = true;
		break;
	}
	return true;
}

static const struct option_row *find_row(enum command c, const char *name, size_t len)
{
	for (size_t i = 0; i < ROWS; i++)
		if ((rows[i].commands & FOR(c)) && strlen(rows[i].name) == len &&
		    strncmp(rows[i].name, name, len) == 0)
			return &rows[i];
	return NULL;
}

/* An option of ours at argv[*i], which is moved on to its last word. */
static bool parse_own(struct options *o, const struct option_row *row, int argc, char **argv,
                      int *i)
{
	const char *value = strchr(argv[*i], '=');
	bool may = row->arg && row->arg[0] == '[';

	if (value && !row->arg) {
		complain(o->command, "%s: this option has no value", argv[*i]);
		return false;
	}
	if (value) {
		value++;
	} else if (row->arg && !may) {
		if (*i + 1 >= argc) {
			complain(o->command, "%s: its value is missing", argv[*i]);
			return false;
		}
		value = argv[++*i];
	}
	if (value && !*value) {
		complain(o->command, "--%s: its value is empty", row->name);
		return false;
	}
	return apply(o, row, value);
}

/* An option of mpirun that says where servers run and how they are reached. */
static bool parse_mpi(struct options *o, int argc, char **argv, int *i)
{
	const struct mpi_option *m = mpi_option_find(argv[*i]);

	if (!(FOR(o->command) & FOR_SERVERS) || !m ||
	    (m->use != MPI_USE_COPY && m->use != MPI_USE_HOSTS && m->use != MPI_USE_HOSTFILE &&
	     m->use != MPI_USE_MCA)) {
		complain(o->command, "unknown option %s", argv[*i]);
		return false;
	}
	if (*i + m->args >= argc) {
		complain(o->command, "%s: its value is missing", argv[*i]);
		return false;
	}
	o->nodes |= m->use == MPI_USE_HOSTS || m->use == MPI_USE_HOSTFILE;
	strv_add_all(&o->mpi, argv + *i, m->args + 1u);
	*i += m->args;
	return true;
}

static bool find_command(struct options *o, const char *word)
{
	for (int c = 0; c < CMD_COUNT; c++) {
		if (strcmp(commands[c].name, word) == 0) {
			o->command = (enum command)c;
			return true;
		}
	}
	fprintf(stderr, "collfs: unknown command %s\nTry 'collfs --help'.\n", word);
	return false;
}

bool options_parse(struct options *o, int argc, char **argv)
{
	const char *wait = getenv("COLLFS_WAIT");
	int i;

	*o = (struct options){.wait = -1};
	if (!find_command(o, argv[0]))
		return false;
	if (wait && *wait && !parse_wait(wait, &o->wait)) {
		log_warn("COLLFS_WAIT=%.40s is not a number of seconds: left out", wait);
		o->wait = -1;
	}
	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		const struct option_row *row = NULL;
		if (argv[i][1] == '-')
			row = find_row(o->command, argv[i] + 2, strcspn(argv[i] + 2, "="));
		if (!(row ? parse_own(o, row, argc, argv, &i) : parse_mpi(o, argc, argv, &i)))
			return false;
		if (o->help)
			return true;
	}
	o->rest = argv + i;
	o->rest_count = argc - i;
	if ((FOR(o->command) & FOR_WORDS) && o->rest_count == 0) {
		complain(o->command, "what to %s is missing", commands[o->command].name);
		return false;
	}
	if (!(FOR(o->command) & FOR_WORDS) && o->rest_count > 0) {
		complain(o->command, "%s: too many words", o->rest[0]);
		return false;
	}
	return true;
}

void options_help(enum command c)
{
	printf("Usage: collfs %s\n%c%s.\n\n", commands[c].line, commands[c].text[0] - 'a' + 'A',
	       commands[c].text + 1);
	for (size_t i = 0; i < ROWS; i++) {
		char left[64];
		const char *arg = rows[i].arg;
		if (!(rows[i].commands & FOR(c)))
			continue;
		if (arg && arg[0] == '[')
			snprintf(left, sizeof(left), "--%s[=%s", rows[i].name, arg + 1);
		else
			snprintf(left, sizeof(left), "--%s%s%s", rows[i].name, arg ? " " : "",
			         arg ? arg : "");
		printf("  %-18s %s\n", left, rows[i].text);
	}
	if (FOR(c) & FOR_SERVERS)
		printf("\nOptions of mpirun that name nodes or say how to reach them (--host, "
		       "--hostfile,\n--mca, --prefix …) are given to the servers' mpirun.\n");
}

void options_help_all(void)
{
	printf("Usage: collfs COMMAND …\n"
	       "Answers the file lookups of a parallel job's processes from memory.\n\n");
	for (int c = 0; c < CMD_COUNT; c++)
		printf("  collfs %s\n      %s\n", commands[c].line, commands[c].text);
	printf("  collfs --version\n  collfs --help\n\n"
	       "'collfs COMMAND --help' lists a command's options. See collfs(1), and collfs(7) "
	       "for\nthe environment variables.\n");
}
