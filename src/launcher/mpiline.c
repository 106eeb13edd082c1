/* mpiline.c - see mpiline.h. */
#include "launcher/mpiline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "launcher/mpi_options.h"
#include "launcher/mpirun_kind.h"

/* Options that name nodes, kept apart until all contexts have been read. */
struct nodes {
	struct strv hosts, hostfiles, rankfiles;
	bool apart; /* -H in one context, a hostfile in another */
};

/* The text of a small file with its comments blanked out, or NULL. */
static char *file_text(const char *path)
{
	char *text = NULL;
	size_t room = 0;
	FILE *f = fopen(path, "re");

	if (!f)
		return NULL;
	ssize_t n = getdelim(&text, &room, '\0', f);
	fclose(f);
	if (n < 0) {
		free(text);
		return text_format("%s", "");
	}
	for (char *p = text; (p = strchr(p, '#'));) {
		size_t len = strcspn(p, "\n");
		memset(p, ' ', len);
	}
	return text;
}

static void set_obstacle(struct mpiline *l, char *text)
{
	if (l->obstacle)
		free(text);
	else
		l->obstacle = text;
}

/*
 * --tune and -am name files that may hand variables on, too. Open MPI ends the
 * job when both of its ways to do so are used, wherever they are written.
 */
static void read_tune(struct mpiline *l, char *const *words_of_option)
{
	struct strv names = {0};
	bool plain = true;

	strv_split(&names, words_of_option[1], ",");
	for (size_t i = 0; i < names.n; i++) {
		char *text = file_text(names.v[i]);
		if (!text) {
			set_obstacle(
				l, text_format("cannot read %s: %s", names.v[i], strerror(errno)));
			plain = false;
			continue;
		}
		if (strstr(text, "mca_base_env_list")) {
			set_obstacle(l, text_format("%s sets mca_base_env_list", names.v[i]));
			plain = false;
		}
		struct strv words = {0};
		strv_split(&words, text, " \t\r\n");
		if (strv_has(&words, "-x") || strv_has(&words, "--x")) {
			l->exports = true;
			plain = false;
		}
		strv_free(&words);
		free(text);
	}
	if (plain)
		mpi_options_add(&l->servers, words_of_option, 2);
	strv_free(&names);
}

static void read_mca(struct mpiline *l, size_t at, char *const *words)
{
	if (mpi_parameter_for_servers(words[1]))
		mpi_options_add(&l->servers, words, 3);
	/* Open MPI heeds it in the first context, for all of them. */
	if (strcmp(words[1], "mca_base_env_list") == 0 && l->context_count == 0) {
		if (l->appfile || l->env_list)
			set_obstacle(l, text_format("mca_base_env_list is set more than once"));
		l->env_list = at + 2;
	}
}

static void read_appfile(struct mpiline *l, const char *path, struct nodes *nodes);

/*
 * Read the words of one context. Returns the index of its program's name, or 0
 * when there is none.
 */
static size_t read_context(struct mpiline *l, char *const *words, size_t at, size_t end,
                           struct nodes *nodes)
{
	size_t hosts = nodes->hosts.n, hostfiles = nodes->hostfiles.n;

	while (at < end && words[at][0] == '-') {
		if (strcmp(words[at], "--") == 0) {
			at++;
			break;
		}
		const struct mpi_option *o = mpi_option_find(words[at]);
		size_t args = o ? o->args : 0;
		if (!o)
			log_debug("mpirun's option %s is not known here: taken to have no argument",
			          words[at]);
		if (o && o->use == MPI_USE_NO_JOB)
			l->no_job = true;
		if (at + args >= end)
			return 0; /* a word is missing: mpirun will say so */
		switch (o ? o->use : MPI_USE_NONE) {
		case MPI_USE_COPY:
			mpi_options_add(&l->servers, words + at, args + 1);
			break;
		case MPI_USE_HOSTS:
			strv_add(&nodes->hosts, words[at + 1]);
			break;
		case MPI_USE_HOSTFILE:
			strv_add(&nodes->hostfiles, words[at + 1]);
			break;
		case MPI_USE_RANKFILE:
			strv_add(&nodes->rankfiles, words[at + 1]);
			break;
		case MPI_USE_MCA:
			read_mca(l, at, words + at);
			break;
		case MPI_USE_TUNE:
			read_tune(l, words + at);
			break;
		case MPI_USE_EXPORT:
			l->exports = true;
			break;
		case MPI_USE_PATH:
			if (!l->appfile)
				l->path = words[at + 1];
			l->wants_program = true;
			break;
		case MPI_USE_PROGRAM:
			l->wants_program = true;
			break;
		case MPI_USE_APPFILE:
			if (!l->appfile)
				read_appfile(l, words[at + 1], nodes);
			break;
		case MPI_USE_NO_JOB:
		case MPI_USE_NONE:
			break;
		}
		at += args + 1;
	}
	if ((nodes->hosts.n > hosts) != (nodes->hostfiles.n > hostfiles))
		nodes->apart = true;
	if (at >= end)
		return 0;
	strv_add(&l->programs, words[at]);
	return at;
}

