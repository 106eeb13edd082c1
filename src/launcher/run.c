/* run.c - see run.h. */
#include "launcher/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "launcher/environment.h"
#include "launcher/from_store.h"
#include "launcher/handon.h"
#include "launcher/mpi_options.h"
#include "launcher/mpiline.h"
#include "launcher/report.h"
#include "launcher/scope_default.h"
#include "launcher/servers.h"
#include "launcher/sessions.h"
#include "launcher/spawn.h"

#define WAIT_DEFAULT 15 /* seconds that ranks wait for their server to appear */

/* All that a run is about. */
struct run {
	struct mpiline line;
	struct strv scope;
	struct install install;
	struct session session;
	bool local;            /* it has one server, on this node */
	struct strv argv, env; /* of the user's command */
	struct servers servers;
};

/* As if collfs were not there. */
static int run_plain(char *const *argv)
{
	struct strv env = {0};

	env_copy(&env);
	env_strip(&env);
	return spawn_exec(argv, env.v);
}

/* The command's own line and environment, that bring its processes into the session. */
static bool prepare(struct run *r)
{
	struct strv vars = {0};
	char *why = NULL;

	env_copy(&r->env);
	env_of_job(&vars, &r->install, &r->session, &r->env);
	env_strip(&r->env);
	if (r->line.kind == MPI_LINE_MPIRUN) {
		programs_from_store(&r->line, &r->install, &r->scope);
		bool can = handon(&r->line, &vars, &r->argv, &r->env, &why);
		if (!can)
			log_warn("running without collfs: cannot hand the environment on to the "
			         "ranks: %s",
			         why);
		free(why);
		strv_free(&vars);
		return can;
	}
	strv_add_all(&r->argv, r->line.argv.v, r->line.argv.n);
	for (size_t i = 0; i < vars.n; i++)
		env_put(&r->env, vars.v[i]);
	if (r->line.kind == MPI_LINE_SPREADS)
		env_put(&r->env, LAUNCHER_ENV "=1");
	if (r->local)
		env_put(&r->env, LOCAL_ENV "=1");
	strv_free(&vars);
	return true;
}

static bool start_servers(struct run *r, const struct options *o)
{
	struct strv options = {0};

	size_t count = o->nodes ? r->line.nodes : r->line.servers.n;
	mpi_options_add(&options, o->mpi.v, o->mpi.n);
	mpi_options_add(&options, r->line.servers.v, count);
	struct servers_plan plan = {
		.mpirun = o->mpirun ? o->mpirun : SERVERS_MPIRUN,
		.server = r->install.server,
		.options = &options,
		.scope = &r->scope,
		.session = &r->session,
		.this_node_only = r->local,
	};
	/* The user's own is of the version that is loaded now. */
	if (!o->mpirun && r->line.kind == MPI_LINE_MPIRUN)
		plan.mpirun = r->line.argv.v[0];
	bool started = servers_start(&r->servers, &plan);
	if (!started)
		log_warn("running without collfs: cannot start the servers: %s", strerror(errno));
	strv_free(&options);
	return started;
}

/*
 * The servers are gone before the job. Ranks that are still waiting for theirs
 * to appear would do so up to the deadline; those of this node are told by
 * somebody who hangs up on them: -1 or his descriptor.
 */
static int servers_lost(const struct run *r)
{
	const struct servers *s = &r->servers;
	char *reason = servers_reason(s);

	log_warn("the servers %s, the job goes on without them: %s",
	         s->ready ? "have ended" : "could not be started", reason);
	free(reason);
	return s->ready ? -1 : session_listen(&r->session, SUFFIX_SERVER);
}

/* Wait for the command's end; returns its wait status. */
static int attend(struct run *r, pid_t child, int signals)
{
	bool watching = true;
	int status, stand_in = -1;

	for (;;) {
		pid_t done = waitpid(child, &status, WNOHANG | WUNTRACED);
		if (done == child && WIFSTOPPED(status)) {
			kill(getpid(), SIGSTOP); /* so that the shell sees its job stopped */
			continue;
		}
		if (done == child)
			break;
		if (watching && servers_ended(&r->servers)) {
			stand_in = servers_lost(r);
			watching = false;
		}
		struct pollfd fds[4];
		servers_poll(&r->servers, fds);
		fds[2] = (struct pollfd){.fd = signals, .events = POLLIN};
		fds[3] = (struct pollfd){.fd = stand_in, .events = POLLIN};
		if (poll(fds, 4, -1) < 0 && errno != EINTR)
			log_debug("poll: %s", strerror(errno));
		servers_read(&r->servers);
		signals_take(signals, child);
		if (stand_in >= 0)
			session_refuse(stand_in);
	}
	if (stand_in >= 0)
		close(stand_in);
	return status;
}

static bool go_plain(struct run *r, const struct options *o)
{
	const char *disable = getenv("COLLFS_DISABLE");

	if (disable && strcmp(disable, "1") == 0)
		return true;
	mpiline_read(&r->line, o->rest, (size_t)o->rest_count);
	if (r->line.no_job) {
		log_info("this starts no job of its own: nothing is served");
		return true;
	}
	return !install_find(&r->install, o->server);
}

/* True inside a session that the command can take part in. */
static bool join(struct run *r)
{
	r->local = getenv(LOCAL_ENV) != NULL;
	return session_joined(&r->session) && !(r->local && r->line.kind != MPI_LINE_OTHER);
}

int run_command(struct options *o)
{
	static struct run r;
	int signals;

	if (go_plain(&r, o))
		return run_plain(o->rest);
	scope_find(&r.scope, &r.line);
	if (join(&r)) {
		log_debug("inside session %s", r.session.id);
		return prepare(&r) ? spawn_exec(r.argv.v, r.env.v) : run_plain(o->rest);
	}
	r.local = r.line.kind == MPI_LINE_OTHER && !o->nodes;
	if (r.scope.n == 0) {
		log_warn("running without collfs: no software tree found to serve; name them in "
		         "COLLFS_PATH");
		return run_plain(o->rest);
	}
	if (!session_draw(&r.session, time(NULL) + (o->wait >= 0 ? o->wait : WAIT_DEFAULT))) {
		log_warn("running without collfs: no random numbers: %s", strerror(errno));
		return run_plain(o->rest);
	}
	if (!prepare(&r))
		return run_plain(o->rest);
	signals = signals_open();
	if (signals < 0 || !start_servers(&r, o))
		return run_plain(o->rest);

	/* If this process is killed, SIGTERM lets mpirun take its ranks along;
	 * killed itself, it would leave those that do not use MPI behind. */
	pid_t child = spawn_start(&(struct spawn){.argv = r.argv.v,
	                                          .env = r.env.v,
	                                          .in = -1,
	                                          .out = -1,
	                                          .err = -1,
	                                          .death_signal = SIGTERM});
	if (child < 0) {
		log_error("cannot start %s: %s", r.argv.v[0], strerror(errno));
		servers_stop(&r.servers, signals);
		return 126;
	}
	int status = attend(&r, child, signals);
	servers_stop(&r.servers, signals);
	report_end(&r.session, r.servers.stats);
	end_as(status);
}
