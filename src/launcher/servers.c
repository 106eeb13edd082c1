/* servers.c - see servers.h. */
#include "launcher/servers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "launcher/environment.h"
#include "launcher/mpi_options.h"
#include "launcher/spawn.h"

/* What they are given to end by themselves, then after SIGTERM. */
#define GRACE_MS 10000
#define TERM_MS 5000

/* Lines kept to tell why they failed. */
#define REASON_LINES 4

#define MCA_ENV "OMPI_MCA_"

#define WORDS(array) (array), sizeof(array) / sizeof((array)[0])

static void make_line(struct strv *argv, const struct servers_plan *plan)
{
	/* They wait most of the time, beside ranks that use all cores. */
	static char *const idle[] = {"--bind-to",
	                             "none",
	                             "--oversubscribe",
	                             "--mca",
	                             "mpi_yield_when_idle",
	                             "1",
	                             "--mca",
	                             "mpi_event_tick_rate",
	                             "1"}; /* look at TCP whenever asked, not every 10 ms */
	/* No allocation, no remote nodes, whatever batch system this runs under. */
	static char *const here[] = {
		"-n",       "1",     "--mca", "plm",
		"isolated", "--mca", "ras",   "^slurm,tm,lsf,alps,loadleveler,gridengine"};
	static char *const everywhere[] = {"--map-by", "ppr:1:node"};
	struct strv options = {0};

	/* What is given first counts. */
	mpi_options_add(&options, WORDS(idle));
	if (plan->this_node_only)
		mpi_options_add(&options, WORDS(here));
	else
		mpi_options_add(&options, WORDS(everywhere));
	mpi_options_add(&options, plan->options->v, plan->options->n);

	strv_add(argv, plan->mpirun);
	strv_add_all(argv, options.v, options.n);
	strv_add(argv, plan->server);
	strv_free(&options);
}

/*
 * The job's environment without what places the job's processes; all COLLFS_
 * variables go to the servers of all nodes.
 */
static void make_environment(struct strv *env, const struct servers_plan *plan)
{
	char session[SESSION_VALUE_MAX];
	struct strv list = {0};

	env_copy(env);
	env_strip(env);
	for (size_t i = env->n; i-- > 0;) {
		const char *e = env->v[i];
		if (strncmp(e, MCA_ENV, strlen(MCA_ENV)) == 0 &&
		    !mpi_parameter_for_servers(e + strlen(MCA_ENV)))
			strv_remove(env, i);
	}
	session_format(plan->session, session);
	char *scope = strv_join(plan->scope, ':');
	strv_addf(env, SESSION_ENV "=%s", session);
	strv_addf(env, "COLLFS_SCOPE=%s", scope);
	free(scope);

	for (size_t i = 0; i < env->n; i++) {
		if (strncmp(env->v[i], "COLLFS_", 7) != 0)
			continue;
		if (strchr(env->v[i], ';'))
			log_warn("%s reaches the server of this node alone: it has a \";\"",
			         env->v[i]);
		else
			strv_add(&list, env->v[i]);
	}
	char *joined = strv_join(&list, ';');
	strv_addf(env, MCA_ENV "mca_base_env_list=%s", joined);
	/* Under Slurm, a step that does not share would keep the job's own waiting. */
	env_put(env, "SLURM_OVERLAP=1");
	free(joined);
	strv_free(&list);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

bool servers_start(struct servers *s, const struct servers_plan *plan)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
	struct strv argv = {0}, env = {0};

	memset(s, 0, sizeof(*s));
	s->keep_log = plan->keep_log;
	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
		goto fail;
	if (fcntl(out[0], F_SETFL, O_NONBLOCK) != 0 || fcntl(err[0], F_SETFL, O_NONBLOCK) != 0)
		goto fail;
	make_line(&argv, plan);
	make_environment(&env, plan);
	if (log_threshold >= LOG_DEBUG) {
		char *line = strv_join(&argv, ' ');
		log_debug("starting the servers: %s", line);
		free(line);
	}
	s->pid = spawn_start(&(struct spawn){.argv = argv.v,
	                                     .env = env.v,
	                                     .in = in[0],
	                                     .out = out[1],
	                                     .err = err[1],
	                                     .death_signal = SIGTERM,
	                                     .own_group = true});
	strv_free(&argv);
	strv_free(&env);
	if (s->pid < 0)
		goto fail;
	close(in[0]);
	close(out[1]);
	close(err[1]);
	s->in = in[1];
	s->out.fd = out[0];
	s->err.fd = err[0];
	return true;
fail:
	s->pid = 0;
	for (int i = 0; i < 2; i++) {
		close_fd(&in[i]);
		close_fd(&out[i]);
		close_fd(&err[i]);
	}
	s->in = s->out.fd = s->err.fd = -1;
	return false;
}

