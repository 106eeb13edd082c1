/* handon.c - see handon.h. */
#include "launcher/handon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "launcher/environment.h"
#include "launcher/mpi_options.h"

#define ENV_LIST "OMPI_MCA_mca_base_env_list"
#define ENV_LIST_DELIMITER "OMPI_MCA_mca_base_env_list_delimiter"

/*
 * The user's own NAME[=VALUE] of a list that holds an entry of ours: the two
 * merged, or NULL when they have nothing to do with each other. Without a
 * value, Open MPI takes the variable's, and that has gone into `vars`.
 */
static char *merge(const char *assignment, const struct strv *vars)
{
	const struct loader_list *which = loader_list_of(assignment);
	const char *with = which ? env_get(vars, which->name) : NULL;
	const char *equals = strchr(assignment, '=');

	if (!with)
		return NULL;
	if (!equals)
		return text_format("%s=%s", which->name, with);
	char *ours = loader_list_ours(which, with);
	char *list = loader_list_merge(which, ours, equals + 1);
	char *merged = text_format("%s=%s", which->name, list);
	free(ours);
	free(list);
	return merged;
}

/* -x NAME=VALUE at the head of each context; a later -x of the user's wins. */
static void handon_exports(const struct mpiline *l, const struct strv *vars, struct strv *argv)
{
	for (size_t c = l->context_count; c-- > 0;) {
		size_t at = l->contexts[c].options, end = l->contexts[c].program;

		if (end == 0)
			continue;
		for (const struct mpi_option *o; at < end; at += 1 + (o ? o->args : 0)) {
			o = mpi_option_find(argv->v[at]);
			if (!o || o->use != MPI_USE_EXPORT)
				continue;
			char *merged = merge(argv->v[at + 1], vars);
			if (merged)
				strv_replace(argv, at + 1, merged);
			free(merged);
		}
		for (size_t i = vars->n; i-- > 0;) {
			strv_insert(argv, l->contexts[c].options, vars->v[i]);
			strv_insert(argv, l->contexts[c].options, "-x");
		}
	}
}

/* The user's list with ours behind it. */
static char *extend_list(const char *list, const struct strv *vars, char delimiter)
{
	const char separators[] = {delimiter, '\0'};
	struct strv items = {0};

	if (list)
		strv_split(&items, list, separators);
	size_t theirs = items.n;
	for (size_t i = 0; i < vars->n; i++) {
		if (strchr(vars->v[i], delimiter))
			log_warn("%s is not handed on to the ranks: it has a \"%c\"", vars->v[i],
			         delimiter);
		else
			strv_add(&items, vars->v[i]);
	}
	for (size_t i = theirs; i-- > 0;) {
		char *merged = merge(items.v[i], vars);
		if (!merged)
			continue;
		strv_remove(&items, i);
		env_put(&items, merged);
		free(merged);
	}
	char *joined = strv_join(&items, delimiter);
	strv_free(&items);
	return joined;
}

/*
 * A list in the environment would hide one in the user's file of parameters.
 */
static bool parameter_file_has_list(const struct strv *env)
{
	const char *home = env_get(env, "HOME");
	char *path = text_format("%s/.openmpi/mca-params.conf", home ? home : "");
	char *line = NULL;
	size_t room = 0;
	bool has = false;

	FILE *f = fopen(path, "re");
	free(path);
	if (!f)
		return false;
	while (!has && getline(&line, &room, f) > 0)
		has = strncmp(line + strspn(line, " \t"), "mca_base_env_list", 17) == 0;
	free(line);
	fclose(f);
	return has;
}

bool handon(const struct mpiline *l, const struct strv *vars, struct strv *argv, struct strv *env,
            char **why)
{
	const char *list = env_get(env, ENV_LIST);
	const char *delimiter = env_get(env, ENV_LIST_DELIMITER);
	char separator = delimiter && *delimiter ? *delimiter : ';';

	if (l->obstacle) {
		*why = text_format("%s", l->obstacle);
		return false;
	}
	if (l->exports && (l->env_list || list)) {
		*why = text_format("both -x and mca_base_env_list are used");
		return false;
	}
	if (!l->exports && !l->env_list && !list && parameter_file_has_list(env)) {
		*why = text_format("~/.openmpi/mca-params.conf sets mca_base_env_list "
		                   "(the environment's " ENV_LIST " would be extended)");
		return false;
	}

	strv_add_all(argv, l->argv.v, l->argv.n);
	if (l->exports) {
		handon_exports(l, vars, argv);
	} else if (l->env_list) { /* the line hides the environment */
		char *value = extend_list(argv->v[l->env_list], vars, separator);
		strv_replace(argv, l->env_list, value);
		free(value);
	} else {
		char *value = extend_list(list, vars, separator);
		char *assignment = text_format(ENV_LIST "=%s", value);
		env_put(env, assignment);
		free(assignment);
		free(value);
	}
	return true;
}
