/* session_cmds.c - see session_cmds.h. */
#include "launcher/session_cmds.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/log.h"
#include "launcher/environment.h"
#include "launcher/keeper.h"
#include "launcher/report.h"
#include "launcher/scope_default.h"
#include "launcher/sessions.h"

#define START_SECONDS 60 /* that servers may take to become ready */

/* NAME=VALUE in the words of a shell or of JSON. */
static void print_variable(const char *assignment, enum env_format format, bool first)
{
	size_t n = env_name_len(assignment);
	const char *value = assignment + n + 1;

	switch (format) {
	case FORMAT_SH:
		printf("export %.*s='", (int)n, assignment);
		break;
	case FORMAT_CSH:
		printf("setenv %.*s '", (int)n, assignment);
		break;
	case FORMAT_JSON:
		printf("%s\n  \"%.*s\": \"", first ? "{" : ",", (int)n, assignment);
		break;
	}
	for (; *value; value++) {
		if (format == FORMAT_JSON && (unsigned char)*value < 0x20)
			printf("\\u%04x", (unsigned)*value);
		else if (format == FORMAT_JSON && (*value == '"' || *value == '\\'))
			printf("\\%c", *value);
		else if (format != FORMAT_JSON && *value == '\'')
			fputs("'\\''", stdout);
		else if (format == FORMAT_CSH && *value == '!')
			fputs("\\!", stdout);
		else
			putchar(*value);
	}
	fputs(format == FORMAT_JSON ? "\"" : "'", stdout);
	if (format != FORMAT_JSON)
		fputs(";\n", stdout);
}

/* What a shell must have so that the jobs it starts take part in the session. */
static bool print_environment(const struct session *s, enum env_format format)
{
	struct strv env = {0}, vars = {0};
	struct install install;
	struct session now = *s;

	if (!install_find(&install, NULL))
		return false;
	now.deadline = time(NULL); /* the servers are there: nobody need wait for them */
	env_copy(&env);
	env_of_job(&vars, &install, &now, &env);
	if (stats_wanted()) { /* as given: for `collfs stop` */
		char *stats = text_format("COLLFS_STATS=%s", stats_wanted());
		env_put(&vars, stats);
		free(stats);
	}
	for (size_t i = 0; i < vars.n; i++)
		print_variable(vars.v[i], format, i == 0);
	if (format == FORMAT_JSON)
		fputs("\n}\n", stdout);
	strv_free(&vars);
	strv_free(&env);
	return fflush(stdout) == 0;
}

int session_start(const struct options *o)
{
	struct strv scope = {0};
	struct install install;
	struct session s;

	if (session_joined(&s)) {
		log_error("the environment is already of session %.8s: end it with 'collfs stop'",
		          s.id);
		return 1;
	}
	if (!install_find(&install, o->server))
		return 1;
	scope_find(&scope, NULL);
	if (scope.n == 0) {
		log_error("no software tree found to serve: name them with --path or COLLFS_PATH");
		return 1;
	}
	if (!session_draw(&s, time(NULL))) {
		log_error("no random numbers: %s", strerror(errno));
		return 1;
	}
	char *why = keeper_start(
		&(struct servers_plan){
			.mpirun = o->mpirun ? o->mpirun : SERVERS_MPIRUN,
			.server = install.server,
			.options = &o->mpi,
			.scope = &scope,
			.session = &s,
			.keep_log = true,
		},
		o->wait >= 0 ? o->wait : START_SECONDS);
	if (why) {
		log_error("the servers could not be started: %s", why);
		free(why);
		return 1;
	}
	strv_free(&scope);
	return print_environment(&s, o->format) ? 0 : 1;
}

/* The ids that begin with the word of --session, or all. */
static void sessions_chosen(struct strv *ids, const char *word)
{
	sessions_find(ids);
	for (size_t i = ids->n; word && i-- > 0;) {
		/* The value of COLLFS_SESSION will do, too. */
		size_t n = strcspn(word, ".");
		if (strncmp(ids->v[i], word, n) != 0)
			strv_remove(ids, i);
	}
}