static void output_line(struct servers *s, const char *line)
{
	if (sscanf(line, "ready %u", &s->ready) == 1) {
		log_info("%u server%s ready", s->ready, s->ready == 1 ? "" : "s");
	} else if (strncmp(line, "stats ", 6) == 0) {
		free(s->stats);
		s->stats = text_format("%s", line + 6);
	} else {
		log_debug("servers: %s", line);
	}
}

static void error_line(struct servers *s, const char *line)
{
	size_t dashes = strspn(line, "-");

	if (log_threshold >= LOG_INFO || (strncmp(line, "collfs: ", 8) == 0 && !s->keep_log)) {
		dprintf(STDERR_FILENO, "%s\n", line);
	} else if (dashes > 20 && line[dashes] == '\0') {
		s->in_message = !s->in_message;
	} else if (s->in_message || line[0] == '[') { /* of mpirun: [node:pid] … */
		if (s->message.n < REASON_LINES && line[strspn(line, " ")])
			strv_add(&s->message, line);
	} else {
		if (s->words.n == REASON_LINES)
			strv_remove(&s->words, 0);
		strv_add(&s->words, line);
	}
}

static void read_lines(struct servers *s, struct line_reader *r,
                       void (*line)(struct servers *s, const char *line))
{
	while (r->fd >= 0) {
		ssize_t got = read(r->fd, r->text + r->n, sizeof(r->text) - 1 - r->n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0)
			close_fd(&r->fd);
		else
			r->n += (size_t)got;
		r->text[r->n] = '\0';

		char *begin = r->text, *end;
		while ((end = memchr(begin, '\n', r->n - (size_t)(begin - r->text)))) {
			*end = '\0';
			line(s, begin);
			begin = end + 1;
		}
		r->n -= (size_t)(begin - r->text);
		memmove(r->text, begin, r->n + 1);
		if (r->n > 0 && (r->fd < 0 || r->n == sizeof(r->text) - 1)) {
			line(s, r->text); /* the last without an end, or too long */
			r->n = 0;
		}
	}
}

void servers_read(struct servers *s)
{
	read_lines(s, &s->out, output_line);
	read_lines(s, &s->err, error_line);
}

void servers_poll(const struct servers *s, struct pollfd fds[2])
{
	fds[0] = (struct pollfd){.fd = s->out.fd, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = s->err.fd, .events = POLLIN};
}

bool servers_ended(struct servers *s)
{
	if (s->pid > 0 && waitpid(s->pid, &s->status, WNOHANG) == s->pid) {
		s->pid = 0;
		servers_read(s);
	}
	return s->pid == 0;
}

char *servers_reason(const struct servers *s)
{
	if (s->words.n > 0 || s->message.n > 0)
		return strv_join(s->words.n ? &s->words : &s->message, ' ');
	if (s->pid > 0)
		return text_format("they did not answer");
	if (WIFSIGNALED(s->status))
		return text_format("ended by signal %d (%s)", WTERMSIG(s->status),
		                   strsignal(WTERMSIG(s->status)));
	return text_format("exit status %d", WEXITSTATUS(s->status));
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Wait up to ms for their end. */
static bool wait_end(struct servers *s, int ms, int signals)
{
	int64_t deadline = now_ms() + ms;

	while (!servers_ended(s)) {
		int64_t left = deadline - now_ms();
		struct pollfd fds[3];

		if (left <= 0)
			return false;
		servers_poll(s, fds);
		fds[2] = (struct pollfd){.fd = signals, .events = POLLIN};
		/* SIGCHLD wakes it, too. */
		poll(fds, 3, (int)left);
		servers_read(s);
		if (signals_take(signals, 0))
			deadline = now_ms();
	}
	return true;
}

void servers_stop(struct servers *s, int signals)
{
	close_fd(&s->in);
	if (!wait_end(s, GRACE_MS, signals)) {
		log_info("the servers do not end by themselves: they are ended");
		kill(s->pid, SIGTERM);
		if (!wait_end(s, TERM_MS, signals)) {
			kill(-s->pid, SIGKILL);
			wait_end(s, TERM_MS, signals);
		}
	}
	close_fd(&s->out.fd);
	close_fd(&s->err.fd);
}