/* Each line of the file is a context. Open MPI splits at blanks, without quotes. */
static void read_appfile(struct mpiline *l, const char *path, struct nodes *nodes)
{
	char *text = file_text(path);
	struct strv lines = {0};

	l->appfile = true;
	if (!text)
		return;
	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.n; i++) {
		struct strv words = {0};
		strv_split(&words, lines.v[i], " \t\r");
		read_context(l, words.v, 0, words.n, nodes);
		strv_free(&words);
	}
	if (l->exports)
		set_obstacle(l, text_format("%s uses -x", path));
	strv_free(&lines);
	free(text);
}

static void add_context(struct mpiline *l, size_t options, size_t program)
{
	size_t count = l->context_count + 1;

	l->contexts = need_memory(reallocarray(l->contexts, count, sizeof(*l->contexts)));
	l->contexts[l->context_count++] = (struct mpi_context){options, program};
}

static void add_nodes(struct mpiline *l, const struct nodes *nodes)
{
	const struct strv *files = nodes->hostfiles.n ? &nodes->hostfiles : &nodes->rankfiles;

	/* Together they mean "those of the file that are in the list". */
	l->nodes = l->servers.n;
	bool hosts =
		nodes->hosts.n > 0 && !(nodes->apart && nodes->hostfiles.n && l->context_count > 1);

	if (files->n && (files == &nodes->hostfiles || !hosts)) {
		strv_add(&l->servers, "--hostfile");
		strv_add(&l->servers, files->v[0]);
		for (size_t i = 1; i < files->n; i++)
			if (strcmp(files->v[i], files->v[0]) != 0)
				log_info("nodes that only %s names are not served", files->v[i]);
	}
	for (size_t i = 0; hosts && i < nodes->hosts.n; i++) {
		strv_add(&l->servers, "--host");
		strv_add(&l->servers, nodes->hosts.v[i]);
	}
}

void mpiline_read(struct mpiline *l, char *const *argv, size_t n)
{
	struct nodes nodes = {0};

	*l = (struct mpiline){.kind = mpirun_kind(argv[0])};
	strv_add_all(&l->argv, argv, n);
	if (l->kind != MPI_LINE_MPIRUN) {
		strv_add(&l->programs, argv[0]);
		return;
	}
	for (size_t begin = 1, end; begin < n; begin = end + 1) {
		for (end = begin; end < n && strcmp(argv[end], ":") != 0; end++)
			;
		add_context(l, begin, read_context(l, argv, begin, end, &nodes));
	}
	add_nodes(l, &nodes);
	if (l->programs.n == 0)
		l->no_job = true;
	strv_free(&nodes.hosts);
	strv_free(&nodes.hostfiles);
	strv_free(&nodes.rankfiles);
}

void mpiline_insert(struct mpiline *l, size_t at, const char *word)
{
	strv_insert(&l->argv, at, word);
	for (size_t i = 0; i < l->context_count; i++) {
		struct mpi_context *c = &l->contexts[i];
		c->options += c->options > at;
		c->program += c->program > at;
	}
	l->env_list += l->env_list > at;
}

void mpiline_free(struct mpiline *l)
{
	strv_free(&l->argv);
	strv_free(&l->programs);
	strv_free(&l->servers);
	free(l->contexts);
	free(l->obstacle);
}