/* The one session that is meant: named, of the environment, or the only one. */
static bool session_choose(const struct options *o, struct session *s)
{
	const char *value = getenv(SESSION_ENV);
	struct strv ids = {0};

	if (!o->session && value && session_parse(value, s))
		return true;
	sessions_chosen(&ids, o->session);
	if (ids.n == 1) {
		snprintf(s->id, sizeof(s->id), "%s", ids.v[0]);
		s->deadline = time(NULL);
	} else if (ids.n == 0) {
		log_error(o->session ? "no session %s of yours on this node"
		                     : "no session of yours on this node%s",
		          o->session ? o->session : "");
	} else {
		char *list = strv_join(&ids, ' ');
		log_error("several sessions: choose one with --session: %s", list);
		free(list);
	}
	bool found = ids.n == 1;
	strv_free(&ids);
	return found;
}

int session_env(const struct options *o)
{
	struct session s;

	if (!session_choose(o, &s))
		return 1;
	if (!session_listens(&s, SUFFIX_SERVER) && !session_listens(&s, SUFFIX_CONTROL)) {
		log_error("session %.8s has ended, or is not on this node", s.id);
		return 1;
	}
	return print_environment(&s, o->format) ? 0 : 1;
}

int session_show(const struct options *o)
{
	struct session s;

	if (!session_choose(o, &s))
		return 1;
	char *status = session_status(&s);
	if (!status) {
		if (session_listens(&s, SUFFIX_CONTROL))
			log_error("session %.8s has no server on this node", s.id);
		else
			log_error("session %.8s has ended, or is not on this node: %s", s.id,
			          strerror(errno));
		return 1;
	}
	if (o->json) {
		puts(status);
	} else {
		printf("session %s, the server of this node:\n", s.id);
		report_table(stdout, status);
	}
	free(status);
	return 0;
}

/* The real path of what may be gone already, but for its last name. False, errno. */
static bool real_name(const char *path, char real[PATH_MAX])
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t dir_len = slash ? (size_t)(slash - path) + 1 : 0;

	if (realpath(path, real))
		return true;
	if (errno != ENOENT || dir_len >= sizeof(dir))
		return false;
	memcpy(dir, path, dir_len);
	dir[dir_len] = '\0';
	if (!realpath(dir_len ? dir : ".", real))
		return false;
	size_t len = strlen(real);
	return snprintf(real + len, PATH_MAX - len, "/%s", name) < (int)(PATH_MAX - len);
}

int session_invalidate(const struct options *o)
{
	char real[PATH_MAX];
	struct session s;
	int status = 0;

	if (!session_choose(o, &s))
		return 1;
	for (int i = 0; i < o->rest_count; i++)
		if (!real_name(o->rest[i], real) || !session_change(&s, real)) {
			log_error("%s: %s", o->rest[i], strerror(errno));
			status = 1;
		}
	return status;
}

static int stop_one(const struct session *s)
{
	char *stats = control_stop(s);

	if (!stats) {
		bool runs = session_listens(s, SUFFIX_SERVER);
		log_error(runs ? "session %.8s belongs to a running job and ends with it%s"
		               : "session %.8s cannot be ended: %s",
		          s->id, runs ? "" : strerror(errno));
		return 1;
	}
	fprintf(stderr, "collfs: session %.8s has ended\n", s->id);
	bool good = report_end(s, stats);
	free(stats);
	return good ? 0 : 1;
}

int session_stop(const struct options *o)
{
	struct strv ids = {0};
	struct session s;
	int status = 0;

	if (!o->all)
		return session_choose(o, &s) ? stop_one(&s) : 1;
	sessions_chosen(&ids, o->session);
	for (size_t i = 0; i < ids.n; i++) {
		snprintf(s.id, sizeof(s.id), "%s", ids.v[i]);
		s.deadline = 0;
		/* Those of running jobs are not ours to end. */
		if (session_listens(&s, SUFFIX_CONTROL))
			status |= stop_one(&s);
	}
	strv_free(&ids);
	return status;
}
